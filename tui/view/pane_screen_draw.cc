// Draws the main screen.

#include <algorithm>
#include <cstdio>

#include "render/cell_text.h"
#include "sockutils/value.h"
#include "tui/view/pane_screen.h"
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

std::string speed_text(std::size_t speed) {
  char text[24];
  std::snprintf(text, sizeof text, "x%g", Speeds[speed]);
  return text;
}

/// `14:03:22 UTC`
std::string time_of_day(std::chrono::system_clock::time_point time) {
  return sockutils::time_stamp(time).substr(std::string_view("2026-11-30T").size(), 8) + " UTC";
}

}  // namespace

/// `12:00:05 UTC  1:30/5:00  #91/301  x2` for a recording, else `every 1s`.
std::vector<std::string> PaneScreen::flags() const {
  std::vector<std::string> flags;
  if (model_.paused || model_.request.playback.paused) flags.emplace_back("PAUSED");
  if (panes_[active_].table.frozen()) flags.emplace_back("FROZEN");
  if (!model_.frame) return flags;
  const Frame& frame = *model_.frame;
  if (!frame.failure.empty()) flags.emplace_back("FAILED");
  if (frame.replay) {
    const ReplayPlace& place = *frame.replay;
    flags.push_back(time_of_day(frame.wall));
    flags.push_back(clock_text(place.elapsed) + "/" + clock_text(place.length));
    flags.push_back("#" + std::to_string(place.position + 1) + "/" + std::to_string(place.count));
    flags.push_back(speed_text(model_.request.playback.speed));
    return flags;
  }
  if (frame.recording) flags.emplace_back("RECORDING");
  flags.push_back(frame.stretched ? "every " + time_text(frame.interval) + ": it takes so long"
                                  : "every " + time_text(model_.request.interval));
  return flags;
}

void PaneScreen::draw_tabs(Grid& grid) {
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
    // If there is little room, only the title of the current pane is shown.
    full = full || x + text.size() > room;
    const bool fits = !full || i == active_;
    const std::size_t begin = x;
    if (fits) x += grid.put(x, 0, text, style);
    tab_ends_.emplace_back(begin, x);
  }
  if (x + width + 1 <= grid.width() || model_.paused || model_.request.playback.paused)
    grid.put(grid.width() - std::min(grid.width(), width + 1), 0, right,
             model_.paused ? Style{.bold = true, .reverse = true} : Bar);
}

/// Writes a line, with a mark where it is cut off.
void PaneScreen::put_cut(Grid& grid, std::size_t y, const std::string& text, const Style& style) const {
  std::string fitting;
  tools::append_cut(fitting, text, grid.width(), tools::Keep::Start, model_.symbols.cut);
  grid.put(0, y, fitting, style);
}

/// Says what is missing, and what would help.
bool PaneScreen::draw_missing(Grid& grid, std::size_t y) const {
  if (!model_.frame) return false;
  if (!model_.frame->failure.empty()) {
    put_cut(grid, y, sockutils::escape_text(model_.frame->failure), Alert);
    return true;
  }
  if (model_.frame->warnings.empty()) return false;
  const sockutils::Warning& first = model_.frame->warnings.front();
  std::string text = first.message;
  if (!first.remedy.empty()) text += " (" + first.remedy + ")";
  if (model_.frame->warnings.size() > 1)
    text = "1 of " + std::to_string(model_.frame->warnings.size()) + " remarks, ? has all: " + text;
  put_cut(grid, y, sockutils::escape_text(text), {.dim = true});
  return true;
}

void PaneScreen::draw_last_line(Grid& grid, std::size_t y) {
  if (!model_.message.empty()) return put_cut(grid, y, model_.message, {.bold = true});
  std::vector<Segment> hints{{"? help", {}, 1},   {"q quit", {}, 0},   {"Enter details", {}, 3},
                             {"/ search", {}, 2}, {"f filter", {}, 2}, {"s sort", {}, 4},
                             {"p pause", {}, 4},  {"z freeze", {}, 5}, {"Tab panes", {}, 3}};
  const Table* const rows = table().table();
  if (rows != nullptr && !rows->branches.empty()) hints.push_back({"o unfold", {}, 3});
  for (Segment& hint : hints) hint.style.dim = true;
  put_segments(grid, y, hints);
}

/// Returns the first free line.
std::size_t PaneScreen::draw_head(Grid& grid) {
  std::size_t y = 0;
  if (grid.height() >= 4) {
    draw_tabs(grid);
    y = 1;
  }
  if (grid.height() >= 10 && model_.frame) {
    put_segments(grid, y++, traffic_segments(*model_.frame, model_.symbols));
    put_segments(grid, y++, state_segments(*model_.frame));
  }
  if (grid.height() >= 6 && !model_.filter.empty()) {
    const std::size_t x = grid.put(0, y, "filter: ", {.bold = true});
    grid.put(x, y++, sockutils::escape_text(model_.filter));
  }
  return y;
}

/// Returns the line after the last free one.
std::size_t PaneScreen::draw_foot(Grid& grid) {
  std::size_t end = grid.height();
  if (leaves_last_line_)
    --end;
  else if (end >= 3 || !model_.message.empty())
    draw_last_line(grid, --end);
  if (grid.height() >= 12 && draw_missing(grid, end - 1)) --end;
  return end;
}

void PaneScreen::draw_table(Grid& grid, const Area& area) {
  table_area_ = area;
  table().draw(grid, area, model_.symbols);
  if (!model_.frame) grid.put(0, area.y, "looking ...", {.dim = true});
  if (model_.frame && table().size() == 0 && area.height > 1)
    grid.put(2, area.y + 1, model_.filter.empty() ? "nothing to show" : "nothing matches the filter",
             {.dim = true});
}

void PaneScreen::draw(Grid& grid) {
  const std::size_t top = draw_head(grid);
  const std::size_t end = draw_foot(grid);
  if (end > top) draw_table(grid, {0, top, grid.width(), end - top});
}

}  // namespace tui
