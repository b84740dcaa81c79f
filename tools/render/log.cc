// Lines that are written as they come: nobody knows yet how wide their cells will be.

#include <algorithm>

#include "render/cell_style.h"
#include "render/cell_text.h"
#include "render/renderer.h"
#include "sockutils/format.h"

namespace tools {
namespace {

using sockutils::Type;

/// How far a column widens for those below it; a wider cell moves what follows it in its own line.
std::size_t widest(Type type) { return type == Type::Endpoint ? 21 : 16; }

/// What a column has from the start.
std::size_t usual(Type type) {
  constexpr std::size_t LoopbackWithPort = 15;
  if (type == Type::Endpoint) return LoopbackWithPort;
  return type == Type::Owners ? 12 : 1;
}

class LogRenderer final : public Renderer {
 public:
  explicit LogRenderer(const RenderSetup& setup)
      : setup_(setup), mark_(setup.terminal.utf8 ? "…" : "~"), widths_(setup.fields.size(), 0) {
    for (std::size_t i = 0; i < widths_.size(); ++i) widths_[i] = usual(setup.fields[i]->type);
  }

  void begin() override {
    if (!setup_.header) return;
    start_line();
    for (std::size_t i = 0; i < setup_.fields.size(); ++i) add_cell(setup_.fields[i]->title, i);
    end_line(CellStyle::Heading);
  }

  void row(sockutils::Values values) override {
    start_line();
    for (std::size_t i = 0; i < values.size(); ++i) {
      add_cell(cell_text(values[i], setup_.fields[i]->type), i);
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

  std::string_view cell_text(const sockutils::OptionalValue& value, Type type) {
    if (!value) return "-";
    plain_.clear();
    append_value(plain_, *value, type, sockutils::Style::Human);
    escaped_.clear();
    sockutils::append_escaped(escaped_, plain_);
    return escaped_;
  }

  /// `text` is terminal-safe.
  void add_cell(std::string_view text, std::size_t column) {
    const std::size_t width = sockutils::display_width(text);
    const std::size_t start = std::max(target_, position_ + (column > 0 ? 1 : 0));
    widths_[column] = std::max(widths_[column], std::min(width, widest(setup_.fields[column]->type)));
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
  std::string plain_;
  std::string escaped_;
};

}  // namespace

std::unique_ptr<Renderer> make_log(const RenderSetup& setup) { return std::make_unique<LogRenderer>(setup); }

}  // namespace tools
