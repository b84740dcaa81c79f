/// Files that hold secrets, and secrets.
#pragma once

#include <cstddef>
#include <string>

#include "sockutils/error.h"

namespace sockutils {

/// A small file that nobody but its owner can read or write, and whose owner is the caller or root. Errors:
/// as open(2); EACCES, with what is wrong, when others could read or write it; EFBIG.
Result<std::string> read_private_file(const std::string& path);

/// Bytes that nobody can guess, getrandom(2).
std::string random_bytes(std::size_t size);

}  // namespace sockutils
