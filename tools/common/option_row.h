/// Tables of options: one row for each option, with its documentation and the effect of its value.
#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "common/arguments.h"
#include "common/terminal.h"

namespace tools {

template <class Settings>
struct OptionRow {
  OptionDoc doc;
  /// The value is empty when the option takes none, or its optional value was left out.
  Complaint (*apply)(Settings& settings, const std::string& value);
};

/// Parses all of a text as a number within bounds.
template <class T>
std::optional<T> number_between(std::string_view text, T least, T most) {
  T value{};
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && rest == text.data() + text.size();
  return whole && value >= least && value <= most ? std::optional(value) : std::nullopt;
}

/// The same for seconds, with fractions.
inline std::optional<std::chrono::milliseconds> seconds_between(std::string_view text, double least,
                                                                double most) {
  const auto seconds = number_between(text, least, most);
  if (!seconds) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
}

/// `--ttl: '300' is not a number, 1 to 255`
inline std::string refuse_value(std::string_view option, std::string_view value, std::string_view wanted) {
  return "--" + std::string(option) + ": '" + std::string(value) + "' is not " + std::string(wanted);
}

/// For options that name one file: refuses a second one, which would otherwise replace the first silently.
inline Complaint take_file(std::optional<std::string>& file, std::string_view option,
                           const std::string& value) {
  const std::string name = "--" + std::string(option);
  if (value.empty()) return name + " needs the name of a file";
  if (file) return name + " takes one file, and was given '" + *file + "' and '" + value + "'";
  file = value;
  return std::nullopt;
}

/// For options without a value: sets a member to a constant.
template <auto Member, auto Is, class Settings>
Complaint set(Settings& settings, const std::string&) {
  settings.*Member = Is;
  return std::nullopt;
}

/// For options whose value is kept as it is.
template <auto Member, class Settings>
Complaint keep(Settings& settings, const std::string& value) {
  settings.*Member = value;
  return std::nullopt;
}

template <class T, std::size_t N>
std::vector<std::string> first_words(const std::array<std::pair<std::string_view, T>, N>& table) {
  std::vector<std::string> words;
  words.reserve(table.size());
  for (const auto& row : table) words.emplace_back(row.first);
  return words;
}

inline std::vector<std::string> colour_words() { return first_words(Colours); }

template <class Settings>
Complaint set_colour(Settings& settings, const std::string& value) {
  for (const auto& [word, mode] : Colours) {
    if (value != word) continue;
    settings.colour = mode;
    return std::nullopt;
  }
  return refuse_value("color", value, "one of auto, always, never");
}

template <class Row>
std::vector<OptionDoc> docs_of(std::span<const Row> rows) {
  std::vector<OptionDoc> docs;
  for (const Row& row : rows) docs.push_back(row.doc);
  return docs;
}

/// Parses a command line and applies its options in order; returns the other words. Errors: what is wrong,
/// for people.
template <class Settings>
tl::expected<std::vector<std::string>, std::string> apply_options(std::span<const OptionRow<Settings>> rows,
                                                                  int argc, const char* const* argv,
                                                                  Settings& settings) {
  auto arguments = parse_arguments(argc, argv, docs_of(rows));
  if (!arguments) return tl::unexpected(std::move(arguments.error()));
  for (const GivenOption& given : arguments->options)
    if (auto complaint = rows[given.index].apply(settings, given.value.value_or("")))
      return tl::unexpected(*std::move(complaint));
  return std::move(arguments->operands);
}

}  // namespace tools
