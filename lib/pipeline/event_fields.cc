// Fields of events.

#include <algorithm>
#include <array>
#include <ctime>
#include <string>

#include "model/registry.h"
#include "sockutils/follow.h"

namespace sockutils {
/// A namespace of its own, because sources may be compiled together.
namespace event_rows {
namespace {

/// A field of sockets that the detail of a closing contains, and the word before it.
struct Counter {
  std::string_view name;
  std::string_view word;
};
constexpr std::array<Counter, 4> Counters{{{"tcp_bytes_sent", "sent "},
                                           {"tcp_bytes_received", "received "},
                                           {"tcp_total_retrans", "retransmits "},
                                           {"tcp_rtt", "rtt "}}};
constexpr std::array<std::string_view, 5> DetailFields{"state", Counters[0].name, Counters[1].name,
                                                       Counters[2].name, Counters[3].name};

/// The value of a field of sockets, formatted for people; empty when there is none.
std::string text_of(const EventRow& row, std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < row.fields.size() && i < row.event.values.size(); ++i) {
    if (row.fields[i]->name != name || !row.event.values[i]) continue;
    append_value(text, *row.event.values[i], row.fields[i]->type, Style::Human);
    break;
  }
  return text;
}

std::string text_of_end(const EventRow& row) {
  std::string text;
  if (row.event.seen)
    append_value(text, static_cast<std::uint64_t>(row.event.seen->count()), Type::Microseconds, Style::Human);
  else
    text = "short-lived";
  for (const Counter& counter : Counters) {
    const std::string value = text_of(row, counter.name);
    if (!value.empty()) text += ", " + std::string(counter.word) + value;
  }
  return text;
}

std::string text_of_state(const EventRow& row) {
  const auto& before = row.event.previous_state;
  return (before ? std::string(title(*before)) + " > " : "") + text_of(row, "state");
}

OptionalValue detail(const EventRow& row) {
  switch (row.event.kind) {
    case EventKind::Lost:
      return row.keep("closings that the kernel could not deliver");
    case EventKind::Closed:
      return row.keep(text_of_end(row));
    case EventKind::Opened:
    case EventKind::Changed:
      return row.keep(text_of_state(row));
    case EventKind::Seen:
    case EventKind::SnapshotDone:
      break;
  }
  return std::nullopt;
}

std::chrono::microseconds since_1970(const EventRow& row) {
  return std::chrono::duration_cast<std::chrono::microseconds>(row.event.time.time_since_epoch());
}

OptionalValue time(const EventRow& row) { return static_cast<std::uint64_t>(since_1970(row).count()); }

/// `14:03:22.123`
OptionalValue clock_time(const EventRow& row) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(row.event.time);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::string clock(text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S.", &parts));
  const std::string digits = std::to_string(since_1970(row).count() / 1000 % 1000);
  return row.keep(clock + std::string(3 - digits.size(), '0') + digits);
}

OptionalValue seen(const EventRow& row) {
  const auto& time = row.event.seen;
  return time ? OptionalValue(static_cast<std::uint64_t>(time->count())) : std::nullopt;
}

OptionalValue previous_state(const EventRow& row) {
  const auto& state = row.event.previous_state;
  return state ? OptionalValue(*state) : std::nullopt;
}

// Titles are as wide as the values below them: output written line by line starts with these widths.
constexpr std::array EventFields{
    Field{.name = "time",
          .title = "WHEN",
          .type = Type::Time,
          .get = getter<time>,
          .doc = "When it was noticed",
          .drop = 0,
          .subject = "event"},
    Field{.name = "clock",
          .title = "TIME        ",
          .type = Type::Text,
          .get = getter<clock_time>,
          .role = Role::Composite,
          .doc = "The same, by the clock of this place",
          .drop = 0,
          .subject = "event"},
    Field{.name = "event",
          .title = "EVENT  ",
          .type = Type::Text,
          .get = getter<[](const EventRow& row) { return name(row.event.kind); }>,
          .doc = "What happened: opened, changed, closed, lost",
          .drop = 0,
          .subject = "event"},
    Field{.name = "previous_state",
          .title = "BEFORE",
          .type = Type::State,
          .get = getter<previous_state>,
          .doc = "State before it",
          .subject = "event"},
    Field{.name = "seen",
          .title = "SEEN",
          .type = Type::Microseconds,
          .get = getter<seen>,
          .doc = "For how long the socket was seen, when it closes",
          .subject = "event"},
    Field{.name = "from_kernel",
          .title = "KERNEL",
          .type = Type::Flag,
          .get = getter<[](const EventRow& row) { return row.event.from_kernel; }>,
          .doc = "The kernel told it, rather than a comparison of snapshots",
          .subject = "event"},
    Field{.name = "detail",
          .title = "DETAIL",
          .type = Type::Text,
          .get = getter<detail>,
          .role = Role::Composite,
          .doc = "States, or what the connection came to, in words",
          .subject = "event"},
};

}  // namespace
}  // namespace event_rows

const FieldTable& event_fields() {
  static const FieldTable table = [] {
    std::vector<std::span<const Field>> parts{event_rows::EventFields};
    for (const std::span<const Field> part : socket_field_parts()) parts.push_back(part);
    return FieldTable("events", parts);
  }();
  return table;
}

std::span<const std::string_view> event_detail_fields() { return event_rows::DetailFields; }

}  // namespace sockutils
