#include <algorithm>

#include "sockutils/value.h"
#include "tui/view/commands.h"
#include "tui/view/dialogs.h"
#include "tui/view/pages.h"
#include "tui/view/pane.h"

namespace tui {
namespace {

/// Leaves an empty line before the heading.
void add_heading(std::vector<Line>& lines, std::string_view text) {
  if (!lines.empty()) lines.push_back({});
  lines.push_back({{std::string(text), {.bold = true}}});
}

void add_entry(std::vector<Line>& lines, std::string_view term, std::string_view meaning, std::size_t width) {
  std::string text = "  " + std::string(term);
  text.resize(std::max(text.size() + 1, width), ' ');
  lines.push_back({{text, {}}, {std::string(meaning), {}}});
}

void add_keys(std::vector<Line>& lines) {
  std::string_view group;
  for (const Command& command : commands()) {
    if (command.group != group) add_heading(lines, group = command.group);
    add_entry(lines, names_of(command), command.help, 22);
  }
}

void add_missing(std::vector<Line>& lines, const Frame& frame, std::size_t width) {
  if (frame.warnings.empty()) return;
  add_heading(lines, "What is missing");
  for (const sockutils::Warning& warning : frame.warnings) {
    const std::string text = warning.message + (warning.remedy.empty() ? "" : " (" + warning.remedy + ")");
    append_wrapped_lines(lines, sockutils::escape_text(text), {}, width, 2);
  }
}

}  // namespace

std::unique_ptr<View> help_page(const Model& model) {
  return std::make_unique<PageView>([&model](Page& page) {
    std::vector<Line> lines;
    add_keys(lines);
    add_heading(lines, "Panes");
    for (const Pane& pane : panes()) add_entry(lines, pane.title, pane.help, 20);
    add_heading(lines, "Marks");
    for (const std::string_view line :
         {"  + is new; - has closed, and shows its totals instead of rates for some seconds",
          "  Rates of TCP come from the kernel's counters of each connection. Of UDP and raw sockets it",
          "  counts none: their packets are counted where that is allowed (CAP_NET_RAW)."})
      lines.push_back({{std::string(line)}});
    if (model.frame) add_missing(lines, *model.frame, model.screen_width);
    page.set_title("sockmon: keys");
    page.set_lines(std::move(lines));
  });
}

}  // namespace tui
