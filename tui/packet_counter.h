/// Counts packets in one network namespace, and says in the book whose they were.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/query.h"
#include "sockutils/traffic.h"
#include "tui/claims.h"
#include "tui/frame.h"
#include "tui/socket_book.h"

namespace tui {

/// Kinds of sockets that have no counters; of these, those that are asked for (none: all internet kinds).
std::vector<sockutils::SocketKind> kinds_without_counters(const std::vector<sockutils::SocketKind>& asked);

/// Enters flows into account and book: each with the sockets that `claims` finds for it. Without claims
/// nothing is known of the sockets, and only what is forwarded is entered. Pure.
void account_for(const std::vector<sockutils::TrafficFlow>& flows, const Claims* claims, SocketBook& book,
                 PacketAccount& account);

/// Not for several threads at once.
class PacketCounter {
 public:
  /// Begins at once, in the calling thread's namespace or in `where`.
  explicit PacketCounter(const std::optional<sockutils::NetworkNamespace>& where);

  bool counting() const { return meter_.has_value(); }
  /// Why it does not count; no value while it does.
  const std::optional<sockutils::Error>& refusal() const { return refusal_; }
  /// What was counted since the last call.
  void count(SocketBook& book, PacketAccount& account);
  /// What is missing.
  void add_warnings(std::vector<sockutils::Warning>& warnings) const;

 private:
  std::optional<Claims> claims(const SocketBook& book) const;

  std::optional<sockutils::NetworkNamespace> where_;
  std::optional<sockutils::TrafficMeter> meter_;
  /// Why it does not count.
  std::optional<sockutils::Error> refusal_;
  /// Since the last call.
  std::uint64_t lost_ = 0;
  std::uint64_t ambiguous_ = 0;
  bool without_tcp_ = false;
};

}  // namespace tui
