/// Makes frames from the snapshots of a recording, as the collector makes them from the machine. The result
/// depends only on the file.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "sockutils/count.h"
#include "sockutils/record.h"
#include "tui/collect/frame_source.h"
#include "tui/collect/socket_accounting.h"

namespace tui {

/// Not for use by several threads at once. Keeps one snapshot in memory.
class RecordingView {
 public:
  explicit RecordingView(sockutils::RecordingFile file) : file_(std::move(file)), book_({}, {}) {}

  std::size_t size() const { return file_.size(); }
  /// Finds snapshots that were added to the file.
  void refresh();
  std::uint64_t elapsed(std::size_t position) const { return file_.elapsed(position); }
  /// The last snapshot at or before this time, or else the first.
  std::size_t at(std::uint64_t elapsed) const;
  std::size_t find(const PlaceWish& place) const;

  /// The snapshot at `position`, with rates since the previous one. The snapshots just before it are read for
  /// that, unless they were shown last.
  Frame show(std::size_t position, const ViewRequest& request);
  /// All facts about a socket of the snapshot shown last.
  Details details(const DetailTarget& target, const ViewRequest& request) const;

 private:
  void begin(const ViewRequest& request);
  void take(const ViewRequest& request, Frame& frame);
  void take_closings(const sockutils::Query& query, std::uint64_t elapsed);
  void take_packets(const ViewRequest& request, const std::vector<sockutils::IntervalEvents>& between,
                    Frame& frame);
  void read_machine(Frame& frame);
  std::optional<std::set<RowKey>> all_keys(const sockutils::Query& query) const;
  std::set<RowKey> keys_before(const sockutils::Query& query) const;
  std::vector<RowKey> gone(const sockutils::Query& query) const;

  sockutils::RecordingFile file_;
  SocketAccounting book_;
  std::shared_ptr<const sockutils::Recording> shown_;
  std::optional<std::size_t> position_;
  /// The book has seen no snapshot yet.
  bool first_ = true;
  std::optional<sockutils::MachineCounters> machine_;
  std::uint64_t version_ = 0;
  Fields columns_;
};

}  // namespace tui
