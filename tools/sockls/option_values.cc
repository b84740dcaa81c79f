#include "sockls/option_values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "common/text.h"
#include "common/words.h"
#include "sockls/columns.h"

namespace tools::sockls {

using sockutils::ProcessSource;
using sockutils::Source;

namespace {

constexpr std::array<std::pair<std::string_view, Source>, 3> Sources{{
    {"auto", Source::Auto},
    {"netlink", Source::Netlink},
    {"proc", Source::Proc},
}};

constexpr std::array<std::pair<std::string_view, ProcessSource>, 3> ProcessSources{{
    {"auto", ProcessSource::Auto},
    {"bpf", ProcessSource::Bpf},
    {"proc", ProcessSource::Proc},
}};

/// Words that a filter knows beyond the fields.
constexpr std::array<std::string_view, 15> FilterKeywords{"and", "or",  "not",       "state",       "exclude",
                                                          "src", "dst", "sport",     "dport",       "port",
                                                          "dev", "has", "listening", "established", "in"};

std::vector<std::string> copy(std::span<const std::string_view> words) {
  return {words.begin(), words.end()};
}

/// `unknown state 'listn', did you mean listen?`, or a list of what there is.
std::string explain_unknown(std::string_view what, std::string_view word,
                            const std::vector<std::string>& known) {
  std::string text = "unknown " + std::string(what) + " '" + std::string(word) + "'";
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  const std::string_view meant = sockutils::nearest_word(word, candidates);
  text += meant.empty() ? "; known: " + join(known, ", ") : ", did you mean " + std::string(meant) + "?";
  return text;
}

std::optional<double> parse_seconds(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  const bool whole = error == std::errc{} && rest == end && std::isfinite(value);
  return whole ? std::optional(value) : std::nullopt;
}

/// Sets `target` to what `word` stands for.
template <class T, std::size_t N>
Complaint choose(T& target, std::string_view what, std::string_view word,
                 const std::array<std::pair<std::string_view, T>, N>& table) {
  for (const auto& [known, value] : table) {
    if (word != known) continue;
    target = value;
    return std::nullopt;
  }
  return explain_unknown(what, word, first_words(table));
}

}  // namespace

Complaint choose_tables(Settings& settings, std::string_view list) {
  for (const std::string_view word : split_list(list)) {
    if (!settings.kinds.add_table(word)) return explain_unknown("kind of socket", word, table_words());
  }
  if (!settings.kinds.names_protocols())
    return "-A " + std::string(list) +
           " leaves no kind of socket: a kind is removed from those before it, "
           "as in all,!tcp";
  return std::nullopt;
}

Complaint choose_family(Settings& settings, std::string_view word) {
  const auto family = sockutils::parse_family(word);
  if (!family) return explain_unknown("family", word, family_words());
  settings.kinds.add_family(*family);
  return std::nullopt;
}

Complaint choose_states(Settings& settings, std::string_view list) {
  for (const std::string_view word : split_list(list)) {
    const auto states = sockutils::parse_states(word);
    if (!states) return explain_unknown("state", word, state_words());
    settings.states = settings.states.value_or(sockutils::StateSet{}) | *states;
  }
  return std::nullopt;
}

Complaint choose_source(Settings& settings, std::string_view word) {
  return choose(settings.source, "source", word, Sources);
}

Complaint choose_namespace(Settings& settings, std::string_view word) {
  if (word.empty()) return "--netns: the name is empty";
  if (word == "all") {
    settings.all_namespaces = true;
  } else {
    settings.namespaces.emplace_back(word);
  }
  return std::nullopt;
}

Complaint choose_process_source(Settings& settings, std::string_view word) {
  return choose(settings.process_source, "process source", word, ProcessSources);
}

Complaint choose_groups(Settings& settings, std::string_view list) {
  const auto fields = parse_fields(list);
  if (!fields) return fields.error();
  settings.group_by.insert(settings.group_by.end(), fields->begin(), fields->end());
  return std::nullopt;
}

Complaint choose_aggregates(Settings& settings, std::string_view list) {
  for (const std::string_view word : split_list(list)) {
    const auto aggregate = sockutils::Aggregate::parse(word);
    if (!aggregate) return "--aggregate: '" + aggregate.error().subject + "': " + aggregate.error().detail;
    settings.aggregates.push_back(*aggregate);
  }
  return std::nullopt;
}

Complaint choose_limit(Settings& settings, std::string_view number) {
  std::size_t value = 0;
  const char* const end = number.data() + number.size();
  const auto [rest, error] = std::from_chars(number.data(), end, value);
  if (error != std::errc{} || rest != end || value == 0)
    return "--limit: '" + std::string(number) + "' is not a number of rows, from 1";
  settings.limit = value;
  return std::nullopt;
}

Complaint choose_filter_file(Settings& settings, std::string_view path) {
  if (path.empty()) return "-F: empty file name";
  settings.filter_files.emplace_back(path);
  return std::nullopt;
}

Complaint choose_wait(Settings& settings, const std::optional<std::string>& seconds) {
  settings.wait = true;
  settings.wait_limit.reset();
  if (!seconds) return std::nullopt;
  const auto value = parse_seconds(*seconds);
  if (!value || *value < 0) return "--wait: '" + *seconds + "' is not a number of seconds";
  settings.wait_limit = std::chrono::duration<double>(*value);
  return std::nullopt;
}

Complaint choose_action(Settings& settings, Action action) {
  const bool taken = settings.action == Action::Kill || settings.action == Action::Watch ||
                     settings.action == Action::Follow;
  if (taken && settings.action != action) return "only one of --kill, --watch and --follow (-E) is possible";
  settings.action = action;
  return std::nullopt;
}

Complaint choose_interval(Settings& settings, std::string_view option,
                          const std::optional<std::string>& seconds) {
  if (!seconds) return std::nullopt;
  constexpr double Shortest = 0.1;
  constexpr double Longest = 86400;
  const auto value = parse_seconds(*seconds);
  if (!value || *value < Shortest || *value > Longest)
    return "--" + std::string(option) + ": '" + *seconds + "' is not a number of seconds from 0.1 to 86400";
  settings.interval = std::chrono::milliseconds(std::lround(*value * 1000));
  return std::nullopt;
}

Complaint choose_time_limit(Settings& settings, std::string_view seconds) {
  const auto value = parse_seconds(seconds);
  if (!value || *value <= 0)
    return "--for: '" + std::string(seconds) + "' is not a number of seconds above 0";
  settings.time_limit = std::chrono::duration<double>(*value);
  return std::nullopt;
}

Complaint choose_count(Settings& settings, std::string_view number) {
  std::uint64_t value = 0;
  const char* const end = number.data() + number.size();
  const auto [rest, error] = std::from_chars(number.data(), end, value);
  if (error != std::errc{} || rest != end || value == 0)
    return "--count: '" + std::string(number) + "' is not a whole number above 0";
  settings.count_limit = value;
  return std::nullopt;
}

Complaint check_action(const Settings& settings) {
  const bool watches = settings.action == Action::Watch || settings.action == Action::Follow;
  const bool bounded = settings.time_limit || settings.count_limit;
  if (settings.asks_about_itself()) return std::nullopt;
  if (bounded && !watches) return "--for and --count go with --watch and --follow only";
  if (settings.yes && settings.action != Action::Kill) return "--yes goes with --kill only";
  if (settings.action != Action::Kill && !watches) return std::nullopt;
  if (settings.verbose && watches) return "--verbose goes with neither --watch nor --follow";
  if (settings.quiet || settings.wait)
    return "--quiet and --wait go with neither --kill, --watch nor --follow";
  if (settings.action != Action::Follow) return std::nullopt;
  if (!settings.rows.order.empty()) return "--follow tells events as they come: --sort does not go with it";
  if (settings.unbound) return "--follow tells what the kernel lists: --unbound does not go with it";
  if (settings.limit) return "--follow takes --count instead of --limit";
  return std::nullopt;
}

std::vector<std::string> field_words() { return words_of(sockutils::socket_fields()); }

std::vector<std::string> aggregate_words() {
  std::vector<std::string> words;
  for (const std::string_view word : sockutils::aggregate_words())
    words.push_back(word == "count" ? "count" : std::string(word) + ":");
  return words;
}

std::vector<std::string> state_words() { return copy(sockutils::state_names()); }

std::vector<std::string> family_words() { return copy(sockutils::family_names()); }

std::vector<std::string> source_words() { return first_words(Sources); }

std::vector<std::string> process_source_words() { return first_words(ProcessSources); }

std::vector<std::string> namespace_words() { return {"all"}; }

std::vector<std::string> filter_words() {
  std::vector<std::string> words = copy(FilterKeywords);
  for (std::string& field : field_words()) words.push_back(std::move(field));
  return words;
}

}  // namespace tools::sockls
