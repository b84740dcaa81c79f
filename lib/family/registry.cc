#include "model/registry.h"

#include <string>
#include <unordered_map>
#include <vector>

#include "common/text.h"
#include "family/family.h"

namespace sockutils {
namespace {

struct Registry {
  std::vector<const Field*> fields;
  std::unordered_map<std::string_view, const Field*> by_name;
  /// In the order of documentation, so that of two names that are equally near always the same is meant.
  std::vector<std::string_view> names;
};

void add_table(Registry& registry, std::span<const Field> table) {
  for (const Field& field : table) {
    registry.fields.push_back(&field);
    std::vector<std::string_view> names = split_words(field.aliases);
    names.insert(names.begin(), field.name);
    for (const std::string_view name : names) {
      registry.by_name.emplace(name, &field);
      registry.names.push_back(name);
    }
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

std::string_view suggest_field(std::string_view name) { return nearest_word(name, registry().names); }

}  // namespace sockutils
