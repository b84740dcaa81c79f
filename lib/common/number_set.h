/// A set of numbers that come in clusters, such as the kernel's socket cookies, which it counts up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sockutils {

/// Keeps 64 neighbours in 16 bytes: a million cookies that were given out one after the other take a quarter
/// of a megabyte, and a million that have nothing to do with one another 32.
class NumberSet {
 public:
  /// False when it was there before.
  bool insert(std::uint64_t number);

 private:
  struct Slot {
    /// The numbers from 64 * block on; an empty mask marks a free slot.
    std::uint64_t block = 0;
    std::uint64_t mask = 0;
  };
  Slot& find(std::uint64_t block);
  void grow();

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace sockutils
