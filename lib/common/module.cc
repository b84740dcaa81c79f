#include "common/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <sys/auxv.h>

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

/// The shared library that contains this code; empty when the program itself does. For a program dladdr(3)
/// gives argv[0], which the caller chooses, who must not choose what a program with capabilities loads.
std::string own_library() {
  Dl_info info{};
  void* map = nullptr;
  if (::dladdr1(reinterpret_cast<void*>(&load_module), &info, &map, RTLD_DL_LINKMAP) == 0) return {};
  // In the list of the loader the program has no name.
  const std::string name = static_cast<const link_map*>(map)->l_name;
  return name.empty() ? name : real_path(name);
}

/// Below the folder of the library, both as it is built and as it is installed. A program that has the
/// library in it looks where that would be; one that gained capabilities at its start only where it was
/// configured to be, since its own path may be a link of its caller's (ld.so(8) ignores $ORIGIN then, too).
std::string find_module(const std::string& file) {
  const std::string module = "/sockutils/" + file;
  if (const std::string library = own_library(); !library.empty())
    return real_path(folder_of(library) + module);
  if (::getauxval(AT_SECURE) != 0) return real_path(SOCKUTILS_LIBRARY_FOLDER + module);
  const std::string program = folder_of(real_path("/proc/self/exe"));
  for (const std::string_view beside : {"/" SOCKUTILS_LIBRARY_FROM_PROGRAM, "/../lib"})
    if (std::string found = real_path((program + std::string(beside)).append(module)); !found.empty())
      return found;
  return {};
}

}  // namespace

Result<const void*> load_module(const std::string& name, const std::string& what) {
  const std::string file = "libsockutils-" + name + ".so";
  const std::string path = find_module(file);
  if (path.empty()) return tl::unexpected(cannot_load(what, "sockutils/" + file + " is not installed"));
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
