/// The client side of TLS, for servers of any age, trusted or not.
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

/// Whether this installation can look into TLS is determined on first use.
class TlsClients {
 public:
  /// The application protocols that a session offers (RFC 7301).
  enum class Offer : std::uint8_t { Everything, Http1, Nothing };

  bool available() { return library() != nullptr; }
  /// Why it is not available.
  const Error& error() const { return error_; }
  /// Errors: TLS is not available.
  Result<std::unique_ptr<TlsSession>> begin(std::string_view host, Offer offer);

 private:
  const TlsLibrary* library();

  std::optional<const TlsLibrary*> library_;
  Error error_;
  std::array<std::unique_ptr<TlsContext>, 3> contexts_;
};

}  // namespace sockutils::probe
