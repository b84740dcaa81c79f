/// Test servers: services that answer in a known way, so that whatever lies between the two ends can be
/// diagnosed.
///
/// A `TestServer` serves what it is asked to and nothing else: no files, no commands. With a control port it
/// is also the other end of `probe_via()`. Connections that are silent, slow or send garbage are limited in
/// number, time and memory, so that other clients are still served.
///
///     ServerOptions options;
///     if (auto added = add_test_services(options.services, "tcp-echo:0"); !added) return 1;
///     const auto server = TestServer::open(options, [](const ServerEvent&) {});
///     std::cout << server->ports().front().service << '\n';  // prints: tcp-echo
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/value.h"
#include "sockutils/via.h"

namespace sockutils {

/// A service to offer.
struct TestService {
  /// `echo` (RFC 862), `discard` (RFC 863), `daytime` (RFC 867), `banner`, or a protocol to imitate.
  std::string name;
  /// `Tcp` or `Udp`.
  Protocol protocol = Protocol::Tcp;
  /// 0: any free port.
  std::uint16_t port = 0;
  /// The text that `banner` sends.
  std::string text = {};
  /// Answers as servers of that protocol do, as far as needed to be recognised.
  bool pretended = false;

  friend bool operator==(const TestService&, const TestService&) = default;
};

/// Adds the services of a list, as in `tcp-echo:7007,udp-echo:7007,discard,banner:"hello, you"`. Each is
/// `[tcp-|udp-]NAME[:PORT]`, TCP without a prefix. The default ports of echo, discard, daytime and banner are
/// 7007, 7009, 7013 and 7017. After `banner[:PORT]` comes `:TEXT`, in quotes when it contains a comma; `\r`,
/// `\n`, `\t`, `\xHH`, `\"` and `\\` have their meanings in C, and a text without an end of line gets one.
/// Errors: what is wrong with the list, in words.
SOCKUTILS_EXPORT Result<void> add_test_services(std::vector<TestService>& services, std::string_view list);

/// Adds protocols to imitate, as in `mpd,predict,http:8080`; without a port, each uses its usual one. Errors:
/// what is wrong with the list, in words.
SOCKUTILS_EXPORT Result<void> add_pretended_services(std::vector<TestService>& services,
                                                     std::string_view list);

/// The protocols that can be imitated.
SOCKUTILS_EXPORT std::vector<std::string_view> pretended_protocols();

/// Resource limits of a server.
struct ServerLimits {
  /// Concurrent connections; fewer when there are not enough descriptors.
  std::size_t connections = 1000;
  /// Of these, connections from one address, or from one /64 of IPv6.
  std::size_t per_address = 100;
  /// Of these, connections from one /24, or one /48 of IPv6.
  std::size_t per_prefix = 400;
  /// A connection without any traffic for this long is closed.
  std::chrono::milliseconds idle{60'000};
  /// Maximum duration of a connection.
  std::chrono::milliseconds lifetime{3'600'000};
  /// Bytes that one connection may send.
  std::uint64_t bytes = std::uint64_t{1} << 30;
  /// Datagrams per second that are answered for one address (or /64); up to four seconds' worth may
  /// accumulate.
  unsigned datagrams = 50;

  friend bool operator==(const ServerLimits&, const ServerLimits&) = default;
};

/// The control port for `probe_via()`.
struct ControlOptions {
  bool enabled = false;
  /// 0: any free port.
  std::uint16_t port = PairPort;
  /// The clients that it serves. Empty: all, but on loopback addresses only. Clients with certificates must
  /// present one issued by `authorities_file`.
  PairTrust trust = {};
  /// The ports that it may open for clients; both ends of a range are included.
  std::vector<std::pair<std::uint16_t, std::uint16_t>> allowed_ports = {{1024, 65'535}};
  /// Concurrent clients.
  std::size_t sessions = 16;
  /// Whether clients may get the headers of their own packets as seen here: packets of the ports being tried,
  /// to and from the client's address. Needs CAP_NET_RAW when the server is opened; without it a warning says
  /// so, and clients are told.
  bool allow_capture = false;
  /// Sockets that are already listening, as passed by systemd(1); used instead of `port`. They remain the
  /// caller's.
  std::vector<int> sockets = {};
};

/// What a server offers, and how.
struct ServerOptions {
  std::vector<TestService> services;
  ControlOptions control = {};
  /// Addresses to listen on. Empty: 127.0.0.1, and ::1 if there is IPv6.
  std::vector<Address> addresses;
  ServerLimits limits;
};

/// An event, for a log.
struct ServerEvent {
  enum class Kind : std::uint8_t {
    Serving,    ///< a port was opened; with a peer: for that peer, until its session ends
    Stopped,    ///< a port was closed
    Connected,  ///< a client connected
    Session,    ///< a client was authorised on the control port; `reason` is the name of its key, if any
    Ended,      ///< a connection ended; `reason` says why
    Refused,    ///< a client was turned away
    Notice,     ///< information for whoever runs the server
    Warning,    ///< a problem that whoever runs the server should know
  };
  Kind kind = Kind::Warning;
  /// As in `tcp-echo`, or the imitated protocol; empty when the event is about no service.
  std::string service = {};
  std::optional<Address> address = {};
  std::uint16_t port = 0;
  /// The other end.
  std::optional<Address> peer = {};
  std::uint16_t peer_port = 0;
  /// Why, in words. It may contain text from clients: not safe for a terminal.
  std::string reason = {};
  /// Of a connection that has ended.
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  /// How many such events this one stands for; more than 1 when they came too fast to be reported singly.
  std::uint64_t count = 1;
};

/// `serving`, `stopped`, `connected`, `session`, `ended`, `refused`, `notice`, `warning`.
SOCKUTILS_EXPORT std::string_view name(ServerEvent::Kind kind);

/// Receives events while the server runs; it should not block.
using ServerLog = std::function<void(const ServerEvent&)>;

/// A port that is served.
struct ServedPort {
  /// As in `tcp-echo`, or the imitated protocol.
  std::string service;
  Protocol protocol = Protocol::Tcp;
  Address address;
  std::uint16_t port = 0;
};

/// Serves on the calling thread. Not for use by several threads at once.
class SOCKUTILS_EXPORT TestServer {
 public:
  /// Opens all ports, or none; reads certificates, if there are any. Raises the limit of open files
  /// (RLIMIT_NOFILE) as far as permitted. Errors: as bind(2), with the port that could not be opened:
  /// EADDRINUSE, EACCES for ports below 1024.
  static Result<TestServer> open(const ServerOptions& options, ServerLog log);

  ~TestServer();
  TestServer(TestServer&&) noexcept;
  TestServer& operator=(TestServer&&) noexcept;

  std::vector<ServedPort> ports() const;

  /// Serves until `wake_fd`, any descriptor of the caller, becomes readable: a signalfd(2), a pipe, an
  /// eventfd(2). May then be called again. Errors: as epoll_ctl(2).
  Result<void> serve(int wake_fd);

  /// Serves according to `options` from now on. Ports that are in the old and new options keep their
  /// connections; connections of removed ports are closed. Errors: as `open()`; nothing has changed then.
  Result<void> reload(const ServerOptions& options);

  class Content;
  explicit TestServer(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

}  // namespace sockutils
