/// The configuration file: defaults for the command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tui/settings.h"

namespace tui {

/// What is wrong in a configuration, and where.
struct ConfigFault {
  std::size_t line = 0;
  std::string message;

  /// `PATH:3: interval: ...`
  std::string in_file(const std::string& path) const;
};

/// Applies `text`, which is TOML. After a fault the settings are unchanged.
std::optional<ConfigFault> apply_config(Settings& settings, std::string_view text);

/// All settings that differ from their defaults, as such a text.
std::string config_text(const Settings& settings);

/// $XDG_CONFIG_HOME/sockutils/sockmon.toml, or the same below ~/.config; empty when neither is known.
std::string config_path();

/// Reads that file into the settings; a missing file is not a fault. Returns what is wrong, for people.
std::optional<std::string> read_config(Settings& settings, const std::string& path);

/// Whether this was built with TOML support; without it nothing is read or written.
bool has_config();

}  // namespace tui
