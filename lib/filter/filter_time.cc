/// Points in time.
#include <algorithm>
#include <chrono>

#include "common/parse_number.h"
#include "filter/filter_value.h"

namespace sockutils::filter {
namespace {

/// Removes a number of exactly `digits` digits from the front of `text`.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  const auto number = parse_number<unsigned>(text.substr(0, digits));
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// `2026-11-25`, as seconds since 1970.
std::optional<std::uint64_t> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  const std::chrono::seconds seconds = std::chrono::sys_days(date).time_since_epoch();
  return static_cast<std::uint64_t>(seconds.count());
}

constexpr std::uint64_t Second = 1'000'000;

/// The digits of a fractional second, as microseconds; further digits are ignored.
std::optional<std::uint64_t> take_fraction(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return std::nullopt;
  std::uint64_t fraction = 0;
  for (std::size_t i = 0; i < 6; ++i)
    fraction = fraction * 10 + (i < digits ? static_cast<std::uint64_t>(text[i] - '0') : 0);
  text.remove_prefix(digits);
  return fraction;
}

/// `10:30`, `10:30:05` or `10:30:05.25`, as microseconds.
std::optional<std::uint64_t> take_clock(std::string_view& text) {
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const std::uint64_t whole = (std::uint64_t{*hours} * 3600 + *minutes * 60) * Second;
  if (!take(text, ":")) return whole;
  const auto seconds = take_number(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  const auto fraction = take(text, ".") ? take_fraction(text) : 0;
  return fraction ? std::optional(whole + *seconds * Second + *fraction) : std::nullopt;
}

std::optional<std::uint64_t> read_date_and_clock(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  std::uint64_t time = *date * Second;
  if (take(text, "Tt ")) {
    const auto clock = take_clock(text);
    if (!clock) return std::nullopt;
    time += *clock;
  }
  take(text, "Zz");
  return text.empty() ? std::optional(time) : std::nullopt;
}

}  // namespace

ValueResult<std::uint64_t> read_time(std::string_view text) {
  if (const auto number = parse_number<std::uint64_t>(text)) return *number;
  if (const auto time = read_date_and_clock(text)) return *time;
  return tl::unexpected(
      ValueFault{text, quoted(text) + " is not a date, as in 2026-11-25 or 2026-11-25T10:30 (UTC)"});
}

}  // namespace sockutils::filter
