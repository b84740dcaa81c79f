/// The exit codes of all tools.
#pragma once

namespace tools {

enum class ExitCode : int {
  Worked = 0,
  No = 1,      ///< the answer is no: nothing matched
  Usage = 2,   ///< the command line is wrong
  Failed = 3,  ///< the task failed, or succeeded only in part
};

}  // namespace tools
