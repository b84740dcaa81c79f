#include "tui/view/grid.h"

#include "support/catch.h"

namespace tui::test::grid_test {
namespace {

constexpr Style Red{.colour = Colour::Red};

TEST_CASE("text stands where it was put, and is cut at the edge") {
  Grid grid(6, 2);
  CHECK(grid.put(1, 0, "abc") == 3);
  CHECK(grid.put(4, 1, "defg") == 2);
  CHECK(grid.line(0) == " abc");
  CHECK(grid.line(1) == "    de");
}

TEST_CASE("text outside of the grid is left out") {
  Grid grid(3, 1);
  CHECK(grid.put(3, 0, "a") == 0);
  CHECK(grid.put(0, 1, "a") == 0);
  CHECK(Grid(0, 0).put(0, 0, "a") == 0);
  CHECK(grid.line(0).empty());
}

TEST_CASE("a limit cuts as the edge does") {
  Grid grid(8, 1);
  CHECK(grid.put(1, 0, "abcdef", {}, 3) == 3);
  CHECK(grid.line(0) == " abc");
}

TEST_CASE("a wide character takes two cells, and never half of them") {
  Grid grid(5, 1);
  CHECK(grid.put(0, 0, "日本語") == 4);
  CHECK(grid.line(0) == "日本");
  CHECK(grid.at(1, 0).is_right_half());
  CHECK(grid.at(4, 0).text() == " ");
}

TEST_CASE("what is put over half of a wide character takes the other half away") {
  Grid left(4, 1);
  left.put(0, 0, "日");
  left.put(0, 0, "x");
  CHECK(left.line(0) == "x");
  CHECK(left.at(1, 0).text() == " ");
  Grid right(4, 1);
  right.put(0, 0, "日");
  right.put(1, 0, "x");
  CHECK(right.line(0) == " x");
}

TEST_CASE("wide characters can be put over wide characters, a column beside them") {
  Grid grid(6, 1);
  grid.put(0, 0, "日本語");
  grid.put(1, 0, "中国");
  CHECK(grid.line(0) == " 中国");
  for (std::size_t x = 0; x < grid.width(); ++x)
    if (grid.at(x, 0).is_right_half()) CHECK_FALSE(grid.at(x - 1, 0).is_right_half());
}

TEST_CASE("a combining character goes with the one before it") {
  Grid grid(4, 1);
  CHECK(grid.put(0, 0, "e\u0301x") == 2);
  CHECK(grid.at(0, 0).text() == "e\u0301");
  CHECK(grid.at(1, 0).text() == "x");
  CHECK(grid.put(0, 0, "日\u0301x") == 3);
  CHECK(grid.at(0, 0).text() == "日\u0301");
}

TEST_CASE("no character combines with more than a cell holds") {
  Grid grid(4, 1);
  std::string text = "e";
  for (int i = 0; i < 1000; ++i) text += "\u0301";
  CHECK(grid.put(0, 0, text) == 1);
  CHECK(grid.at(0, 0).text().size() < 20);
}

TEST_CASE("a combining character without anything before it is left out") {
  Grid grid(4, 1);
  CHECK(grid.put(0, 0, "\u0301a") == 1);
  CHECK(grid.line(0) == "a");
}

TEST_CASE("control characters never get into a grid") {
  Grid grid(10, 1);
  grid.put(0, 0, "a\x1b[31mb\x7f\n");
  for (std::size_t x = 0; x < grid.width(); ++x)
    for (const char c : grid.at(x, 0).text()) CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
}

TEST_CASE("a reversed row keeps its colours and loses its faintness") {
  Grid grid(3, 2);
  grid.put(0, 1, "a", {.colour = Colour::Red, .dim = true});
  grid.reverse_row(1);
  CHECK(grid.at(0, 1).style() == Style{.colour = Colour::Red, .reverse = true});
  CHECK(grid.at(2, 1).style().reverse);
  CHECK_FALSE(grid.at(0, 0).style().reverse);
}

TEST_CASE("cells are equal when text and style are") {
  CHECK(Cell("a", Red) == Cell("a", Red));
  CHECK_FALSE(Cell("a", Red) == Cell("a", {}));
  CHECK_FALSE(Cell("a", Red) == Cell("b", Red));
}

TEST_CASE("a grid of another size is blank") {
  Grid grid(3, 1);
  grid.put(0, 0, "abc");
  grid.resize(2, 2);
  CHECK(grid.line(0).empty());
  CHECK(grid.line(1).empty());
}

}  // namespace
}  // namespace tui::test::grid_test
