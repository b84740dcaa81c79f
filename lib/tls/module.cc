// The content of this module.

#include <openssl/crypto.h>

#include "common/module.h"
#include "sockutils/export.h"
#include "tls/context.h"

namespace sockutils::tls {
namespace {

class OpenSsl final : public TlsLibrary {
 public:
  std::string name() const override { return OpenSSL_version(OPENSSL_VERSION); }
  Result<std::unique_ptr<TlsContext>> client(const TlsOptions& options) const override {
    return make_client(options);
  }
  Result<std::unique_ptr<TlsContext>> server(const TlsOptions& options) const override {
    return make_server(options);
  }
};

}  // namespace
}  // namespace sockutils::tls

extern "C" SOCKUTILS_EXPORT const sockutils::Module* sockutils_tls_module() {
  static const sockutils::tls::OpenSsl library;
  static const sockutils::Module module{SOCKUTILS_VERSION,
                                        static_cast<const sockutils::TlsLibrary*>(&library)};
  return &module;
}
