/// What the command line asked for.
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

/// A name and the text of a filter.
using NamedFilter = std::pair<std::string, std::string>;

struct Settings {
  Task task = Task::Watch;
  tools::KindChoice kinds;
  bool listening = false;
  bool numeric = false;
  /// Packets are not counted, whatever the rights.
  bool no_capture = false;
  /// Names, paths and processes of network namespaces; none: that of this program.
  std::vector<std::string> namespaces;
  bool all_namespaces = false;
  std::chrono::milliseconds interval{1000};
  Fields columns = usual_columns();
  /// No value: as the pane has it.
  std::optional<sockutils::SortKey> order;
  std::size_t pane = 0;
  /// Processes stand under their containers.
  bool by_container = false;
  /// Frames to print; no value: without end.
  std::optional<std::uint64_t> frames;
  /// Format and colour.
  tools::RowChoice rows;
  bool ascii = false;
  bool mouse = true;
  /// Neither closes nor signals.
  bool readonly = false;
  /// The file that each look goes into.
  std::optional<std::string> record_to;
  /// The recording that is shown instead of the machine, where in it to begin, and its first snapshot.
  std::optional<std::string> replay_from;
  std::optional<PlaceWish> begin_at;
  std::shared_ptr<const sockutils::Recording> recording;
  /// To be chosen while it runs; which of them are of the configuration, and which were deleted.
  std::vector<NamedFilter> filters;
  std::vector<NamedFilter> configured_filters;
  std::vector<NamedFilter> forgotten_filters;
  /// What is wrong with the configuration; empty when nothing is.
  std::string config_fault;
};

/// Bounds of the interval.
inline constexpr std::chrono::milliseconds ShortestInterval{100};
inline constexpr std::chrono::hours LongestInterval{24};

}  // namespace tui
