/// The client's half of TLS, for servers of any age and trust.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "os/tls.h"

namespace sockutils::probe {

/// Whether this build, as it is installed, can look into TLS is found out when it is asked first.
class TlsClients {
 public:
  /// The protocols that a session offers (RFC 7301).
  enum class Offer : std::uint8_t { Everything, Http1, Nothing };

  bool available() { return library() != nullptr; }
  /// Why it is not.
  const Error& error() const { return error_; }
  /// Errors: it is not available.
  Result<std::unique_ptr<TlsSession>> begin(std::string_view host, Offer offer);

 private:
  const TlsLibrary* library();

  std::optional<const TlsLibrary*> library_;
  Error error_;
  std::array<std::unique_ptr<TlsContext>, 3> contexts_;
};

}  // namespace sockutils::probe
