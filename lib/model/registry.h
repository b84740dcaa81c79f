/// Tables of fields that each part declares; `lib/family/registry.cc` joins them.
#pragma once

#include <span>

#include "sockutils/field.h"

namespace sockutils {

/// Fields that sockets of every family can have.
std::span<const Field> common_fields();
/// Fields about the processes that hold a socket.
std::span<const Field> owner_fields();

}  // namespace sockutils
