/// What the program remembers by itself, in a file of its own: the configuration, which people write, is
/// never written.
#pragma once

#include <optional>
#include <string>

#include "sockutils/error.h"
#include "tui/settings.h"

namespace tui {

/// $XDG_STATE_HOME/sockutils/sockmon.toml, or the same below ~/.local/state; empty without either.
std::string state_path();

/// Takes what changed from `begun` to `ended` over into `remembered`. True when anything did.
bool remember(Settings& remembered, const Settings& begun, const Settings& ended);

/// Writes the file, and makes its folder. Whoever reads it meanwhile sees it whole. Errors: as mkdir(2),
/// open(2), write(2) and rename(2).
sockutils::Result<void> write_state(const std::string& path, const std::string& text);

}  // namespace tui
