#include "tls/psk.h"

#include <array>
#include <optional>
#include <string_view>

#include "tls/session.h"

namespace sockutils::tls {
namespace {

using Bytes = const unsigned char*;

/// A key belongs to one hash (RFC 8446, 4.2.11); these are the cipher suites with SHA-256.
constexpr const char* Suites = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
constexpr std::array<unsigned char, 2> SuiteOfKey{0x13, 0x01};

Owned<SSL_SESSION> session_with(SSL* ssl, std::string_view key) {
  Owned<SSL_SESSION> session(SSL_SESSION_new());
  const SSL_CIPHER* const cipher = SSL_CIPHER_find(ssl, SuiteOfKey.data());
  const auto* const bytes = reinterpret_cast<Bytes>(key.data());
  const bool made = session && cipher != nullptr &&
                    SSL_SESSION_set1_master_key(session.get(), bytes, key.size()) == 1 &&
                    SSL_SESSION_set_cipher(session.get(), cipher) == 1 &&
                    SSL_SESSION_set_protocol_version(session.get(), TLS1_3_VERSION) == 1;
  if (!made) session.reset();
  return session;
}

/// Offers a client's key. Returns 1 when there is a key, or none that fits; 0 ends the handshake.
int offer_key(SSL* ssl, const EVP_MD* hash, Bytes* identity, std::size_t* size, SSL_SESSION** session) {
  const TlsOptions& options = Session::of(ssl).options();
  *session = nullptr;
  if (hash != nullptr && EVP_MD_get_type(hash) != NID_sha256) return 1;
  *session = session_with(ssl, options.psk).release();
  *identity = reinterpret_cast<Bytes>(options.psk_identity.data());
  *size = options.psk_identity.size();
  return *session != nullptr ? 1 : 0;
}

/// Finds the key that a client names. No session: the key is unknown, and the handshake continues without it.
int find_key(SSL* ssl, Bytes identity, std::size_t size, SSL_SESSION** session) {
  Session& ours = Session::of(ssl);
  const std::string_view name(reinterpret_cast<const char*>(identity), size);
  *session = nullptr;
  const std::optional<std::string> key = ours.options().find_psk(name);
  if (!key) return 1;
  *session = session_with(ssl, *key).release();
  if (*session != nullptr) ours.set_psk_identity(name);
  return *session != nullptr ? 1 : 0;
}

}  // namespace

bool use_psk(SSL_CTX* context) {
  SSL_CTX_set_psk_use_session_callback(context, offer_key);
  SSL_CTX_set_psk_find_session_callback(context, find_key);
  return SSL_CTX_set_ciphersuites(context, Suites) == 1 &&
         SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1;
}

}  // namespace sockutils::tls
