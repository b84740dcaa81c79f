/// What the machine does as a whole, in two lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tui/collect/frame.h"
#include "tui/view/grid.h"
#include "tui/view/symbols.h"

namespace tui {

/// A piece of a line, which goes when there is no room: 0 last.
struct Segment {
  std::string text;
  Style style = {};
  std::uint8_t rank = 1;
};

/// Draws what fits of them, in their order.
void put_segments(Grid& grid, std::size_t y, const std::vector<Segment>& segments);

/// Traffic, connections that come and go, loss.
std::vector<Segment> traffic_segments(const Frame& frame, const Symbols& symbols);
/// Sockets by state, and what the kernel had to turn away.
std::vector<Segment> state_segments(const Frame& frame);

}  // namespace tui
