#include "system/module.h"

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

/// Without links; empty when there is no such file.
std::string real_path(const std::string& path) {
  std::array<char, PATH_MAX> buffer;
  return ::realpath(path.c_str(), buffer.data()) == nullptr ? "" : buffer.data();
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// Beside the library, both as it is built and as it is installed; a program that has the library in it
/// (unit tests) looks beside its own folder.
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
    if (std::string found = real_path(program + std::string(beside) + module); !found.empty()) return found;
  return {};
}

}  // namespace

Result<void*> load_module(const std::string& file, const char* symbol, const std::string& what) {
  const std::string path = find_module(file);
  if (path.empty())
    return tl::unexpected(cannot_load(what, "sockutils/" + file + " is not beside libsockutils.so"));
  // Never unloaded: not every library supports that well.
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return tl::unexpected(cannot_load(what, ::dlerror()));
  void* const entry = ::dlsym(handle, symbol);
  if (entry == nullptr) return tl::unexpected(cannot_load(what, path + " is not the module"));
  return entry;
}

Error other_module_version(const std::string& file, const std::string& version, const std::string& what) {
  return cannot_load(what, file + " is of version " + version + ", the library of " + SOCKUTILS_VERSION);
}

}  // namespace sockutils
