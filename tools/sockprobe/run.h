/// All of sockprobe except `main()`.
#pragma once

#include "common/exit_code.h"

namespace tools::sockprobe {

ExitCode run(int argc, const char* const* argv);

}  // namespace tools::sockprobe
