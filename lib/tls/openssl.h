/// OpenSSL's objects as ours, and its errors.
#pragma once

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "sockutils/error.h"

namespace sockutils::tls {

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// What OpenSSL complained of first in this thread, in its words; its queue is empty afterwards.
std::string take_complaint();

/// With OpenSSL's complaint as the detail.
tl::unexpected<Error> refused(std::string operation, std::string subject);

}  // namespace sockutils::tls
