#include "render/layout.h"

#include "support/catch.h"

using tools::ColumnWish;
using tools::fit_columns;
using Widths = std::vector<std::size_t>;

namespace layout_test {
namespace {

std::size_t line_width(const tools::Layout& layout) {
  std::size_t sum = 0;
  std::size_t shown = 0;
  for (const std::size_t width : layout.widths) {
    sum += width;
    shown += width > 0 ? 1 : 0;
  }
  return sum + (shown > 0 ? (shown - 1) * layout.gap : 0);
}

}  // namespace

TEST_CASE("columns without a limit are as wide as they like") {
  const std::vector<ColumnWish> wishes{{5, 5, 4, 0}, {4000, 10, 5, 9}};
  CHECK(fit_columns(wishes, {}).widths == Widths{5, 4000});
}

TEST_CASE("columns that fit stay as they are, and stand closer before they shrink") {
  const std::vector<ColumnWish> wishes{{10, 5, 4, 0}, {10, 5, 4, 1}};
  CHECK(fit_columns(wishes, 22).gap == 2);
  CHECK(fit_columns(wishes, 21).gap == 1);
  CHECK(fit_columns(wishes, 21).widths == Widths{10, 10});
}

TEST_CASE("the column that matters least shrinks first") {
  const std::vector<ColumnWish> wishes{{20, 10, 4, 0}, {20, 10, 4, 7}};
  CHECK(fit_columns(wishes, 35).widths == Widths{20, 14});
  CHECK(fit_columns(wishes, 27).widths == Widths{16, 10});
}

TEST_CASE("of columns that matter alike the widest shrinks first") {
  const std::vector<ColumnWish> wishes{{30, 10, 4, 2}, {12, 10, 4, 2}};
  CHECK(fit_columns(wishes, 33).widths == Widths{20, 12});
  CHECK(fit_columns(wishes, 23).widths == Widths{11, 11});
}

TEST_CASE("a column is dropped when shrinking does not help, and the others use its room") {
  const std::vector<ColumnWish> wishes{{20, 10, 4, 0}, {20, 10, 4, 3}, {20, 10, 4, 7}};
  CHECK(fit_columns(wishes, 32).widths == Widths{10, 10, 10});
  CHECK(fit_columns(wishes, 31).widths == Widths{20, 10, 0});
  CHECK(fit_columns(wishes, 20).widths == Widths{20, 0, 0});
  CHECK(fit_columns(wishes, 12).widths == Widths{12, 0, 0});
}

TEST_CASE("columns that stay shrink to their minimum, then only the first is left") {
  const std::vector<ColumnWish> wishes{{20, 10, 4, 0}, {20, 10, 4, 0}};
  CHECK(fit_columns(wishes, 15).widths == Widths{7, 7});
  CHECK(fit_columns(wishes, 9).widths == Widths{4, 4});
  CHECK(fit_columns(wishes, 8).widths == Widths{4, 0});
  CHECK(fit_columns(wishes, 2).widths == Widths{2, 0});
}

TEST_CASE("a layout fits every limit") {
  const std::vector<ColumnWish> wishes{{5, 5, 4, 1}, {11, 11, 5, 1}, {6, 6, 4, 6},
                                       {6, 6, 4, 6}, {45, 21, 9, 0}, {47, 21, 9, 2},
                                       {9, 9, 5, 7}, {17, 10, 5, 5}, {30, 14, 8, 4}};
  for (std::size_t limit = 1; limit < 220; ++limit) {
    CAPTURE(limit);
    CHECK(line_width(fit_columns(wishes, limit)) <= limit);
  }
}

}  // namespace layout_test
