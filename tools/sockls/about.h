/// What sockls says of itself.
#pragma once

#include "common/output.h"
#include "sockls/settings.h"

namespace tools::sockls {

void write_help(Output& out);
void write_version(Output& out);
/// `--list-fields`, in any format.
void write_field_list(const Settings& settings, Output& out);

}  // namespace tools::sockls
