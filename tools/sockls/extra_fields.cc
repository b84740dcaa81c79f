#include "sockls/extra_fields.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace tools::sockls {

using sockutils::Field;
using sockutils::Type;

namespace {

/// These come with the row; a socket alone has none.
sockutils::OptionalValue none(const sockutils::Row&) { return std::nullopt; }

std::int64_t microseconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

constexpr std::int64_t Second = 1'000'000;

std::string write(const char* format, const std::tm& parts) {
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

std::string fraction(std::int64_t value, int digits) {
  std::string text = std::to_string(value);
  return "." + std::string(static_cast<std::size_t>(digits) - text.size(), '0') + text;
}

}  // namespace

const Field TimeField{
    .name = "time", .title = "TIME        ", .type = Type::Text, .get = none, .doc = "When", .drop = 0};
const Field MarkField{
    .name = "mark", .title = " ", .type = Type::Text, .get = none, .doc = "What is new about it", .drop = 0};
const Field OutcomeField{.name = "outcome",
                         .title = "OUTCOME",
                         .type = Type::Text,
                         .get = none,
                         .doc = "What came of closing it",
                         .drop = 0};

std::string time_for_people(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return write("%H:%M:%S", parts) + fraction(microseconds(time) % Second / 1000, 3);
}

std::string time_for_programs(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return write("%Y-%m-%dT%H:%M:%S", parts) + fraction(microseconds(time) % Second, 6) + "Z";
}

}  // namespace tools::sockls
