// {"sockets": [...], "warnings": [...]}, with one object per line so that line-oriented tools work too.

#include "render/json_value.h"
#include "render/renderer.h"

namespace tools {
namespace {

class JsonRenderer final : public Renderer {
 public:
  explicit JsonRenderer(const RenderSetup& setup) : setup_(setup), json_(setup.out.text(), setup.fields) {}

  void begin() override {
    text() += "{\"";
    text() += setup_.collection;
    text() += "\": [";
  }

  void row(sockutils::Values values) override {
    if (!json_.is_open()) next_element();
    json_.row(values);
    setup_.out.commit();
  }

  void end_group() override { json_.close(); }

  void append_list(std::string_view name, std::span<const sockutils::Field* const> fields,
                   std::span<const std::vector<sockutils::OptionalValue>> rows) override {
    end_array();
    begin_array(name);
    JsonAppender json(text(), fields);
    for (const auto& row : rows) {
      next_element();
      json.row(row);
    }
  }

  void end(std::span<const sockutils::Warning> warnings) override {
    end_array();
    if (setup_.warnings) {
      begin_array("warnings");
      for (const sockutils::Warning& warning : warnings) {
        next_element();
        json_.warning(warning);
      }
      end_array();
    }
    text() += "}\n";
  }

 private:
  std::string& text() { return setup_.out.text(); }

  void next_element() {
    text() += first_ ? "\n" : ",\n";
    first_ = false;
  }

  void begin_array(std::string_view name) {
    text() += ", \"";
    text() += name;
    text() += "\": [";
  }

  void end_array() {
    json_.close();
    text() += first_ ? "]" : "\n]";
    first_ = true;
  }

  RenderSetup setup_;
  JsonAppender json_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Renderer> make_json(const RenderSetup& setup) {
  return std::make_unique<JsonRenderer>(setup);
}

}  // namespace tools
