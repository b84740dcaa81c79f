/// Counts packets in one network namespace, and attributes them to sockets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/count.h"
#include "sockutils/list.h"
#include "sockutils/record.h"
#include "tui/collect/flow_attribution.h"
#include "tui/collect/frame.h"
#include "tui/collect/socket_accounting.h"

namespace tui {

/// Kinds of sockets without counters, out of the requested ones (none: all internet kinds).
std::vector<sockutils::SocketKind> kinds_without_counters(const std::vector<sockutils::SocketKind>& asked);

/// Adds flows to account and book: each to the sockets that `claims` finds. Without claims nothing is known
/// about the sockets, and only forwarded traffic is added. Pure.
void account_for(const std::vector<sockutils::TrafficFlow>& flows, const FlowAttribution* claims,
                 SocketAccounting& book, PacketAccount& account);

/// What is wrong with a packet count.
struct CountFaults {
  /// Why packets are not counted; empty when they are.
  std::string refusal;
  /// The right to capture would help.
  bool lacks_right = false;
  /// Since the previous count.
  std::uint64_t lost = 0;
  std::uint64_t ambiguous = 0;
  bool without_tcp = false;
};
/// `where`: the name of the network namespace, or empty.
void add_warnings(const CountFaults& faults, const std::string& where,
                  std::vector<sockutils::Warning>& warnings);

/// Adds traffic to book and account, and problems to the faults. The sockets come from `place`: from its
/// recording or the machine, in its only network namespace, whose number is `netns`.
void enter_traffic(const sockutils::Traffic& traffic, const sockutils::Query& place, std::uint64_t netns,
                   SocketAccounting& book, PacketAccount& account, CountFaults& faults);

/// Not for use by several threads at once.
class PacketCounter {
 public:
  /// Starts at once, in the calling thread's namespace or in `where`.
  explicit PacketCounter(const std::optional<sockutils::NetworkNamespace>& where);

  bool counting() const { return meter_.has_value(); }
  /// Why it does not count; empty while it does.
  const std::string& refusal() const { return faults_.refusal; }
  /// Adds what was counted since the last call, and returns it.
  sockutils::CountedPackets count(SocketAccounting& book, PacketAccount& account);
  /// Warns of what is missing.
  void add_warnings(std::vector<sockutils::Warning>& warnings) const;

 private:
  void refuse(const sockutils::Error& error);

  std::optional<sockutils::NetworkNamespace> where_;
  std::optional<sockutils::TrafficMeter> meter_;
  CountFaults faults_;
};

}  // namespace tui
