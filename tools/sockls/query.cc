#include "sockls/query.h"

#include <algorithm>

#include "sockls/columns.h"

namespace tools::sockls {

using sockutils::Acquire;
using sockutils::Field;
using sockutils::Filter;
using sockutils::Query;

namespace {

constexpr Acquire OwnerNeeds =
    Acquire::Owners | Acquire::CommandLine | Acquire::Executable | Acquire::ProcessDetail;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\n\r\v\f") == std::string_view::npos;
}

/// The words of the command line, as one text.
tl::expected<std::string, UsageError> filter_text(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (is_blank(word)) return tl::unexpected(UsageError{"empty filter"});
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

tl::expected<Filter, UsageError> parse_filter(const std::string& text) {
  if (text.empty()) return Filter();
  auto filter = Filter::parse(text, sockutils::system_filter_names());
  if (!filter) return tl::unexpected(UsageError{filter.error().explain(text), true});
  return *std::move(filter);
}

tl::expected<Filter, UsageError> make_filter(const Settings& settings,
                                             const std::vector<std::string>& words) {
  const auto text = filter_text(words);
  if (!text) return tl::unexpected(text.error());
  auto chosen = parse_filter(*text);
  if (!chosen) return chosen;
  auto protocols = parse_filter(settings.kinds.protocol_filter());
  if (!protocols) return protocols;
  return *chosen && *protocols;
}

tl::expected<sockutils::StateSet, UsageError> make_states(const Settings& settings) {
  sockutils::StateSet states = settings.states.value_or(sockutils::StateSet::all());
  if (settings.listening) states = states & sockutils::ListeningStates;
  if (states.empty()) return tl::unexpected(UsageError{"-l and --state have no state in common"});
  return states;
}

}  // namespace

tl::expected<Query, UsageError> make_query(const Settings& settings, const std::vector<std::string>& filter) {
  Query query;
  query.kinds = settings.kinds.kinds();
  auto states = make_states(settings);
  if (!states) return tl::unexpected(states.error());
  query.states = *states;
  auto parsed = make_filter(settings, filter);
  if (!parsed) return tl::unexpected(parsed.error());
  query.filter = *std::move(parsed);
  query.source = settings.source;
  query.process_source = settings.process_source;
  query.numeric = settings.numeric;
  query.resolve_hosts = settings.resolve;
  if (settings.quiet) return query;

  query.fields = shown_fields(settings, query.kinds);
  if (query.fields.empty()) return tl::unexpected(UsageError{"--columns leaves nothing to show"});
  query.sort = settings.sort;
  query.listeners_first = settings.sort.empty();
  return query;
}

std::vector<const Field*> wanted_fields(const Settings& settings) {
  std::vector<const Field*> fields = settings.extra_columns;
  for (const ColumnChange& change : settings.columns) {
    if (change.kind != ColumnChange::Kind::Take) fields.push_back(change.field);
  }
  return fields;
}

bool asks_for_owners(const Settings& settings, const Query& query) {
  if (settings.processes == true || needs_any(query.filter.needs(), OwnerNeeds)) return true;
  const auto from_owners = [](const Field* field) { return needs_any(field->needs, OwnerNeeds); };
  const std::vector<const Field*> wanted = wanted_fields(settings);
  return std::any_of(wanted.begin(), wanted.end(), from_owners) ||
         std::any_of(query.sort.begin(), query.sort.end(),
                     [&](const sockutils::SortKey& key) { return from_owners(key.field); });
}

}  // namespace tools::sockls
