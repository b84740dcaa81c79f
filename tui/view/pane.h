/// What a pane is: rows made of a frame. A pane is one file in panes/, and its name in panes.cc.
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
  /// The rows. Pure; the frame outlives them only as far as its rows are shared.
  std::shared_ptr<const Table> (*rows)(const Frame& frame, const TreeState& tree);
  sockutils::SortKey (*usual_order)();
  /// The filter that leaves the sockets of a row; null in the pane of the sockets.
  std::optional<std::string> (*filter_of)(const TableRow& row, const Table& table);
  /// The process that a row of several sockets tells of; null where there is none in any row.
  std::optional<ProcessTarget> (*process_of)(const TableRow& row);
  /// Its rows can stand under their containers.
  bool has_containers = false;
};

/// All of them, in their order; the first has the sockets, and nothing but `SocketRow`s.
std::span<const Pane> panes();

/// The place of a pane by its title, in whatever case.
std::optional<std::size_t> find_pane(std::string_view title);

/// Their titles as options have them.
std::vector<std::string> pane_words();

}  // namespace tui
