#include "tui/collect/details.h"

#include <algorithm>

#include "sockutils/value.h"
#include "tui/collect/remarks.h"

namespace tui {

using sockutils::Field;
using sockutils::Needs;
using sockutils::OptionalValue;
using sockutils::Values;

namespace {

/// Name servers are not asked here, and keys are secret.
bool is_shown(const Field& field) {
  constexpr Needs Unwanted = Needs::HostNames | Needs::BpfStorages | Needs::Autobound;
  return field.name != "md5_keys" && !needs_any(field.needs, Unwanted);
}

const Fields& detail_fields() {
  static const Fields fields = [] {
    Fields chosen;
    for (const Field* const field : sockutils::fields())
      if (is_shown(*field)) chosen.push_back(field);
    return chosen;
  }();
  return fields;
}

void add_facts(Details& details, Values values) {
  const Fields& fields = detail_fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!values[i]) continue;
    std::string plain;
    append_value(plain, *values[i], fields[i]->type, sockutils::Style::Human);
    details.facts.push_back(
        {subject(*fields[i]), fields[i]->name, sockutils::escape_text(plain), fields[i]->doc});
  }
  // Subjects in order of first appearance.
  std::vector<std::string_view> subjects;
  for (const DetailFact& fact : details.facts)
    if (std::find(subjects.begin(), subjects.end(), fact.subject) == subjects.end())
      subjects.push_back(fact.subject);
  std::stable_sort(details.facts.begin(), details.facts.end(), [&](const DetailFact& a, const DetailFact& b) {
    return std::find(subjects.begin(), subjects.end(), a.subject) <
           std::find(subjects.begin(), subjects.end(), b.subject);
  });
}

OptionalValue value_named(Values values, std::string_view name) {
  const Fields& fields = detail_fields();
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field* field) { return field->name == name; });
  return found == fields.end() ? OptionalValue() : values[static_cast<std::size_t>(found - fields.begin())];
}

}  // namespace

std::optional<DetailTarget> target_of(const SocketRow& row) {
  if (!row.has_cookie || !row.identity()) return std::nullopt;
  DetailTarget target{row.key, row.family, row.protocol, {}};
  target.filter = "cookie = " + std::to_string(row.key.number);
  // These let the kernel filter.
  if (const std::uint64_t netns = netns_of(row.key); netns != 0)
    target.filter += " and netns = " + std::to_string(netns);
  if (row.local_port != 0) target.filter += " and local_port = " + std::to_string(row.local_port);
  return target;
}

Details read_details(const DetailTarget& target, const sockutils::Query& where) {
  Details details;
  details.key = target.key;
  const auto filter = sockutils::Filter::parse(target.filter, {});
  if (!filter) {
    details.failure = filter.error().message;
    return details;
  }
  sockutils::Query query = where;
  query.kinds = {{target.family, target.protocol}};
  query.filter = *filter;
  query.fields = detail_fields();
  query.states = sockutils::StateSet::all();
  query.sort.clear();
  query.limit = 1;
  const auto report = sockutils::list_sockets(query, [&](Values values) {
    add_facts(details, values);
    details.remarks = remarks_on([&](std::string_view name) { return value_named(values, name); });
    return true;
  });
  if (!report) details.failure = report.error().message();
  if (report && details.facts.empty()) details.failure = "the socket is gone";
  return details;
}

}  // namespace tui
