/// Reads the counters of a network namespace.
#pragma once

#include "os/system.h"
#include "sockutils/count.h"

namespace sockutils {

/// As the public function, from this system.
Result<MachineCounters> read_machine_counters(const System& system);

}  // namespace sockutils
