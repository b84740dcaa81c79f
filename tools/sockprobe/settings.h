/// The settings from the command line.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "render/row_choice.h"
#include "sockutils/probe.h"
#include "sockutils/via.h"

namespace tools::sockprobe {

enum class Action : std::uint8_t { Probe, Help, Version };

enum class Until : std::uint8_t { Nothing, Open, Closed };

/// Settings for comparing with a server.
struct ViaSettings {
  /// Empty: no server.
  std::string host;
  std::uint16_t port = sockutils::PairPort;
  bool reverse = false;
  std::string key_file;
  /// Certificates only; keys are in the file.
  sockutils::PairTrust trust;
  std::optional<std::uint32_t> datagrams;
};

struct Settings {
  Action action = Action::Probe;
  sockutils::ProbeHostOptions hosts;
  sockutils::ProbeOptions probe;
  /// Files with one host per line; `-` is standard input.
  std::vector<std::string> host_files;
  bool open_only = false;
  /// Write no results.
  bool quiet = false;
  RowChoice rows;
  /// The filter of results; empty: all results.
  std::string filter;
  /// The file for captured packets.
  std::optional<std::string> capture_file;

  /// Trace the route to each port.
  bool path = false;
  unsigned most_hops = 30;

  /// Maximum number of rounds.
  std::optional<std::size_t> count;
  bool watch = false;
  std::chrono::milliseconds interval{1000};
  bool interval_given = false;
  ViaSettings via;
  Until until = Until::Nothing;
  std::optional<std::chrono::milliseconds> until_limit;

  /// Whether ports are probed repeatedly.
  bool repeats() const { return count || watch || until != Until::Nothing; }
};

}  // namespace tools::sockprobe
