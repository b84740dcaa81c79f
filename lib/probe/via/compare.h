/// Compares what both ends know of a port. Pure.
#pragma once

#include "probe/via/messages.h"

namespace sockutils::probe {

PairResult compare(PairDirection direction, const TriedPort& tried, const SeenPort& seen);
/// The result for a port that could not be opened.
PairResult not_measured(PairDirection direction, const ProbePort& port, std::string reason);

}  // namespace sockutils::probe
