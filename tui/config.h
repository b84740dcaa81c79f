/// The configuration file: what the command line says where it says nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tui/settings.h"

namespace tui {

/// What is wrong with a configuration, and where.
struct ConfigFault {
  std::size_t line = 0;
  std::string message;

  /// `PATH:3: interval: ...`
  std::string in_file(const std::string& path) const;
};

/// Takes over what `text`, which is TOML, says. After a fault the settings are those that were given.
std::optional<ConfigFault> apply_config(Settings& settings, std::string_view text);

/// What of `settings` is not as it is without being told, as such a text.
std::string config_text(const Settings& settings);

/// $XDG_CONFIG_HOME/sockutils/sockmon.toml, or the same below ~/.config; empty without either.
std::string config_path();

/// Reads that file into the settings; that there is none is no fault. Gives what is wrong, for people.
std::optional<std::string> read_config(Settings& settings, const std::string& path);

/// Whether this was built with TOML; without it nothing is read, and no text is made.
bool has_config();

}  // namespace tui
