/// All of sockls but `main()`.
#pragma once

#include "common/exit_code.h"

namespace tools::sockls {

ExitCode run(int argc, const char* const* argv);

}  // namespace tools::sockls
