/// How every tool ends.
#pragma once

namespace tools {

enum class ExitCode : int {
  Worked = 0,
  No = 1,      ///< the answer is no: nothing matched
  Usage = 2,   ///< the command line is wrong
  Failed = 3,  ///< the work could not be done, or only in part
};

}  // namespace tools
