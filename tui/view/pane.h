/// A pane: rows made from a frame. Each is one file in panes/, and its name in panes.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/list.h"
#include "tui/collect/actions.h"
#include "tui/collect/frame.h"
#include "tui/view/tree_state.h"

namespace tui {

struct Pane {
  std::string_view title;
  std::string_view help;
  /// For the man page.
  std::string_view doc;
  /// Makes the rows. Pure; the frame need not outlive them, because they share ownership of its rows.
  std::shared_ptr<const Table> (*rows)(const Frame& frame, const TreeState& tree);
  sockutils::SortKey (*usual_order)();
  /// The filter for the sockets of a row; null for the pane of sockets.
  std::optional<std::string> (*filter_of)(const TableRow& row, const Table& table);
  /// The process of a row that stands for several sockets; null in panes without such rows.
  std::optional<ProcessTarget> (*process_of)(const TableRow& row);
  /// Whether its rows can be grouped by container.
  bool has_containers = false;
};

/// All panes in their order; the first shows the sockets, and only `SocketRow`s.
std::span<const Pane> panes();

/// The index of a pane by its title, in any case.
std::optional<std::size_t> find_pane(std::string_view title);

/// The titles in the form used by options.
std::vector<std::string> pane_words();

}  // namespace tui
