/// The meaning of colours in tables.
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
  Fading,     ///< closing
  Attention,  ///< waits for a program that may never act
  Exposed,    ///< receives traffic on all addresses
};

/// `state` is the state of the row, if it is shown.
CellStyle style_of(const sockutils::Value& value, std::optional<sockutils::State> state);

/// The escape sequence that starts a style, empty for `Plain`. Uses only those of the eight basic colours
/// that are readable on light and dark backgrounds; yellow and cyan are invisible on white, blue on black.
std::string_view style_sequence(CellStyle style);

/// Ends a style.
inline constexpr std::string_view StyleEnd = "\x1b[0m";

}  // namespace tools
