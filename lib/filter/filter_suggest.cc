#include "filter/filter_suggest.h"

#include "common/text.h"
#include "filter/filter_comparison.h"
#include "filter/filter_host.h"

namespace sockutils::filter {
namespace {

/// Completes a value whose field is missing.
std::string complete(std::string_view word) {
  if (parse_protocol(word)) return "protocol = " + std::string(word);
  if (parse_family(word)) return "family = " + std::string(word);
  if (word.find_first_not_of(":0123456789") == std::string_view::npos) return "port " + std::string(word);
  const bool is_host = word.find_first_of("./:@") != std::string_view::npos && read_host(word, {});
  return is_host ? "address " + std::string(word) : std::string{};
}

/// Short words are similar by chance, so half of the letters must be right.
bool is_near(std::string_view word, std::string_view candidate) {
  return !candidate.empty() && edit_distance(word, candidate) * 2 <= word.size();
}

/// The most similar word that is not a field.
std::string_view nearest_keyword(std::string_view word, bool of_sockets) {
  std::vector<std::string_view> candidates{"and", "or", "not"};
  if (of_sockets) {
    for (const auto& words : {subject_words(), state_words()})
      candidates.insert(candidates.end(), words.begin(), words.end());
  }
  return nearest_word(word, candidates);
}

}  // namespace

std::string suggest_test(std::string_view word, const FieldTable& table) {
  const bool of_sockets = is_of_sockets(table);
  if (std::string completed = of_sockets ? complete(word) : std::string(); !completed.empty())
    return completed;
  const std::string lower = to_lower(word);
  const std::string_view known = nearest_keyword(lower, of_sockets);
  const std::string_view field = table.suggest(lower);
  const bool field_is_nearer =
      known.empty() || (!field.empty() && edit_distance(lower, field) < edit_distance(lower, known));
  const std::string_view nearest = field_is_nearer ? field : known;
  return is_near(lower, nearest) ? std::string(nearest) : std::string{};
}

}  // namespace sockutils::filter
