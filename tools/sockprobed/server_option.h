/// The table of options, with a separate part for the control port.
#pragma once

#include <span>

#include "common/option_row.h"
#include "sockprobed/settings.h"

namespace tools::sockprobed {

using ServerOption = OptionRow<Settings>;

/// The options of the control port.
std::span<const ServerOption> control_options();

}  // namespace tools::sockprobed
