// Draws tables.

#include <algorithm>

#include "render/cell_style.h"
#include "render/cell_text.h"
#include "render/layout.h"
#include "sockutils/value.h"
#include "tui/view/graph.h"
#include "tui/view/human.h"
#include "tui/view/table_view.h"

namespace tui {

using sockutils::ColumnWidths;
using sockutils::Field;
using sockutils::Type;

namespace {

/// The mark of a new or closed row, and a blank.
constexpr std::size_t MarkWidth = 2;
constexpr std::size_t SparklineWidth = 10;

/// For a connection with its indentation in the tree.
constexpr ColumnWidths TreeWidths{40, 12};

ColumnWidths widths_of(const Field& field) {
  if (field.name == "local") return {17, 8};
  if (field.name == "peer") return {21, 8};
  return type_info(field.type).screen;
}

std::string_view sign_of(Mark mark) {
  switch (mark) {
    case Mark::New:
      return "+";
    case Mark::Closed:
      return "-";
    case Mark::Changed:
      return "~";
    case Mark::Same:
      return " ";
  }
  return " ";
}

Style row_style(Mark mark) {
  Style style;
  if (mark == Mark::New) style.bold = true;
  if (mark == Mark::Closed) style.dim = true;
  return style;
}

Style look_of(tools::CellStyle style, Style base) {
  switch (style) {
    case tools::CellStyle::Plain:
      break;
    case tools::CellStyle::Heading:
      base.bold = true;
      break;
    case tools::CellStyle::Listening:
      base.colour = Colour::Green;
      break;
    case tools::CellStyle::Fading:
      base.dim = true;
      break;
    case tools::CellStyle::Attention:
      base.colour = Colour::Red;
      break;
    case tools::CellStyle::Exposed:
      base.colour = Colour::Magenta;
      break;
  }
  return base;
}

bool is_rate(const Field& field) {
  return field.type == Type::BytesPerSecond || field.name == RetransmitRate.name;
}

/// Numbers that mean "nothing happens" are dimmed, those that mean "look here" are highlighted.
Style number_style(const Field& field, std::uint64_t number, Style base) {
  if (number == 0 && is_rate(field)) base.dim = true;
  if (number > 0 && &field == &RetransmitRate) base.colour = Colour::Red;
  if (number > 0 && (&field == &InRate || &field == &OutRate)) base.bold = true;
  if (number > 0 && &field == &Sparkline) base.colour = Colour::Green;
  return base;
}

Style cell_style(const Table& table, const TableRow& row, std::size_t column) {
  const Style base = row_style(row.mark);
  if (row.mark == Mark::Closed) return base;
  if (row.exposed && table.columns[column]->name == "local") return look_of(tools::CellStyle::Exposed, base);
  if (const auto number = row.cells.number(column))
    return number_style(*table.columns[column], *number, base);
  const auto value = row.cells.value(column);
  if (!value) {
    Style faint = base;
    faint.dim = true;
    return faint;
  }
  return look_of(tools::style_of(*value, {}), base);
}

}  // namespace

/// The tree symbols before a row.
std::string TableView::tree_mark(std::size_t row, const Symbols& symbols) const {
  const Branch& branch = table_->branches[row];
  std::string mark;
  if (branch.parent != Branch::NoParent) mark = is_last_[row] ? symbols.last_branch : symbols.branch;
  for (std::uint32_t above = branch.parent;
       above != Branch::NoParent && table_->branches[above].parent != Branch::NoParent;
       above = table_->branches[above].parent)
    mark.insert(0, is_last_[above] ? "  " : symbols.trunk);
  if (branch.fold != Fold::Nothing) mark += branch.fold == Fold::Open ? symbols.open : symbols.closed;
  if (branch.fold == Fold::Nothing && branch.depth == 0) mark += "  ";
  return mark;
}

std::string TableView::cell_text(std::size_t place, std::size_t column, const Symbols& symbols) const {
  const Field& field = *table_->columns[column];
  const TableRow& row = *table_->rows[place];
  if (!table_->branches.empty()) {
    if (is_tree_column(column)) {
      std::string text = tree_mark(place, symbols);
      tools::append_cell_text(text, row.cells.value(column), field.type);
      return text;
    }
    // A column that counts the sockets of a group is empty for a single socket.
    if (table_->branches[place].depth > 0 && !row.cells.has(column)) return {};
  }
  if (&field == &Sparkline) return graph(row.trend, SparklineWidth, symbols);
  const auto number = row.cells.number(column);
  if (number && field.type == Type::BytesPerSecond) return short_bytes(*number);
  std::string text;
  tools::append_cell_text(text, row.cells.value(column), field.type);
  return text;
}

bool TableView::row_shows(const TableRow& row, std::string_view lower_case) const {
  std::string text;
  for (std::size_t i = 0; i < table_->columns.size(); ++i) {
    tools::append_cell_text(text, row.cells.value(i), table_->columns[i]->type);
    text += '\n';
  }
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text.find(lower_case) != std::string::npos;
}

void TableView::lay_out(std::size_t width, std::size_t first, std::size_t end, const Symbols& symbols) {
  const auto& columns = table_->columns;
  if (natural_.size() != columns.size() || laid_out_width_ != width) natural_.assign(columns.size(), 0);
  laid_out_width_ = width;
  for (std::size_t i = 0; i < columns.size(); ++i)
    natural_[i] = std::max(natural_[i], sockutils::display_width(columns[i]->title) +
                                            (columns[i] == order_.field ? std::size_t{1} : 0));
  for (std::size_t row = first; row < end; ++row)
    for (std::size_t i = 0; i < columns.size(); ++i)
      natural_[i] = std::max(natural_[i], sockutils::display_width(cell_text(sorted_[row], i, symbols)));
  std::vector<tools::ColumnWish> wishes;
  for (std::size_t i = skipped_columns_; i < columns.size(); ++i) {
    const ColumnWidths widths = is_tree_column(i) ? TreeWidths : widths_of(*columns[i]);
    const std::size_t title = sockutils::display_width(columns[i]->title);
    wishes.push_back(
        {natural_[i], std::max(widths.comfortable, title), widths.minimum, rank_of(*columns[i])});
  }
  const auto layout = tools::fit_columns(wishes, width);
  places_.clear();
  std::size_t x = 0;
  for (std::size_t i = 0; i < layout.widths.size(); ++i) {
    if (layout.widths[i] == 0) continue;
    places_.push_back({i + skipped_columns_, x, layout.widths[i]});
    x += layout.widths[i] + layout.gap;
  }
  // A very narrow screen has room for only one column, cut off.
  if (places_.empty() && skipped_columns_ < columns.size()) {
    const auto begin = columns.begin() + static_cast<std::ptrdiff_t>(skipped_columns_);
    const auto best = std::min_element(
        begin, columns.end(), [](const Field* a, const Field* b) { return rank_of(*a) < rank_of(*b); });
    places_.push_back({static_cast<std::size_t>(best - columns.begin()), 0, width});
  }
  // The last column gets the remaining width.
  if (!places_.empty() && places_.back().x < width) places_.back().width = width - places_.back().x;
}

const Field* TableView::column_at(std::size_t x) const {
  for (const Place& place : places_)
    if (x >= place.x + MarkWidth && x <= place.x + MarkWidth + place.width)
      return table_->columns[place.column];
  return nullptr;
}

void TableView::draw_heading(Grid& grid, const Area& area, const Symbols& symbols) const {
  Style style;
  style.bold = true;
  style.underline = true;
  grid.fill(area.x, area.y, area.width, style);
  for (const Place& place : places_) {
    const Field& field = *table_->columns[place.column];
    std::string text(field.title);
    if (&field == order_.field) text += order_.descending ? symbols.descending : symbols.ascending;
    const std::size_t width = sockutils::display_width(text);
    const bool is_last = &place == &places_.back();
    const bool right = alignment(field) == sockutils::Align::Right && !is_last && width < place.width;
    grid.put(area.x + MarkWidth + place.x + (right ? place.width - width : 0), area.y, text, style,
             place.width);
  }
}

void TableView::draw_row(Grid& grid, const Area& area, std::size_t y, std::size_t row_place,
                         const Symbols& symbols) const {
  const TableRow& row = *table_->rows[row_place];
  grid.put(area.x, y, sign_of(row.mark), row_style(row.mark), area.width);
  if (area.width > 1 && tags_.contains(row.key)) grid.put(area.x + 1, y, "*", {.bold = true}, 1);
  for (const Place& place : places_) {
    const Field& field = *table_->columns[place.column];
    std::string text;
    tools::append_cut(text, cell_text(row_place, place.column, symbols), place.width,
                      type_info(field.type).keep, symbols.cut);
    const std::size_t width = sockutils::display_width(text);
    const bool is_last = &place == &places_.back();
    const bool right = alignment(field) == sockutils::Align::Right && !is_last && width < place.width;
    grid.put(area.x + MarkWidth + place.x + (right ? place.width - width : 0), y, text,
             cell_style(*table_, row, place.column), place.width);
  }
}

void TableView::show_cursor(std::size_t height) {
  page_ = height;
  if (height == 0) return;
  if (cursor_ < top_) top_ = cursor_;
  if (cursor_ >= top_ + height) top_ = cursor_ - height + 1;
  if (top_ + height > size()) top_ = size() - std::min(size(), height);
}

void TableView::draw(Grid& grid, const Area& area, const Symbols& symbols) {
  if (!table_ || area.height == 0) return;
  // In a single line, the current row is more useful than a heading.
  const std::size_t heading = area.height > 1 ? 1 : 0;
  const std::size_t height = area.height - heading;
  show_cursor(height);
  const std::size_t end = std::min(size(), top_ + height);
  lay_out(area.width > MarkWidth ? area.width - MarkWidth : 1, top_, end, symbols);
  if (heading > 0) draw_heading(grid, area, symbols);
  for (std::size_t row = top_; row < end; ++row) {
    const std::size_t y = area.y + heading + row - top_;
    draw_row(grid, area, y, sorted_[row], symbols);
    if (row == cursor_) grid.reverse_row(y);
  }
}

}  // namespace tui
