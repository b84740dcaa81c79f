/// What the other end of standard output can show.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace tools {

enum class ColourMode : std::uint8_t { Auto, Always, Never };

/// The words of `--color`.
inline constexpr std::array<std::pair<std::string_view, ColourMode>, 3> Colours{{
    {"auto", ColourMode::Auto},
    {"always", ColourMode::Always},
    {"never", ColourMode::Never},
}};

struct Terminal {
  bool is_terminal = false;
  /// Columns; no value in a pipe or file, where nothing is cut.
  std::optional<std::size_t> width;
  /// Rows; no value where there is no terminal.
  std::optional<std::size_t> height;
  bool colour = false;
  /// Whether it can do more than add lines: `TERM` is set and not `dumb`.
  bool can_redraw = false;
  /// Whether characters beyond ASCII may be used for marks of our own.
  bool utf8 = false;
};

/// Follows COLUMNS, TERM, NO_COLOR (https://no-color.org) and the locale's variables; sets no locale.
Terminal examine_terminal(int fd, ColourMode mode);

}  // namespace tools
