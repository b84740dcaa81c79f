/// The version of this library, and its optional parts.
///
///     std::cout << "libsockutils " << version() << '\n';  // prints: libsockutils ...
#pragma once

#include <string>
#include <vector>

#include "sockutils/export.h"

namespace sockutils {

/// `0.1.0`.
SOCKUTILS_EXPORT std::string version();

/// An optional part of the library.
struct Feature {
  std::string name;
  bool available = false;
  /// Why it is not available, or what it uses.
  std::string detail;
};

/// The optional parts of this build.
SOCKUTILS_EXPORT std::vector<Feature> features();

}  // namespace sockutils
