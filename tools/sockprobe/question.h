/// Which ports of which hosts.
#pragma once

#include <tl/expected.hpp>
#include <vector>

#include "common/exit_code.h"
#include "common/messages.h"
#include "sockprobe/options.h"
#include "sockutils/probe.h"

namespace tools::sockprobe {

struct Question {
  std::vector<sockutils::ProbeHost> hosts;
  std::vector<sockutils::ProbePort> ports;
};

/// What cannot be asked at all, and how the program ends then.
struct Refusal {
  sockutils::Error error;
  ExitCode code = ExitCode::Failed;
  /// Instead of the error: lines that are terminal-safe, as `FilterError::explain()` gives them.
  std::string explanation = {};
};

/// Says it, and returns how the program ends.
ExitCode refuse(const Refusal& refusal, const Messages& messages);

/// Reads files and looks names up.
tl::expected<Question, Refusal> make_question(const CommandLine& line, const sockutils::Services& services);

}  // namespace tools::sockprobe
