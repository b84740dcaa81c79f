// Aligned columns for people. The first rows determine the column widths; later rows are written at once.

#include <algorithm>

#include "render/cell_style.h"
#include "render/cell_text.h"
#include "render/layout.h"
#include "render/renderer.h"
#include "sockutils/value.h"

namespace tools {
namespace {

using sockutils::Field;
using sockutils::Type;

/// Number of rows that are buffered to determine the widths of cells.
constexpr std::size_t FirstRows = 1000;

struct Cell {
  std::size_t offset;
  std::size_t length;
  std::size_t width;
  CellStyle style;
};

struct FittedText {
  std::string_view text;
  std::size_t width;
};

sockutils::ColumnWidths widths_of(const Field& field) {
  sockutils::ColumnWidths widths = sockutils::type_info(field.type).table;
  // A column that is never dropped identifies the row.
  if (field.type == Type::Text && field.drop == 0) widths.comfortable = widths.Whole;
  return widths;
}

class TableRenderer final : public Renderer {
 public:
  explicit TableRenderer(const RenderSetup& setup)
      : setup_(setup), mark_(setup.terminal.utf8 ? "…" : "~"), natural_(setup.fields.size(), 0) {
    const auto state = std::find_if(setup.fields.begin(), setup.fields.end(),
                                    [](const Field* field) { return field->type == Type::State; });
    state_column_ = static_cast<std::size_t>(state - setup.fields.begin());
  }

  void begin() override {
    if (!setup_.header) return;
    for (const Field* field : setup_.fields) {
      const std::size_t offset = text_.size();
      text_ += field->title;
      keep_cell(offset, sockutils::display_width(field->title), CellStyle::Heading);
    }
  }

  void row(sockutils::Values values) override {
    add_cells(values);
    if (layout_) {
      print_rows();
    } else if (++held_rows_ >= FirstRows) {
      lay_out();
    }
  }

  void end(std::span<const sockutils::Warning>) override {
    if (!layout_) lay_out();
  }

  std::vector<const Field*> left_out() const override {
    std::vector<const Field*> fields;
    for (std::size_t i = 0; layout_ && i < setup_.fields.size(); ++i) {
      if (layout_->widths[i] == 0) fields.push_back(setup_.fields[i]);
    }
    return fields;
  }

 private:
  /// Stores a cell whose terminal-safe text begins at `offset` in `text_`.
  void keep_cell(std::size_t offset, std::size_t width, CellStyle style) {
    std::size_t& natural = natural_[cells_.size() % setup_.fields.size()];
    natural = std::max(natural, width);
    cells_.push_back({offset, text_.size() - offset, width, style});
  }

  void add_cells(sockutils::Values values) {
    std::optional<sockutils::State> state;
    if (state_column_ < values.size() && values[state_column_]) {
      state = std::get<sockutils::State>(*values[state_column_]);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t offset = text_.size();
      const std::size_t width = append_cell_text(text_, values[i], setup_.fields[i]->type);
      keep_cell(offset, width, style_of_cell(values, i, state));
    }
  }

  CellStyle style_of_cell(sockutils::Values values, std::size_t i,
                          const std::optional<sockutils::State>& state) const {
    if (!setup_.terminal.colour) return CellStyle::Plain;
    if (setup_.style != nullptr) return setup_.style(setup_.fields, values, i);
    return values[i] ? style_of(*values[i], state) : CellStyle::Plain;
  }

  /// Requested columns are dropped no earlier than the two ends, without which they mean nothing.
  std::uint8_t rank_of(const Field& field) const {
    constexpr std::uint8_t RankOfPeer = 2;
    if (setup_.exact) return 0;
    const bool wanted = std::find(setup_.wanted.begin(), setup_.wanted.end(), &field) != setup_.wanted.end();
    return wanted ? std::min(field.drop, RankOfPeer) : field.drop;
  }

  void lay_out() {
    std::vector<ColumnWish> wishes;
    for (std::size_t i = 0; i < setup_.fields.size(); ++i) {
      const Field& field = *setup_.fields[i];
      const sockutils::ColumnWidths type = widths_of(field);
      const std::size_t title = setup_.header ? sockutils::display_width(field.title) : 1;
      wishes.push_back({std::max<std::size_t>(natural_[i], 1), std::max(type.comfortable, title),
                        type.minimum, rank_of(field)});
    }
    layout_ = fit_columns(wishes, setup_.terminal.width);
    find_last_column();
    print_rows();
  }

  void find_last_column() {
    for (std::size_t i = 0; i < layout_->widths.size(); ++i) {
      if (layout_->widths[i] > 0) last_column_ = i;
    }
  }

  void print_rows() {
    const std::size_t columns = setup_.fields.size();
    for (std::size_t first = 0; first < cells_.size(); first += columns) {
      print_row(std::span(cells_).subspan(first, columns));
      setup_.out.commit();
    }
    cells_.clear();
    text_.clear();
  }

  void print_row(std::span<const Cell> cells) {
    position_ = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::size_t width = layout_->widths[i];
      if (width == 0) continue;
      print_cell(cells[i], i, start, width);
      start += width + layout_->gap;
    }
    setup_.out.text() += '\n';
  }

  /// In a pipe a cell may be wider than its column: cells to the right are moved, but never touch.
  void print_cell(const Cell& cell, std::size_t column, std::size_t start, std::size_t width) {
    const FittedText fitted = fit(cell, column, start, width);
    const bool right = alignment(*setup_.fields[column]) == sockutils::Align::Right;
    std::size_t target = right && fitted.width < width ? start + width - fitted.width : start;
    if (start > 0) target = std::max(target, position_ + 1);
    std::string& out = setup_.out.text();
    out.append(target - position_, ' ');
    append_styled(out, fitted.text, cell.style);
    position_ = target + fitted.width;
  }

  FittedText fit(const Cell& cell, std::size_t column, std::size_t start, std::size_t width) {
    const std::string_view text = std::string_view(text_).substr(cell.offset, cell.length);
    if (!setup_.terminal.width) return {text, cell.width};
    const std::size_t room = column == last_column_ ? *setup_.terminal.width - start : width;
    if (cell.width <= room) return {text, cell.width};
    cut_.clear();
    append_cut(cut_, text, room, sockutils::type_info(setup_.fields[column]->type).keep, mark_);
    return {cut_, sockutils::display_width(cut_)};
  }

  void append_styled(std::string& out, std::string_view text, CellStyle style) const {
    const std::string_view begin = setup_.terminal.colour ? style_sequence(style) : std::string_view{};
    out += begin;
    out += text;
    if (!begin.empty()) out += StyleEnd;
  }

  RenderSetup setup_;
  std::string_view mark_;
  std::size_t state_column_ = 0;
  std::size_t last_column_ = 0;
  std::size_t held_rows_ = 0;
  std::size_t position_ = 0;
  std::vector<std::size_t> natural_;
  std::optional<Layout> layout_;
  std::vector<Cell> cells_;
  std::string text_;
  std::string cut_;
};

}  // namespace

std::unique_ptr<Renderer> make_table(const RenderSetup& setup) {
  return std::make_unique<TableRenderer>(setup);
}

}  // namespace tools
