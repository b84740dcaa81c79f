/// Makes errors from errno.
#pragma once

#include <cerrno>
#include <string>
#include <utility>

#include "sockutils/error.h"

namespace sockutils {

inline Error last_error(std::string operation, std::string subject) {
  return {errno, std::move(operation), std::move(subject), {}};
}

}  // namespace sockutils
