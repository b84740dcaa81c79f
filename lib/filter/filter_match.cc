#include "filter/filter_match.h"

#include <array>
#include <string_view>

#include "common/parse_number.h"
#include "common/text.h"
#include "filter/filter_link.h"

namespace sockutils::filter {
namespace {

std::optional<std::string_view> end_name(const Socket& socket, Side side) {
  return socket.facts.bytes(side == Side::Local ? LocalName : PeerName);
}

/// `2:1024`, where either number can be `*` for any.
std::optional<VsockPattern> vsock_end(const Socket& socket, Side side) {
  const auto name = end_name(socket, side);
  if (!name) return std::nullopt;
  const std::size_t colon = std::min(name->find(':'), name->size());
  return VsockPattern{parse_number<std::uint32_t>(name->substr(0, colon)),
                      parse_number<std::uint32_t>(name->substr(std::min(colon + 1, name->size())))};
}

/// `glob` must be in lower case.
bool matches_glob_in_any_case(std::string_view glob, std::string_view text) {
  // sun_path holds 108 bytes; /proc/net/unix may contain more, because it escapes some.
  std::array<char, 512> lower;
  if (text.size() > lower.size()) return matches_glob(glob, to_lower(text));
  std::transform(text.begin(), text.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return matches_glob(glob, {lower.data(), text.size()});
}

class PatternMatcher {
 public:
  PatternMatcher(const Socket& socket, Side side) : socket_(socket), side_(side) {}

  Match operator()(std::monostate) const { return Match::Yes; }

  Match operator()(const InternetPattern& pattern) const {
    const bool local = side_ == Side::Local;
    const auto& address = local ? socket_.local_address : socket_.peer_address;
    const auto& port = local ? socket_.local_port : socket_.peer_port;
    if ((pattern.prefix && !address) || (pattern.port && !port)) return Match::Absent;
    return match_if((!pattern.family || socket_.family == *pattern.family) &&
                    (!pattern.prefix || is_within(*address, *pattern.prefix)) &&
                    (!pattern.port || *port == *pattern.port) &&
                    (!pattern.raw || socket_.protocol == Protocol::Raw) &&
                    (!pattern.interface || interface(local) == pattern.interface));
  }

  /// A socket without a name can match `*`, but its absent name is not unequal to any.
  Match operator()(const PathPattern& pattern) const {
    if (socket_.family != Family::Unix) return Match::Absent;
    const std::string_view name = end_name(socket_, side_).value_or(std::string_view{});
    if (matches_glob_in_any_case(pattern.glob, name)) return Match::Yes;
    return name.empty() ? Match::Absent : Match::No;
  }

  Match operator()(const LinkPattern& pattern) const {
    if (socket_.family != Family::Packet) return Match::Absent;
    if (!pattern.protocol && !pattern.interface) return Match::Yes;
    if (side_ != Side::Local) return Match::Absent;
    const auto protocol = ether_protocol(end_name(socket_, side_).value_or(std::string_view{}));
    if ((pattern.protocol && !protocol) || (pattern.interface && !socket_.interface)) return Match::Absent;
    return match_if((!pattern.protocol || *protocol == *pattern.protocol) &&
                    (!pattern.interface || *socket_.interface == *pattern.interface));
  }

  Match operator()(const NetlinkPattern& pattern) const {
    if (socket_.family != Family::Netlink) return Match::Absent;
    const auto port = netlink_port(socket_, side_);
    if (pattern.port && !port) return Match::Absent;
    return match_if((!pattern.protocol || socket_.protocol == *pattern.protocol) &&
                    (!pattern.port || *port == *pattern.port));
  }
  Match operator()(const VsockPattern& pattern) const {
    if (socket_.family != Family::Vsock) return Match::Absent;
    const auto end = vsock_end(socket_, side_);
    if ((pattern.cid || pattern.port) && !end) return Match::Absent;
    return match_if((!pattern.cid || end->cid == pattern.cid) &&
                    (!pattern.port || end->port == pattern.port));
  }

 private:
  std::optional<std::uint32_t> interface(bool local) const {
    if (local) return socket_.interface;
    const auto& peer = socket_.peer_address;
    return peer && peer->scope_id != 0 ? std::optional(peer->scope_id) : std::nullopt;
  }

  const Socket& socket_;
  Side side_;
};

}  // namespace

bool is_within(const Address& address, const Prefix& prefix) {
  const std::uint32_t scope = prefix.address.scope_id;
  return matches_prefix(address, prefix.address, prefix.length) && (scope == 0 || address.scope_id == scope);
}

Match match_pattern(const HostPattern& pattern, const Socket& socket, Side side) {
  return std::visit(PatternMatcher(socket, side), pattern);
}

std::optional<std::uint32_t> vsock_port(const Socket& socket, Side side) {
  if (socket.family != Family::Vsock) return std::nullopt;
  const auto end = vsock_end(socket, side);
  return end ? end->port : std::nullopt;
}

std::optional<std::uint32_t> netlink_port(const Socket& socket, Side side) {
  if (socket.family != Family::Netlink) return std::nullopt;
  const auto name = end_name(socket, side);
  return name ? netlink_port_number(*name) : std::nullopt;
}

}  // namespace sockutils::filter
