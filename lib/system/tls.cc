#include "system/tls.h"

#include <dlfcn.h>
#include <limits.h>

#include <array>
#include <cstdlib>

namespace sockutils {

#ifdef SOCKUTILS_HAVE_TLS
namespace {

constexpr std::string_view ModuleFile = "sockutils/libsockutils-tls.so";

tl::unexpected<Error> no_tls(std::string detail) {
  return tl::unexpected(Error{0, "load", "TLS", std::move(detail)});
}

/// Without links; empty when there is no such file.
std::string real_path(const char* path) {
  std::array<char, PATH_MAX> buffer;
  return ::realpath(path, buffer.data()) == nullptr ? "" : buffer.data();
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// Beside the library, both as it is built and as it is installed; a program that has the library in it
/// (unit tests) looks beside its own folder.
std::string find_module() {
  Dl_info info{};
  const auto here = reinterpret_cast<void*>(&has_tls);
  if (::dladdr(here, &info) == 0 || info.dli_fname == nullptr) return {};
  const std::string file = real_path(info.dli_fname);
  const bool is_library = folder_of(file).size() < file.size() &&
                          file.compare(folder_of(file).size() + 1, 12, "libsockutils") == 0;
  if (is_library) return real_path((folder_of(file) + "/").append(ModuleFile).c_str());
  const std::string folder = folder_of(real_path("/proc/self/exe"));
  for (const std::string_view beside : {"/", "/../lib/"})
    if (std::string found = real_path((folder + std::string(beside)).append(ModuleFile).c_str());
        !found.empty())
      return found;
  return {};
}

Result<const TlsLibrary*> load() {
  const std::string path = find_module();
  if (path.empty()) return no_tls(std::string(ModuleFile) + " is not beside libsockutils.so");
  // Never unloaded: OpenSSL does not support that well.
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return no_tls(::dlerror());
  const auto entry = reinterpret_cast<TlsModuleEntry>(::dlsym(handle, "sockutils_tls_module"));
  if (entry == nullptr) return no_tls(path + " is not the module");
  const TlsModule* const module = entry();
  if (std::string_view(module->version) != SOCKUTILS_VERSION)
    return no_tls(path + " is of version " + module->version + ", the library of " + SOCKUTILS_VERSION);
  return module->library;
}

}  // namespace

bool has_tls() { return true; }

Result<const TlsLibrary*> tls_library() {
  static const Result<const TlsLibrary*> library = load();
  return library;
}

#else

bool has_tls() { return false; }

Result<const TlsLibrary*> tls_library() {
  return tl::unexpected(Error{0, "load", "TLS", "built without OpenSSL"});
}

#endif

}  // namespace sockutils
