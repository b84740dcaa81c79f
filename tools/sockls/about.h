/// What sockls says of itself.
#pragma once

#include "common/output.h"

namespace tools::sockls {

void write_help(Output& out);
void write_version(Output& out);

}  // namespace tools::sockls
