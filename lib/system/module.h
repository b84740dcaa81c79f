/// Parts of the library that are loaded when they are needed first, since they use large libraries.
#pragma once

#include <string>

#include "sockutils/error.h"

namespace sockutils {

/// Loads the module `sockutils/FILE` from beside the library, and finds `symbol` in it. What is loaded stays.
/// Errors, with `what` as the subject: it is not there, or is something else.
Result<void*> load_module(const std::string& file, const char* symbol, const std::string& what);

/// That a module is of another version than the library.
Error other_module_version(const std::string& file, const std::string& version, const std::string& what);

}  // namespace sockutils
