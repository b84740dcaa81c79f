#include "tls/openssl.h"

#include <openssl/err.h>

#include <cstring>
#include <utility>

namespace sockutils::tls {

std::string take_complaint() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "OpenSSL does not say why";
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  const char* const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "OpenSSL error " + std::to_string(code);
}

tl::unexpected<Error> refused(std::string operation, std::string subject) {
  return tl::unexpected(Error{0, std::move(operation), std::move(subject), take_complaint()});
}

}  // namespace sockutils::tls
