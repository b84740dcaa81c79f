#include "common/module.h"

#include <dlfcn.h>
#include <limits.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace sockutils {
namespace {

Error cannot_load(const std::string& what, std::string detail) {
  return {0, "load", what, std::move(detail)};
}

/// Resolves symbolic links; empty when there is no such file.
std::string real_path(const std::string& path) {
  std::array<char, PATH_MAX> buffer;
  return ::realpath(path.c_str(), buffer.data()) == nullptr ? "" : buffer.data();
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// Searches beside the library, which works for both a build and an installation. A program that contains the
/// library (unit tests) searches beside its own folder.
std::string find_module(const std::string& file) {
  Dl_info info{};
  const auto here = reinterpret_cast<void*>(&load_module);
  if (::dladdr(here, &info) == 0 || info.dli_fname == nullptr) return {};
  const std::string self = real_path(info.dli_fname);
  const std::string folder = folder_of(self);
  const bool is_library =
      folder.size() < self.size() && self.compare(folder.size() + 1, 12, "libsockutils") == 0;
  const std::string module = "sockutils/" + file;
  if (is_library) return real_path(folder + '/' + module);
  const std::string program = folder_of(real_path("/proc/self/exe"));
  for (const std::string_view beside : {"/", "/../lib/"})
    if (std::string found = real_path((program + std::string(beside)).append(module)); !found.empty())
      return found;
  return {};
}

}  // namespace

Result<const void*> load_module(const std::string& name, const std::string& what) {
  const std::string file = "libsockutils-" + name + ".so";
  const std::string path = find_module(file);
  if (path.empty())
    return tl::unexpected(cannot_load(what, "sockutils/" + file + " is not beside libsockutils.so"));
  // Never unloaded: not all libraries support that.
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return tl::unexpected(cannot_load(what, ::dlerror()));
  const std::string symbol = "sockutils_" + name + "_module";
  const auto entry = reinterpret_cast<ModuleEntry>(::dlsym(handle, symbol.c_str()));
  if (entry == nullptr) return tl::unexpected(cannot_load(what, path + " is not the module"));
  const Module* const module = entry();
  if (std::string_view(module->version) != SOCKUTILS_VERSION)
    return tl::unexpected(cannot_load(
        what, path + " is of version " + module->version + ", the library of " + SOCKUTILS_VERSION));
  return module->content;
}

}  // namespace sockutils
