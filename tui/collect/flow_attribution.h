/// Which socket a flow of packets belongs to, as the kernel would find it. Pure.
///
/// Nothing is guessed: where several sockets may have got the packets (SO_REUSEPORT), none is said to.
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

/// The ends of a socket that has no counters of its own.
struct BoundSocket {
  RowKey key;
  sockutils::Family family{};
  sockutils::Protocol protocol{};
  std::optional<sockutils::Address> local_address;
  std::optional<sockutils::Address> peer_address;
  /// 0: none. Of raw sockets the protocol, of ping sockets the identifier.
  std::uint16_t local_port = 0;
  std::uint16_t peer_port = 0;
  /// Index of the interface that it is bound to; 0: none.
  std::uint32_t interface = 0;
  bool v6_only = false;
  /// It was there, and is no more.
  bool closed = false;
};

/// Whether sockets of this kind have no counters, so that packets have to be counted.
bool is_counted_by_packets(sockutils::Family family, sockutils::Protocol protocol);

enum class Verdict : std::uint8_t {
  Claimed,    ///< by the sockets that are named
  Ambiguous,  ///< by one of several
  Unclaimed,  ///< by none
};

class FlowAttribution {
 public:
  explicit FlowAttribution(std::vector<BoundSocket> sockets);

  struct Answer {
    Verdict verdict = Verdict::Unclaimed;
    /// Several only for what comes to many, or to several raw sockets: each of them gets it.
    std::vector<const BoundSocket*> sockets;
  };
  Answer find(const sockutils::TrafficFlow& flow) const;

 private:
  Answer find_by_port(const sockutils::TrafficFlow& flow, sockutils::Protocol protocol) const;
  Answer find_raw(const sockutils::TrafficFlow& flow) const;

  std::vector<BoundSocket> sockets_;
  /// By protocol and local port.
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> places_;
};

}  // namespace tui
