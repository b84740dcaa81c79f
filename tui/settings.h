/// The settings of a run, from the command line and the configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/kinds.h"
#include "render/row_choice.h"
#include "sockutils/list.h"
#include "sockutils/record.h"
#include "tui/collect/playback.h"
#include "tui/view/columns.h"

namespace tui {

enum class Task : std::uint8_t { Watch, Batch, Help, Version };

/// The name and the text of a filter.
using NamedFilter = std::pair<std::string, std::string>;

struct Settings {
  Task task = Task::Watch;
  tools::KindChoice kinds;
  bool listening = false;
  bool numeric = false;
  /// Do not count packets, even with the right to do so.
  bool no_capture = false;
  /// Names, paths and processes that refer to network namespaces; none: the namespace of this program.
  std::vector<std::string> namespaces;
  bool all_namespaces = false;
  std::chrono::milliseconds interval{1000};
  Fields columns = usual_columns();
  /// No value: the pane's own order.
  std::optional<sockutils::SortKey> order;
  std::size_t pane = 0;
  /// Group processes by container.
  bool by_container = false;
  /// Number of frames to print; no value: unlimited.
  std::optional<std::uint64_t> frames;
  /// Format and colours.
  tools::RowChoice rows;
  bool ascii = false;
  bool mouse = true;
  /// Do not close sockets or send signals.
  bool readonly = false;
  /// The file to record each snapshot to.
  std::optional<std::string> record_to;
  /// The recording to show instead of the machine, the position to start at, and its first snapshot.
  std::optional<std::string> replay_from;
  std::optional<PlaceWish> begin_at;
  std::shared_ptr<const sockutils::Recording> recording;
  /// Named filters to choose from; those from the configuration, and those that were deleted.
  std::vector<NamedFilter> filters;
  std::vector<NamedFilter> configured_filters;
  std::vector<NamedFilter> forgotten_filters;
  /// What is wrong in the configuration; empty when nothing is.
  std::string config_fault;
};

/// Limits of the interval.
inline constexpr std::chrono::milliseconds ShortestInterval{100};
inline constexpr std::chrono::hours LongestInterval{24};

}  // namespace tui
