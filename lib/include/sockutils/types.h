/// The names of families, protocols and states: one table each, for printing and for parsing.
/// Everything here is a plain value or a pure function; safe from any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "sockutils/export.h"

namespace sockutils {

/// An address family, socket(2). Since: 0.1
enum class Family : std::uint8_t { Inet, Inet6, Unix, Packet, Netlink, Vsock, Xdp, Tipc };

/// What a socket speaks within its family. `Raw` and `Dgram` also name the two kinds of packet(7)
/// sockets, and the types `Stream` to `Rdm` those of unix(7), vsock(7) and TIPC. netlink(7) protocols start
/// at `NetlinkBase`: `netlink_protocol(n)`. Since: 0.1
enum class Protocol : std::uint16_t {
  Tcp,
  Udp,
  Udplite,
  Raw,
  Icmp,
  Stream,
  Dgram,
  Seqpacket,
  Mptcp,
  Sctp,
  Dccp,
  Rdm,
  NetlinkBase = 0x100,
};

/// Number of netlink protocols that the kernel can have (MAX_LINKS in linux/netlink.h).
inline constexpr unsigned NetlinkProtocols = 32;

/// The protocol of netlink(7) with the number `n`, which is below `NetlinkProtocols`.
constexpr Protocol netlink_protocol(unsigned n) {
  return static_cast<Protocol>(static_cast<unsigned>(Protocol::NetlinkBase) + n);
}

/// A socket's state: the TCP states under the kernel's numbers (include/net/tcp_states.h), and
/// `Unconnected` for datagram and raw sockets without a peer. Since: 0.1
enum class State : std::uint8_t {
  Unconnected = 0,
  Established = 1,
  SynSent,
  SynRecv,
  FinWait1,
  FinWait2,
  TimeWait,
  Closed,
  CloseWait,
  LastAck,
  Listen,
  Closing,
  BoundInactive = 13,
};

/// A set of states. Since: 0.1
class StateSet {
 public:
  constexpr StateSet() = default;
  constexpr StateSet(std::initializer_list<State> states) {
    for (State state : states) add(state);
  }
  static constexpr StateSet all() { return from_bits(0x2fff); }
  static constexpr StateSet from_bits(std::uint32_t bits) {
    StateSet set;
    set.bits_ = bits;
    return set;
  }

  constexpr void add(State state) { bits_ |= 1u << static_cast<unsigned>(state); }
  constexpr bool contains(State state) const { return (bits_ & (1u << static_cast<unsigned>(state))) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  /// Bit n stands for the state with the number n.
  constexpr std::uint32_t bits() const { return bits_; }

  friend constexpr StateSet operator&(StateSet a, StateSet b) { return from_bits(a.bits_ & b.bits_); }
  friend constexpr StateSet operator|(StateSet a, StateSet b) { return from_bits(a.bits_ | b.bits_); }
  friend constexpr StateSet operator-(StateSet a, StateSet b) { return from_bits(a.bits_ & ~b.bits_); }
  friend constexpr bool operator==(StateSet, StateSet) = default;

 private:
  std::uint32_t bits_ = 0;
};

/// What `-l` shows and what a plain listing puts first: listeners, and datagram sockets without a
/// peer, which receive from anyone.
inline constexpr StateSet ListeningStates{State::Listen, State::Unconnected};

/// `inet`, `inet6`, `unix`, `packet`, `netlink`, `vsock`, `xdp`, `tipc`.
SOCKUTILS_EXPORT std::string_view name(Family family);
/// `tcp`, `udp`, `raw`, `stream`, `route`, ...; `netlink-25` for a netlink protocol without a name.
SOCKUTILS_EXPORT std::string_view name(Protocol protocol);
/// `established`, `syn-sent`, `time-wait`, ...
SOCKUTILS_EXPORT std::string_view name(State state);
/// The word that people know from other tools, for tables: `ESTAB`, `LISTEN`, `UNCONN`, ...
SOCKUTILS_EXPORT std::string_view title(State state);

/// Reads a family's name, in any case; also `ipv4`, `ipv6`, `link` and the like.
SOCKUTILS_EXPORT std::optional<Family> parse_family(std::string_view text);
/// Reads a protocol's name, in any case; also the names that `ss` gives to netlink protocols.
SOCKUTILS_EXPORT std::optional<Protocol> parse_protocol(std::string_view text);
/// Reads a state, or one of the groups of ss(8) (`all`, `connected`, `synchronized`, `bucket`,
/// `big`), in any case and in the spelling of `ss` or `netstat`.
SOCKUTILS_EXPORT std::optional<StateSet> parse_states(std::string_view text);

/// Every name that the parsers' tables hold first, for suggestions and completion.
SOCKUTILS_EXPORT std::vector<std::string_view> family_names();
SOCKUTILS_EXPORT std::vector<std::string_view> protocol_names();
SOCKUTILS_EXPORT std::vector<std::string_view> state_names();

}  // namespace sockutils
