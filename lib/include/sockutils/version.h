/// What this library is, and what it was built with.
///
///     std::cout << "libsockutils " << version() << '\n';  // prints: libsockutils ...
#pragma once

#include <string>
#include <vector>

#include "sockutils/export.h"

namespace sockutils {

/// `0.1.0`.
SOCKUTILS_EXPORT std::string version();

/// An optional part.
struct Feature {
  std::string name;
  bool available = false;
  /// Why it is not, or what it uses.
  std::string detail;
};

/// The optional parts of this build.
SOCKUTILS_EXPORT std::vector<Feature> features();

}  // namespace sockutils
