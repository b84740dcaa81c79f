/// Parts of the library that are loaded on first use, because they depend on large libraries.
#pragma once

#include <string>

#include "sockutils/error.h"

namespace sockutils {

/// What the module `libsockutils-NAME.so` exports, by a function `sockutils_NAME_module`.
struct Module {
  /// Must be the version of the library.
  const char* version;
  /// Points to the type that library and module agreed on.
  const void* content;
};
using ModuleEntry = const Module* (*)();

/// Loads the module `name` from the folder `sockutils` beside the library, and returns its content. It stays
/// loaded. Errors, with `what` as the subject: the file is missing, is not a module, or has another version.
/// May be called by several threads at once.
Result<const void*> load_module(const std::string& name, const std::string& what);

/// The same with the type of the content.
template <class Content>
Result<const Content*> load_module_as(const std::string& name, const std::string& what) {
  const auto content = load_module(name, what);
  if (!content) return tl::unexpected(content.error());
  return static_cast<const Content*>(*content);
}

}  // namespace sockutils
