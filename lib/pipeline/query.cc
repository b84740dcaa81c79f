// Sets up a query by the names of fields.

#include "sockutils/list.h"

namespace sockutils {
namespace {

Result<const Field*> field_called(std::string_view name) {
  if (const Field* const field = find_field(name)) return field;
  const std::string_view meant = suggest_field(name);
  std::string detail = "there is no such field";
  if (!meant.empty()) detail += "; did you mean '" + std::string(meant) + "'?";
  return tl::unexpected(Error{0, "find", std::string(name), std::move(detail)});
}

}  // namespace

Result<void> Query::columns(const std::vector<std::string_view>& names) {
  std::vector<const Field*> found;
  for (const std::string_view name : names) {
    const auto field = field_called(name);
    if (!field) return tl::unexpected(field.error());
    found.push_back(*field);
  }
  fields = std::move(found);
  return {};
}

Result<void> Query::order(const std::vector<std::string_view>& names) {
  std::vector<SortKey> keys;
  for (const std::string_view name : names) {
    const bool descending = name.starts_with('-');
    const auto field = field_called(name.substr(descending ? 1 : 0));
    if (!field) return tl::unexpected(field.error());
    keys.push_back({*field, descending});
  }
  sort = std::move(keys);
  return {};
}

}  // namespace sockutils
