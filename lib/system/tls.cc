#include "system/tls.h"

#include "system/module.h"

namespace sockutils {

#ifdef SOCKUTILS_HAVE_TLS
namespace {

Result<const TlsLibrary*> load() {
  const std::string file = "libsockutils-tls.so";
  const auto found = load_module(file, "sockutils_tls_module", "TLS");
  if (!found) return tl::unexpected(found.error());
  const TlsModule* const module = reinterpret_cast<TlsModuleEntry>(*found)();
  if (std::string_view(module->version) != SOCKUTILS_VERSION)
    return tl::unexpected(other_module_version(file, module->version, "TLS"));
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
