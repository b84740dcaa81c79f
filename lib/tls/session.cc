#include "tls/session.h"

#include <openssl/err.h>

#include <algorithm>
#include <utility>

#include "tls/certificate.h"

namespace sockutils::tls {
namespace {

/// `TLSv1.3` in the usual spelling, `TLS 1.3`.
std::string version_of(const SSL* ssl) {
  std::string version = SSL_get_version(ssl);
  if (version == "TLSv1") return "TLS 1.0";
  if (version.starts_with("TLSv")) version.replace(0, 4, "TLS ");
  return version;
}

bool may_be_host_name(std::string_view name) {
  return !name.empty() && name.size() <= 253 && !is_address(name) && name.find('\0') == name.npos;
}

}  // namespace

Result<std::unique_ptr<TlsSession>> Session::make(std::shared_ptr<const Shared> shared, bool is_client,
                                                  std::string expected) {
  std::unique_ptr<Session> session(new Session(std::move(shared), is_client, std::move(expected)));
  if (auto begun = session->begin(); !begun) return tl::unexpected(begun.error());
  return session;
}

Session& Session::of(const SSL* ssl) { return *static_cast<Session*>(SSL_get_app_data(ssl)); }

Result<void> Session::begin() {
  ERR_clear_error();
  ssl_.reset(SSL_new(shared_->context.get()));
  in_ = BIO_new(BIO_s_mem());
  out_ = BIO_new(BIO_s_mem());
  if (ssl_ && in_ != nullptr && out_ != nullptr) SSL_set_bio(ssl_.get(), in_, out_);
  if (!ssl_ || SSL_get_rbio(ssl_.get()) != in_ || in_ == nullptr) {
    BIO_free(in_);
    BIO_free(out_);
    return refused("begin", "TLS");
  }
  // An empty buffer is not the end of the stream: more bytes may follow.
  BIO_set_mem_eof_return(in_, -1);
  SSL_set_app_data(ssl_.get(), this);
  if (!is_client_) {
    SSL_set_accept_state(ssl_.get());
    return {};
  }
  SSL_set_connect_state(ssl_.get());
  if (!expect_name()) return refused("expect server", expected_);
  shake_hands();
  return {};
}

bool Session::expect_name() {
  // The expansion of SSL_set_tlsext_host_name(), which has a C-style cast; OpenSSL makes a copy.
  if (may_be_host_name(expected_) &&
      SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, expected_.data()) != 1)
    return false;
  if (!options().verify || !options().psk.empty()) return true;
  if (is_address(expected_))
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), expected_.c_str()) == 1;
  return SSL_set1_host(ssl_.get(), expected_.c_str()) == 1;
}

void Session::fail(std::string why) {
  state_ = State::Failed;
  error_ = {0, "TLS", expected_, std::move(why)};
}

void Session::add_problem(std::string problem) {
  if (std::find(problems_.begin(), problems_.end(), problem) == problems_.end())
    problems_.push_back(std::move(problem));
}

/// Fails with the error of OpenSSL, or with the problem of the certificate.
void Session::fail_with_complaint() {
  const bool is_certificate = ERR_GET_REASON(ERR_peek_error()) == SSL_R_CERTIFICATE_VERIFY_FAILED;
  std::string why = take_complaint();
  distrusts_peer_ = is_certificate && !problems_.empty();
  if (distrusts_peer_) {
    why = "the certificate is not trusted: ";
    for (const std::string& problem : problems_) why += (&problem == problems_.data() ? "" : ", ") + problem;
  }
  fail(std::move(why));
}

void Session::shake_hands() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) {
    if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) fail_with_complaint();
    return;
  }
  // The server must not authenticate by certificate instead of the key.
  if (is_client_ && !options().psk.empty() && SSL_session_reused(ssl_.get()) != 1)
    return fail("the server did not use the key");
  state_ = State::Open;
}

void Session::decrypt() {
  constexpr std::size_t LargestRecord = 16384;
  for (;;) {
    const std::size_t before = text_.size();
    std::size_t size = 0;
    text_.resize(before + LargestRecord);
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), text_.data() + before, LargestRecord, &size);
    text_.resize(before + (result == 1 ? size : 0));
    if (result == 1) continue;
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_ZERO_RETURN) state_ = State::Ended;
    if (error != SSL_ERROR_ZERO_RETURN && error != SSL_ERROR_WANT_READ) fail_with_complaint();
    return;
  }
}

TlsSession::State Session::put(std::string_view wire) {
  if (state_ == State::Failed || state_ == State::Ended) return state_;
  std::size_t written = 0;
  if (!wire.empty() && BIO_write_ex(in_, wire.data(), wire.size(), &written) != 1) {
    fail(take_complaint());
    return state_;
  }
  if (state_ == State::Handshake) shake_hands();
  if (state_ == State::Open) decrypt();
  return state_;
}

TlsSession::State Session::put_end() {
  if (state_ == State::Handshake) fail("the connection ended in the middle of the handshake");
  if (state_ == State::Open) fail("the connection was cut off");
  return state_;
}

void Session::take(std::string& wire) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out_, &bytes);
  if (size <= 0) return;
  wire.append(bytes, static_cast<std::size_t>(size));
  BIO_reset(out_);
}

Result<void> Session::write(std::string_view text) {
  if (state_ != State::Open && state_ != State::Ended)
    return tl::unexpected(Error{0, "write to", "TLS", "the session is not open"});
  std::size_t written = 0;
  ERR_clear_error();
  if (text.empty() || SSL_write_ex(ssl_.get(), text.data(), text.size(), &written) == 1) return {};
  fail(take_complaint());
  return tl::unexpected(error_);
}

std::size_t Session::read(std::string& into, std::size_t limit) {
  const std::size_t size = std::min(limit, text_.size());
  into.append(text_, 0, size);
  text_.erase(0, size);
  return size;
}

void Session::close() {
  ERR_clear_error();
  if (state_ == State::Open || state_ == State::Ended) SSL_shutdown(ssl_.get());
}

TlsFacts Session::facts() const {
  TlsFacts facts;
  if (const SSL_CIPHER* const cipher = SSL_get_current_cipher(ssl_.get())) {
    facts.version = version_of(ssl_.get());
    facts.cipher = SSL_CIPHER_standard_name(cipher);
  }
  const unsigned char* alpn = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &alpn, &size);
  if (size != 0) facts.alpn.assign(alpn, alpn + size);
  if (const Owned<X509> certificate{SSL_get1_peer_certificate(ssl_.get())}) {
    facts.certificate = facts_of(certificate.get(), expected_);
    facts.certificate->problems = problems_;
  }
  return facts;
}

Result<std::string> Session::exported_secret(std::string_view label, std::size_t size) const {
  std::string secret(size, '\0');
  auto* const bytes = reinterpret_cast<unsigned char*>(secret.data());
  ERR_clear_error();
  if (state_ != State::Open && state_ != State::Ended)
    return tl::unexpected(Error{0, "export a secret of", "TLS", "the session is not open"});
  if (SSL_export_keying_material(ssl_.get(), bytes, size, label.data(), label.size(), nullptr, 0, 0) != 1)
    return refused("export a secret of", "TLS");
  return secret;
}

}  // namespace sockutils::tls
