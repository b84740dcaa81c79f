/// A bounded cache of names, for programs that run for days.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace sockutils {

/// Keeps the names that were requested last: at least `room`, at most twice as many. A pointer to a name is
/// valid until `room` other names have been added.
template <class Key>
class NameCache {
 public:
  explicit NameCache(std::size_t room = 65'536) : room_(room) {}

  /// Null when the name is not cached. Renews the entry.
  const std::string* find(const Key& key) {
    if (const auto found = young_.find(key); found != young_.end()) return &found->second;
    auto found = old_.extract(key);
    if (found.empty()) return nullptr;
    make_room();
    return &young_.insert(std::move(found)).position->second;
  }
  const std::string& insert(const Key& key, std::string name) {
    make_room();
    return young_.insert_or_assign(key, std::move(name)).first->second;
  }
  /// Raises the room to the number of names that are needed at the same time.
  void reserve(std::size_t room) { room_ = std::max(room_, room); }

 private:
  void make_room() {
    if (young_.size() >= room_) old_ = std::exchange(young_, {});
  }

  std::size_t room_;
  std::map<Key, std::string> young_;
  std::map<Key, std::string> old_;
};

}  // namespace sockutils
