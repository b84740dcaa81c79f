/// Probing ports: whether they can be reached, which server answers, which route packets take, and what its
/// TLS offers.
///
///     std::vector<ProbeHost> hosts;
///     if (auto added = add_probe_hosts(hosts, "127.0.0.1", {}); !added) return 1;
///     const std::vector<ProbePort> ports{{Protocol::Tcp, 1}};
///     const auto report = probe_ports(hosts, ports, {}, [](ProbeResult&& result) {
///       std::cout << name(result.state) << '\n';  // prints: closed
///       return true;
///     });
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/field.h"
#include "sockutils/services.h"
#include "sockutils/value.h"

namespace sockutils {

// ----------------------------------------------------------------------------------------------------
// What a TLS handshake tells about the server.

/// An X.509 certificate, RFC 5280. All texts are what the other end sent: any bytes.
struct CertificateFacts {
  /// As in RFC 2253: `CN=www.example.org,O=Example`.
  std::string subject;
  std::string issuer;
  /// What it is valid for: DNS names and addresses; without any of those, the common name of the subject.
  std::vector<std::string> names;
  /// No value when the certificate has no readable date there.
  std::optional<std::chrono::sys_seconds> not_before;
  std::optional<std::chrono::sys_seconds> not_after;
  /// Why it is not trusted, each reason once, the most important first: `self-signed`, `expired`, `not valid
  /// yet`, `its authority is not known here`, `for another name`, or the words of OpenSSL. Empty: the chain
  /// leads to an authority that this machine trusts, and every certificate in it is valid now.
  std::vector<std::string> problems;
  /// Whether the certificate is for the name or address that was asked for; no value when none was given.
  std::optional<bool> matches_name;

  friend bool operator==(const CertificateFacts&, const CertificateFacts&) = default;
};

/// Whole days from `now` until the certificate expires; negative when it has.
SOCKUTILS_EXPORT std::optional<std::int64_t> days_left(const CertificateFacts& certificate,
                                                       std::chrono::sys_seconds now);

/// The parameters of a TLS session that both ends agreed on.
struct TlsFacts {
  /// `TLS 1.3`, ...
  std::string version;
  /// The name of RFC 8446 or RFC 5246: `TLS_AES_256_GCM_SHA384`.
  std::string cipher;
  /// The protocol that the server chose (RFC 7301); empty when it chose none.
  std::string alpn;
  /// The server's certificate; no value when it has none, as with a pre-shared key.
  std::optional<CertificateFacts> certificate;
  /// Why the handshake failed; empty when it succeeded.
  std::string failure;

  friend bool operator==(const TlsFacts&, const TlsFacts&) = default;
};

// ----------------------------------------------------------------------------------------------------
// Probing ports: can they be reached, and if not, what stands in the way, and who said so.
//
// No privileges are needed: connect(2), and the error queue of a socket (IP_RECVERR in ip(7), IPV6_RECVERR in
// ipv6(7)), which holds the ICMP error, its type and its sender, also for a connection that is being
// established (Linux 5.8).

class CaptureFlows;

/// What was found out about a port.
enum class PortState : std::uint8_t {
  Open,            ///< a server accepted the connection, or answered the datagram
  Closed,          ///< the host itself says that nothing listens there
  Rejected,        ///< TCP: ICMP "port unreachable", which firewalls send and hosts do not
  Filtered,        ///< a firewall says so, or nothing answers
  Unreachable,     ///< an error says that the network or the host cannot be reached
  OpenOrFiltered,  ///< UDP: no answer, which is also how many open ports react to unknown clients
  NotMeasured,     ///< this machine could not send the probe
};

/// `open`, `closed`, `rejected`, `filtered`, `unreachable`, `open|filtered`, `not measured`.
SOCKUTILS_EXPORT std::string_view name(PortState state);

/// A port to probe.
struct ProbePort {
  /// `Tcp` or `Udp`.
  Protocol protocol = Protocol::Tcp;
  std::uint16_t port = 0;

  friend auto operator<=>(const ProbePort&, const ProbePort&) = default;
};

/// Adds the ports that a text names: `22`, `8000-8010`, `22,80,443`, `ssh`, `udp/53`, `tcp/http,8080`, `all`.
/// A protocol prefix applies to the rest of the text; `all` is 1 to 65535. Ports that are already in `ports`
/// are not added again. A service name stands for its port in that protocol according to `services`. Errors:
/// what is wrong with the text, in words.
SOCKUTILS_EXPORT Result<void> add_probe_ports(std::vector<ProbePort>& ports, std::string_view text,
                                              const Services& services);

/// One endpoint to connect to.
struct ProbeHost {
  /// The host as the user wrote it.
  std::string host;
  Address address;
  /// The path of a unix socket; when it is not empty, `address` and ports are ignored.
  std::string path = {};
  /// How long the look-up of the name took; no value when none was needed.
  std::optional<std::chrono::microseconds> lookup = {};
};

/// How names are resolved to hosts.
struct ProbeHostOptions {
  bool ipv4 = true;
  bool ipv6 = true;
  /// Maximum number of hosts in total; a prefix that holds more is an error.
  std::size_t limit = 256;
};

/// Adds the hosts that a text stands for: an address, `[fe80::1%eth0]`, `192.0.2.0/28`, the path of a unix
/// socket (it contains a `/` and no prefix length, or begins with `@` for an abstract name), or a name with
/// all its addresses, alternating between the two families, beginning with the family of the first address
/// (RFC 8305, section 4). An IPv4 prefix shorter than 31 bits is taken without its network and broadcast
/// addresses.
/// Errors: the name has no address of a wanted family, there is no such interface, or the limit is exceeded.
/// Blocks as long as getaddrinfo(3) does.
SOCKUTILS_EXPORT Result<void> add_probe_hosts(std::vector<ProbeHost>& hosts, std::string_view text,
                                              const ProbeHostOptions& options);

/// Progress of a run.
struct ProbeProgress {
  /// Ports whose state is known, and the number of all ports.
  std::size_t asked = 0;
  std::size_t ports = 0;
  /// Open ports whose server has been asked for its identity, and the number of all open ports; both 0 while
  /// ports are still being probed.
  std::size_t identified = 0;
  std::size_t servers = 0;
  /// How many of the ports probed so far are open.
  std::size_t open = 0;
  /// The part of the present phase, probing ports or identifying servers, that is done, 0 to 1. Ports that do
  /// not answer count by the number of tries so far.
  double done = 0;
};

/// How to probe.
struct ProbeOptions {
  /// The time to wait for an answer, for each try and for each request to a server. No value: derived from
  /// the round-trip times seen so far as srtt + 4 rttvar, between 0.1 and 10 seconds; for a host that has not
  /// answered yet, one second, then two and four.
  std::optional<std::chrono::milliseconds> timeout = {};
  /// Tries after the first. No value: two, or up to 10 for a host that answered later tries.
  std::optional<unsigned> retries = {};
  /// Maximum number of probes in flight; no value: as many as descriptors allow, up to 1000. The window of a
  /// host is smaller until it has answered enough probes, and while it loses packets.
  std::optional<std::size_t> parallel = {};
  /// Maximum number of probes per second; no value: no limit.
  std::optional<double> rate = {};
  /// Send from this address, and from this port unless it is 0; requests that identify servers are sent from
  /// any port. With a fixed port, connections are reset so that the port can be used again, except those to
  /// servers that cannot cope with a reset.
  std::optional<Address> source = {};
  std::uint16_t source_port = 0;
  /// Send through this interface (SO_BINDTODEVICE); empty: as the routing table says.
  std::string interface = {};
  /// Time to live, or hop limit; no value: the system's.
  std::optional<std::uint8_t> ttl = {};
  /// The six bits of RFC 2474; no value: they are not set.
  std::optional<std::uint8_t> dscp = {};
  /// Identify the servers behind open ports: listen first, then send a request in the port's usual protocol,
  /// then in TLS and HTTP. What TLS tells about the server is kept; mail, FTP, LDAP, XMPP and database
  /// servers are asked to start TLS. Nothing is ever sent to printers (9100 to 9107), and servers that other
  /// requests would disturb get requests in their own protocol only.
  bool identify = true;
  /// On ports without a usual protocol, try every protocol, each on a connection of its own, except the ones
  /// that few servers tolerate.
  bool identify_deep = false;
  /// A descriptor that becomes readable when the run is to end (as those of eventfd(2) and signalfd(2));
  /// negative: none. Results known by then are delivered.
  int stop_fd = -1;
  /// Is told of each local port that probes are sent from, to capture only their packets; may be null.
  std::shared_ptr<CaptureFlows> flows = {};
  /// Called at most about twenty times per second, and at least once per second while the run waits.
  std::function<void(const ProbeProgress&)> progress = {};
};

/// Which server answers at a port. The texts are what the server says about itself: any bytes.
struct ServiceIdentity {
  /// The protocol: `ssh`, `http`, `mpd`, ...; inside TLS `https`, `imaps`, ..., or `tls` when the protocol
  /// inside was not recognised.
  std::string name;
  /// Empty when the server does not say.
  std::string product;
  std::string version;

  friend bool operator==(const ServiceIdentity&, const ServiceIdentity&) = default;
};

/// Durations.
struct ProbeTimes {
  std::optional<std::chrono::microseconds> lookup;
  /// From the SYN to the connection, or for UDP from the datagram to its answer; measured on the try that was
  /// answered.
  std::optional<std::chrono::microseconds> connect;
  /// From the ClientHello to the end of the TLS handshake.
  std::optional<std::chrono::microseconds> tls = {};
  /// To the first byte of the message that identified the server: from the connection (inside TLS, from the
  /// end of the handshake) when the server spoke first, else from the request.
  std::optional<std::chrono::microseconds> first_byte = {};
};

/// The result for one port of one host.
struct ProbeResult {
  /// Indices into the hosts and ports that were given.
  std::size_t host_index = 0;
  std::size_t port_index = 0;
  std::string host;
  /// No value for a unix socket.
  std::optional<Address> address;
  /// The path of a unix socket; empty for others.
  std::string path;
  /// `Tcp`, `Udp`, or `Stream` for a unix socket.
  Protocol protocol = Protocol::Tcp;
  /// 0 for a unix socket.
  std::uint16_t port = 0;
  PortState state = PortState::NotMeasured;
  /// One of a few words or phrases, as in `syn-ack`, `reset`, `host-unreachable`, `no answer in 3 s, 3
  /// tries`.
  std::string reason;
  /// Who reported it; no value when it was this machine or nobody.
  std::optional<Address> from;
  /// Only for open ports, as far as it is known.
  std::optional<ServiceIdentity> identity;
  /// For servers that speak TLS.
  std::optional<TlsFacts> tls;
  /// Whether TLS was started within a plain-text session, by STARTTLS or its equivalent in the protocol.
  bool starttls = false;
  ProbeTimes times;
  /// The number of tries.
  unsigned tries = 0;
};

/// Receives results as they become known, in no particular order. Returning false ends the run.
using ProbeSink = std::function<bool(ProbeResult&&)>;

/// The outcome of a run.
struct ProbeReport {
  std::size_t results = 0;
  /// Whether `ProbeOptions::stop_fd` ended it before all ports were probed and all servers identified.
  bool stopped = false;
  std::vector<Warning> warnings;
};

/// Probes every port of every host; a unix socket is probed once.
///
/// Raises the limit of open files (RLIMIT_NOFILE) of the process as far as permitted. Connections are closed
/// as soon as they are established, without a reset.
/// Errors: none of the hosts could be probed at all. Thread safety: may run in several threads at once.
SOCKUTILS_EXPORT Result<ProbeReport> probe_ports(const std::vector<ProbeHost>& hosts,
                                                 const std::vector<ProbePort>& ports,
                                                 const ProbeOptions& options, const ProbeSink& sink);

// ----------------------------------------------------------------------------------------------------
// The route to a port, hop by hop.
//
// The port is probed with a time to live of 1, 2, 3, ...: the router at which it expires reports that (RFC
// 792, RFC 4443), and the error queue of the socket holds the report, without privileges (ip(7), Linux 5.8
// for TCP).

/// The answer from one hop.
struct PathHop {
  /// Time to live, or hop limit, of the probe.
  unsigned ttl = 0;
  /// Who answered; no value when nobody did.
  std::optional<Address> from;
  std::optional<std::chrono::microseconds> time;
  /// `ttl-exceeded` from a router on the way; at the end, the answer of the port or of a firewall before it.
  std::string reason;
};

/// The largest packet that passes unfragmented.
struct PathMtu {
  /// Bytes, including the IP header.
  unsigned bytes = 0;
  /// The router that cannot forward larger packets; no value: the limit is the local interface.
  std::optional<Address> from;
  /// Whether a packet of this size was answered. Else no error came back, which a filter may have suppressed.
  bool confirmed = false;
};

/// The route to one port.
struct ProbePath {
  std::size_t host_index = 0;
  std::size_t port_index = 0;
  std::string host;
  Address address;
  Protocol protocol = Protocol::Tcp;
  std::uint16_t port = 0;
  /// All hops up to the last one that answered, including silent ones before it.
  std::vector<PathHop> hops;
  /// The state of the port, as in `ProbeResult`. When there was no answer, `reason` says after which hop
  /// packets vanish.
  PortState state = PortState::NotMeasured;
  std::string reason;
  std::optional<Address> from;
  /// Measured with datagrams to an unused port (33434), never with data for the port itself; no value when
  /// they could not be sent.
  std::optional<PathMtu> mtu;
};

/// Progress of a run.
struct ProbePathProgress {
  /// Routes that are known, and the number of all routes.
  std::size_t known = 0;
  std::size_t paths = 0;
  /// The port whose route is being traced, and the farthest hop that was probed; 0 when all are known.
  Address address;
  ProbePort port;
  unsigned ttl = 0;
};

struct ProbePathOptions {
  /// Of these, only `timeout` (default 1 second), `retries` (default 2), the source address and interface,
  /// `stop_fd` and `flows` are used.
  ProbeOptions probe;
  unsigned most_hops = 30;
  /// Number of hops that are probed at once. Each uses a local port of its own, so routers that balance load
  /// may show hops of several routes.
  unsigned parallel = 4;
  /// Called at most about twenty times per second, and at least once per second while the run waits.
  std::function<void(const ProbePathProgress&)> progress = {};
};

/// Receives routes as they become known. Returning false ends the run.
using ProbePathSink = std::function<bool(ProbePath&&)>;

/// Traces the route to each port of each host, one after the other; unix sockets have none and are left out.
/// Errors: there are not enough descriptors. Thread safety: may run in several threads at once.
SOCKUTILS_EXPORT Result<ProbeReport> trace_probe_paths(const std::vector<ProbeHost>& hosts,
                                                       const std::vector<ProbePort>& ports,
                                                       const ProbePathOptions& options,
                                                       const ProbePathSink& sink);

// ----------------------------------------------------------------------------------------------------
// Statistics of many probes of one port.

/// Statistics of `ProbeTimes::connect` over the probes that found the port open.
struct ProbeTiming {
  std::chrono::microseconds minimum{};
  std::chrono::microseconds average{};
  std::chrono::microseconds maximum{};
  /// The standard deviation of the population, as ping(8) computes it.
  std::chrono::microseconds deviation{};
  /// Exact percentiles by nearest rank.
  std::chrono::microseconds p50{};
  std::chrono::microseconds p90{};
  std::chrono::microseconds p99{};
  /// The mean absolute difference between consecutive times; no value for fewer than two.
  std::optional<std::chrono::microseconds> jitter;
};

/// Grows by four bytes with each answer. Not for use by several threads at once.
class SOCKUTILS_EXPORT ProbeStatistics {
 public:
  void add(const ProbeResult& result);

  std::size_t probes() const { return probes_; }
  std::size_t count(PortState state) const;
  /// Probes without an answer: filtered silently, or `open|filtered`.
  std::size_t lost() const { return lost_; }
  /// Lost probes as a fraction of those that could be sent, 0 to 1; no value when none could.
  std::optional<double> loss() const;
  /// No value when no probe found the port open.
  std::optional<ProbeTiming> timing() const;

 private:
  std::size_t probes_ = 0;
  std::size_t lost_ = 0;
  std::map<PortState, std::size_t> states_;
  /// In microseconds, in the order of arrival.
  std::vector<std::uint32_t> times_;
};

// ----------------------------------------------------------------------------------------------------
// All of this as rows, for tables, JSON, filters and sorting:
//
//     const ProbeRow row(result, services);
//     const auto values = values_of(row, probe_fields().fields());
//
// Rows refer to the objects that they are made from, which must outlive them, and own the texts of composed
// values.

/// The result for a port.
struct ProbeRow : ComposedRow {
  ProbeRow(const ProbeResult& its_result, const Services& its_services)
      : result(its_result), services(its_services) {}

  const ProbeResult& result;
  const Services& services;
  /// The number of ports of the host that this row stands for, because all of them gave this answer.
  std::size_t ports = 1;
  /// For ports that are probed repeatedly: the number of the probe, from 1, and when it was sent.
  std::optional<std::size_t> number = {};
  std::optional<std::chrono::system_clock::time_point> time = {};
};
/// `results`: fields of `ProbeRow`.
SOCKUTILS_EXPORT const FieldTable& probe_fields();

/// The statistics of all probes of one port.
struct ProbeSeriesRow : ComposedRow {
  /// `its_port` is the result of any of these probes.
  ProbeSeriesRow(const ProbeResult& its_port, const ProbeStatistics& its_statistics)
      : port(its_port), statistics(its_statistics) {}

  const ProbeResult& port;
  const ProbeStatistics& statistics;
};
/// `series`: fields of `ProbeSeriesRow`.
SOCKUTILS_EXPORT const FieldTable& probe_series_fields();

/// One hop on the route to a port. Each row also has what is known of the whole route.
struct PathRow : ComposedRow {
  /// `its_hop` is null for a route without any known hop.
  PathRow(const ProbePath& its_path, const PathHop* its_hop) : path(its_path), hop(its_hop) {}

  const ProbePath& path;
  const PathHop* hop;
};
/// `hops`: fields of `PathRow`.
SOCKUTILS_EXPORT const FieldTable& path_fields();

}  // namespace sockutils
