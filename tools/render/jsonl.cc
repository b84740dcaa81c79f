// One object per line, each a socket, so that readers need only one kind of line. Warnings go to stderr.

#include "render/json_value.h"
#include "render/renderer.h"

namespace tools {
namespace {

class JsonLinesRenderer final : public Renderer {
 public:
  explicit JsonLinesRenderer(const RenderSetup& setup)
      : setup_(setup), json_(setup.out.text(), setup.fields) {}

  void begin() override {}

  void row(sockutils::Values values) override {
    json_.row(values);
    if (!json_.is_open()) end_line();
  }

  void end_group() override {
    if (json_.close()) end_line();
  }

  /// Such a line differs from the others by its single member.
  void append_list(std::string_view name, std::span<const sockutils::Field* const> fields,
                   std::span<const std::vector<sockutils::OptionalValue>> rows) override {
    end_group();
    JsonAppender json(setup_.out.text(), fields);
    for (const auto& row : rows) {
      json.row_in(name, row);
      end_line();
    }
  }

  void end(std::span<const sockutils::Warning>) override { end_group(); }

 private:
  void end_line() {
    setup_.out.text() += '\n';
    setup_.out.commit();
  }

  RenderSetup setup_;
  JsonAppender json_;
};

}  // namespace

std::unique_ptr<Renderer> make_jsonl(const RenderSetup& setup) {
  return std::make_unique<JsonLinesRenderer>(setup);
}

}  // namespace tools
