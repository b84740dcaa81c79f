#include "tui/view/table_view.h"

#include <array>
#include <set>

#include "support/catch.h"
#include "tests/tui/sample.h"

namespace tui::test::table_view_test {
namespace {

/// Rows of one number each, whose keys are those numbers' places.
std::shared_ptr<const Table> table_of(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& rows) {
  auto table = std::make_shared<Table>();
  table->columns = {&InRate, &SeenFor};
  for (const auto& [key, number] : rows) {
    auto row = std::make_shared<TableRow>();
    row->key = {key, 0};
    row->cells = KeptRow(2);
    row->cells.set_number(0, number);
    table->rows.push_back(std::move(row));
  }
  return table;
}

std::vector<std::uint64_t> order_of(const TableView& view) {
  std::vector<std::uint64_t> keys;
  for (const TableRow* const row : view.rows()) keys.push_back(row->key.number);
  return keys;
}

using Keys = std::vector<std::uint64_t>;
constexpr Clock::time_point Start{1h};

TEST_CASE("rows are sorted by the column, and by their keys where that is equal") {
  TableView view({&InRate, true});
  view.update(table_of({{1, 5}, {2, 9}, {3, 5}}), Start);
  CHECK(order_of(view) == Keys{2, 1, 3});
  view.reverse();
  CHECK(order_of(view) == Keys{1, 3, 2});
}

TEST_CASE("rows without a value come last, whichever way is sorted") {
  auto table = std::make_shared<Table>(*table_of({{1, 5}, {2, 9}}));
  auto empty = std::make_shared<TableRow>();
  empty->key = {3, 0};
  empty->cells = KeptRow(2);
  table->rows.insert(table->rows.begin(), empty);
  TableView view({&InRate, true});
  view.update(table, Start);
  CHECK(order_of(view) == Keys{2, 1, 3});
  view.reverse();
  CHECK(order_of(view) == Keys{1, 2, 3});
}

TEST_CASE("a column of numbers and of other things is sorted as well") {
  auto table = std::make_shared<Table>(*table_of({{1, 5}, {2, 9}}));
  auto closed = std::make_shared<TableRow>();
  closed->key = {3, 0};
  closed->cells = KeptRow(2);
  closed->cells.set_text(0, "1.2M");
  table->rows.push_back(closed);
  TableView view({&InRate, true});
  view.update(table, Start);
  CHECK(view.rows().size() == 3);
  CHECK(std::set<std::uint64_t>{order_of(view)[0], order_of(view)[1], order_of(view)[2]}.size() == 3);
}

TEST_CASE("the cursor follows its row, not its place") {
  TableView view({&InRate, true});
  view.update(table_of({{1, 30}, {2, 20}, {3, 10}}), Start);
  view.move(1, Start);
  CHECK(view.current()->key.number == 2);
  view.update(table_of({{1, 30}, {2, 99}, {3, 10}}), Start + 5s);
  CHECK(view.position() == 0);
  CHECK(view.current()->key.number == 2);
}

TEST_CASE("a cursor whose row is gone stays in its place") {
  TableView view({&InRate, true});
  view.update(table_of({{1, 30}, {2, 20}, {3, 10}}), Start);
  view.move(1, Start);
  view.update(table_of({{1, 30}, {3, 10}}), Start + 5s);
  CHECK(view.current()->key.number == 3);
  view.update(table_of({{1, 30}}), Start + 6s);
  CHECK(view.current()->key.number == 1);
  view.update(table_of({}), Start + 7s);
  CHECK(view.current() == nullptr);
}

TEST_CASE("who stands at the top sees what comes to the top") {
  TableView view({&InRate, true});
  view.update(table_of({{1, 30}, {2, 20}}), Start);
  view.update(table_of({{1, 30}, {2, 40}}), Start + 1s);
  CHECK(view.current()->key.number == 2);
}

TEST_CASE("as long as the user moves, rows keep their places and new ones come behind") {
  TableView view({&InRate, true});
  view.update(table_of({{1, 30}, {2, 20}, {3, 10}}), Start);
  view.move(1, Start + 1s);
  view.update(table_of({{4, 99}, {3, 98}, {1, 1}, {2, 2}}), Start + 2s);
  CHECK(order_of(view) == Keys{1, 2, 3, 4});
  view.update(table_of({{4, 99}, {3, 98}, {1, 1}, {2, 2}}), Start + 4s);
  CHECK(order_of(view) == Keys{4, 3, 2, 1});
}

TEST_CASE("a frozen order stays until it is let go") {
  TableView view({&InRate, true});
  view.update(table_of({{1, 30}, {2, 20}}), Start);
  view.freeze(true);
  view.update(table_of({{1, 1}, {2, 2}}), Start + 60s);
  CHECK(order_of(view) == Keys{1, 2});
  view.freeze(false);
  view.update(table_of({{1, 1}, {2, 2}}), Start + 61s);
  CHECK(order_of(view) == Keys{2, 1});
}

TEST_CASE("moving ends at the first and at the last row") {
  TableView view({&InRate, true});
  view.update(table_of({{1, 30}, {2, 20}, {3, 10}}), Start);
  view.move(-5, Start);
  CHECK(view.position() == 0);
  view.move(100, Start);
  CHECK(view.position() == 2);
  view.move_to_first(Start);
  CHECK(view.position() == 0);
  view.move_to_last(Start);
  CHECK(view.position() == 2);
  TableView empty({&InRate, true});
  empty.move(1, Start);
  empty.move_to_last(Start);
  CHECK(empty.position() == 0);
}

TEST_CASE("the row of the cursor is always seen") {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> rows;
  for (std::uint64_t i = 0; i < 100; ++i) rows.emplace_back(i, 1000 - i);
  TableView view({&InRate, true});
  view.update(table_of(rows), Start);
  Grid grid(20, 6);
  for (const int step : {3, 5, 50, -20, 200, -1000}) {
    view.move(step, Start);
    grid.clear();
    view.draw(grid, {0, 0, 20, 6}, AsciiSymbols);
    std::size_t reversed = 0;
    for (std::size_t y = 1; y < 6; ++y) reversed += grid.at(0, y).style().reverse ? 1U : 0U;
    CHECK(reversed == 1);
  }
}

TEST_CASE("a page is as many rows as are seen, but for one") {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> rows;
  for (std::uint64_t i = 0; i < 100; ++i) rows.emplace_back(i, 1000 - i);
  TableView view({&InRate, true});
  view.update(table_of(rows), Start);
  Grid grid(20, 11);
  view.draw(grid, {0, 0, 20, 11}, AsciiSymbols);
  view.move_page(1, Start);
  CHECK(view.position() == 9);
  view.move_page(-1, Start);
  CHECK(view.position() == 0);
}

TEST_CASE("a table is drawn at any size") {
  SampleBook book;
  const Frame frame = book.look({SampleSocket(1).owner(1, "a"), SampleSocket(2).listening(80)});
  for (std::size_t width = 1; width <= 220; width += 3) {
    for (std::size_t height = 1; height <= 12; ++height) {
      TableView view({&Sparkline, true});
      view.update(frame.sockets, Start);
      Grid grid(width, height);
      view.draw(grid, {0, 0, width, height}, Utf8Symbols);
      CHECK(grid.at(0, height > 1 ? 1 : 0).style().reverse);
    }
  }
}

TEST_CASE("what matters most stays when there is little room") {
  SampleBook book;
  book.look({SampleSocket(1).bytes(0, 0).owner(4242, "curl")});
  const Frame frame = book.look({SampleSocket(1).bytes(5'000'000, 0).owner(4242, "curl")});
  TableView view({&Sparkline, true});
  view.update(frame.sockets, Start);
  Grid narrow(48, 2);
  view.draw(narrow, {0, 0, 48, 2}, AsciiSymbols);
  CHECK_THAT(narrow.line(0), Catch::Matchers::Contains("PEER") && Catch::Matchers::Contains("IN"));
  CHECK_THAT(narrow.line(1), Catch::Matchers::Contains("192.0.2.2:2001") &&
                                 Catch::Matchers::Contains("4.8M") && Catch::Matchers::Contains("curl"));
  Grid wide(200, 2);
  view.draw(wide, {0, 0, 200, 2}, AsciiSymbols);
  for (const sockutils::Field* const column : usual_columns())
    CHECK_THAT(wide.line(0), Catch::Matchers::Contains(std::string(column->title)));
}

TEST_CASE("a table of a few columns' width still shows who is at the other end") {
  SampleBook book;
  const Frame frame = book.look({SampleSocket(1)});
  TableView view({&Sparkline, true});
  view.update(frame.sockets, Start);
  Grid grid(9, 2);
  view.draw(grid, {0, 0, 9, 2}, AsciiSymbols);
  CHECK_THAT(grid.line(1), Catch::Matchers::Contains("~") && Catch::Matchers::Contains("2001"));
}

TEST_CASE("a search goes on from the cursor, around, and backwards") {
  SampleBook book({sockutils::find_field("peer")});
  const Frame frame = book.look({SampleSocket(1), SampleSocket(2), SampleSocket(3)});
  TableView view({sockutils::find_field("peer"), false});
  view.update(frame.sockets, Start);
  CHECK(view.search("192.0.2.2", true, false, Start));
  CHECK(view.position() == 0);
  CHECK(view.search("192.0.2.2", false, false, Start));
  CHECK(view.position() == 1);
  CHECK(view.search(":2003", false, false, Start));
  CHECK(view.position() == 2);
  CHECK(view.search("192", false, false, Start));
  CHECK(view.position() == 0);
  CHECK(view.search("192", false, true, Start));
  CHECK(view.position() == 2);
  CHECK_FALSE(view.search("nothing", false, false, Start));
  CHECK(view.position() == 2);
}

TEST_CASE("a search does not look at case") {
  SampleBook book;
  const Frame frame = book.look({SampleSocket(1).owner(1, "Xorg")});
  TableView view({&Sparkline, true});
  view.update(frame.sockets, Start);
  CHECK(view.search("xORG", true, false, Start));
}

TEST_CASE("hostile text is harmless in a table") {
  SampleBook book;
  const Frame frame = book.look({SampleSocket(1).owner(1, "a\x1b[2J\n\xff")});
  TableView view({&Sparkline, true});
  view.update(frame.sockets, Start);
  Grid grid(200, 3);
  view.draw(grid, {0, 0, 200, 3}, Utf8Symbols);
  CHECK_THAT(grid.line(1), Catch::Matchers::Contains("a\\x1b[2J\\n\\xff/1"));
}

TEST_CASE("a click chooses a row, and the heading under it a column") {
  TableView view({&InRate, true});
  view.update(table_of({{1, 30}, {2, 20}, {3, 10}}), Start);
  Grid grid(40, 5);
  view.draw(grid, {0, 0, 40, 5}, AsciiSymbols);
  CHECK(view.click(3, Start));
  CHECK(view.current()->key.number == 3);
  CHECK_FALSE(view.click(4, Start));
  CHECK(view.column_at(2) == &InRate);
  CHECK(view.column_at(39) == &SeenFor);
}

TEST_CASE("addresses sort by their numbers, ports after them") {
  SampleBook book({sockutils::find_field("peer")});
  const Frame frame = book.look(
      {SampleSocket(1).peer(v4(10), 80), SampleSocket(2).peer(v4(9), 443), SampleSocket(3).peer(v4(9), 80)});
  TableView view({sockutils::find_field("peer"), false});
  view.update(frame.sockets, Start);
  std::vector<std::string> texts;
  for (const TableRow* const row : view.rows()) texts.push_back(text_of(*frame.sockets, *row, "peer"));
  CHECK(texts == std::vector<std::string>{"192.0.2.9:80", "192.0.2.9:443", "192.0.2.10:80"});
}

/// Rows of a number each, which stand under others: key, number, place of the row above or -1.
std::shared_ptr<const Table> tree_of(const std::vector<std::array<std::int64_t, 3>>& rows) {
  auto table = std::make_shared<Table>();
  table->columns = {&InRate, &SeenFor};
  table->tree_column = 1;
  for (const auto& [key, number, above] : rows) {
    auto row = std::make_shared<TableRow>();
    row->key = {static_cast<std::uint64_t>(key), 0};
    row->cells = KeptRow(2);
    row->cells.set_number(0, static_cast<std::uint64_t>(number));
    row->cells.set_text(1, std::to_string(key));
    table->rows.push_back(std::move(row));
    Branch branch;
    if (above >= 0) {
      branch.parent = static_cast<std::uint32_t>(above);
      branch.depth = static_cast<std::uint8_t>(table->branches[branch.parent].depth + 1);
      table->branches[branch.parent].fold = Fold::Open;
    }
    table->branches.push_back(branch);
  }
  return table;
}

TEST_CASE("what is under a row follows it, and is sorted among its like") {
  TableView view({&InRate, true});
  view.update(tree_of({{1, 5, -1}, {2, 9, -1}, {11, 3, 0}, {12, 4, 0}, {21, 1, 1}, {111, 7, 2}}), Start);
  CHECK(order_of(view) == Keys{2, 21, 1, 12, 11, 111});
  view.reverse();
  CHECK(order_of(view) == Keys{1, 11, 111, 12, 2, 21});
}

TEST_CASE("rows under others keep their places too while the order is frozen") {
  TableView view({&InRate, true});
  view.update(tree_of({{1, 5, -1}, {2, 9, -1}, {11, 3, 0}, {12, 4, 0}}), Start);
  view.freeze(true);
  view.update(tree_of({{1, 50, -1}, {2, 9, -1}, {11, 30, 0}, {12, 4, 0}, {13, 99, 0}}), Start);
  CHECK(order_of(view) == Keys{2, 1, 12, 11, 13});
}

TEST_CASE("the cursor goes from a row to the one that it stands under") {
  TableView view({&InRate, true});
  view.update(tree_of({{1, 5, -1}, {2, 9, -1}, {11, 3, 0}, {12, 4, 0}}), Start);
  view.move_to_last(Start);
  REQUIRE(view.current()->key.number == 11);
  REQUIRE(view.parent() != nullptr);
  CHECK(view.parent()->key.number == 1);
  view.move_to_parent(Start);
  CHECK(view.current()->key.number == 1);
  CHECK(view.current_fold() == Fold::Open);
  CHECK(view.parent() == nullptr);
}

TEST_CASE("marks show what stands under what") {
  const auto table = tree_of({{1, 5, -1}, {2, 9, -1}, {11, 3, 0}, {12, 4, 0}, {111, 1, 3}});
  TableView view({&InRate, true});
  view.update(table, Start);
  Grid grid(60, 6);
  view.draw(grid, {0, 0, 60, 6}, AsciiSymbols);
  CHECK_THAT(grid.line(1), Catch::Matchers::EndsWith("   2"));
  CHECK_THAT(grid.line(2), Catch::Matchers::EndsWith(" - 1"));
  CHECK_THAT(grid.line(3), Catch::Matchers::EndsWith(" | - 12"));
  CHECK_THAT(grid.line(4), Catch::Matchers::EndsWith(" | ` 111"));
  CHECK_THAT(grid.line(5), Catch::Matchers::EndsWith(" ` 11"));
}

}  // namespace
}  // namespace tui::test::table_view_test
