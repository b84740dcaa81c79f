/// What the command line asked for.
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

/// Asking together with a server.
struct ViaSettings {
  /// Empty: alone.
  std::string host;
  std::uint16_t port = sockutils::PairPort;
  bool reverse = false;
  std::string key_file;
  /// Certificates; keys are in the file.
  sockutils::PairTrust trust;
  std::optional<std::uint32_t> datagrams;
};

struct Settings {
  Action action = Action::Probe;
  sockutils::ProbeHostOptions hosts;
  sockutils::ProbeOptions probe;
  /// Files with a host on each line; `-` is standard input.
  std::vector<std::string> host_files;
  bool open_only = false;
  /// Nothing is written.
  bool quiet = false;
  RowChoice rows;
  /// Which results; empty: all.
  std::string filter;
  /// Where the packets go; empty: nowhere.
  std::string capture_file;

  /// The way to each port.
  bool path = false;
  unsigned most_hops = 30;

  /// Rounds, at most.
  std::optional<std::size_t> count;
  bool watch = false;
  std::chrono::milliseconds interval{1000};
  bool interval_given = false;
  ViaSettings via;
  Until until = Until::Nothing;
  std::optional<std::chrono::milliseconds> until_limit;

  /// Whether ports are asked for again and again.
  bool repeats() const { return count || watch || until != Until::Nothing; }
};

}  // namespace tools::sockprobe
