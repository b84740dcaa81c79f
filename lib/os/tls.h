/// TLS over buffers: bytes of the wire in and out, text in and out; who owns the socket carries them.
///
/// What uses OpenSSL is a module of its own (lib/tls/), which is loaded when `tls_library()` is first called:
/// a listing of sockets never pays for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/probe.h"

namespace sockutils {

/// How sessions begin. Certificates, or a key that both ends have.
struct TlsOptions {
  /// PEM files: the chain of certificates to show, and its key. A server needs them unless it has keys.
  std::string certificate_file = {};
  std::string key_file = {};
  /// A PEM file of authorities to trust. A client without one trusts those of the machine (SSL_CERT_FILE and
  /// SSL_CERT_DIR are heeded). A server with one demands a certificate of theirs from clients without a key.
  std::string authorities_file = {};
  /// A client's: whether the server's certificate has to be good, and for the right name. Without it what is
  /// wrong is only kept.
  bool verify = true;
  /// The protocols to offer, or to accept, the preferred first (RFC 7301).
  std::vector<std::string> alpn = {};
  /// For probing: old versions and weak ciphers are accepted too, as they are what one wants to know of.
  bool lenient = false;

  /// A client's external pre-shared key (RFC 8446, 2.2), at least 16 bytes, and its name. With it the session
  /// is TLS 1.3 with an ephemeral key exchange, or fails; certificates do not count.
  std::string psk_identity = {};
  std::string psk = {};
  /// A server's keys, by name; no value for one that is not known. Called in the middle of handshakes. With
  /// it clients without a key are refused, unless there is a certificate.
  std::function<std::optional<std::string>(std::string_view identity)> find_psk = {};
};

/// One conversation. Not for several threads at once.
class TlsSession {
 public:
  enum class State : std::uint8_t {
    Handshake,
    Open,
    Ended,   ///< the other end said that it will send nothing more (close_notify)
    Failed,  ///< `error()` says why; what `take()` has is still worth sending
  };

  virtual ~TlsSession() = default;
  virtual State state() const = 0;
  /// Why it failed.
  virtual const Error& error() const = 0;
  /// It failed since this end does not trust the certificate of the other one.
  virtual bool distrusts_peer() const = 0;

  /// Bytes that came from the wire, all of which are taken. A handshake goes on by itself.
  virtual State put(std::string_view wire) = 0;
  /// The wire ended. Without a close_notify before, that is a failure (a truncation, RFC 8446, 6.1).
  virtual State put_end() = 0;
  /// Moves what is to be sent to the end of `wire`. To be called after each other call.
  virtual void take(std::string& wire) = 0;

  /// Text for the other end. Errors: the session is not open.
  virtual Result<void> write(std::string_view text) = 0;
  /// Appends text of the other end, at most `limit` bytes; how many. 0: nothing for now.
  virtual std::size_t read(std::string& into, std::size_t limit) = 0;
  /// Says that nothing more will be written (close_notify).
  virtual void close() = 0;

  /// As far as they are known.
  virtual TlsFacts facts() const = 0;
  /// By which key the client of a server is known; empty without one.
  virtual std::string psk_identity() const = 0;
  /// A secret of this session that only its two ends can compute (RFC 8446, 7.5). Errors: it is not open.
  virtual Result<std::string> exported_secret(std::string_view label, std::size_t size) const = 0;
};

/// What sessions of one kind share: keys, certificates, authorities. Making one reads files, making a session
/// does not. Safe for several threads at once. Sessions may outlive it.
class TlsContext {
 public:
  virtual ~TlsContext() = default;
  /// A client begins to speak at once. `server` is the name (RFC 6066, 3) or address to expect; may be empty.
  virtual Result<std::unique_ptr<TlsSession>> connect(std::string_view server) const = 0;
  virtual Result<std::unique_ptr<TlsSession>> accept() const = 0;
};

class TlsLibrary {
 public:
  virtual ~TlsLibrary() = default;
  /// `OpenSSL 3.0.19 27 Jan 2026`
  virtual std::string name() const = 0;
  /// Errors: a file that cannot be read, or what is wrong in it; a key that is too short.
  virtual Result<std::unique_ptr<TlsContext>> client(const TlsOptions& options) const = 0;
  virtual Result<std::unique_ptr<TlsContext>> server(const TlsOptions& options) const = 0;
};

/// Loads the module when it is called first. Errors: it was not built, or is not installed, or is of another
/// version. Safe for several threads at once; what it returns lives as long as the program.
Result<const TlsLibrary*> tls_library();

/// Whether the module was built.
bool has_tls();

}  // namespace sockutils
