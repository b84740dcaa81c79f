/// All of sockprobed except `main()`.
#pragma once

#include "common/exit_code.h"

namespace tools::sockprobed {

ExitCode run(int argc, const char* const* argv);

}  // namespace tools::sockprobed
