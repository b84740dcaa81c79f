/// Computes the widths of a table's columns. Pure arithmetic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tools {

/// The wanted widths of a column.
struct ColumnWish {
  /// The width of its widest cell, including the heading.
  std::size_t natural = 0;
  /// Still reads well at this width; all columns are narrowed to it before any is dropped.
  std::size_t comfortable = 0;
  /// The minimum width when no more columns can be dropped.
  std::size_t minimum = 0;
  /// 0 is never dropped; the largest is dropped first.
  std::uint8_t drop = 0;
};

struct Layout {
  /// One width per column; 0 for a dropped column.
  std::vector<std::size_t> widths;
  /// Blanks between columns.
  std::size_t gap = 2;
};

/// Without a limit every column gets its natural width. With a limit, columns are first narrowed (larger
/// `drop` first, and the widest among equals), then dropped; at least one remains.
Layout fit_columns(std::span<const ColumnWish> wishes, std::optional<std::size_t> limit);

}  // namespace tools
