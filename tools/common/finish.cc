#include "common/finish.h"

namespace tools {

ExitCode finish_output(Output& out, const Messages& messages) {
  out.flush();
  if (!out.error()) return ExitCode::Worked;
  messages.error(*out.error());
  return ExitCode::Failed;
}

}  // namespace tools
