/// Adds up packets by their two ends. Pure: it captures nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "capture/packet.h"
#include "os/links.h"
#include "os/packets.h"
#include "sockutils/count.h"

namespace sockutils::capture {

/// What is known about the machine: its own addresses, and which packets of an interface are also seen at
/// another interface.
class Interfaces {
 public:
  void learn(const std::vector<Link>& links, const std::vector<Address>& addresses);

  bool is_own(const Address& address) const;
  /// Whether a packet is to be counted at the interface on top of this one instead.
  bool is_seen_twice(const Packet& packet) const;

 private:
  struct AddressHash {
    std::size_t operator()(const Address& address) const;
  };
  std::unordered_map<std::uint32_t, Link> links_;
  std::unordered_set<Address, AddressHash> addresses_;
};

/// Finds the ports for later fragments of a packet, because only the first fragment has them.
class FragmentTable {
 public:
  struct Ports {
    std::optional<std::uint16_t> source;
    std::optional<std::uint16_t> destination;
    std::optional<bool> echo_request;
  };
  void remember(const Packet& packet);
  /// Fills in the ports of the first fragment, as long as they are remembered.
  void complete(Packet& packet) const;

 private:
  struct Entry {
    std::uint64_t key = 0;
    Ports ports;
  };
  std::array<Entry, 512> entries_{};
};

/// Not for use by several threads at once.
class FlowTable {
 public:
  /// Maximum number of distinct flows; beyond it, flows that differ only in their other end are merged.
  static constexpr std::size_t MaxFlows = 32768;

  Interfaces& interfaces() { return interfaces_; }

  /// Adds a packet, whose link type must tell its direction.
  void add(const RawPacket& raw, LinkType type);
  std::vector<TrafficFlow> take_flows();
  std::uint64_t take_unclear() { return std::exchange(unclear_, 0); }
  std::size_t size() const { return flows_.size(); }

 private:
  /// The flow without its counters.
  struct Key {
    Address local;
    Address peer;
    std::uint32_t interface;
    std::uint16_t local_port;
    std::uint16_t peer_port;
    std::uint8_t protocol;
    bool outgoing;
    bool to_many;
    bool many_peers;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct Count {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t wire_bytes = 0;
  };

  static Key key_of(const Packet& packet);
  void count(const Packet& packet);
  Count* place_for(Key key);

  Interfaces interfaces_;
  FragmentTable fragments_;
  std::unordered_map<Key, Count, KeyHash> flows_;
  std::uint64_t unclear_ = 0;
};

}  // namespace sockutils::capture
