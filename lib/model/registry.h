/// Tables of fields that each part declares; `lib/family/socket_fields.cc` joins them.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "sockutils/field.h"

namespace sockutils {

/// Of these fields, those without a subject are about this one.
template <std::size_t N>
constexpr std::array<Field, N> about(std::string_view subject, std::array<Field, N> fields) {
  for (Field& field : fields)
    if (field.subject.empty()) field.subject = subject;
  return fields;
}

/// All tables of the fields of sockets.
std::vector<std::span<const Field>> socket_field_parts();

/// Fields that sockets of every family can have.
std::span<const Field> common_fields();
/// Fields about the processes that hold a socket.
std::span<const Field> owner_fields();

}  // namespace sockutils
