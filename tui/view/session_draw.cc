// How a session looks.

#include <algorithm>

#include "render/cell_text.h"
#include "sockutils/value.h"
#include "tui/view/session.h"
#include "tui/view/summary_lines.h"

namespace tui {
namespace {

constexpr Style Bar{.reverse = true};
constexpr Style Alert{.colour = Colour::Red, .bold = true};

/// `1 s`, `0.5 s`, `2 m`.
std::string time_text(std::chrono::milliseconds time) {
  std::string text;
  append_value(text, static_cast<std::uint64_t>(std::chrono::microseconds(time).count()),
               sockutils::Type::Microseconds, sockutils::Style::Human);
  return text;
}

}  // namespace

std::vector<std::string> Session::flags() const {
  if (replays_) return play_flags();
  std::vector<std::string> flags;
  if (paused_) flags.emplace_back("PAUSED");
  if (panes_[active_].view.frozen()) flags.emplace_back("FROZEN");
  if (!frame_) return flags;
  if (!frame_->failure.empty()) flags.emplace_back("FAILED");
  if (frame_->recording) flags.emplace_back("RECORDING");
  if (frame_->stretched)
    flags.push_back("every " + time_text(frame_->interval) + ": it takes so long");
  else
    flags.push_back("every " + time_text(wish_.interval));
  return flags;
}

void Session::draw_tabs(Grid& grid) {
  grid.fill(0, 0, grid.width(), Bar);
  std::string right;
  for (const std::string& flag : flags()) right += (right.empty() ? "" : "  ") + flag;
  tab_ends_.clear();
  const std::size_t width = sockutils::display_width(right);
  const std::size_t room = grid.width() > width + 1 ? grid.width() - width - 1 : 0;
  std::size_t x = 0;
  bool full = false;
  for (std::size_t i = 0; i < panes_.size(); ++i) {
    const std::string text = " " + std::to_string(i + 1) + " " + std::string(panes_[i].pane->title) + " ";
    const Style style = i == active_ ? Style{.bold = true} : Bar;
    // With little room the active one alone says where one is.
    full = full || x + text.size() > room;
    const bool fits = !full || i == active_;
    const std::size_t begin = x;
    if (fits) x += grid.put(x, 0, text, style);
    tab_ends_.emplace_back(begin, x);
  }
  if (x + width + 1 <= grid.width() || paused_ || wish_.playback.paused)
    grid.put(grid.width() - std::min(grid.width(), width + 1), 0, right,
             paused_ ? Style{.bold = true, .reverse = true} : Bar);
}

/// A line of its own, with a mark where it was cut.
void Session::put_cut(Grid& grid, std::size_t y, const std::string& text, const Style& style) const {
  std::string fitting;
  tools::append_cut(fitting, text, grid.width(), tools::Keep::Start, symbols_.cut);
  grid.put(0, y, fitting, style);
}

/// What is missing, and what would help.
bool Session::draw_missing(Grid& grid, std::size_t y) const {
  if (!frame_) return false;
  if (!frame_->failure.empty()) {
    put_cut(grid, y, sockutils::escape_text(frame_->failure), Alert);
    return true;
  }
  if (frame_->warnings.empty()) return false;
  const sockutils::Warning& first = frame_->warnings.front();
  std::string text = first.message;
  if (!first.remedy.empty()) text += " (" + first.remedy + ")";
  if (frame_->warnings.size() > 1)
    text = "1 of " + std::to_string(frame_->warnings.size()) + " remarks, ? has all: " + text;
  put_cut(grid, y, sockutils::escape_text(text), {.dim = true});
  return true;
}

void Session::draw_bottom(Grid& grid, std::size_t y) {
  if (prompt_) {
    cursor_.emplace(prompt_->draw(grid, y), y);
    return;
  }
  if (!message_.empty()) {
    put_cut(grid, y, message_, {.bold = true});
    return;
  }
  std::vector<Segment> hints{{"? help", {}, 1},   {"q quit", {}, 0},   {"Enter details", {}, 3},
                             {"/ search", {}, 2}, {"f filter", {}, 2}, {"s sort", {}, 4},
                             {"p pause", {}, 4},  {"z freeze", {}, 5}, {"Tab panes", {}, 3}};
  const Table* const table = active().view.table();
  if (table != nullptr && !table->branches.empty()) hints.push_back({"o unfold", {}, 3});
  for (Segment& hint : hints) hint.style.dim = true;
  put_segments(grid, y, hints);
}

void Session::draw(Grid& grid) {
  cursor_.reset();
  grid.clear();
  if (grid.width() == 0 || grid.height() == 0) return;
  screen_width_ = grid.width();
  if (page_) {
    if (page_is_details_) fill_details();
    page_->draw(grid);
    return;
  }
  const std::size_t height = grid.height();
  std::size_t top = 0;
  std::size_t bottom = height;
  if (height >= 3 || prompt_ || !message_.empty()) draw_bottom(grid, --bottom);
  if (height >= 4) {
    draw_tabs(grid);
    top = 1;
  }
  if (height >= 10 && frame_) {
    put_segments(grid, top++, traffic_segments(*frame_, symbols_));
    put_segments(grid, top++, state_segments(*frame_));
  }
  if (height >= 6 && !filter_.empty()) {
    const std::size_t x = grid.put(0, top, "filter: ", {.bold = true});
    grid.put(x, top++, sockutils::escape_text(filter_));
  }
  if (height >= 12 && draw_missing(grid, bottom - 1)) --bottom;
  if (bottom > top) {
    table_area_ = {0, top, grid.width(), bottom - top};
    active().view.draw(grid, table_area_, symbols_);
    if (!frame_) grid.put(0, top, "looking ...", {.dim = true});
    if (frame_ && active().view.size() == 0 && table_area_.height > 1)
      grid.put(2, top + 1, filter_.empty() ? "nothing to show" : "nothing matches the filter", {.dim = true});
  }
  if (menu_) menu_->draw(grid);
  if (question_) question_->draw(grid);
}

void Session::open_help() {
  page_.emplace("sockmon: keys");
  std::vector<Line> lines;
  std::string_view group;
  for (const KeyBinding& binding : key_table()) {
    if (binding.group != group) {
      if (!group.empty()) lines.push_back({});
      group = binding.group;
      lines.push_back({{std::string(group), {.bold = true}}});
    }
    std::string keys = "  " + names_of(binding);
    keys.resize(std::max<std::size_t>(keys.size() + 1, 22), ' ');
    lines.push_back({{keys, {}}, {std::string(binding.help), {}}});
  }
  lines.push_back({});
  lines.push_back({{"Panes", {.bold = true}}});
  for (const PaneState& pane : panes_) {
    std::string title = "  " + std::string(pane.pane->title);
    title.resize(std::max<std::size_t>(title.size() + 1, 20), ' ');
    lines.push_back({{title, {}}, {std::string(pane.pane->help), {}}});
  }
  lines.push_back({});
  lines.push_back({{"Marks", {.bold = true}}});
  lines.push_back({{"  + is new; - has closed, and shows its totals instead of rates for some seconds"}});
  lines.push_back(
      {{"  Rates of TCP come from the kernel's counters of each connection. Of UDP and raw sockets it"}});
  lines.push_back({{"  counts none: their packets are counted where that is allowed (CAP_NET_RAW)."}});
  if (frame_ && !frame_->warnings.empty()) {
    lines.push_back({});
    lines.push_back({{"What is missing", {.bold = true}}});
    for (const sockutils::Warning& warning : frame_->warnings) {
      const std::string text = warning.message + (warning.remedy.empty() ? "" : " (" + warning.remedy + ")");
      append_wrapped_lines(lines, sockutils::escape_text(text), {}, screen_width_, 2);
    }
  }
  page_->set_lines(std::move(lines));
}

void Session::open_details(std::shared_ptr<const SocketRow> socket) {
  const auto target = target_of(*socket);
  if (!target) {
    message_ = "the kernel gives this socket no identity to ask for it by";
    return;
  }
  wish_.detail = *target;
  set_wish_changed();
  page_.emplace("socket");
  page_is_details_ = true;
  detailed_ = std::move(socket);
  details_.reset();
  fill_details();
}

}  // namespace tui
