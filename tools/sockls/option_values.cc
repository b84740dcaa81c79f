#include "sockls/option_values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "common/words.h"
#include "sockls/columns.h"
#include "sockutils/suggest.h"

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

constexpr std::array<std::pair<std::string_view, ColourMode>, 3> Colours{{
    {"auto", ColourMode::Auto},
    {"always", ColourMode::Always},
    {"never", ColourMode::Never},
}};

/// Words that a filter knows beyond the fields.
constexpr std::array<std::string_view, 15> FilterKeywords{"and", "or",  "not",       "state",       "exclude",
                                                          "src", "dst", "sport",     "dport",       "port",
                                                          "dev", "has", "listening", "established", "in"};

std::vector<std::string> copy(std::span<const std::string_view> words) {
  return {words.begin(), words.end()};
}

template <class T, std::size_t N>
std::vector<std::string> first_words(const std::array<std::pair<std::string_view, T>, N>& table) {
  std::vector<std::string> words;
  words.reserve(table.size());
  for (const auto& row : table) words.emplace_back(row.first);
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// `unknown state 'listn', did you mean listen?`, or a list of what there is.
std::string explain_unknown(std::string_view what, std::string_view word,
                            const std::vector<std::string>& known) {
  std::string text = "unknown " + std::string(what) + " '" + std::string(word) + "'";
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  const std::string_view meant = sockutils::nearest_word(word, candidates);
  text += meant.empty() ? "; known: " + joined(known) : ", did you mean " + std::string(meant) + "?";
  return text;
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

Complaint choose_process_source(Settings& settings, std::string_view word) {
  return choose(settings.process_source, "process source", word, ProcessSources);
}

Complaint choose_columns(Settings& settings, std::string_view list) {
  const auto changes = parse_columns(list);
  if (!changes) return changes.error();
  settings.columns.insert(settings.columns.end(), changes->begin(), changes->end());
  return std::nullopt;
}

Complaint choose_order(Settings& settings, std::string_view list) {
  const auto keys = parse_sort(list);
  if (!keys) return keys.error();
  settings.sort.insert(settings.sort.end(), keys->begin(), keys->end());
  return std::nullopt;
}

Complaint choose_format(Settings& settings, std::string_view name) {
  for (const Format& format : formats()) {
    if (format.name != name) continue;
    const Format* const before = std::exchange(settings.format, &format);
    if (before == nullptr || before == &format) return std::nullopt;
    return "--" + std::string(before->name) + " and --" + std::string(name) + " exclude each other";
  }
  return explain_unknown("format", name, {});
}

Complaint choose_colour(Settings& settings, std::string_view word) {
  return choose(settings.colour, "colour mode", word, Colours);
}

Complaint choose_wait(Settings& settings, const std::optional<std::string>& seconds) {
  settings.wait = true;
  settings.wait_limit.reset();
  if (!seconds) return std::nullopt;
  double value = 0;
  const char* const end = seconds->data() + seconds->size();
  const auto [rest, error] = std::from_chars(seconds->data(), end, value);
  if (error != std::errc{} || rest != end || !std::isfinite(value) || value < 0) {
    return "--wait: '" + *seconds + "' is not a number of seconds";
  }
  settings.wait_limit = std::chrono::duration<double>(value);
  return std::nullopt;
}

std::vector<std::string> field_words() {
  std::vector<std::string> words;
  for (const sockutils::Field* field : sockutils::fields()) words.emplace_back(field->name);
  return words;
}

std::vector<std::string> state_words() { return copy(sockutils::state_names()); }

std::vector<std::string> family_words() { return copy(sockutils::family_names()); }

std::vector<std::string> source_words() { return first_words(Sources); }

std::vector<std::string> process_source_words() { return first_words(ProcessSources); }

std::vector<std::string> colour_words() { return first_words(Colours); }

std::vector<std::string> filter_words() {
  std::vector<std::string> words = copy(FilterKeywords);
  for (std::string& field : field_words()) words.push_back(std::move(field));
  return words;
}

}  // namespace tools::sockls
