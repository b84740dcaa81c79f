/// An optional number without extra memory, for data that is kept by the hundred thousand.
#pragma once

#include <limits>
#include <optional>
#include <type_traits>

namespace tui {

/// Absent is stored as a value that counters and rates never have: the largest one, or a negative one.
template <class T>
class CompactOptional {
 public:
  constexpr CompactOptional() = default;
  constexpr CompactOptional(T value) : value_(value) {}
  template <class U>
  constexpr CompactOptional(const std::optional<U>& value)
      : value_(value ? static_cast<T>(*value) : Absent) {}

  constexpr bool has_value() const { return value_ != Absent; }
  constexpr explicit operator bool() const { return has_value(); }
  constexpr T operator*() const { return value_; }
  constexpr T value_or(T other) const { return has_value() ? value_ : other; }
  constexpr operator std::optional<T>() const { return has_value() ? std::optional(value_) : std::nullopt; }

  friend constexpr bool operator==(const CompactOptional&, const CompactOptional&) = default;

 private:
  static constexpr T Absent =
      std::is_floating_point_v<T> ? static_cast<T>(-1) : std::numeric_limits<T>::max();
  T value_ = Absent;
};

}  // namespace tui
