/// Ownership of OpenSSL's objects, and its errors.
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

/// The text of the first error that OpenSSL recorded in this thread; empties its queue.
std::string take_complaint();

/// An error with OpenSSL's text as the detail.
tl::unexpected<Error> refused(std::string operation, std::string subject);

}  // namespace sockutils::tls
