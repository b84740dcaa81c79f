/// A table on the screen: its order, cursor and visible part. Pure: it draws into a grid, and the time is a
/// parameter.
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

/// A rectangle of the screen.
struct Area {
  std::size_t x = 0;
  std::size_t y = 0;
  std::size_t width = 0;
  std::size_t height = 0;
};

/// The cursor follows its row when that moves; if the row disappears, it goes to the row in its place.
class TableView {
 public:
  explicit TableView(sockutils::SortKey order) : order_(order) {}

  /// Takes new rows. While the user is moving the cursor or has frozen the order, existing rows keep their
  /// order and new ones are added at the end.
  void update(std::shared_ptr<const Table> table, Clock::time_point now);

  /// Moves down by this many rows, or up when negative.
  void move(std::ptrdiff_t rows, Clock::time_point now);
  void move_to_first(Clock::time_point now) { place_cursor(0, now); }
  void move_to_last(Clock::time_point now) { place_cursor(size() == 0 ? 0 : size() - 1, now); }
  /// Moves by the height that was last drawn.
  void move_page(int direction, Clock::time_point now);
  /// Moves to the row at a line of the area drawn last. Returns false if there is none.
  bool click(std::size_t line, Clock::time_point now);
  /// Scrolls columns out of view on the left.
  void scroll_columns(int columns);

  const sockutils::SortKey& order() const { return order_; }
  void set_order(const sockutils::SortKey& order);
  /// Sorts by a column, with the most interesting values first.
  void order_by(const sockutils::Field& column);
  /// Sorts by the next or the previous column, wrapping around.
  void shift_order(int direction);
  /// The column at this position in the heading drawn last, or null.
  const sockutils::Field* column_at(std::size_t x) const;
  void reverse();

  void freeze(bool frozen) { frozen_ = frozen; }
  bool frozen() const { return frozen_; }

  /// Moves to the next row that contains `text` in any case, wrapping around. Returns false if there is none.
  /// `from_here`: the current row may match, too.
  bool search(std::string_view text, bool from_here, bool backwards, Clock::time_point now);

  std::size_t size() const { return sorted_.size(); }
  std::size_t position() const { return cursor_; }
  /// The current row; null if there are none.
  const TableRow* current() const;
  std::shared_ptr<const TableRow> current_row() const;
  /// The socket of the current row; null when the row stands for several sockets, or none.
  std::shared_ptr<const SocketRow> current_socket() const;
  /// Whether the rows below the current one are visible.
  Fold current_fold() const;
  /// The parent of the current row, or null.
  const TableRow* parent() const;
  /// Makes the cursor follow its row even from the top, where it usually stays.
  void hold_row();
  /// Moves to the parent of the current row, if it has one.
  void move_to_parent(Clock::time_point now);
  const Table* table() const { return table_.get(); }

  /// Tags or untags the current row. A row that is no longer shown loses its tag.
  void toggle_tag();
  void clear_tags() { tags_.clear(); }
  /// The tagged rows in table order.
  std::vector<std::shared_ptr<const TableRow>> tagged() const;
  /// The sockets of the tagged rows that each stand for a single socket.
  std::vector<std::shared_ptr<const SocketRow>> tagged_sockets() const;

  /// Draws heading and rows.
  void draw(Grid& grid, const Area& area, const Symbols& symbols);
  /// All rows in order, for export.
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
  /// Indices of the rows, in order.
  std::vector<std::uint32_t> sorted_;
  /// For each row that is below another: whether it is the last one there.
  std::vector<bool> is_last_;
  std::size_t cursor_ = 0;
  std::optional<RowKey> cursor_key_;
  std::size_t top_ = 0;
  std::size_t page_ = 1;
  std::size_t skipped_columns_ = 0;
  bool frozen_ = false;
  std::set<RowKey> tags_;
  std::optional<Clock::time_point> moved_;
  /// Maximum cell widths so far: changing column widths would be hard to read.
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
