/// How a recording is played: what the user wants, and where it stands.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tui {

/// Times as fast as it was, from slow to fast.
inline constexpr std::array<double, 9> Speeds{0.1, 0.25, 0.5, 1, 2, 5, 10, 60, 600};
inline constexpr std::size_t UsualSpeed = 3;

/// A place in a recording, as it is typed: `90` and `1:30` are seconds from its beginning, `#12` is a
/// snapshot counted from 1, `50%` is half of it.
struct PlaceWish {
  enum class Unit : std::uint8_t { Time, Number, Percent };
  Unit unit = Unit::Time;
  /// Microseconds, a count from 0, or percent.
  std::uint64_t amount = 0;
};
std::optional<PlaceWish> parse_place(std::string_view text);

/// What is wanted.
struct Playback {
  bool paused = false;
  std::size_t speed = UsualSpeed;
  /// Where to go; it takes effect when `jump` is another number than before.
  PlaceWish place = {PlaceWish::Unit::Number, 0};
  std::uint64_t jump = 0;
};

/// Where a frame stands in its recording.
struct ReplayPlace {
  std::size_t position = 0;
  /// Snapshots that there are so far.
  std::size_t count = 0;
  /// Microseconds from the first one to this, and to the last.
  std::uint64_t elapsed = 0;
  std::uint64_t length = 0;
  /// The jump that has been made.
  std::uint64_t jump = 0;
};

/// `1:30` or `1:00:05`.
std::string clock_text(std::uint64_t microseconds);

}  // namespace tui
