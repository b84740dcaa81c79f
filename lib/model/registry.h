/// Tables of fields that each part declares; `lib/family/socket_fields.cc` joins them.
#pragma once

#include <span>
#include <vector>

#include "sockutils/field.h"

namespace sockutils {

/// All tables of the fields of sockets.
std::vector<std::span<const Field>> socket_field_parts();

/// Fields that sockets of every family can have.
std::span<const Field> common_fields();
/// Fields about the processes that hold a socket.
std::span<const Field> owner_fields();

}  // namespace sockutils
