/// What a TLS handshake tells of the other end.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/export.h"

namespace sockutils {

/// An X.509 certificate, RFC 5280. All texts are what the other end sent: any bytes. Since: 0.1
struct CertificateFacts {
  /// As in RFC 2253: `CN=www.example.org,O=Example`.
  std::string subject;
  std::string issuer;
  /// What it is for: DNS names and addresses, or without any of those the common name of the subject.
  std::vector<std::string> names;
  /// No value when the certificate has no date there that can be read.
  std::optional<std::chrono::sys_seconds> not_before;
  std::optional<std::chrono::sys_seconds> not_after;
  /// Why it is not trusted, each once, the most telling first: `self-signed`, `expired`, `not valid yet`,
  /// `its authority is not known here`, `for another name`, or the words of OpenSSL. Empty: the chain leads
  /// to an authority of this machine, and all of it is valid now.
  std::vector<std::string> problems;
  /// Whether the certificate is for the name or address that was asked for; no value when none was.
  std::optional<bool> matches_name;

  friend bool operator==(const CertificateFacts&, const CertificateFacts&) = default;
};

/// Whole days from `now` until the certificate expires; negative when it has. Since: 0.1
SOCKUTILS_EXPORT std::optional<std::int64_t> days_left(const CertificateFacts& certificate,
                                                       std::chrono::sys_seconds now);

/// A session as both ends agreed on it. Since: 0.1
struct TlsFacts {
  /// `TLS 1.3`, ...
  std::string version;
  /// The name of RFC 8446 or RFC 5246: `TLS_AES_256_GCM_SHA384`.
  std::string cipher;
  /// The protocol that the server chose (RFC 7301); empty when it chose none.
  std::string alpn;
  /// The server's; none when it has none, as with a pre-shared key.
  std::optional<CertificateFacts> certificate;
  /// Why the handshake failed; empty: it did not.
  std::string failure;

  friend bool operator==(const TlsFacts&, const TlsFacts&) = default;
};

}  // namespace sockutils
