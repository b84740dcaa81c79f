/// Asking for ports: can they be reached, and if not, what stands in the way and who said so.
///
/// Everything works without privileges: connect(2), and the error queue of a socket (IP_RECVERR in ip(7),
/// IPV6_RECVERR in ipv6(7)), which has the ICMP error, its type and who sent it, also for a connection that
/// is being made (Linux 5.8).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/address.h"
#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/services.h"
#include "sockutils/tls.h"
#include "sockutils/types.h"

namespace sockutils {

class CaptureFlows;

/// What a port was found to be. Since: 0.1
enum class PortState : std::uint8_t {
  Open,            ///< somebody accepted the connection, or answered the datagram
  Closed,          ///< the host itself says that nobody is there
  Rejected,        ///< TCP: "port unreachable" by ICMP, which hosts do not send; firewalls do
  Filtered,        ///< a firewall says so, or nobody says anything
  Unreachable,     ///< somebody on the way says that it leads nowhere
  OpenOrFiltered,  ///< UDP: silence, which is also what many open ports have for strangers
  NotMeasured,     ///< this machine could not ask
};

/// `open`, `closed`, `rejected`, `filtered`, `unreachable`, `open|filtered`, `not measured`. Since: 0.1
SOCKUTILS_EXPORT std::string_view name(PortState state);

/// A port to ask for. Since: 0.1
struct ProbePort {
  /// `Tcp` or `Udp`.
  Protocol protocol = Protocol::Tcp;
  std::uint16_t port = 0;

  friend auto operator<=>(const ProbePort&, const ProbePort&) = default;
};

/// Adds the ports that a text names: `22`, `8000-8010`, `22,80,443`, `ssh`, `udp/53`, `tcp/http,8080`, `all`.
/// A prefix counts to the end of the text; `all` is 1 to 65535. Ports that are there already are not added
/// again. A name stands for its port of the protocol in question, as `services` has it. Errors: what is wrong
/// with it, in words. Since: 0.1
SOCKUTILS_EXPORT Result<void> add_probe_ports(std::vector<ProbePort>& ports, std::string_view text,
                                              const Services& services);

/// One end to connect to. Since: 0.1
struct ProbeHost {
  /// As it was asked for.
  std::string host;
  Address address;
  /// A unix socket, when it is not empty: `address` and ports mean nothing then.
  std::string path = {};
  /// How long the look-up of the name took; no value when there was none.
  std::optional<std::chrono::microseconds> lookup = {};
};

/// How names become hosts. Since: 0.1
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
/// Blocks as long as getaddrinfo(3) does. Since: 0.1
SOCKUTILS_EXPORT Result<void> add_probe_hosts(std::vector<ProbeHost>& hosts, std::string_view text,
                                              const ProbeHostOptions& options);

/// How far a run has come. Since: 0.1
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

/// How to ask. Since: 0.1
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

/// Who answers at a port. The texts are what the other end says of itself: any bytes. Since: 0.1
struct ServiceIdentity {
  /// The protocol: `ssh`, `http`, `mpd`, ...; inside TLS `https`, `imaps`, ..., or `tls` when nothing in it
  /// was recognised.
  std::string name;
  /// Empty when it does not tell.
  std::string product;
  std::string version;

  friend bool operator==(const ServiceIdentity&, const ServiceIdentity&) = default;
};

/// How long things took. Since: 0.1
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

/// What was found out about one port of one host. Since: 0.1
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

/// What a run came to. Since: 0.1
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
/// Since: 0.1
SOCKUTILS_EXPORT Result<ProbeReport> probe_ports(const std::vector<ProbeHost>& hosts,
                                                 const std::vector<ProbePort>& ports,
                                                 const ProbeOptions& options, const ProbeSink& sink);

}  // namespace sockutils
