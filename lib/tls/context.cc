#include "tls/context.h"

#include <openssl/err.h>

#include <utility>

#include "tls/certificate.h"
#include "tls/psk.h"
#include "tls/session.h"

namespace sockutils::tls {
namespace {

constexpr std::size_t ShortestKey = 16;

/// Without this, OpenSSL would ask for a pass phrase on the terminal.
int no_pass_phrase(char*, int, int, void*) { return 0; }

/// Records a problem of a certificate chain, and accepts the chain if verification is not enforced.
int note_problem(int is_good, X509_STORE_CTX* chain) {
  const void* const ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
  Session& session = Session::of(static_cast<const SSL*>(ssl));
  if (is_good != 1) session.add_problem(problem_of(X509_STORE_CTX_get_error(chain)));
  return session.is_strict() ? is_good : 1;
}

/// As in RFC 7301, 3.1: each name preceded by its length.
std::string wire_form(const std::vector<std::string>& protocols) {
  std::string list;
  for (const std::string& protocol : protocols) {
    list += static_cast<char>(protocol.size());
    list += protocol;
  }
  return list;
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

int choose_protocol(SSL* ssl, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  const std::string& ours = Session::of(ssl).shared().protocols;
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found, size, bytes_of(ours), static_cast<unsigned>(ours.size()),
                                           offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool set_protocols(Shared& shared, bool is_client) {
  shared.protocols = wire_form(shared.options.alpn);
  if (shared.protocols.empty()) return true;
  if (!is_client) {
    SSL_CTX_set_alpn_select_cb(shared.context.get(), choose_protocol, nullptr);
    return true;
  }
  return SSL_CTX_set_alpn_protos(shared.context.get(), bytes_of(shared.protocols),
                                 static_cast<unsigned>(shared.protocols.size())) == 0;
}

bool set_versions(SSL_CTX* context, const TlsOptions& options) {
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // A session ticket would outlive the key that it was obtained with.
  if (SSL_CTX_set_num_tickets(context, 0) != 1) return false;
  if (!options.lenient) return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
  SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  SSL_CTX_set_security_level(context, 0);
  return SSL_CTX_set_min_proto_version(context, 0) == 1 && SSL_CTX_set_cipher_list(context, "ALL") == 1;
}

Result<void> use_certificate(SSL_CTX* context, const TlsOptions& options) {
  if (options.certificate_file.empty()) return {};
  SSL_CTX_set_default_passwd_cb(context, no_pass_phrase);
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1)
    return refused("read certificate", options.certificate_file);
  if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return refused("read key", options.key_file);
  return {};
}

Result<void> trust_authorities(SSL_CTX* context, const TlsOptions& options) {
  if (options.authorities_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) return refused("find", "authorities");
    // A missing file must not be reported with later errors.
    ERR_clear_error();
    return {};
  }
  if (SSL_CTX_load_verify_file(context, options.authorities_file.c_str()) != 1)
    return refused("read authorities", options.authorities_file);
  return {};
}

Result<void> check_options(const TlsOptions& options, bool is_client) {
  const auto wrong = [](std::string detail) {
    return tl::unexpected(Error{0, "set up", "TLS", std::move(detail)});
  };
  for (const std::string& protocol : options.alpn)
    if (protocol.empty() || protocol.size() > 255) return wrong("the name of a protocol has 1 to 255 bytes");
  if (is_client && !options.psk_identity.empty() && options.psk.size() < ShortestKey)
    return wrong("a pre-shared key has at least 16 bytes");
  if (is_client && options.psk_identity.empty() != options.psk.empty())
    return wrong("a pre-shared key has a name");
  if (!is_client && options.certificate_file.empty() && !options.find_psk)
    return wrong("a server needs a certificate or keys");
  return {};
}

/// Sets which authorities are trusted, and whether a bad certificate ends the handshake.
Result<void> set_trust(SSL_CTX* context, const TlsOptions& options, bool is_client) {
  const bool has_key = is_client && !options.psk.empty();
  // With a key no certificate counts, so no authority is trusted.
  if (is_client ? !has_key : !options.authorities_file.empty())
    if (auto trusted = trust_authorities(context, options); !trusted) return trusted;
  const bool demands = is_client ? has_key || options.verify : !options.authorities_file.empty();
  SSL_CTX_set_verify(context, demands ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_NONE,
                     note_problem);
  return {};
}

Result<std::shared_ptr<const Shared>> make_shared_part(const TlsOptions& options, bool is_client) {
  if (auto checked = check_options(options, is_client); !checked) return tl::unexpected(checked.error());
  ERR_clear_error();
  auto shared = std::make_shared<Shared>();
  shared->options = options;
  shared->context.reset(SSL_CTX_new(is_client ? TLS_client_method() : TLS_server_method()));
  SSL_CTX* const context = shared->context.get();
  const bool has_psk = is_client ? !options.psk.empty() : static_cast<bool>(options.find_psk);
  const bool set = context != nullptr && set_versions(context, options) &&
                   set_protocols(*shared, is_client) && (!has_psk || use_psk(context));
  if (!set) return refused("set up", "TLS");
  if (auto used = use_certificate(context, options); !used) return tl::unexpected(used.error());
  if (auto trust = set_trust(context, options, is_client); !trust) return tl::unexpected(trust.error());
  return shared;
}

class Context final : public TlsContext {
 public:
  Context(std::shared_ptr<const Shared> shared, bool is_client)
      : shared_(std::move(shared)), is_client_(is_client) {}

  Result<std::unique_ptr<TlsSession>> connect(std::string_view server) const override {
    if (!is_client_) return wrong_side();
    server = server.substr(0, server.find('%'));
    if (server.ends_with('.')) server.remove_suffix(1);
    if (server.empty() && shared_->options.verify && shared_->options.psk.empty())
      return tl::unexpected(Error{0, "verify", "server", "it has no name"});
    return Session::make(shared_, true, std::string(server));
  }
  Result<std::unique_ptr<TlsSession>> accept() const override {
    if (is_client_) return wrong_side();
    return Session::make(shared_, false, {});
  }

 private:
  static tl::unexpected<Error> wrong_side() {
    return tl::unexpected(Error{0, "begin", "TLS", "this is the other side's"});
  }

  std::shared_ptr<const Shared> shared_;
  bool is_client_;
};

Result<std::unique_ptr<TlsContext>> make_context(const TlsOptions& options, bool is_client) {
  auto shared = make_shared_part(options, is_client);
  if (!shared) return tl::unexpected(shared.error());
  return std::make_unique<Context>(std::move(*shared), is_client);
}

}  // namespace

Result<std::unique_ptr<TlsContext>> make_client(const TlsOptions& options) {
  return make_context(options, true);
}
Result<std::unique_ptr<TlsContext>> make_server(const TlsOptions& options) {
  return make_context(options, false);
}

}  // namespace sockutils::tls
