/// A set of numbers that come in clusters, such as the kernel's socket cookies, which are assigned in
/// sequence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sockutils {

/// Stores 64 neighbours in 16 bytes: a million successive cookies take a quarter of a megabyte, a million
/// unrelated numbers 32.
class NumberSet {
 public:
  /// Returns false when the number was already there.
  bool insert(std::uint64_t number);

 private:
  struct Slot {
    /// Holds numbers from 64 * block on; an empty mask marks a free slot.
    std::uint64_t block = 0;
    std::uint64_t mask = 0;
  };
  Slot& find(std::uint64_t block);
  void grow();

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace sockutils
