/// Asking whether ports can be reached, who answers, which way packets take and what TLS they speak.
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
// What a TLS handshake tells of the other end.

/// An X.509 certificate, RFC 5280. All texts are what the other end sent: any bytes.
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

/// Whole days from `now` until the certificate expires; negative when it has.
SOCKUTILS_EXPORT std::optional<std::int64_t> days_left(const CertificateFacts& certificate,
                                                       std::chrono::sys_seconds now);

/// A session as both ends agreed on it.
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

// ----------------------------------------------------------------------------------------------------
// Asking for ports: can they be reached, and if not, what stands in the way and who said so.
//
// Everything works without privileges: connect(2), and the error queue of a socket (IP_RECVERR in ip(7),
// IPV6_RECVERR in ipv6(7)), which has the ICMP error, its type and who sent it, also for a connection that
// is being made (Linux 5.8).

class CaptureFlows;

/// What a port was found to be.
enum class PortState : std::uint8_t {
  Open,            ///< somebody accepted the connection, or answered the datagram
  Closed,          ///< the host itself says that nobody is there
  Rejected,        ///< TCP: "port unreachable" by ICMP, which hosts do not send; firewalls do
  Filtered,        ///< a firewall says so, or nobody says anything
  Unreachable,     ///< somebody on the way says that it leads nowhere
  OpenOrFiltered,  ///< UDP: silence, which is also what many open ports have for strangers
  NotMeasured,     ///< this machine could not ask
};

/// `open`, `closed`, `rejected`, `filtered`, `unreachable`, `open|filtered`, `not measured`.
SOCKUTILS_EXPORT std::string_view name(PortState state);

/// A port to ask for.
struct ProbePort {
  /// `Tcp` or `Udp`.
  Protocol protocol = Protocol::Tcp;
  std::uint16_t port = 0;

  friend auto operator<=>(const ProbePort&, const ProbePort&) = default;
};

/// Adds the ports that a text names: `22`, `8000-8010`, `22,80,443`, `ssh`, `udp/53`, `tcp/http,8080`, `all`.
/// A prefix counts to the end of the text; `all` is 1 to 65535. Ports that are there already are not added
/// again. A name stands for its port of the protocol in question, as `services` has it. Errors: what is wrong
/// with it, in words.
SOCKUTILS_EXPORT Result<void> add_probe_ports(std::vector<ProbePort>& ports, std::string_view text,
                                              const Services& services);

/// One end to connect to.
struct ProbeHost {
  /// As it was asked for.
  std::string host;
  Address address;
  /// A unix socket, when it is not empty: `address` and ports mean nothing then.
  std::string path = {};
  /// How long the look-up of the name took; no value when there was none.
  std::optional<std::chrono::microseconds> lookup = {};
};

/// How names become hosts.
struct ProbeHostOptions {
  bool ipv4 = true;
  bool ipv6 = true;
  /// At most so many hosts in all; a prefix that holds more is an error.
  std::size_t limit = 256;
};

/// Adds the hosts that a text stands for: an address, `[fe80::1%eth0]`, `192.0.2.0/28`, a path of a unix
/// socket (it holds a `/` and no prefix length, or begins with `@` for an abstract name), or a name with all
/// its addresses, the family of the first one alternating with the other (RFC 8305, section 4). A prefix of
/// IPv4 shorter than 31 bits is taken without its network and broadcast address.
/// Errors: the name has no address of a wanted family, there is no such interface, or the limit.
/// Blocks as long as getaddrinfo(3) does.
SOCKUTILS_EXPORT Result<void> add_probe_hosts(std::vector<ProbeHost>& hosts, std::string_view text,
                                              const ProbeHostOptions& options);

/// How far a run has come.
struct ProbeProgress {
  /// Ports whose state is known, of all.
  std::size_t asked = 0;
  std::size_t ports = 0;
  /// Open ports whose server was identified, or not; 0 of 0 as long as ports are asked for.
  std::size_t identified = 0;
  std::size_t servers = 0;
  /// How many of the ports so far are open.
  std::size_t open = 0;
  /// How much of the present work, asking for ports or identifying servers, is done, 0 to 1: ports that are
  /// silent count by how often they were tried.
  double done = 0;
};

/// How to ask.
struct ProbeOptions {
  /// How long each try waits, and each question to a server. No value: by the round-trip times seen so far,
  /// srtt + 4 rttvar within 0.1 to 10 seconds, and one second, then two and four, for a host that has not
  /// answered yet.
  std::optional<std::chrono::milliseconds> timeout = {};
  /// Tries after the first. Without a value two, and more for a host whose later tries were answered, up
  /// to 10.
  std::optional<unsigned> retries = {};
  /// Probes in flight at most; no value: as many as descriptors allow, up to 1000. The window of each host
  /// is smaller as long as it has not answered much, or loses packets.
  std::optional<std::size_t> parallel = {};
  /// Probes a second at most; no value: no limit.
  std::optional<double> rate = {};
  /// Send from this address, and port when it is not 0; to find out who answers, from any port. Connections
  /// from one port are reset, so that it can be used again, but those to servers that mind.
  std::optional<Address> source = {};
  std::uint16_t source_port = 0;
  /// Send through this interface (SO_BINDTODEVICE); empty: as the routes say.
  std::string interface = {};
  /// Time to live, or hop limit; no value: the system's.
  std::optional<std::uint8_t> ttl = {};
  /// The six bits of RFC 2474; no value: none set.
  std::optional<std::uint8_t> dscp = {};
  /// Find out who answers at open ports: listen first, then ask in the port's usual protocol, then in TLS and
  /// HTTP; what TLS tells of the server is kept, and mail, FTP, LDAP, XMPP and databases are asked for it.
  /// Never anything to printers (9100 to 9107), and nothing but their own words to servers that others
  /// disturb.
  bool identify = true;
  /// At ports without a usual protocol ask in every protocol, each on a connection of its own, but in those
  /// that few servers bear.
  bool identify_deep = false;
  /// A descriptor that becomes readable when the run is to end (as those of eventfd(2) and signalfd(2));
  /// below zero: none. What is known by then is handed on.
  int stop_fd = -1;
  /// Is told of each port that something is sent from, for a capture of these packets alone; may be null.
  std::shared_ptr<CaptureFlows> flows = {};
  /// Called about twenty times a second at most, and at least once a second while the run waits.
  std::function<void(const ProbeProgress&)> progress = {};
};

/// Who answers at a port. The texts are what the other end says of itself: any bytes.
struct ServiceIdentity {
  /// The protocol: `ssh`, `http`, `mpd`, ...; inside TLS `https`, `imaps`, ..., or `tls` when nothing in it
  /// was recognised.
  std::string name;
  /// Empty when it does not tell.
  std::string product;
  std::string version;

  friend bool operator==(const ServiceIdentity&, const ServiceIdentity&) = default;
};

/// How long things took.
struct ProbeTimes {
  std::optional<std::chrono::microseconds> lookup;
  /// From the SYN to the connection, or for UDP from the datagram to its answer; of the try that was
  /// answered.
  std::optional<std::chrono::microseconds> connect;
  /// From the ClientHello to the end of the TLS handshake.
  std::optional<std::chrono::microseconds> tls = {};
  /// To the first byte of what identified the server: from the connection (inside TLS, from the end of the
  /// handshake) when it spoke first, else from the question.
  std::optional<std::chrono::microseconds> first_byte = {};
};

/// What was found out about one port of one host.
struct ProbeResult {
  /// Positions in what was asked for.
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
  /// One of few words or phrases, as in `syn-ack`, `reset`, `host-unreachable`, `no answer in 3 s, 3 tries`.
  std::string reason;
  /// Whose word it is; no value when it is this machine's, or nobody's.
  std::optional<Address> from;
  /// Only of open ports, and as far as it is known.
  std::optional<ServiceIdentity> identity;
  /// Of servers that speak TLS.
  std::optional<TlsFacts> tls;
  /// Whether TLS began in the middle of a plain conversation, by STARTTLS or what the protocol has for it.
  bool starttls = false;
  ProbeTimes times;
  /// How often it was tried.
  unsigned tries = 0;
};

/// Receives a result when it is known, in no order. Returning false ends the run.
using ProbeSink = std::function<bool(ProbeResult&&)>;

/// What a run came to.
struct ProbeReport {
  std::size_t results = 0;
  /// Whether `ProbeOptions::stop_fd` ended it before everything was asked for, and found out.
  bool stopped = false;
  std::vector<Warning> warnings;
};

/// Asks for every port of every host, once for a unix socket.
///
/// Raises the limit of open files (RLIMIT_NOFILE) of the process as far as it may. Connections are closed as
/// soon as they are made, without a reset.
/// Errors: none of the hosts could be asked at all. Thread safety: may run in several threads at once.
SOCKUTILS_EXPORT Result<ProbeReport> probe_ports(const std::vector<ProbeHost>& hosts,
                                                 const std::vector<ProbePort>& ports,
                                                 const ProbeOptions& options, const ProbeSink& sink);

// ----------------------------------------------------------------------------------------------------
// The way to a port, hop by hop.
//
// The same port is asked for with a time to live of 1, 2, 3, ...: the router at which it ends says so (RFC
// 792, RFC 4443), and the error queue of the socket has that, without privileges (ip(7), Linux 5.8 for TCP).

/// What came back from one hop.
struct PathHop {
  /// Time to live, or hop limit, of the probe.
  unsigned ttl = 0;
  /// Who answered; no value: nobody did.
  std::optional<Address> from;
  std::optional<std::chrono::microseconds> time;
  /// `ttl-exceeded` of a router on the way; at the end of it what the port, or who stands before it, answers.
  std::string reason;
};

/// The largest packet that passes whole.
struct PathMtu {
  /// Bytes, with the header of IP.
  unsigned bytes = 0;
  /// The router that has no room for more; no value: the interface here is what bounds it.
  std::optional<Address> from;
  /// Whether a packet of this size was answered. Else nobody objected, but a filter may have.
  bool confirmed = false;
};

/// The way to one port.
struct ProbePath {
  std::size_t host_index = 0;
  std::size_t port_index = 0;
  std::string host;
  Address address;
  Protocol protocol = Protocol::Tcp;
  std::uint16_t port = 0;
  /// As far as somebody answered, and silent hops before that.
  std::vector<PathHop> hops;
  /// What became of the port, as `ProbeResult` has it. `reason` of silence says after which hop packets
  /// vanish.
  PortState state = PortState::NotMeasured;
  std::string reason;
  std::optional<Address> from;
  /// Found with datagrams to a port that nobody has (33434), never with data for the port itself; no value
  /// when they could not be sent.
  std::optional<PathMtu> mtu;
};

/// How far a run has come.
struct ProbePathProgress {
  /// Ways that are known, of all.
  std::size_t known = 0;
  std::size_t paths = 0;
  /// Which one is being followed, and the farthest hop that was asked for; 0 when all have been.
  Address address;
  ProbePort port;
  unsigned ttl = 0;
};

struct ProbePathOptions {
  /// Of these `timeout` (1 second unless told), `retries` (2), where packets leave, `stop_fd` and `flows`
  /// count.
  ProbeOptions probe;
  unsigned most_hops = 30;
  /// Hops that are asked at once. Each has a port of its own here, so that where routers share load between
  /// lines, hops of several of them may be seen.
  unsigned parallel = 4;
  /// Called about twenty times a second at most, and at least once a second while the run waits.
  std::function<void(const ProbePathProgress&)> progress = {};
};

/// Receives a path when it is known. Returning false ends the run.
using ProbePathSink = std::function<bool(ProbePath&&)>;

/// Follows the way to each port of each host, one after the other; unix sockets have none and are left out.
/// Errors: there are no descriptors for it. Thread safety: may run in several threads at once.
SOCKUTILS_EXPORT Result<ProbeReport> trace_probe_paths(const std::vector<ProbeHost>& hosts,
                                                       const std::vector<ProbePort>& ports,
                                                       const ProbePathOptions& options,
                                                       const ProbePathSink& sink);

// ----------------------------------------------------------------------------------------------------
// What many probes of one port come to.

/// Of the times of open ports, `ProbeTimes::connect`.
struct ProbeTiming {
  std::chrono::microseconds minimum{};
  std::chrono::microseconds average{};
  std::chrono::microseconds maximum{};
  /// The standard deviation of all of them, as ping(8) has it.
  std::chrono::microseconds deviation{};
  /// Percentiles of nearest rank: exact.
  std::chrono::microseconds p50{};
  std::chrono::microseconds p90{};
  std::chrono::microseconds p99{};
  /// The average difference between one time and the next; no value with less than two.
  std::optional<std::chrono::microseconds> jitter;
};

/// Grows by four bytes with each answer. Not for several threads at once.
class SOCKUTILS_EXPORT ProbeStatistics {
 public:
  void add(const ProbeResult& result);

  std::size_t probes() const { return probes_; }
  std::size_t count(PortState state) const;
  /// Probes that nobody answered: filtered in silence, or `open|filtered`.
  std::size_t lost() const { return lost_; }
  /// Of those that could be sent, 0 to 1; no value when none could.
  std::optional<double> loss() const;
  /// No value when nothing was open.
  std::optional<ProbeTiming> timing() const;

 private:
  std::size_t probes_ = 0;
  std::size_t lost_ = 0;
  std::map<PortState, std::size_t> states_;
  /// Microseconds, in the order in which they came.
  std::vector<std::uint32_t> times_;
};

// ----------------------------------------------------------------------------------------------------
// All of this as rows, for tables, JSON, filters and sorting:
//
//     const ProbeRow row(result, services);
//     const auto values = values_of(row, probe_fields().fields());
//
// Rows refer to what they are made of, which has to outlive them, and hold the texts of composed values.

/// What was found out about a port.
struct ProbeRow : ComposedRow {
  ProbeRow(const ProbeResult& its_result, const Services& its_services)
      : result(its_result), services(its_services) {}

  const ProbeResult& result;
  const Services& services;
  /// So many ports of the host have this answer: the row stands for all of them.
  std::size_t ports = 1;
  /// Of ports that are asked for again and again: which probe it is, from 1, and when it was made.
  std::optional<std::size_t> number = {};
  std::optional<std::chrono::system_clock::time_point> time = {};
};
/// `results`: fields of `ProbeRow`.
SOCKUTILS_EXPORT const FieldTable& probe_fields();

/// What the probes of one port come to.
struct ProbeSeriesRow : ComposedRow {
  /// `its_port` is the result of any of them.
  ProbeSeriesRow(const ProbeResult& its_port, const ProbeStatistics& its_statistics)
      : port(its_port), statistics(its_statistics) {}

  const ProbeResult& port;
  const ProbeStatistics& statistics;
};
/// `series`: fields of `ProbeSeriesRow`.
SOCKUTILS_EXPORT const FieldTable& probe_series_fields();

/// One hop on the way to a port. What is known of the whole way stands in each row of it.
struct PathRow : ComposedRow {
  /// `its_hop` is null for a way of which no hop is known.
  PathRow(const ProbePath& its_path, const PathHop* its_hop) : path(its_path), hop(its_hop) {}

  const ProbePath& path;
  const PathHop* hop;
};
/// `hops`: fields of `PathRow`.
SOCKUTILS_EXPORT const FieldTable& path_fields();

}  // namespace sockutils
