// One object per line, each a socket: a reader needs no second kind of line. Warnings are on stderr.

#include "render/json_value.h"
#include "render/renderer.h"

namespace tools {
namespace {

class JsonLinesRenderer final : public Renderer {
 public:
  explicit JsonLinesRenderer(const RenderSetup& setup) : setup_(setup), json_(setup.out.text()) {}

  void begin() override {}

  void row(sockutils::Values values) override {
    json_.row(setup_.fields, values);
    setup_.out.text() += '\n';
    setup_.out.commit();
  }

  void end(std::span<const sockutils::Warning>) override {}

 private:
  RenderSetup setup_;
  JsonAppender json_;
};

}  // namespace

std::unique_ptr<Renderer> make_jsonl(const RenderSetup& setup) {
  return std::make_unique<JsonLinesRenderer>(setup);
}

}  // namespace tools
