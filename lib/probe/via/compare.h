/// What both ends know of a port, put together. Pure.
#pragma once

#include "probe/via/messages.h"

namespace sockutils::probe {

PairResult compare(PairDirection direction, const TriedPort& tried, const SeenPort& seen);
/// A port that could not be opened.
PairResult not_measured(PairDirection direction, const ProbePort& port, std::string reason);

}  // namespace sockutils::probe
