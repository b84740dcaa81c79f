/// The table of options, of which the control port has a part.
#pragma once

#include <span>

#include "common/option_row.h"
#include "sockprobed/settings.h"

namespace tools::sockprobed {

using ServerOption = OptionRow<Settings>;

/// Those of the control port.
std::span<const ServerOption> control_options();

}  // namespace tools::sockprobed
