#include "sockutils/field.h"

#include <utility>

#include "common/text.h"

namespace sockutils {

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
  for (const std::span<const Field> part : parts) {
    for (const Field& field : part) {
      fields_.push_back(&field);
      std::vector<std::string_view> names = split_words(field.aliases);
      names.insert(names.begin(), field.name);
      for (const std::string_view name : names) {
        by_name_.emplace(name, &field);
        names_.push_back(name);
      }
    }
  }
}

const Field* FieldTable::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found != by_name_.end() ? found->second : nullptr;
}

std::string_view FieldTable::suggest(std::string_view name) const { return nearest_word(name, names_); }

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
