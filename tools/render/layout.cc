#include "render/layout.h"

#include <algorithm>

namespace tools {
namespace {

using Widths = std::vector<std::size_t>;

constexpr std::size_t WideGap = 2;
constexpr std::size_t NarrowGap = 1;

/// The width of the shown columns with the gaps between them.
std::size_t line_width(const Widths& widths, std::size_t gap) {
  std::size_t sum = 0;
  std::size_t shown = 0;
  for (const std::size_t width : widths) {
    sum += width;
    shown += width > 0 ? 1 : 0;
  }
  return shown == 0 ? 0 : sum + (shown - 1) * gap;
}

/// Narrows the widest column of this rank by one, repeatedly, until the line fits or none can be narrowed.
void shrink_rank(Widths& widths, std::span<const ColumnWish> wishes, std::uint8_t rank,
                 std::size_t floor(const ColumnWish&), std::size_t& excess) {
  while (excess > 0) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (wishes[i].drop != rank || widths[i] <= floor(wishes[i])) continue;
      if (widest == widths.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == widths.size()) return;
    --widths[widest];
    --excess;
  }
}

/// Returns true when the line fits.
bool shrink(Widths& widths, std::span<const ColumnWish> wishes, std::size_t limit,
            std::size_t floor(const ColumnWish&)) {
  const std::size_t width = line_width(widths, NarrowGap);
  std::size_t excess = width > limit ? width - limit : 0;
  for (int rank = UINT8_MAX; rank >= 0 && excess > 0; --rank) {
    shrink_rank(widths, wishes, static_cast<std::uint8_t>(rank), floor, excess);
  }
  return excess == 0;
}

/// The next column to drop: of equal ranks the one on the right. No value when only columns that must stay
/// are left.
std::optional<std::size_t> next_to_drop(const Widths& widths, std::span<const ColumnWish> wishes) {
  std::optional<std::size_t> next;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == 0 || wishes[i].drop == 0) continue;
    if (!next || wishes[i].drop >= wishes[*next].drop) next = i;
  }
  return next;
}

std::size_t comfortable(const ColumnWish& wish) { return std::min(wish.comfortable, wish.natural); }
std::size_t minimum(const ColumnWish& wish) { return std::min(wish.minimum, wish.natural); }

/// Keeps the columns that fit, from the left, and always the first one.
void drop_what_is_left(Widths& widths, std::size_t limit) {
  for (std::size_t i = widths.size(); i-- > 1 && line_width(widths, NarrowGap) > limit;) widths[i] = 0;
  if (!widths.empty()) widths[0] = std::min(widths[0], limit);
}

}  // namespace

Layout fit_columns(std::span<const ColumnWish> wishes, std::optional<std::size_t> limit) {
  Widths natural;
  for (const ColumnWish& wish : wishes) natural.push_back(wish.natural);
  if (!limit || line_width(natural, WideGap) <= *limit) return {natural, WideGap};

  for (;;) {
    Widths widths = natural;
    if (shrink(widths, wishes, *limit, comfortable)) {
      const std::size_t gap = line_width(widths, WideGap) <= *limit ? WideGap : NarrowGap;
      return {widths, gap};
    }
    if (const auto dropped = next_to_drop(natural, wishes)) {
      natural[*dropped] = 0;
      continue;
    }
    if (!shrink(widths, wishes, *limit, minimum)) drop_what_is_left(widths, *limit);
    return {widths, NarrowGap};
  }
}

}  // namespace tools
