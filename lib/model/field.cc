#include "sockutils/field.h"

#include <algorithm>
#include <utility>

#include "common/text.h"

namespace sockutils {
namespace {

/// Whether `word` is one of these words, which are separated by single blanks.
bool has_word(std::string_view words, std::string_view word) {
  if (word.empty()) return false;
  for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

OptionalValue ComposedRow::keep(std::string text) const {
  if (text.empty()) return std::nullopt;
  return std::string_view(texts_.emplace_back(std::move(text)));
}

OptionalValue ComposedRow::keep(std::span<const std::string> list) const {
  if (list.empty()) return std::nullopt;
  std::string& packed = texts_.emplace_back();
  for (const std::string& element : list) append_element(packed, element);
  return TextList(packed);
}

FieldTable::FieldTable(std::string_view kind, const std::vector<std::span<const Field>>& parts)
    : kind_(kind) {
  std::size_t count = 0;
  for (const std::span<const Field> part : parts) count += part.size();
  fields_.reserve(count);
  for (const std::span<const Field> part : parts)
    for (const Field& field : part) fields_.push_back(&field);
}

// Without an index: a listing asks for a dozen names, and to make one would be nearly half of all that it
// does itself.
const Field* FieldTable::find(std::string_view name) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const Field* field) {
    return field->name == name || has_word(field->aliases, name);
  });
  return found != fields_.end() ? *found : nullptr;
}

std::string_view FieldTable::suggest(std::string_view name) const {
  // In the order of documentation, so that of two names that are equally near always the same is meant.
  std::vector<std::string_view> names;
  for (const Field* const field : fields_) {
    names.push_back(field->name);
    const auto aliases = split_words(field->aliases);
    names.insert(names.end(), aliases.begin(), aliases.end());
  }
  return nearest_word(name, names);
}

std::vector<OptionalValue> values_of(const Row& row, std::span<const Field* const> fields) {
  std::vector<OptionalValue> values;
  values.reserve(fields.size());
  for (const Field* const field : fields) values.push_back(field->get(row));
  return values;
}

std::string_view subject(const Field& field) {
  return field.subject.empty() ? std::string_view("socket") : field.subject;
}

}  // namespace sockutils
