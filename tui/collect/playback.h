/// Playback of a recording: what the user requested, and the current position.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tui {

/// Factors of the recorded speed, in ascending order.
inline constexpr std::array<double, 9> Speeds{0.1, 0.25, 0.5, 1, 2, 5, 10, 60, 600};
inline constexpr std::size_t UsualSpeed = 3;

/// A position in a recording, as typed: `90` and `1:30` are times from its beginning, `#12` is a snapshot
/// counted from 1, `50%` is the middle.
struct PlaceWish {
  enum class Unit : std::uint8_t { Time, Number, Percent };
  Unit unit = Unit::Time;
  /// Microseconds, an index from 0, or percent.
  std::uint64_t amount = 0;
};
std::optional<PlaceWish> parse_place(std::string_view text);

/// What the user requested.
struct Playback {
  bool paused = false;
  std::size_t speed = UsualSpeed;
  /// The target of a jump, which is made when the number `jump` changes.
  PlaceWish place = {PlaceWish::Unit::Number, 0};
  std::uint64_t jump = 0;
};

/// The position of a frame in its recording.
struct ReplayPlace {
  std::size_t position = 0;
  /// Number of snapshots so far.
  std::size_t count = 0;
  /// Microseconds from the first snapshot to this one, and to the last one.
  std::uint64_t elapsed = 0;
  std::uint64_t length = 0;
  /// The number of the last jump that was made.
  std::uint64_t jump = 0;
};

/// `1:30` or `1:00:05`.
std::string clock_text(std::uint64_t microseconds);

}  // namespace tui
