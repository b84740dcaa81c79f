/// Comparing both ends: what one end sent, what arrived at the other, and what came back.
///
/// One end is a `TestServer` with a control port, the other calls `probe_via()`. They communicate over TLS
/// 1.3, with a key that both have or with certificates; on loopback also without either.
///
///     PairOptions options;
///     options.server = *Address::parse("127.0.0.1");
///     options.port = 1;
///     options.ports = {{Protocol::Tcp, 8080}};
///     const auto report = probe_via(options, [](PairResult&& result) { return result.data; });
///     std::cout << report.error().message() << '\n';  // prints: connect to 127.0.0.1:1: ...
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

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/probe.h"
#include "sockutils/value.h"

namespace sockutils {

/// The default control port of a server for `probe_via()`.
inline constexpr std::uint16_t PairPort = 7077;

/// A secret shared by a client and its server, and the client's name.
struct PairKey {
  /// 1 to 64 letters, digits, `.`, `_`, `-`.
  std::string name;
  /// 32 bytes.
  std::string secret;

  friend bool operator==(const PairKey&, const PairKey&) = default;
};

/// Creates a file with a new key, readable by its owner only. The key has the name of the file, without
/// folder and extension. Errors: as open(2); EEXIST; EINVAL for a name that a key cannot have.
SOCKUTILS_EXPORT Result<PairKey> make_key_file(const std::string& path);

/// Reads keys, one on each line: `sockutils-key-1 NAME SECRET`, with the secret in hexadecimal. Lines that
/// begin with `#` are comments. Errors: as open(2); EACCES when anybody but the owner may read or write the
/// file, or when it belongs neither to the caller nor to root; what is wrong in it.
SOCKUTILS_EXPORT Result<std::vector<PairKey>> read_key_file(const std::string& path);

/// How the two ends authenticate each other. Keys take precedence over certificates.
struct PairTrust {
  /// For a server: one key for each client. For a client: its own.
  std::vector<PairKey> keys = {};
  /// PEM files: a certificate (chain), its private key, and the authorities that may issue the other end's
  /// certificate.
  std::string certificate_file = {};
  std::string certificate_key_file = {};
  std::string authorities_file = {};

  bool is_empty() const { return keys.empty() && certificate_file.empty(); }
  friend bool operator==(const PairTrust&, const PairTrust&) = default;
};

/// The direction in which a port was tried.
enum class PairDirection : std::uint8_t { ToServer, ToClient };
/// `to server`, `to client`.
SOCKUTILS_EXPORT std::string_view name(PairDirection direction);

/// The result for a port, from what both ends observed.
enum class PairVerdict : std::uint8_t {
  Open,          ///< packets pass both ways, unchanged
  NatRewritten,  ///< packets pass, but arrive from another address or port than they were sent from
  Altered,       ///< packets pass, but something else in them was changed on the way
  BlockedThere,  ///< what was sent did not arrive
  BlockedBack,   ///< it arrived, but the answer did not come back
  NotMeasured,   ///< for example, the port could not be opened
};
/// `open`, `NAT-rewritten`, `altered`, `blocked on the way there`, `blocked on the way back`, `not measured`.
SOCKUTILS_EXPORT std::string_view name(PairVerdict verdict);

/// A SYN as it arrived: RFC 9293 and its options.
struct SynFacts {
  std::uint8_t ttl = 0;
  /// DSCP and ECN.
  std::uint8_t tos = 0;
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;
  bool timestamps = false;
  bool sack_permitted = false;
  /// ECE and CWR are set: the sender wants ECN (RFC 3168, 6.1.1).
  bool ecn_setup = false;

  friend bool operator==(const SynFacts&, const SynFacts&) = default;
};

/// What arrived of a train: numbered datagrams, sent one after the other.
struct TrainFacts {
  std::uint32_t sent = 0;
  /// Each datagram counted once.
  std::uint32_t received = 0;
  std::uint32_t duplicates = 0;
  /// Datagrams that arrived after one with a higher number.
  std::uint32_t reordered = 0;
  /// Jitter: the estimate of RFC 3550, 6.4.1, which needs no common clock. No value for fewer than two
  /// datagrams.
  std::optional<std::chrono::microseconds> variation;

  friend bool operator==(const TrainFacts&, const TrainFacts&) = default;
};

/// What both ends know of one port in one direction.
struct PairResult {
  PairDirection direction = PairDirection::ToServer;
  ProbePort port;
  PairVerdict verdict = PairVerdict::NotMeasured;
  /// Details, as in `handshake only, data is lost on the way there`; may be empty.
  std::string reason;
  /// What was changed on the way, as in `dscp 46 -> 0`, `mss 1460 -> 1360`, `source 10.0.0.2:40000 ->
  /// 192.0.2.1:1024`.
  std::vector<std::string> changes;
  /// TCP: the connection was established; and data passed in both directions.
  bool handshake = false;
  bool data = false;
  /// The address and port as the sender knows them, and as they arrived.
  std::optional<Address> sent_from;
  std::uint16_t sent_from_port = 0;
  std::optional<Address> seen_from;
  std::uint16_t seen_from_port = 0;
  /// Number of routers on the way there, from the decrease of the TTL; and on the way back, for UDP only.
  std::optional<std::uint8_t> hops_there;
  std::optional<std::uint8_t> hops_back;
  std::optional<std::uint8_t> dscp_sent;
  std::optional<std::uint8_t> dscp_seen;
  /// UDP: whether ECT(0) arrived unchanged (RFC 3168).
  std::optional<bool> ecn_survives;
  /// TCP only.
  std::optional<SynFacts> syn;
  /// From the SYN to the connection, or from a datagram to its answer: the minimum.
  std::optional<std::chrono::microseconds> round_trip;
  /// UDP: the trains in both directions. The server sent back the datagrams that it had received.
  std::optional<TrainFacts> there;
  std::optional<TrainFacts> back;
  /// UDP: the largest packet with "don't fragment" that arrives, in bytes including the IP header.
  std::optional<std::uint32_t> path_mtu;
};

/// A result as a row, like the rows of probe.h.
struct PairRow : ComposedRow {
  PairRow(const PairResult& its_result, const Services& its_services)
      : result(its_result), services(its_services) {}

  const PairResult& result;
  const Services& services;
};
/// `results`: fields of `PairRow`.
SOCKUTILS_EXPORT const FieldTable& pair_fields();

/// Progress of a run.
struct PairProgress {
  /// Results that are known, and the number of all results: one for each port and direction.
  std::size_t known = 0;
  std::size_t results = 0;
  /// The current phase: the ports being tried in this direction in parallel, and those of them that are done,
  /// as far as this end knows: for ports that the server tries, none until all are done. Both 0 while the two
  /// ends negotiate.
  PairDirection direction = PairDirection::ToServer;
  std::size_t tried = 0;
  std::size_t ports = 0;
};

/// How to probe.
struct PairOptions {
  /// The server.
  Address server;
  std::uint16_t port = PairPort;
  /// The name that the server's certificate must be for; empty: its address.
  std::string server_name;
  PairTrust trust;
  std::vector<ProbePort> ports;
  bool to_server = true;
  /// Also have the server connect to ports of this machine, which are opened for as long as that takes.
  bool to_client = false;
  /// The time to wait for an answer.
  std::chrono::milliseconds timeout{2000};
  /// Number of datagrams in a train.
  std::uint32_t datagrams = 20;
  std::optional<std::uint8_t> dscp;
  /// Whether to determine the path MTU.
  bool path_mtu = true;
  /// A descriptor that becomes readable when the run is to end; negative: none.
  int stop_fd = -1;
  /// Is told of each local port that is used to send, and of those that are opened here, to capture only
  /// their packets; may be null.
  std::shared_ptr<CaptureFlows> flows = {};
  /// Whether to ask the server for its own packets of this run, too.
  bool server_packets = false;
  /// Called at most about twenty times per second, and at least once per second while the run waits.
  std::function<void(const PairProgress&)> progress = {};
};

/// Receives each result. Returning false ends the run.
using PairSink = std::function<bool(PairResult&&)>;

/// The outcome of a run.
struct PairReport {
  /// Whether `PairOptions::stop_fd` ended it before all ports were tried.
  bool stopped = false;
  /// The packets that `PairOptions::server_packets` asked for, as a pcap file: headers only, at most a
  /// megabyte. No value when the server does not allow or support it; a warning says so then.
  std::optional<std::string> server_packets = {};
  /// The number of these packets.
  std::size_t server_packet_count = 0;
  std::vector<Warning> warnings;
};

/// Asks a server to open ports, tries them, and compares; then in the other direction. Blocks until all is
/// done, which takes a few time-outs. Errors: the server cannot be reached, does not know the key, or has
/// another version; without keys and certificates, EACCES for a server that is not on loopback. Thread
/// safety: may run in several threads at once.
SOCKUTILS_EXPORT Result<PairReport> probe_via(const PairOptions& options, const PairSink& sink);

}  // namespace sockutils
