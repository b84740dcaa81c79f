#include "render/summary_json.h"

#include "render/json_value.h"

namespace tools {
namespace {

/// Commas and line breaks between elements.
class Sequence {
 public:
  explicit Sequence(std::string& out) : out_(out) {}
  void next() {
    out_ += first_ ? "\n" : ",\n";
    first_ = false;
  }
  void end() { out_ += first_ ? "]" : "\n]"; }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_key(std::string& out, std::string_view name) {
  out += '"';
  out += name;
  out += "\": ";
}

void append_left_out(std::string& out, std::span<const sockutils::SummarySection> sections) {
  append_key(out, "left_out");
  out += '{';
  bool first = true;
  for (const sockutils::SummarySection& section : sections) {
    if (section.left_out() == 0) continue;
    if (!first) out += ", ";
    first = false;
    append_key(out, section.name());
    out += std::to_string(section.left_out());
  }
  out += '}';
}

}  // namespace

void write_summary_json(Output& output, std::span<const sockutils::SummarySection> sections,
                        std::span<const sockutils::Warning> warnings) {
  std::string& out = output.text();
  out += "{\"summary\": {\n";
  for (const sockutils::SummarySection& section : sections) {
    append_key(out, section.name());
    out += '[';
    JsonAppender json(out, section.fields());
    Sequence rows(out);
    for (std::size_t i = 0; i < section.size(); ++i) {
      rows.next();
      json.row(section[i]);
    }
    rows.end();
    out += ",\n";
  }
  append_left_out(out, sections);
  out += "\n}, \"warnings\": [";
  Sequence list(out);
  JsonAppender json(out, {});
  for (const sockutils::Warning& warning : warnings) {
    list.next();
    json.warning(warning);
  }
  list.end();
  out += "}\n";
}

}  // namespace tools
