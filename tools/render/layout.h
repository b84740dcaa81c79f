/// How wide the columns of a table are. Pure arithmetic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tools {

/// What a column would like.
struct ColumnWish {
  /// Of its widest cell, the heading included.
  std::size_t natural = 0;
  /// What still reads well; columns shrink that far before any is dropped.
  std::size_t comfortable = 0;
  /// What it can do with when nothing more can be dropped.
  std::size_t minimum = 0;
  /// 0 stays; the highest goes first.
  std::uint8_t drop = 0;
};

struct Layout {
  /// One for each column; 0 when it was dropped.
  std::vector<std::size_t> widths;
  /// Blanks between columns.
  std::size_t gap = 2;
};

/// Without a limit every column gets what it likes. With one, columns shrink, the higher `drop` first
/// and the widest among equals, then drop; one at least stays.
Layout fit_columns(std::span<const ColumnWish> wishes, std::optional<std::size_t> limit);

}  // namespace tools
