#include "tui/collect/remarks.h"

#include <array>

#include "sockutils/value.h"

namespace tui {

using sockutils::State;
using sockutils::Type;

namespace {

constexpr std::uint64_t Second = 1'000'000;

/// Access to the facts of one socket.
class Facts {
 public:
  explicit Facts(const FactLookup& fact) : fact_(fact) {}

  std::uint64_t number(std::string_view name) const { return value<std::uint64_t>(name).value_or(0); }
  bool has(std::string_view name) const { return fact_(name).has_value(); }
  bool flag(std::string_view name) const { return value<bool>(name).value_or(false); }
  std::string_view text(std::string_view name) const { return value<std::string_view>(name).value_or(""); }
  bool is_in(State state) const { return value<State>("state") == state; }

 private:
  template <class T>
  std::optional<T> value(std::string_view name) const {
    const auto held = fact_(name);
    const T* const found = held ? std::get_if<T>(&*held) : nullptr;
    return found != nullptr ? std::optional(*found) : std::nullopt;
  }

  const FactLookup& fact_;
};

std::string human(std::uint64_t number, Type type) {
  std::string text;
  append_value(text, number, type, sockutils::Style::Human);
  return text;
}

std::string bytes(std::uint64_t number) {
  return human(number, Type::Bytes) + (number < 1'000'000 ? " bytes" : "");
}
std::string time(std::uint64_t number) { return human(number, Type::Microseconds); }

std::string percent(std::uint64_t part, std::uint64_t whole) {
  const std::uint64_t tenths = whole == 0 ? 0 : part * 1000 / whole;
  std::string text = std::to_string(tenths / 10);
  if (tenths < 100) text += "." + std::to_string(tenths % 10);
  return text + " %";
}

using Remark = std::optional<std::string>;

Remark on_reader(const Facts& facts) {
  const std::uint64_t waiting = facts.number("recv_queue");
  if (facts.is_in(State::Listen) || waiting < 4096) return std::nullopt;
  return "the application does not read: " + bytes(waiting) + " wait in the receive queue";
}

Remark on_backlog(const Facts& facts) {
  const std::uint64_t waiting = facts.number("recv_queue");
  const std::uint64_t limit = facts.number("send_queue");
  if (!facts.is_in(State::Listen) || waiting == 0) return std::nullopt;
  std::string text =
      std::to_string(waiting) + " of at most " + std::to_string(limit) + " connections wait to be accepted";
  if (waiting > limit) text += ": the queue is full, and more are refused";
  return text;
}

Remark on_zero_window(const Facts& facts) {
  if (facts.text("timer") != "persist") return std::nullopt;
  return std::string("the other end's receive window is shut: its application does not read");
}

/// What limited sending, as a fraction of the time in which there was data to send.
Remark on_limit(const Facts& facts) {
  const std::uint64_t busy = facts.number("tcp_busy_time");
  const std::uint64_t window = facts.number("tcp_rwnd_limited");
  const std::uint64_t buffer = facts.number("tcp_sndbuf_limited");
  if (busy < Second / 10) return std::nullopt;
  if (window * 4 > busy)
    return "the receiver's window is the limit, " + percent(window, busy) +
           " of the time that there was to send";
  if (buffer * 4 > busy)
    return "the send buffer is the limit, " + percent(buffer, busy) + " of the time that there was to send";
  return std::nullopt;
}

Remark on_retransmits(const Facts& facts) {
  const std::uint64_t again = facts.number("tcp_total_retrans");
  const std::uint64_t sent = facts.number("tcp_segs_out");
  if (again == 0 || sent == 0 || again * 200 < sent) return std::nullopt;
  return percent(again, sent) + " of the segments sent were retransmitted (" + std::to_string(again) + ")";
}

Remark on_silence(const Facts& facts) {
  const std::uint64_t tries = facts.number("tcp_backoff");
  if (tries < 2) return std::nullopt;
  return "the other end has not answered for a while: the retransmission time-out was doubled " +
         std::to_string(tries) + " times, to " + time(facts.number("tcp_rto"));
}

Remark on_queueing(const Facts& facts) {
  const std::uint64_t now = facts.number("tcp_rtt");
  const std::uint64_t least = facts.number("tcp_min_rtt");
  if (least == 0 || now < 10'000 || now < 4 * least) return std::nullopt;
  return "packets queue on the way: a round trip takes " + time(now) + " where " + time(least) +
         " is possible";
}

Remark on_close_wait(const Facts& facts) {
  if (!facts.is_in(State::CloseWait)) return std::nullopt;
  return std::string(
      "the other end has closed, and the application here has not: where such sockets gather, "
      "it forgets to");
}

Remark on_fin_wait(const Facts& facts) {
  if (!facts.is_in(State::FinWait2)) return std::nullopt;
  return std::string("closed here, and the other end does not close");
}

Remark on_syn_sent(const Facts& facts) {
  if (!facts.is_in(State::SynSent)) return std::nullopt;
  return std::string("nobody has answered yet: a firewall that drops, or a host that is down");
}

Remark on_exposure(const Facts& facts) {
  const std::string_view exposure = facts.text("exposure");
  if (exposure == "any") return std::string("takes traffic on every address of this machine");
  if (exposure == "public") return std::string("takes traffic on an address that the world can reach");
  return std::nullopt;
}

Remark on_drops(const Facts& facts) {
  const std::uint64_t drops = facts.number("drops");
  if (drops == 0) return std::nullopt;
  return std::to_string(drops) + " packets were dropped before the application read them";
}

Remark on_idle(const Facts& facts) {
  constexpr std::uint64_t Hour = 3600 * Second;
  const std::uint64_t sent = facts.number("tcp_last_data_sent");
  const std::uint64_t received = facts.number("tcp_last_data_recv");
  if (!facts.is_in(State::Established) || sent < Hour || received < Hour) return std::nullopt;
  return "idle: no data for " + time(sent < received ? sent : received);
}

Remark on_application(const Facts& facts) {
  if (!facts.flag("tcp_delivery_rate_app_limited") || facts.number("tcp_busy_time") < Second)
    return std::nullopt;
  return std::string("the application sends less than the network would take");
}

/// The most important ones first.
constexpr std::array Remarks{on_zero_window, on_reader,   on_backlog,    on_silence,    on_limit,
                             on_retransmits, on_queueing, on_close_wait, on_fin_wait,   on_syn_sent,
                             on_drops,       on_exposure, on_idle,       on_application};

}  // namespace

std::vector<std::string> remarks_on(const FactLookup& fact) {
  const Facts facts(fact);
  std::vector<std::string> remarks;
  for (const auto remark : Remarks)
    if (auto text = remark(facts)) remarks.push_back(std::move(*text));
  return remarks;
}

}  // namespace tui
