/// What the command line asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/terminal.h"
#include "sockutils/probe.h"

namespace tools::sockprobe {

enum class Action : std::uint8_t { Probe, Help, Version };
enum class Form : std::uint8_t { Table, Json, Jsonl, Csv };

struct Settings {
  Action action = Action::Probe;
  sockutils::ProbeHostOptions hosts;
  sockutils::ProbeOptions probe;
  /// Files with a host on each line; `-` is standard input.
  std::vector<std::string> host_files;
  bool open_only = false;
  Form form = Form::Table;
  bool header = true;
  ColourMode colour = ColourMode::Auto;
};

}  // namespace tools::sockprobe
