/// Names of addresses.
///
/// What uses c-ares is a module of its own (lib/names/), which is loaded when names are first asked for.
#pragma once

#include <chrono>
#include <vector>

#include "os/system.h"
#include "sockutils/error.h"

namespace sockutils {

/// What the module contains.
class HostNameLibrary {
 public:
  virtual ~HostNameLibrary() = default;
  /// See `System::host_names()`.
  virtual Result<std::vector<HostName>> look_up(const std::vector<Address>& addresses,
                                                std::chrono::milliseconds limit) const = 0;
};

}  // namespace sockutils
