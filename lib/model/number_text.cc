#include "model/number_text.h"

#include <array>
#include <chrono>
#include <string_view>

#include "common/append_number.h"
#include "sockutils/value.h"

namespace sockutils {
namespace {

constexpr std::uint64_t Second = 1'000'000;

/// `12`, `1.2`: three figures are enough for people.
void append_scaled(std::string& out, std::uint64_t value, std::uint64_t unit) {
  const std::uint64_t whole = value / unit;
  const std::uint64_t tenth = (value % unit) * 10 / unit;
  append_number(out, whole);
  if (whole < 10 && tenth != 0) {
    out += '.';
    append_number(out, tenth);
  }
}

struct TimeUnit {
  std::uint64_t microseconds;
  std::string_view name;
};

constexpr std::array<TimeUnit, 6> TimeUnits{{
    {86'400'000'000, "d"},
    {3'600'000'000, "h"},
    {60'000'000, "m"},
    {1'000'000, "s"},
    {1'000, "ms"},
    {1, "us"},
}};

/// With zeros in front, as many as `digits` take.
void append_digits(std::string& out, std::uint64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  out.append(digits - text.size(), '0');
  out += text;
}

/// `2026-11-25T10:33:20`
void append_seconds(std::string& out, std::uint64_t seconds) {
  using std::chrono::days;
  constexpr std::uint64_t SecondsPerDay = 86'400;
  const std::chrono::sys_days day{days{static_cast<days::rep>(seconds / SecondsPerDay)}};
  const std::chrono::year_month_day date{day};
  const std::uint64_t time = seconds % SecondsPerDay;
  append_digits(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, time / 3600, 2);
  out += ':';
  append_digits(out, time / 60 % 60, 2);
  out += ':';
  append_digits(out, time % 60, 2);
}

bool has_a_date(std::uint64_t microseconds) {
  constexpr std::uint64_t Year9999 = 253'402'300'799'999'999;
  return microseconds <= Year9999;
}

}  // namespace

void append_decimal(std::string& out, std::uint64_t number) { append_number(out, number); }

void append_hexadecimal(std::string& out, std::uint64_t number) {
  out += "0x";
  append_number(out, number, 16);
}

/// Exact as long as it stays readable: queues are compared by eye.
void append_bytes(std::string& out, std::uint64_t bytes) {
  constexpr std::uint64_t ExactBelow = 1'000'000;
  constexpr std::string_view Suffixes = "KMGTPE";
  if (bytes < ExactBelow) return append_number(out, bytes);
  std::uint64_t unit = 1024;
  std::size_t suffix = 0;
  while (suffix + 1 < Suffixes.size() && bytes / unit >= 1024) {
    unit *= 1024;
    ++suffix;
  }
  append_scaled(out, bytes, unit);
  out += Suffixes[suffix];
}

void append_rate(std::string& out, std::uint64_t bytes_per_second) {
  append_bytes(out, bytes_per_second);
  out += "/s";
}

void append_duration(std::string& out, std::uint64_t microseconds) {
  for (const TimeUnit& unit : TimeUnits) {
    if (microseconds < unit.microseconds) continue;
    append_scaled(out, microseconds, unit.microseconds);
    out += unit.name;
    return;
  }
  out += '0';
}

void append_date(std::string& out, std::uint64_t microseconds) {
  if (!has_a_date(microseconds)) return append_number(out, microseconds);
  append_seconds(out, microseconds / Second);
  out += 'Z';
}

void append_time_stamp(std::string& out, std::uint64_t microseconds) {
  if (!has_a_date(microseconds)) return append_number(out, microseconds);
  append_seconds(out, microseconds / Second);
  out += '.';
  append_digits(out, microseconds % Second, 6);
  out += 'Z';
}

std::string time_stamp(std::chrono::system_clock::time_point time) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch());
  std::string text;
  append_time_stamp(text, static_cast<std::uint64_t>(since.count()));
  return text;
}

}  // namespace sockutils
