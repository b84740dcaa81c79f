/// Two ends that compare: what one of them sent, what arrived at the other, and what came back.
///
/// One end is a `TestServer` with a control port, the other calls `probe_via()`. They talk over TLS 1.3 with
/// a key that both have, or with certificates; on loopback also without either.
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

/// Where a server waits for `probe_via()` unless told.
inline constexpr std::uint16_t PairPort = 7077;

/// A secret that a client and its server share, and the client's name.
struct PairKey {
  /// 1 to 64 letters, digits, `.`, `_`, `-`.
  std::string name;
  /// 32 bytes.
  std::string secret;

  friend bool operator==(const PairKey&, const PairKey&) = default;
};

/// Makes a file with a new key that its owner alone can read. The name of the key is that of the file,
/// without folder and extension. Errors: as open(2); EEXIST, EINVAL for a name that a key cannot have.
SOCKUTILS_EXPORT Result<PairKey> make_key_file(const std::string& path);

/// Reads keys, one on each line: `sockutils-key-1 NAME SECRET`, the secret in hexadecimal. Lines that begin
/// with `#` are comments. Errors: as open(2); EACCES when others than the owner may read or write the file,
/// or when it is neither the caller's nor root's; what is wrong in it.
SOCKUTILS_EXPORT Result<std::vector<PairKey>> read_key_file(const std::string& path);

/// How the two ends know each other. Keys come before certificates.
struct PairTrust {
  /// A server's: one for each client. A client's: its own.
  std::vector<PairKey> keys = {};
  /// PEM files: a certificate (chain), its key, and the authorities that the other end's certificate has to
  /// be of.
  std::string certificate_file = {};
  std::string certificate_key_file = {};
  std::string authorities_file = {};

  bool is_empty() const { return keys.empty() && certificate_file.empty(); }
  friend bool operator==(const PairTrust&, const PairTrust&) = default;
};

/// Which way a port was tried.
enum class PairDirection : std::uint8_t { ToServer, ToClient };
/// `to server`, `to client`.
SOCKUTILS_EXPORT std::string_view name(PairDirection direction);

/// What became of a port, as both ends tell it.
enum class PairVerdict : std::uint8_t {
  Open,          ///< it passes both ways, unchanged
  NatRewritten,  ///< it passes, from another address or port than it was sent from
  Altered,       ///< it passes, and something else of it was changed on the way
  BlockedThere,  ///< what was sent did not arrive
  BlockedBack,   ///< it arrived, and the answer did not come back
  NotMeasured,   ///< the port could not be opened, say
};
/// `open`, `NAT-rewritten`, `altered`, `blocked on the way there`, `blocked on the way back`, `not measured`.
SOCKUTILS_EXPORT std::string_view name(PairVerdict verdict);

/// A SYN as it arrived, RFC 9293 and its options.
struct SynFacts {
  std::uint8_t ttl = 0;
  /// DSCP and ECN.
  std::uint8_t tos = 0;
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;
  bool timestamps = false;
  bool sack_permitted = false;
  /// ECE and CWR: it asks for ECN (RFC 3168, 6.1.1).
  bool ecn_setup = false;

  friend bool operator==(const SynFacts&, const SynFacts&) = default;
};

/// Numbered datagrams, sent one after the other, as they came.
struct TrainFacts {
  std::uint32_t sent = 0;
  /// Each counted once.
  std::uint32_t received = 0;
  std::uint32_t duplicates = 0;
  /// Those that came after one with a higher number.
  std::uint32_t reordered = 0;
  /// How much the time on the way varies: the estimate of RFC 3550, 6.4.1, which needs no common clock. No
  /// value for less than two.
  std::optional<std::chrono::microseconds> variation;

  friend bool operator==(const TrainFacts&, const TrainFacts&) = default;
};

/// What both ends know of one port in one direction.
struct PairResult {
  PairDirection direction = PairDirection::ToServer;
  ProbePort port;
  PairVerdict verdict = PairVerdict::NotMeasured;
  /// More about it, as in `handshake only, data is lost on the way there`; may be empty.
  std::string reason;
  /// What was changed on the way, as in `dscp 46 -> 0`, `mss 1460 -> 1360`, `source 10.0.0.2:40000 ->
  /// 192.0.2.1:1024`.
  std::vector<std::string> changes;
  /// TCP: the connection was made; and bytes went both ways.
  bool handshake = false;
  bool data = false;
  /// As the sender has it, and as it arrived.
  std::optional<Address> sent_from;
  std::uint16_t sent_from_port = 0;
  std::optional<Address> seen_from;
  std::uint16_t seen_from_port = 0;
  /// Routers on the way there, by how much the TTL fell; and back, of UDP.
  std::optional<std::uint8_t> hops_there;
  std::optional<std::uint8_t> hops_back;
  std::optional<std::uint8_t> dscp_sent;
  std::optional<std::uint8_t> dscp_seen;
  /// UDP: whether ECT(0) arrived as it was sent (RFC 3168).
  std::optional<bool> ecn_survives;
  /// TCP.
  std::optional<SynFacts> syn;
  /// From the SYN to the connection, or from a datagram to its answer: the shortest.
  std::optional<std::chrono::microseconds> round_trip;
  /// UDP. What was sent back is what had been received.
  std::optional<TrainFacts> there;
  std::optional<TrainFacts> back;
  /// UDP: the largest packet with "don't fragment" that arrives, in bytes with its IP header.
  std::optional<std::uint32_t> path_mtu;
};

/// A result as a row: see the rows of probe.h.
struct PairRow : ComposedRow {
  PairRow(const PairResult& its_result, const Services& its_services)
      : result(its_result), services(its_services) {}

  const PairResult& result;
  const Services& services;
};
/// `results`: fields of `PairRow`.
SOCKUTILS_EXPORT const FieldTable& pair_fields();

/// How far a run has come.
struct PairProgress {
  /// Results that are known, of all: of each port one for each direction.
  std::size_t known = 0;
  std::size_t results = 0;
  /// What is going on: ports that are tried this way side by side, and those of them that are done with, as
  /// far as this end knows: of ports that the server tries none until all are. 0 of 0: the two ends talk.
  PairDirection direction = PairDirection::ToServer;
  std::size_t tried = 0;
  std::size_t ports = 0;
};

/// How to ask.
struct PairOptions {
  /// The server.
  Address server;
  std::uint16_t port = PairPort;
  /// What its certificate has to be for; empty: its address.
  std::string server_name;
  PairTrust trust;
  std::vector<ProbePort> ports;
  bool to_server = true;
  /// Has the server come to ports of this machine, too. They are opened here for as long as it takes.
  bool to_client = false;
  /// How long an answer may take.
  std::chrono::milliseconds timeout{2000};
  /// Datagrams in a train.
  std::uint32_t datagrams = 20;
  std::optional<std::uint8_t> dscp;
  /// Whether to look for the path MTU.
  bool path_mtu = true;
  /// A descriptor that becomes readable when the run is to end; below zero: none.
  int stop_fd = -1;
  /// Is told of each port that something is sent from, and of those that are opened here, for a capture of
  /// these packets alone; may be null.
  std::shared_ptr<CaptureFlows> flows = {};
  /// Whether to ask the server for its packets of this run, too.
  bool server_packets = false;
  /// Called about twenty times a second at most, and at least once a second while the run waits.
  std::function<void(const PairProgress&)> progress = {};
};

/// Receives each result. Returning false ends the run.
using PairSink = std::function<bool(PairResult&&)>;

/// What a run came to.
struct PairReport {
  /// Whether `PairOptions::stop_fd` ended it before everything was asked for.
  bool stopped = false;
  /// What `PairOptions::server_packets` asked for, as a file of pcap: headers, of a megabyte of packets at
  /// most. No value when the server does not allow it, or cannot, which a warning says.
  std::optional<std::string> server_packets = {};
  /// How many these are.
  std::size_t server_packet_count = 0;
  std::vector<Warning> warnings;
};

/// Asks a server to open ports, tries them, and compares; then the other way round. Blocks until all is done:
/// a few time-outs. Errors: the server cannot be reached, does not know the key, or is of another version;
/// without keys and certificates EACCES for a server that is not on loopback. Thread safety: may run in
/// several threads at once.
SOCKUTILS_EXPORT Result<PairReport> probe_via(const PairOptions& options, const PairSink& sink);

}  // namespace sockutils
