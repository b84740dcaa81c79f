#include "model/registry.h"

#include "family/family.h"

namespace sockutils {

std::vector<std::span<const Field>> socket_field_parts() {
  std::vector<std::span<const Field>> parts{common_fields(), owner_fields()};
  const auto families = family_fields();
  parts.insert(parts.end(), families.begin(), families.end());
  return parts;
}

const FieldTable& socket_fields() {
  static const FieldTable table("sockets", socket_field_parts());
  return table;
}

}  // namespace sockutils
