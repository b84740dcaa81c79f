#include "os/tls.h"

#include "common/module.h"

namespace sockutils {

#ifdef SOCKUTILS_HAVE_TLS
bool has_tls() { return true; }

Result<const TlsLibrary*> tls_library() {
  static const Result<const TlsLibrary*> library = load_module_as<TlsLibrary>("tls", "TLS");
  return library;
}

#else

bool has_tls() { return false; }

Result<const TlsLibrary*> tls_library() {
  return tl::unexpected(Error{0, "load", "TLS", "built without OpenSSL"});
}

#endif

}  // namespace sockutils
