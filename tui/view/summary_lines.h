/// A summary of the machine in two lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tui/collect/frame.h"
#include "tui/view/grid.h"
#include "tui/view/symbols.h"

namespace tui {

/// Part of a line, dropped when there is no room: 0 last.
struct Segment {
  std::string text;
  Style style = {};
  std::uint8_t rank = 1;
};

/// Draws the segments that fit, in order.
void put_segments(Grid& grid, std::size_t y, const std::vector<Segment>& segments);

/// Traffic, opened and closed connections, losses.
std::vector<Segment> traffic_segments(const Frame& frame, const Symbols& symbols);
/// Sockets by state, and what the kernel had to reject.
std::vector<Segment> state_segments(const Frame& frame);

}  // namespace tui
