/// The OpenSSL context that sessions of one kind share.
#pragma once

#include <memory>

#include "os/tls.h"

namespace sockutils::tls {

Result<std::unique_ptr<TlsContext>> make_client(const TlsOptions& options);
Result<std::unique_ptr<TlsContext>> make_server(const TlsOptions& options);

}  // namespace sockutils::tls
