/// Attributes flows of packets to sockets, by the kernel's own rules. Pure.
///
/// Nothing is guessed: if several sockets may have received the packets (SO_REUSEPORT), none of them is
/// named.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "sockutils/count.h"
#include "sockutils/value.h"
#include "tui/collect/frame.h"

namespace tui {

/// The two ends of a socket without counters of its own.
struct BoundSocket {
  RowKey key;
  sockutils::Family family{};
  sockutils::Protocol protocol{};
  std::optional<sockutils::Address> local_address;
  std::optional<sockutils::Address> peer_address;
  /// 0: none. For raw sockets the protocol, for ping sockets the identifier.
  std::uint16_t local_port = 0;
  std::uint16_t peer_port = 0;
  /// Index of the interface that it is bound to; 0: none.
  std::uint32_t interface = 0;
  bool v6_only = false;
  /// The socket existed, but is closed.
  bool closed = false;
};

/// Whether sockets of this kind have no counters, so that packets must be counted.
bool is_counted_by_packets(sockutils::Family family, sockutils::Protocol protocol);

enum class Verdict : std::uint8_t {
  Claimed,    ///< by the sockets in the answer
  Ambiguous,  ///< by one of several sockets
  Unclaimed,  ///< by no socket
};

class FlowAttribution {
 public:
  explicit FlowAttribution(std::vector<BoundSocket> sockets);

  struct Answer {
    Verdict verdict = Verdict::Unclaimed;
    /// More than one only for multicast or broadcast, or for several raw sockets: each of them receives it.
    std::vector<const BoundSocket*> sockets;
  };
  Answer find(const sockutils::TrafficFlow& flow) const;

 private:
  Answer find_by_port(const sockutils::TrafficFlow& flow, sockutils::Protocol protocol) const;
  Answer find_raw(const sockutils::TrafficFlow& flow) const;

  std::vector<BoundSocket> sockets_;
  /// Indices by protocol and local port.
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> places_;
};

}  // namespace tui
