#include "sockls/extra_fields.h"

#include <array>
#include <ctime>

namespace tools::sockls {

using sockutils::Field;
using sockutils::Type;

namespace {

/// These come with the row; a socket alone has none.
sockutils::OptionalValue none(const sockutils::Row&) { return std::nullopt; }

}  // namespace

const Field TimeField{
    .name = "time", .title = "TIME        ", .type = Type::Text, .get = none, .doc = "When", .drop = 0};
const Field MarkField{.name = "change",
                      .title = " ",
                      .type = Type::Text,
                      .get = none,
                      .doc = "What is new about it",
                      .drop = 0};
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
  const auto fraction = time - std::chrono::floor<std::chrono::seconds>(time);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%03d", parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>(std::chrono::floor<std::chrono::milliseconds>(fraction).count()));
  return text.data();
}

}  // namespace tools::sockls
