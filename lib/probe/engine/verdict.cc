#include "probe/engine/verdict.h"
#include "common/format_text.h"

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace sockutils::probe {
namespace {

/// What an ICMP error means.
struct IcmpMeaning {
  bool is_v6;
  std::uint8_t type;
  /// No value: any code.
  std::optional<std::uint8_t> code;
  PortState state;
  std::string_view reason;
};

// RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1; RFC 4443.
constexpr std::array Meanings{
    IcmpMeaning{false, 3, 0, PortState::Unreachable, "net-unreachable"},
    IcmpMeaning{false, 3, 1, PortState::Unreachable, "host-unreachable"},
    IcmpMeaning{false, 3, 2, PortState::Rejected, "protocol-unreachable"},
    IcmpMeaning{false, 3, 3, PortState::Rejected, "port-unreachable"},
    IcmpMeaning{false, 3, 5, PortState::Unreachable, "source-route-failed"},
    IcmpMeaning{false, 3, 6, PortState::Unreachable, "net-unknown"},
    IcmpMeaning{false, 3, 7, PortState::Unreachable, "host-unknown"},
    IcmpMeaning{false, 3, 8, PortState::Unreachable, "host-isolated"},
    IcmpMeaning{false, 3, 9, PortState::Filtered, "admin-prohibited"},
    IcmpMeaning{false, 3, 10, PortState::Filtered, "admin-prohibited"},
    IcmpMeaning{false, 3, 11, PortState::Unreachable, "net-unreachable for this type of service"},
    IcmpMeaning{false, 3, 12, PortState::Unreachable, "host-unreachable for this type of service"},
    IcmpMeaning{false, 3, 13, PortState::Filtered, "admin-prohibited"},
    IcmpMeaning{false, 3, 14, PortState::Filtered, "precedence-violation"},
    IcmpMeaning{false, 3, 15, PortState::Filtered, "precedence-cutoff"},
    IcmpMeaning{false, 11, 0, PortState::Unreachable, "ttl-exceeded"},
    IcmpMeaning{false, 11, 1, PortState::Unreachable, "reassembly-time-exceeded"},
    IcmpMeaning{false, 12, {}, PortState::Unreachable, "parameter-problem"},
    IcmpMeaning{true, 1, 0, PortState::Unreachable, "no-route"},
    IcmpMeaning{true, 1, 1, PortState::Filtered, "admin-prohibited"},
    IcmpMeaning{true, 1, 2, PortState::Unreachable, "beyond-scope"},
    IcmpMeaning{true, 1, 3, PortState::Unreachable, "address-unreachable"},
    IcmpMeaning{true, 1, 4, PortState::Rejected, "port-unreachable"},
    IcmpMeaning{true, 1, 5, PortState::Filtered, "source-policy-failed"},
    IcmpMeaning{true, 1, 6, PortState::Unreachable, "reject-route"},
    IcmpMeaning{true, 3, 0, PortState::Unreachable, "ttl-exceeded"},
    IcmpMeaning{true, 3, 1, PortState::Unreachable, "reassembly-time-exceeded"},
    IcmpMeaning{true, 4, 1, PortState::Rejected, "protocol-unreachable"},
    IcmpMeaning{true, 4, {}, PortState::Unreachable, "parameter-problem"},
};

const IcmpMeaning* meaning_of(const IcmpError& icmp) {
  for (const IcmpMeaning& row : Meanings)
    if (row.is_v6 == icmp.is_v6 && row.type == icmp.type && (!row.code || row.code == icmp.code)) return &row;
  return nullptr;
}

Verdict judge_icmp(Protocol protocol, const IcmpError& icmp) {
  const IcmpMeaning* const row = meaning_of(icmp);
  if (row == nullptr)
    return {PortState::Unreachable, format_text("ICMP type {} code {}", icmp.type, icmp.code), icmp.from};
  // For a datagram this is the answer of the host itself.
  const bool is_closed = protocol == Protocol::Udp && row->reason == "port-unreachable";
  return {is_closed ? PortState::Closed : row->state, std::string(row->reason), icmp.from};
}

std::string words_of(int error) { return std::generic_category().message(error); }

Verdict judge_unix(int error) {
  if (error == 0) return {PortState::Open, "connected", {}};
  if (error == ECONNREFUSED) return {PortState::Closed, "nobody listens", {}};
  if (error == ENOENT || error == ENOTDIR) return {PortState::Closed, "no such socket", {}};
  if (error == ENOTSOCK) return {PortState::Closed, "not a socket", {}};
  if (error == EACCES || error == EPERM) return {PortState::Filtered, "permission denied", {}};
  if (error == EAGAIN) return {PortState::Filtered, "its queue of connections is full", {}};
  return {PortState::NotMeasured, words_of(error), {}};
}

Verdict judge_internet(const FarEnd& end, int error) {
  const bool is_udp = end.protocol == Protocol::Udp;
  switch (error) {
    case 0:
      return {PortState::Open, is_udp ? "answer" : "syn-ack", end.address};
    case ECONNREFUSED:
    case ECONNRESET:
      return {PortState::Closed, is_udp ? "port-unreachable" : "reset", end.address};
    case EPERM:
    case EACCES:
      return {PortState::Filtered, "local firewall", {}};
    case ENETUNREACH:
      return {PortState::Unreachable, "no route from here", {}};
    case EHOSTUNREACH:
      return {PortState::Unreachable, "host-unreachable, says this machine", {}};
    // The error of connect(2) for a route of type blackhole (fib_props in net/ipv4/fib_semantics.c).
    case EINVAL:
      return {PortState::Unreachable, "blackhole route here", {}};
    case ENETDOWN:
      return {PortState::Unreachable, "network down here", {}};
    case ETIMEDOUT:
      return {PortState::Filtered, "no answer", {}};
    default:
      return {PortState::NotMeasured, words_of(error), {}};
  }
}

}  // namespace

Verdict judge(const FarEnd& end, const Outcome& outcome) {
  if (!end.path.empty()) return judge_unix(outcome.error);
  if (outcome.icmp && is_final(*outcome.icmp)) return judge_icmp(end.protocol, *outcome.icmp);
  return judge_internet(end, outcome.error);
}

Verdict judge_silence(Protocol protocol, std::chrono::microseconds waited, unsigned tries) {
  const double seconds = std::chrono::duration<double>(waited).count();
  std::string time = format_text("{:.1f}", seconds);
  if (time.ends_with(".0") || seconds >= 10) time = format_text("{:.0f}", seconds);
  return {protocol == Protocol::Udp ? PortState::OpenOrFiltered : PortState::Filtered,
          format_text("no answer in {} s, {} {}", time, tries, tries == 1 ? "try" : "tries"),
          {}};
}

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
         error == EADDRNOTAVAIL || error == EADDRINUSE;
}

bool is_final(const IcmpError& icmp) {
  const bool too_big = icmp.is_v6 ? icmp.type == 2 : icmp.type == 3 && icmp.code == 4;
  return !too_big;
}

}  // namespace sockutils::probe
