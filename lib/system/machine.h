/// What a recording says of the machine that it was made on, and reading what is no file.
#pragma once

#include <cstdint>
#include <string>

#include "sockutils/error.h"

namespace sockutils {

struct MachineFacts {
  /// Microseconds since 1970.
  std::uint64_t time = 0;
  /// uname(2).
  std::string host;
  std::string kernel;
  std::string hardware;
};

MachineFacts machine_facts();

/// Everything up to the end. Errors: as read(2), with `name` as the subject.
Result<std::string> read_descriptor(int fd, const std::string& name);

}  // namespace sockutils
