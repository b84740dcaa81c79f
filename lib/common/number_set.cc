#include "common/number_set.h"

#include <utility>

namespace sockutils {
namespace {

constexpr std::size_t FirstSize = 64;

/// Scatters neighbouring blocks: 2^64 divided by the golden ratio, as in multiplicative hashing.
std::size_t spread(std::uint64_t block) { return (block * 0x9e3779b97f4a7c15u) >> 20; }

}  // namespace

bool NumberSet::insert(std::uint64_t number) {
  // At most half full, so that a free slot is near.
  if (used_ * 2 >= slots_.size()) grow();
  const std::uint64_t bit = std::uint64_t{1} << (number % 64);
  Slot& slot = find(number / 64);
  if (slot.mask == 0) ++used_;
  if ((slot.mask & bit) != 0) return false;
  slot.block = number / 64;
  slot.mask |= bit;
  return true;
}

/// The slot of a block, or the free slot where it belongs. The number of slots is a power of two.
NumberSet::Slot& NumberSet::find(std::uint64_t block) {
  const std::size_t last = slots_.size() - 1;
  std::size_t i = spread(block) & last;
  while (slots_[i].mask != 0 && slots_[i].block != block) i = (i + 1) & last;
  return slots_[i];
}

void NumberSet::grow() {
  std::vector<Slot> before = std::exchange(slots_, {});
  slots_.resize(before.empty() ? FirstSize : before.size() * 2);
  for (const Slot& slot : before)
    if (slot.mask != 0) find(slot.block) = slot;
}

}  // namespace sockutils
