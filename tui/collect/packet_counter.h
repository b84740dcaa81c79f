/// Counts packets in one network namespace, and says in the book whose they were.
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

/// Kinds of sockets that have no counters; of these, those that are asked for (none: all internet kinds).
std::vector<sockutils::SocketKind> kinds_without_counters(const std::vector<sockutils::SocketKind>& asked);

/// Enters flows into account and book: each with the sockets that `claims` finds for it. Without claims
/// nothing is known of the sockets, and only what is forwarded is entered. Pure.
void account_for(const std::vector<sockutils::TrafficFlow>& flows, const FlowAttribution* claims,
                 SocketAccounting& book, PacketAccount& account);

/// What is wrong with a count of packets.
struct CountFaults {
  /// Why none are counted; empty when they are.
  std::string refusal;
  /// The right to capture would help.
  bool lacks_right = false;
  /// Since the count before.
  std::uint64_t lost = 0;
  std::uint64_t ambiguous = 0;
  bool without_tcp = false;
};
/// `where`: the name of the network namespace, or nothing.
void add_warnings(const CountFaults& faults, const std::string& where,
                  std::vector<sockutils::Warning>& warnings);

/// Enters what was counted into book and account, and what is wrong with it into the faults. The sockets are
/// those of `place`: of its recording or of the machine, in its only network namespace, which has the number
/// `netns`.
void enter_traffic(const sockutils::Traffic& traffic, const sockutils::Query& place, std::uint64_t netns,
                   SocketAccounting& book, PacketAccount& account, CountFaults& faults);

/// Not for several threads at once.
class PacketCounter {
 public:
  /// Begins at once, in the calling thread's namespace or in `where`.
  explicit PacketCounter(const std::optional<sockutils::NetworkNamespace>& where);

  bool counting() const { return meter_.has_value(); }
  /// Why it does not count; empty while it does.
  const std::string& refusal() const { return faults_.refusal; }
  /// Enters what was counted since the last call, and tells it.
  sockutils::CountedPackets count(SocketAccounting& book, PacketAccount& account);
  /// What is missing.
  void add_warnings(std::vector<sockutils::Warning>& warnings) const;

 private:
  void refuse(const sockutils::Error& error);

  std::optional<sockutils::NetworkNamespace> where_;
  std::optional<sockutils::TrafficMeter> meter_;
  CountFaults faults_;
};

}  // namespace tui
