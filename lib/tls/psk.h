/// External pre-shared keys, RFC 8446, 4.2.11.
#pragma once

#include "tls/openssl.h"

namespace sockutils::tls {

/// Makes the sessions of a context, whose app data is a `Session`, use the keys in their options.
bool use_psk(SSL_CTX* context);

}  // namespace sockutils::tls
