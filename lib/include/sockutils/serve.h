/// The other end of a test: services that answer as expected, so that what is between can be told.
///
/// A `TestServer` serves what it is asked to and nothing else: no files, no commands. With a control port it
/// is also the other end of `probe_via()`. Connections that are silent, slow or full of garbage are bounded
/// in number, in time and in memory, so that others are still served.
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

/// Something to serve.
struct TestService {
  /// `echo` (RFC 862), `discard` (RFC 863), `daytime` (RFC 867), `banner`, or a protocol that is pretended.
  std::string name;
  /// `Tcp` or `Udp`.
  Protocol protocol = Protocol::Tcp;
  /// 0: any that is free.
  std::uint16_t port = 0;
  /// What `banner` says.
  std::string text = {};
  /// It answers as servers of that protocol do, as far as it takes to be recognised.
  bool pretended = false;

  friend bool operator==(const TestService&, const TestService&) = default;
};

/// Adds the services that a list names, as in `tcp-echo:7007,udp-echo:7007,discard,banner:"hello, you"`. Each
/// is
/// `[tcp-|udp-]NAME[:PORT]`, TCP without a prefix; echo, discard, daytime and banner have the ports 7007,
/// 7009, 7013 and 7017 unless told. `banner` goes on with `:TEXT`, in quotes when it holds a comma; `\r`,
/// `\n`, `\t`,
/// `\xHH`, `\"` and `\\` stand for what they do in C, and without an end of line it gets one.
/// Errors: what is wrong with it, in words.
SOCKUTILS_EXPORT Result<void> add_test_services(std::vector<TestService>& services, std::string_view list);

/// Adds protocols to pretend, as in `mpd,predict,http:8080`; without a port each has its usual one.
/// Errors: what is wrong with it, in words.
SOCKUTILS_EXPORT Result<void> add_pretended_services(std::vector<TestService>& services,
                                                     std::string_view list);

/// The protocols that can be pretended.
SOCKUTILS_EXPORT std::vector<std::string_view> pretended_protocols();

/// How much a server bears.
struct ServerLimits {
  /// Connections at once; fewer when there are not that many descriptors.
  std::size_t connections = 1000;
  /// Of those, from one address, which for IPv6 is a /64.
  std::size_t per_address = 100;
  /// Of those, from one /24, or /48 of IPv6.
  std::size_t per_prefix = 400;
  /// A connection on which nothing moves that long is closed.
  std::chrono::milliseconds idle{60'000};
  /// No connection lasts longer.
  std::chrono::milliseconds lifetime{3'600'000};
  /// Bytes that one connection may send.
  std::uint64_t bytes = std::uint64_t{1} << 30;
  /// Datagrams that one address (or /64) has answered in a second; it may save up four seconds' worth.
  unsigned datagrams = 50;

  friend bool operator==(const ServerLimits&, const ServerLimits&) = default;
};

/// The port for `probe_via()`.
struct ControlOptions {
  bool enabled = false;
  /// 0: any that is free.
  std::uint16_t port = PairPort;
  /// Whom it serves. Empty: whoever comes, on loopback addresses alone. Clients with certificates have to
  /// show one of `authorities_file`.
  PairTrust trust = {};
  /// The ports that it opens for clients, both ends included.
  std::vector<std::pair<std::uint16_t, std::uint16_t>> allowed_ports = {{1024, 65'535}};
  /// Clients at once.
  std::size_t sessions = 16;
  /// Whether clients may have the headers of their own packets as they pass here: those of the ports that are
  /// tried, to and from the client's address. Takes CAP_NET_RAW when the server is opened; without it a
  /// warning says so, and clients are told.
  bool allow_capture = false;
  /// Sockets that listen already, as systemd(1) hands them over: used instead of `port`. They stay the
  /// caller's.
  std::vector<int> sockets = {};
};

/// What a server does.
struct ServerOptions {
  std::vector<TestService> services;
  ControlOptions control = {};
  /// Where it listens. Empty: 127.0.0.1, and ::1 where there is IPv6.
  std::vector<Address> addresses;
  ServerLimits limits;
};

/// Something that happened, for a log.
struct ServerEvent {
  enum class Kind : std::uint8_t {
    Serving,    ///< a port was opened; with a peer: for it, for as long as its session lasts
    Stopped,    ///< a port was closed
    Connected,  ///< somebody came
    Session,    ///< somebody may use the control port; `reason` is the name of the key, if any
    Ended,      ///< a connection is over; `reason` says why
    Refused,    ///< somebody was turned away
    Notice,     ///< what the one who runs it may want to know
    Warning,    ///< what the one who runs it should know
  };
  Kind kind = Kind::Warning;
  /// As in `tcp-echo`, or the protocol that is pretended; empty when it is about none.
  std::string service = {};
  std::optional<Address> address = {};
  std::uint16_t port = 0;
  /// The other end.
  std::optional<Address> peer = {};
  std::uint16_t peer_port = 0;
  /// Why, in words. It may hold what others sent: not safe for a terminal.
  std::string reason = {};
  /// Of a connection that is over.
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  /// So many events alike; more than 1 when they came too fast to be told one by one.
  std::uint64_t count = 1;
};

/// `serving`, `stopped`, `connected`, `session`, `ended`, `refused`, `notice`, `warning`.
SOCKUTILS_EXPORT std::string_view name(ServerEvent::Kind kind);

/// Receives events while the server runs; it should not block.
using ServerLog = std::function<void(const ServerEvent&)>;

/// A port that is served.
struct ServedPort {
  /// As in `tcp-echo`, or the protocol that is pretended.
  std::string service;
  Protocol protocol = Protocol::Tcp;
  Address address;
  std::uint16_t port = 0;
};

/// Serves on the thread that calls it. Not for several threads at once.
class SOCKUTILS_EXPORT TestServer {
 public:
  /// Opens every port, or none; reads certificates, if there are any. Raises the limit of open files
  /// (RLIMIT_NOFILE) as far as it may. Errors: as bind(2), with the port that could not be had: EADDRINUSE,
  /// EACCES for ports below 1024.
  static Result<TestServer> open(const ServerOptions& options, ServerLog log);

  ~TestServer();
  TestServer(TestServer&&) noexcept;
  TestServer& operator=(TestServer&&) noexcept;

  std::vector<ServedPort> ports() const;

  /// Serves until `wake_fd`, any descriptor of the caller's, can be read: a signalfd(2), a pipe, an
  /// eventfd(2). May be called again then. Errors: as epoll_ctl(2).
  Result<void> serve(int wake_fd);

  /// Serves what `options` say from now on. Ports that are in both stay as they are, with their connections;
  /// those of ports that go are closed. Errors: as `open()`; nothing has changed then.
  Result<void> reload(const ServerOptions& options);

  class Content;
  explicit TestServer(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

}  // namespace sockutils
