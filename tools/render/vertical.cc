// One socket after the other, as lines of `name: value` grouped by the subjects of the fields.

#include <algorithm>

#include "render/cell_style.h"
#include "render/cell_text.h"
#include "render/renderer.h"
#include "sockutils/value.h"

namespace tools {
namespace {

/// The fields of one subject, as indices into the row.
struct Chapter {
  std::string_view subject;
  std::vector<std::size_t> columns;
};

std::vector<Chapter> chapters_of(std::span<const sockutils::Field* const> fields) {
  std::vector<Chapter> chapters;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string_view subject = sockutils::subject(*fields[i]);
    auto chapter = std::find_if(chapters.begin(), chapters.end(),
                                [=](const Chapter& known) { return known.subject == subject; });
    if (chapter == chapters.end()) chapter = chapters.insert(chapters.end(), {subject, {}});
    chapter->columns.push_back(i);
  }
  return chapters;
}

class VerticalRenderer final : public Renderer {
 public:
  explicit VerticalRenderer(const RenderSetup& setup) : setup_(setup), chapters_(chapters_of(setup.fields)) {
    for (const sockutils::Field* field : setup.fields) longest_ = std::max(longest_, field->name.size());
  }

  void begin() override {}

  void row(sockutils::Values values) override {
    if (!first_) setup_.out.text() += '\n';
    first_ = false;
    for (const Chapter& chapter : chapters_) print(chapter, values);
    setup_.out.commit();
  }

  void append_list(std::string_view, std::span<const sockutils::Field* const> fields,
                   std::span<const std::vector<sockutils::OptionalValue>> rows) override {
    RenderSetup setup = setup_;
    setup.fields = fields;
    VerticalRenderer list(setup);
    list.first_ = first_;
    for (const auto& row : rows) list.row(row);
  }

  void end(std::span<const sockutils::Warning>) override {}

 private:
  /// Subjects are shown as headings only if there are several.
  bool has_headings() const { return setup_.header && chapters_.size() > 1; }

  void print(const Chapter& chapter, sockutils::Values values) {
    const auto is_there = [&](std::size_t column) { return values[column].has_value(); };
    if (std::none_of(chapter.columns.begin(), chapter.columns.end(), is_there)) return;
    std::string& out = setup_.out.text();
    if (has_headings()) {
      append_styled(chapter.subject, CellStyle::Heading);
      out += '\n';
    }
    for (const std::size_t column : chapter.columns) {
      if (values[column]) print_line(*setup_.fields[column], *values[column]);
    }
  }

  void print_line(const sockutils::Field& field, const sockutils::Value& value) {
    std::string& out = setup_.out.text();
    if (has_headings()) out += "  ";
    out += field.name;
    out += ':';
    out.append(longest_ - field.name.size() + 1, ' ');
    cell_.clear();
    append_cell_text(cell_, value, field.type);
    append_styled(cell_, style_of(value, std::nullopt));
    out += '\n';
  }

  void append_styled(std::string_view text, CellStyle style) {
    const std::string_view begin = setup_.terminal.colour ? style_sequence(style) : std::string_view{};
    std::string& out = setup_.out.text();
    out += begin;
    out += text;
    if (!begin.empty()) out += StyleEnd;
  }

  RenderSetup setup_;
  std::vector<Chapter> chapters_;
  std::size_t longest_ = 0;
  std::string cell_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Renderer> make_vertical(const RenderSetup& setup) {
  return std::make_unique<VerticalRenderer>(setup);
}

}  // namespace tools
