/// One look of `--watch`, and how it differs from the one before.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/list.h"

namespace tools::sockls {

enum class Mark : std::uint8_t { Same, New, Changed, Gone };

/// `+`, `~`, `-` or a blank.
std::string_view sign(Mark mark);
/// `same`, `new`, `changed`, `gone`.
std::string_view name(Mark mark);

struct MarkedRow {
  Mark mark;
  sockutils::Values values;
};

/// The fields that tell sockets apart, and their state; a query has them behind those that it shows.
std::vector<const sockutils::Field*> round_fields();

class WatchSnapshot {
 public:
  WatchSnapshot() = default;
  /// The first `shown` values of a row are shown, those of `round_fields()` follow.
  WatchSnapshot(sockutils::Snapshot snapshot, std::size_t shown);

  std::size_t size() const { return keys_.size(); }
  const sockutils::Report& report() const { return snapshot_.report(); }
  /// The rows in their order, each with its mark; those that have gone stay where they were.
  /// Values are valid as long as both rounds.
  std::vector<MarkedRow> compared_with(const WatchSnapshot& before) const;
  /// Without anything to compare with.
  std::vector<MarkedRow> unmarked() const;

 private:
  sockutils::Values row(std::size_t index) const { return snapshot_[index].first(shown_); }
  bool has_changed(std::size_t index, const WatchSnapshot& before, std::size_t index_before) const;

  sockutils::Snapshot snapshot_;
  std::size_t shown_ = 0;
  std::vector<std::string> keys_;
  std::map<std::string_view, std::size_t> places_;
};

}  // namespace tools::sockls
