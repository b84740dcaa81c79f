/// All of sockmon except `main()`.
#pragma once

#include "common/exit_code.h"

namespace tui {

tools::ExitCode run(int argc, const char* const* argv);

}  // namespace tui
