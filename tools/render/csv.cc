// RFC 4180: CRLF, and quotes around cells that contain a comma, a quote or a line break.

#include "render/renderer.h"
#include "sockutils/value.h"

namespace tools {
namespace {

class CsvRenderer final : public Renderer {
 public:
  explicit CsvRenderer(const RenderSetup& setup) : setup_(setup) {}

  void begin() override {
    if (!setup_.header) return;
    for (const sockutils::Field* field : setup_.fields) cell(field->name);
    end_line();
  }

  void row(sockutils::Values values) override {
    for (std::size_t i = 0; i < values.size(); ++i) {
      text_.clear();
      if (values[i]) append_value(text_, *values[i], setup_.fields[i]->type, sockutils::Style::Plain);
      cell(safe(text_));
    }
    end_line();
    setup_.out.commit();
  }

  void end(std::span<const sockutils::Warning>) override {}

 private:
  /// Programs get the original text as valid UTF-8; a terminal gets it escaped.
  std::string_view safe(std::string_view text) {
    safe_.clear();
    setup_.terminal.is_terminal ? sockutils::append_escaped(safe_, text)
                                : sockutils::append_utf8(safe_, text);
    return safe_;
  }

  void cell(std::string_view text) {
    std::string& out = setup_.out.text();
    if (!first_) out += ',';
    first_ = false;
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
      out += text;
      return;
    }
    out += '"';
    for (const char c : text) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }

  void end_line() {
    setup_.out.text() += "\r\n";
    first_ = true;
  }

  RenderSetup setup_;
  std::string text_;
  std::string safe_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Renderer> make_csv(const RenderSetup& setup) { return std::make_unique<CsvRenderer>(setup); }

}  // namespace tools
