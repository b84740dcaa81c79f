/// State that the program saves in a file of its own, because it never writes the configuration, which is for
/// people.
#pragma once

#include <optional>
#include <string>

#include "sockutils/error.h"
#include "tui/settings.h"

namespace tui {

/// $XDG_STATE_HOME/sockutils/sockmon.toml, or the same below ~/.local/state; empty when
/// neither is known.
std::string state_path();

/// Applies the changes from `begun` to `ended` to `remembered`. Returns true if there were any.
bool remember(Settings& remembered, const Settings& begun, const Settings& ended);

/// Writes the file atomically, and creates its folder. Errors: as mkdir(2), open(2), write(2) and rename(2).
sockutils::Result<void> write_state(const std::string& path, const std::string& text);

}  // namespace tui
