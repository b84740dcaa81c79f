#include "sockls/query.h"

#include <algorithm>
#include <cerrno>
#include <optional>

#include "sockls/columns.h"
#include "sockls/event_columns.h"
#include "sockls/filter_file.h"
#include "sockls/recording.h"

namespace tools::sockls {

using sockutils::Field;
using sockutils::Filter;
using sockutils::Needs;
using sockutils::Query;

namespace {

constexpr Needs OwnerNeeds = Needs::Owners | Needs::CommandLine | Needs::Executable | Needs::ProcessDetail;

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

/// What names in a filter stand for.
sockutils::FilterNames filter_names(const Settings& settings) {
  sockutils::FilterNames names = settings.recording
                                     ? settings.recording->filter_names(last_snapshot(*settings.recording))
                                     : sockutils::system_filter_names();
  // The same index is another interface elsewhere.
  names.interfaces_by_name = settings.all_namespaces || !settings.namespaces.empty();
  return names;
}

tl::expected<Filter, UsageError> parse_filter(const Settings& settings, const std::string& text) {
  if (text.empty()) return Filter();
  auto filter = Filter::parse(text, filter_names(settings));
  if (!filter) return tl::unexpected(UsageError{filter.error().explain(text), true});
  return *std::move(filter);
}

tl::expected<Filter, UsageError> make_filter(const Settings& settings,
                                             const std::vector<std::string>& words) {
  const auto text = filter_text(words);
  if (!text) return tl::unexpected(text.error());
  auto chosen = parse_filter(settings, *text);
  if (!chosen) return chosen;
  auto protocols = parse_filter(settings, settings.kinds.protocol_filter());
  if (!protocols) return protocols;
  Filter all = *chosen && *protocols;
  for (const std::string& path : settings.filter_files) {
    auto more = read_filter_file(path, filter_names(settings));
    if (!more) return more;
    all = all && *more;
  }
  return all;
}

tl::expected<sockutils::StateSet, UsageError> make_states(const Settings& settings) {
  sockutils::StateSet states = settings.states.value_or(sockutils::StateSet::all());
  if (settings.listening) states = states & sockutils::ListeningStates;
  if (states.empty()) return tl::unexpected(UsageError{"-l and --state have no state in common"});
  return states;
}

UsageError explain(const std::string& word, const sockutils::Error& error) {
  const bool is_usage = error.code == ENOENT || error.code == ESRCH || error.code == EINVAL;
  if (is_usage) return {"--netns " + word + ": " + error.detail};
  return {.text = error.message(), .is_failure = true};
}

}  // namespace

std::optional<UsageError> add_namespaces(Query& query, const Settings& settings) {
  query.all_namespaces = settings.all_namespaces;
  for (const std::string& word : settings.namespaces) {
    auto found = sockutils::find_network_namespace(word);
    if (!found) return explain(word, found.error());
    query.namespaces.push_back(*std::move(found));
  }
  return std::nullopt;
}

tl::expected<Query, UsageError> make_query(const Settings& settings, const std::vector<std::string>& filter) {
  Query query;
  query.kinds = chosen_kinds(settings);
  query.recording = settings.recording;
  if (settings.recording) query.snapshot = last_snapshot(*settings.recording);
  auto states = make_states(settings);
  if (!states) return tl::unexpected(states.error());
  query.states = *states;
  auto parsed = make_filter(settings, filter);
  if (!parsed) return tl::unexpected(parsed.error());
  query.filter = *std::move(parsed);
  query.source = settings.source;
  query.unbound = settings.unbound;
  if (auto error = add_namespaces(query, settings)) return tl::unexpected(*std::move(error));
  query.process_source = settings.process_source;
  query.numeric = settings.numeric;
  query.resolve_hosts = settings.resolve;
  auto fields = shown_fields(settings, query.kinds);
  if (!fields) return tl::unexpected(UsageError{fields.error()});
  if (settings.quiet || settings.summary || settings.is_grouped()) return query;

  query.fields = fields_of_sockets(*fields);
  auto order = choose_order(settings.rows, sockutils::socket_fields());
  if (!order) return tl::unexpected(UsageError{order.error()});
  query.sort = *std::move(order);
  query.listeners_first = query.sort.empty();
  query.limit = settings.limit;
  return query;
}

std::vector<const Field*> wanted_fields(const Settings& settings) {
  std::vector<const Field*> fields = settings.extra_columns;
  for (const Field* field : family_columns(settings, settings.kinds.kinds())) fields.push_back(field);
  for (const ColumnChange& change : settings.rows.columns) {
    const Field* const field = sockutils::find_field(change.name);
    if (field != nullptr && change.kind != ColumnChange::Kind::Take) fields.push_back(field);
  }
  fields.insert(fields.end(), settings.group_by.begin(), settings.group_by.end());
  for (const sockutils::Aggregate& aggregate : settings.aggregates) {
    if (aggregate.field != nullptr) fields.push_back(aggregate.field);
  }
  return fields;
}

bool asks_for_owners(const Settings& settings, const Query& query) {
  if (settings.processes == true || settings.unbound || needs_any(query.filter.needs(), OwnerNeeds))
    return true;
  const auto from_owners = [](const Field* field) { return needs_any(field->needs, OwnerNeeds); };
  const std::vector<const Field*> wanted = wanted_fields(settings);
  return std::any_of(wanted.begin(), wanted.end(), from_owners) ||
         std::any_of(query.sort.begin(), query.sort.end(),
                     [&](const sockutils::SortKey& key) { return from_owners(key.field); });
}

bool is_incomplete(std::span<const sockutils::Warning> warnings, const Settings& settings,
                   const Query& query) {
  using Kind = sockutils::Warning::Kind;
  return std::any_of(warnings.begin(), warnings.end(), [&](const sockutils::Warning& warning) {
    const Kind kind = warning.kind;
    if (kind == Kind::OwnersMissing) return asks_for_owners(settings, query);
    if (kind == Kind::KindUnlisted) return settings.kinds.by_name();
    return kind == Kind::SocketsMissing || kind == Kind::SocketsMalformed;
  });
}

}  // namespace tools::sockls
