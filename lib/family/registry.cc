#include "model/registry.h"

#include "family/family.h"

namespace sockutils {

const FieldTable& socket_fields() {
  static const FieldTable all = [] {
    std::vector<std::span<const Field>> parts{common_fields(), owner_fields()};
    const auto families = family_fields();
    parts.insert(parts.end(), families.begin(), families.end());
    return FieldTable("sockets", parts);
  }();
  return all;
}

}  // namespace sockutils
