/// Parts of the library that are loaded when they are needed first, since they use large libraries.
#pragma once

#include <string>

#include "sockutils/error.h"

namespace sockutils {

/// What the module `libsockutils-NAME.so` exports, by a function `sockutils_NAME_module`.
struct Module {
  /// Has to be that of the library.
  const char* version;
  /// Points to what the library and the module have agreed on.
  const void* content;
};
using ModuleEntry = const Module* (*)();

/// Loads the module `name` from the folder `sockutils` beside the library; what it contains. It stays loaded.
/// Errors, with `what` as the subject: it is not there, or is something else, or of another version. Safe for
/// several threads at once.
Result<const void*> load_module(const std::string& name, const std::string& what);

/// The same, as what it is.
template <class Content>
Result<const Content*> load_module_as(const std::string& name, const std::string& what) {
  const auto content = load_module(name, what);
  if (!content) return tl::unexpected(content.error());
  return static_cast<const Content*>(*content);
}

}  // namespace sockutils
