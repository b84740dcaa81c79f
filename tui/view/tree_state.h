/// Which rows of a pane show what is under them.
#pragma once

#include <set>

#include "tui/collect/frame.h"

namespace tui {

class TreeState {
 public:
  /// `usually`: how the row is before anyone said anything.
  bool is_open(const RowKey& key, bool usually = false) const {
    return (all_ || usually) != others_.contains(key);
  }
  Fold of(const RowKey& key, bool usually = false) const {
    return is_open(key, usually) ? Fold::Open : Fold::Closed;
  }
  void toggle(const RowKey& key) {
    if (!others_.insert(key).second) others_.erase(key);
  }
  /// Opens all of them, also those to come; then all are again as they usually are.
  void toggle_all() {
    all_ = !all_;
    others_.clear();
  }

  /// Whether nobody has opened or closed anything.
  bool is_as_usual() const { return !all_ && others_.empty(); }

  /// Processes stand under their containers.
  bool by_container = false;

 private:
  bool all_ = false;
  /// Those that are not as they would be.
  std::set<RowKey> others_;
};

}  // namespace tui
