#include "sockls/extra_fields.h"

#include <array>
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

// Titles as wide as what stands below them: lines that are written as they come begin with these two.
const Field TimeField{
    .name = "time", .title = "TIME        ", .type = Type::Text, .get = none, .doc = "When", .drop = 0};
const Field EventField{
    .name = "event", .title = "EVENT  ", .type = Type::Text, .get = none, .doc = "What happened", .drop = 0};
const Field PreviousStateField{
    .name = "previous_state", .title = "BEFORE", .type = Type::State, .get = none, .doc = "State before it"};
const Field SeenField{.name = "seen",
                      .title = "SEEN",
                      .type = Type::Microseconds,
                      .get = none,
                      .align = sockutils::Align::Right,
                      .doc = "For how long the socket was seen"};
const Field FromKernelField{.name = "from_kernel",
                            .title = "KERNEL",
                            .type = Type::Flag,
                            .get = none,
                            .doc = "Whether the kernel told it, rather than a snapshot"};
const Field DetailField{
    .name = "detail", .title = "DETAIL", .type = Type::Text, .get = none, .doc = "More about it"};
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
