// A table in Markdown, as read by GitHub and Pandoc: for people who put it into documents.

#include "render/cell_text.h"
#include "render/renderer.h"

namespace tools {
namespace {

using sockutils::Field;

class MarkdownRenderer final : public Renderer {
 public:
  explicit MarkdownRenderer(const RenderSetup& setup) : setup_(setup) {}

  void begin() override { write_heading(setup_.fields); }

  void row(sockutils::Values values) override {
    write_row(setup_.fields, values);
    setup_.out.commit();
  }

  void append_list(std::string_view, std::span<const Field* const> fields,
                   std::span<const std::vector<sockutils::OptionalValue>> rows) override {
    setup_.out.text() += '\n';
    write_heading(fields);
    for (const auto& row : rows) write_row(fields, row);
  }

  void end(std::span<const sockutils::Warning>) override {}

 private:
  /// Markdown requires a heading: `--no-header` only leaves it empty.
  void write_heading(std::span<const Field* const> fields) {
    for (const Field* const field : fields) add_cell(setup_.header ? field->title : std::string_view());
    end_line();
    for (const Field* const field : fields)
      add_cell(alignment(*field) == sockutils::Align::Right ? "---:" : "---");
    end_line();
  }

  void write_row(std::span<const Field* const> fields, sockutils::Values values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      cell_.clear();
      append_cell_text(cell_, values[i], fields[i]->type);
      safe_.clear();
      append_literal(safe_, cell_);
      add_cell(safe_);
    }
    end_line();
  }

  /// Text without any meaning to Markdown or HTML. Control characters are already escaped with backslashes,
  /// which are escaped again here.
  static void append_literal(std::string& out, std::string_view text) {
    constexpr std::string_view Special = "\\|`*_<>[]~&";
    for (const char c : text) {
      if (Special.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }

  void add_cell(std::string_view text) {
    std::string& out = setup_.out.text();
    out += "| ";
    out += text;
    out += ' ';
  }

  void end_line() { setup_.out.text() += "|\n"; }

  RenderSetup setup_;
  std::string cell_;
  std::string safe_;
};

}  // namespace

std::unique_ptr<Renderer> make_markdown(const RenderSetup& setup) {
  return std::make_unique<MarkdownRenderer>(setup);
}

}  // namespace tools
