/// The hosts and ports to probe.
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

/// Why nothing can be probed, and the exit code of the program.
struct Refusal {
  sockutils::Error error;
  ExitCode code = ExitCode::Failed;
  /// Used instead of the error: terminal-safe lines, as returned by `FilterError::explain()`.
  std::string explanation = {};
};

/// Prints the error, and returns the exit code.
ExitCode refuse(const Refusal& refusal, const Messages& messages);

/// Reads files and looks up names.
tl::expected<Question, Refusal> make_question(const CommandLine& line, const sockutils::Services& services);

}  // namespace tools::sockprobe
