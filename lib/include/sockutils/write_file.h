/// Files that are there whole, or not at all. All functions are safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "sockutils/error.h"
#include "sockutils/export.h"

namespace sockutils {

/// Writes a file where there is none, with `permissions` as far as umask(2) leaves them. When that fails
/// there is none either. Errors: as open(2), EEXIST among them, write(2) and fsync(2).
SOCKUTILS_EXPORT Result<void> create_file(const std::string& path, std::string_view content,
                                          unsigned permissions = 0666);

/// Writes a file that only its owner can read, in the place of another if there is one: whoever reads it
/// meanwhile has one or the other, whole. Where a symbolic link leads is replaced, not the link; what is no
/// regular file (a pipe, a terminal) is written to as it is. Errors: as open(2), write(2), fsync(2) and
/// rename(2).
SOCKUTILS_EXPORT Result<void> replace_file(const std::string& path, std::string_view content);

}  // namespace sockutils
