/// The expanded rows of a pane.
#pragma once

#include <set>

#include "tui/collect/frame.h"

namespace tui {

class TreeState {
 public:
  /// `usually`: the default for this row.
  bool is_open(const RowKey& key, bool usually = false) const {
    return (all_ || usually) != others_.contains(key);
  }
  Fold of(const RowKey& key, bool usually = false) const {
    return is_open(key, usually) ? Fold::Open : Fold::Closed;
  }
  void toggle(const RowKey& key) {
    if (!others_.insert(key).second) others_.erase(key);
  }
  /// Expands all rows, including later ones; or resets all to their defaults.
  void toggle_all() {
    all_ = !all_;
    others_.clear();
  }

  /// Whether nothing was expanded or collapsed.
  bool is_as_usual() const { return !all_ && others_.empty(); }

  /// Processes are grouped by container.
  bool by_container = false;

 private:
  bool all_ = false;
  /// Rows that differ from their default.
  std::set<RowKey> others_;
};

}  // namespace tui
