/// What a recording says of the machine that it was made on, and reading what is no file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

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

/// What has been read so far; false when no more is wanted of that.
using WantsMore = std::function<bool(std::string_view)>;

/// Everything up to the end, or until no more is wanted: a device may have no end. Errors: as read(2), with
/// `name` as the subject.
Result<std::string> read_descriptor(int fd, const std::string& name, const WantsMore& wants_more);
/// The same of a file. Errors: as open(2) too.
Result<std::string> read_input(const std::string& path, const WantsMore& wants_more);

}  // namespace sockutils
