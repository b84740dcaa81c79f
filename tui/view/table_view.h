/// A table on the screen: what is sorted how, where the cursor is, what of it is seen. Pure: it draws into a
/// grid and is told the time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/list.h"
#include "tui/collect/frame.h"
#include "tui/view/grid.h"
#include "tui/view/symbols.h"

namespace tui {

/// A part of the screen.
struct Area {
  std::size_t x = 0;
  std::size_t y = 0;
  std::size_t width = 0;
  std::size_t height = 0;
};

/// The cursor stands on a row, wherever that moves; where the row goes, on the one in its place.
class TableView {
 public:
  explicit TableView(sockutils::SortKey order) : order_(order) {}

  /// Takes other rows. As long as the user moves, or has frozen the order, rows stay in their order, and new
  /// ones come behind.
  void update(std::shared_ptr<const Table> table, Clock::time_point now);

  /// Rows down, or up when negative.
  void move(std::ptrdiff_t rows, Clock::time_point now);
  void move_to_first(Clock::time_point now) { place_cursor(0, now); }
  void move_to_last(Clock::time_point now) { place_cursor(size() == 0 ? 0 : size() - 1, now); }
  /// A page as it was last drawn.
  void move_page(int direction, Clock::time_point now);
  /// The row at a line of the area that was drawn last. False: there is none.
  bool click(std::size_t line, Clock::time_point now);
  /// Columns to the left that are not shown.
  void scroll_columns(int columns);

  const sockutils::SortKey& order() const { return order_; }
  void set_order(const sockutils::SortKey& order);
  /// What is worth seeing first comes first.
  void order_by(const sockutils::Field& column);
  /// By the next column, or the one before; round about.
  void shift_order(int direction);
  /// The column at this place of the heading as it was last drawn; or null.
  const sockutils::Field* column_at(std::size_t x) const;
  void reverse();

  void freeze(bool frozen) { frozen_ = frozen; }
  bool frozen() const { return frozen_; }

  /// Moves to the next row, from the cursor on and around, that shows `text`, whatever its case. False: none
  /// does. `from_here`: the row of the cursor may be it.
  bool search(std::string_view text, bool from_here, bool backwards, Clock::time_point now);

  std::size_t size() const { return sorted_.size(); }
  std::size_t position() const { return cursor_; }
  /// The row of the cursor; null without rows.
  const TableRow* current() const;
  std::shared_ptr<const TableRow> current_row() const;
  /// The socket that the row of the cursor tells of; null when it tells of several, or of none.
  std::shared_ptr<const SocketRow> current_socket() const;
  /// Whether what is under the row of the cursor shows.
  Fold current_fold() const;
  /// The row that the one of the cursor stands under, or null.
  const TableRow* parent() const;
  /// Has the cursor go with its row, also from the top, where it usually stays.
  void hold_row();
  /// Moves to the row that the one of the cursor stands under, if there is one.
  void move_to_parent(Clock::time_point now);
  const Table* table() const { return table_.get(); }

  /// Marks the row of the cursor, or takes the mark away. A row that is shown no more has none.
  void toggle_tag();
  void clear_tags() { tags_.clear(); }
  /// The tagged rows in the order of the table.
  std::vector<std::shared_ptr<const TableRow>> tagged() const;
  /// The sockets that these tell of, as far as each tells of one.
  std::vector<std::shared_ptr<const SocketRow>> tagged_sockets() const;

  /// Draws heading and rows.
  void draw(Grid& grid, const Area& area, const Symbols& symbols);
  /// The rows in their order, for export.
  std::vector<const TableRow*> rows() const;

 private:
  void sort();
  void sort_by(std::size_t column);
  void keep_order(const Table& before);
  void arrange();
  std::uint32_t parent_place() const;
  void follow_cursor();
  void keep_tags();
  void place_cursor(std::size_t position, Clock::time_point now);
  void show_cursor(std::size_t height);
  bool before(std::uint32_t a, std::uint32_t b, std::optional<std::size_t> column) const;
  std::optional<std::size_t> sort_column() const;
  bool row_shows(const TableRow& row, std::string_view lower_case) const;
  bool is_tree_column(std::size_t column) const {
    return !table_->branches.empty() && column == table_->tree_column;
  }
  std::string tree_mark(std::size_t row, const Symbols& symbols) const;
  std::string cell_text(std::size_t place, std::size_t column, const Symbols& symbols) const;
  void lay_out(std::size_t width, std::size_t first, std::size_t end, const Symbols& symbols);
  void draw_heading(Grid& grid, const Area& area, const Symbols& symbols) const;
  void draw_row(Grid& grid, const Area& area, std::size_t y, std::size_t row_place,
                const Symbols& symbols) const;

  sockutils::SortKey order_;
  std::shared_ptr<const Table> table_;
  /// Rows of the table in their order.
  std::vector<std::uint32_t> sorted_;
  /// Of each row of the table that stands under another: whether it is the last of those.
  std::vector<bool> is_last_;
  std::size_t cursor_ = 0;
  std::optional<RowKey> cursor_key_;
  std::size_t top_ = 0;
  std::size_t page_ = 1;
  std::size_t skipped_columns_ = 0;
  bool frozen_ = false;
  std::set<RowKey> tags_;
  std::optional<Clock::time_point> moved_;
  /// Widest cells so far: columns that jump to and fro cannot be read.
  std::vector<std::size_t> natural_;
  std::size_t laid_out_width_ = 0;
  struct Place {
    std::size_t column;
    std::size_t x;
    std::size_t width;
  };
  std::vector<Place> places_;
};

}  // namespace tui
