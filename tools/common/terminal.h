/// The capabilities of standard output.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace tools {

enum class ColourMode : std::uint8_t { Auto, Always, Never };

/// The values of `--color`.
inline constexpr std::array<std::pair<std::string_view, ColourMode>, 3> Colours{{
    {"auto", ColourMode::Auto},
    {"always", ColourMode::Always},
    {"never", ColourMode::Never},
}};

struct Terminal {
  bool is_terminal = false;
  /// In columns; no value for a pipe or file, where nothing is cut.
  std::optional<std::size_t> width;
  /// In rows; no value without a terminal.
  std::optional<std::size_t> height;
  bool colour = false;
  /// Whether the cursor can be moved: `TERM` is set and is not `dumb`.
  bool can_redraw = false;
  /// Whether our own symbols may use characters beyond ASCII.
  bool utf8 = false;
};

/// Follows COLUMNS, TERM, NO_COLOR (https://no-color.org) and the locale variables; does not set a locale.
Terminal examine_terminal(int fd, ColourMode mode);

}  // namespace tools
