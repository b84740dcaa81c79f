/// One TLS session.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "os/tls.h"
#include "tls/openssl.h"

namespace sockutils::tls {

/// What the context and its sessions share.
struct Shared {
  TlsOptions options;
  /// The application protocols to offer or accept, in wire format.
  std::string protocols;
  Owned<SSL_CTX> context;
};

class Session final : public TlsSession {
 public:
  /// `expected`: the name of the server; empty on the server side.
  static Result<std::unique_ptr<TlsSession>> make(std::shared_ptr<const Shared> shared, bool is_client,
                                                  std::string expected);
  /// The session that an OpenSSL callback belongs to.
  static Session& of(const SSL* ssl);

  State state() const override { return state_; }
  const Error& error() const override { return error_; }
  bool distrusts_peer() const override { return distrusts_peer_; }
  State put(std::string_view wire) override;
  State put_end() override;
  void take(std::string& wire) override;
  Result<void> write(std::string_view text) override;
  std::size_t read(std::string& into, std::size_t limit) override;
  void close() override;
  TlsFacts facts() const override;
  std::string psk_identity() const override { return psk_identity_; }
  Result<std::string> exported_secret(std::string_view label, std::size_t size) const override;

  const Shared& shared() const { return *shared_; }
  const TlsOptions& options() const { return shared_->options; }
  /// Whether a bad certificate of the other end fails the session.
  bool is_strict() const { return !is_client_ || options().verify || !options().psk.empty(); }
  void add_problem(std::string problem);
  void set_psk_identity(std::string_view identity) { psk_identity_ = identity; }

 private:
  Session(std::shared_ptr<const Shared> shared, bool is_client, std::string expected)
      : shared_(std::move(shared)), is_client_(is_client), expected_(std::move(expected)) {}

  Result<void> begin();
  bool expect_name();
  void shake_hands();
  void decrypt();
  void fail(std::string why);
  void fail_with_complaint();

  std::shared_ptr<const Shared> shared_;
  bool is_client_;
  std::string expected_;
  Owned<SSL> ssl_;
  /// Input and output on the wire; owned by `ssl_`.
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
  State state_ = State::Handshake;
  Error error_;
  std::string text_;
  std::string psk_identity_;
  std::vector<std::string> problems_;
  bool distrusts_peer_ = false;
};

}  // namespace sockutils::tls
