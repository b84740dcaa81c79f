/// Points in time.
#include <chrono>

#include "common/parse_number.h"
#include "filter/filter_value.h"

namespace sockutils::filter {
namespace {

/// Takes a number of exactly `digits` figures from the front of `text`.
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

/// `10:30` or `10:30:05`, as seconds.
std::optional<std::uint64_t> take_clock(std::string_view& text) {
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  if (!take(text, ":")) return *hours * 3600 + *minutes * 60;
  const auto seconds = take_number(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  return *hours * 3600 + *minutes * 60 + *seconds;
}

std::optional<std::uint64_t> read_date_and_clock(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  std::uint64_t seconds = *date;
  if (take(text, "Tt ")) {
    const auto clock = take_clock(text);
    if (!clock) return std::nullopt;
    seconds += *clock;
  }
  take(text, "Zz");
  return text.empty() ? std::optional(seconds) : std::nullopt;
}

}  // namespace

ValueResult<std::uint64_t> read_time(std::string_view text) {
  constexpr std::uint64_t Second = 1'000'000;
  if (const auto number = parse_number<std::uint64_t>(text)) return *number;
  if (const auto seconds = read_date_and_clock(text)) return *seconds * Second;
  return tl::unexpected(
      ValueFault{text, quoted(text) + " is not a date, as in 2026-11-25 or 2026-11-25T10:30 (UTC)"});
}

}  // namespace sockutils::filter
