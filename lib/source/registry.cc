#include "model/registry.h"

#include <string>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "family/family.h"

namespace sockutils {
namespace {

struct Registry {
  std::vector<const Field*> fields;
  std::unordered_map<std::string_view, const Field*> by_name;
};

void add_table(Registry& registry, std::span<const Field> table) {
  for (const Field& field : table) {
    registry.fields.push_back(&field);
    registry.by_name.emplace(field.name, &field);
    for (const std::string_view alias : split_words(field.aliases)) registry.by_name.emplace(alias, &field);
  }
}

const Registry& registry() {
  static const Registry all = [] {
    Registry joined;
    add_table(joined, common_fields());
    add_table(joined, owner_fields());
    for (const std::span<const Field> table : family_fields()) add_table(joined, table);
    return joined;
  }();
  return all;
}

}  // namespace

std::span<const Field* const> fields() { return registry().fields; }

const Field* find_field(std::string_view name) {
  const auto& names = registry().by_name;
  const auto found = names.find(name);
  return found != names.end() ? found->second : nullptr;
}

std::string_view suggest_field(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& [known, field] : registry().by_name) names.push_back(known);
  return nearest_word(name, names);
}

}  // namespace sockutils
