/// What colours mean in a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sockutils/value.h"

namespace tools {

enum class CellStyle : std::uint8_t {
  Plain,
  Heading,
  Listening,
  Fading,     ///< on its way out
  Attention,  ///< waits for someone who may never act
  Exposed,    ///< takes traffic on every address
};

/// `state` is that of the row, when it is shown.
CellStyle style_of(const sockutils::Value& value, std::optional<sockutils::State> state);

/// The escape sequence that begins a style, empty for `Plain`. Only colours of the basic eight that
/// stand out on light and on dark ground; yellow and cyan vanish on white, blue on black.
std::string_view style_sequence(CellStyle style);

/// Back to plain.
inline constexpr std::string_view StyleEnd = "\x1b[0m";

}  // namespace tools
