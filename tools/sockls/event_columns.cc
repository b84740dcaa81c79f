#include "sockls/event_columns.h"

#include <algorithm>
#include <array>

#include "sockls/query.h"
#include "sockutils/follow.h"

namespace tools::sockls {

using sockutils::Field;

namespace {

constexpr std::array<std::string_view, 2> BeforeForPeople{"clock", "event"};
constexpr std::array<std::string_view, 1> AfterForPeople{"detail"};
constexpr std::array<std::string_view, 5> BeforeForPrograms{"time", "event", "previous_state", "seen",
                                                            "from_kernel"};
/// Counters of a connection that has ended.
constexpr std::array<std::string_view, 4> AfterForPrograms{"tcp_bytes_sent", "tcp_bytes_received",
                                                           "tcp_total_retrans", "tcp_rtt"};

/// Of the usual columns these say little of an event.
bool is_of_use(const Field* field) {
  constexpr std::array<std::string_view, 5> Useless{"state", "recv_queue", "send_queue", "service", "user"};
  return std::find(Useless.begin(), Useless.end(), field->name) == Useless.end();
}

void append_named(Fields& fields, std::span<const std::string_view> names) {
  for (const Field* field : named_fields(sockutils::event_fields(), names)) fields.push_back(field);
}

Fields first_columns(const Settings& settings) {
  Fields fields;
  append_named(fields, format_of(settings.rows).is_interactive
                           ? std::span<const std::string_view>(BeforeForPeople)
                           : BeforeForPrograms);
  return fields;
}

}  // namespace

bool is_of_event(const Field& field) { return sockutils::find_field(field.name) != &field; }

Fields fields_of_sockets(const Fields& fields) {
  Fields result = fields;
  std::erase_if(result, [](const Field* field) { return is_of_event(*field); });
  return result;
}

Fields with_event(const Settings& settings, Fields fields) {
  if (std::any_of(fields.begin(), fields.end(), [](const Field* field) { return is_of_event(*field); }))
    return fields;
  Fields all = first_columns(settings);
  all.insert(all.end(), fields.begin(), fields.end());
  return all;
}

Fields event_columns(const Settings& settings, const Fields& usual) {
  const bool for_people = format_of(settings.rows).is_interactive;
  const Fields wanted = wanted_fields(settings);
  Fields fields = first_columns(settings);
  std::copy_if(usual.begin(), usual.end(), std::back_inserter(fields), [&](const Field* field) {
    return !for_people || is_of_use(field) || std::find(wanted.begin(), wanted.end(), field) != wanted.end();
  });
  append_named(fields, for_people ? std::span<const std::string_view>(AfterForPeople) : AfterForPrograms);
  return fields;
}

}  // namespace tools::sockls
