// Lines that are written as they come, so the widths of later cells are unknown.

#include <algorithm>

#include "render/cell_style.h"
#include "render/cell_text.h"
#include "render/renderer.h"
#include "sockutils/value.h"

namespace tools {
namespace {

class LogRenderer final : public Renderer {
 public:
  explicit LogRenderer(const RenderSetup& setup)
      : setup_(setup), mark_(setup.terminal.utf8 ? "…" : "~"), widths_(setup.fields.size(), 0) {
    for (std::size_t i = 0; i < widths_.size(); ++i) widths_[i] = type_info(setup.fields[i]->type).log_width;
  }

  void begin() override {
    if (!setup_.header) return;
    start_line();
    for (std::size_t i = 0; i < setup_.fields.size(); ++i) {
      const std::string_view title = setup_.fields[i]->title;
      add_cell(title, sockutils::display_width(title), i);
    }
    end_line(CellStyle::Heading);
  }

  void row(sockutils::Values values) override {
    start_line();
    for (std::size_t i = 0; i < values.size(); ++i) {
      cell_.clear();
      const std::size_t width = append_cell_text(cell_, values[i], setup_.fields[i]->type);
      add_cell(cell_, width, i);
    }
    end_line(CellStyle::Plain);
    setup_.out.commit();
  }

  void end(std::span<const sockutils::Warning>) override {}

 private:
  void start_line() {
    line_.clear();
    position_ = 0;
    target_ = 0;
  }

  /// `text` is terminal-safe.
  void add_cell(std::string_view text, std::size_t width, std::size_t column) {
    const std::size_t start = std::max(target_, position_ + (column > 0 ? 1 : 0));
    widths_[column] =
        std::max(widths_[column], std::min(width, type_info(setup_.fields[column]->type).log_limit));
    line_.append(start - position_, ' ');
    line_ += text;
    position_ = start + width;
    target_ = start + widths_[column] + 1;
  }

  void end_line(CellStyle style) {
    std::string& out = setup_.out.text();
    const std::string_view begin = setup_.terminal.colour ? style_sequence(style) : std::string_view{};
    out += begin;
    if (setup_.terminal.width && position_ > *setup_.terminal.width) {
      append_cut(out, line_, *setup_.terminal.width, Keep::Start, mark_);
    } else {
      out += line_;
    }
    if (!begin.empty()) out += StyleEnd;
    out += '\n';
  }

  RenderSetup setup_;
  std::string_view mark_;
  std::vector<std::size_t> widths_;
  std::string line_;
  std::size_t position_ = 0;
  std::size_t target_ = 0;
  std::string cell_;
};

}  // namespace

std::unique_ptr<Renderer> make_log(const RenderSetup& setup) { return std::make_unique<LogRenderer>(setup); }

}  // namespace tools
