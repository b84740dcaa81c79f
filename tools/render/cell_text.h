/// Text that has to fit a cell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sockutils/value.h"

namespace tools {

/// Which part of a text says most, and is kept when it is cut.
enum class Keep : std::uint8_t {
  Start,      ///< `systemd-resol…`
  Port,       ///< `2001:db8:…:443`; of a path the end: `/run/…/socket`
  ProcessId,  ///< `chromium-b…/4242 +3`
};

/// Appends a value for people, safe for a terminal and never empty, so that columns can be counted; how many
/// columns of the terminal it takes.
std::size_t append_cell_text(std::string& out, const sockutils::OptionalValue& value, sockutils::Type type);

Keep what_to_keep(sockutils::Type type);

/// Appends `text`, valid UTF-8 and free of control characters, cut to `width` columns with `mark`,
/// which takes one column, where something is missing.
void append_cut(std::string& out, std::string_view text, std::size_t width, Keep keep, std::string_view mark);

}  // namespace tools
