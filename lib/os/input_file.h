/// A file that is read in pieces, from anywhere in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/unique_fd.h"
#include "sockutils/error.h"

namespace sockutils {

class InputFile {
 public:
  /// Errors: as open(2), and EINVAL when it is no regular file.
  static Result<InputFile> open(const std::string& path);

  /// At most `size` bytes; fewer only where the file ends. Errors: as pread(2).
  Result<std::string> read_at(std::uint64_t offset, std::size_t size) const;
  const std::string& path() const { return path_; }

 private:
  UniqueFd fd_;
  std::string path_;
};

}  // namespace sockutils
