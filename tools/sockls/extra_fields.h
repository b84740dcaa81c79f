/// Columns that are no facts about a socket but about the moment: when, and what happened.
#pragma once

#include <chrono>
#include <string>

#include "sockutils/field.h"

namespace tools::sockls {

extern const sockutils::Field TimeField;
extern const sockutils::Field MarkField;
extern const sockutils::Field OutcomeField;

using WallTime = std::chrono::system_clock::time_point;

/// `14:03:22.123`, by the clock of this place.
std::string time_for_people(WallTime time);

}  // namespace tools::sockls
