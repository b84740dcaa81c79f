/// The tools that were built. The build writes the list, from the one in cmake/tools.cmake.
#pragma once

#include <vector>

#include "common/tool_doc.h"

namespace tools {

/// What each of them says of itself.
std::vector<ToolDoc> tool_docs();

}  // namespace tools
