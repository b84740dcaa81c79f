/// The messages that the two ends exchange over their control channel.
///
/// A frame is its length in two bytes (of type and body), its type in one byte, and its body. Numbers are
/// little-endian; texts and lists begin with their length. The first frame in each direction is a `Hello`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "os/sockaddr.h"
#include "probe/via/train.h"
#include "sockutils/via.h"

namespace sockutils::probe {

inline constexpr std::uint16_t ProtocolVersion = 1;
/// Of one frame, without its two length bytes.
inline constexpr std::size_t LargestFrame = 32 * 1024;
inline constexpr std::size_t MaxPortsOfPair = 64;
inline constexpr std::size_t LongestTextOfPair = 200;
/// Of a capture file, in one frame.
inline constexpr std::size_t MaxPacketBytes = 24 * 1024;
/// The TTL of every packet that is sent.
inline constexpr std::uint8_t PairTtl = 64;
/// Identifies a run: everything sent to its ports must begin with it.
inline constexpr std::size_t TokenSize = 16;

/// The sender's software and protocol version. Another version is answered with a `Refusal`.
struct Hello {
  std::uint16_t version = ProtocolVersion;
  std::string software;
  friend bool operator==(const Hello&, const Hello&) = default;
};

struct Refusal {
  std::string reason;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// "Open these ports." Answered with `Opened`.
struct Open {
  std::vector<ProbePort> ports;
  friend bool operator==(const Open&, const Open&) = default;
};

struct OpenedPort {
  ProbePort port;
  /// Empty: the port is open.
  std::string refusal;
  friend bool operator==(const OpenedPort&, const OpenedPort&) = default;
};
struct Opened {
  std::string token;
  std::vector<OpenedPort> ports;
  friend bool operator==(const Opened&, const Opened&) = default;
};

/// "What arrived?" Answered with `Seen`; the ports are closed.
struct Report {
  friend bool operator==(const Report&, const Report&) = default;
};

/// What arrived at one port.
struct SeenPort {
  ProbePort port;
  /// TCP: connections of which only the SYN arrived, and complete ones.
  std::uint32_t half_open = 0;
  std::uint32_t accepted = 0;
  std::uint32_t bytes = 0;
  std::optional<SynFacts> syn;
  /// The source; for TCP that of the connection that sent the token, or else of the first one.
  std::optional<Sockaddr> source;
  /// UDP.
  TrainFacts train;
  std::optional<std::uint8_t> ttl;
  std::optional<std::uint8_t> tos;
  /// TOS of a datagram that was sent with ECT(0).
  std::optional<std::uint8_t> ecn_tos;
  /// The largest IP packet that arrived.
  std::uint32_t largest = 0;
  friend bool operator==(const SeenPort&, const SeenPort&) = default;
};
struct Seen {
  std::vector<SeenPort> ports;
  friend bool operator==(const Seen&, const Seen&) = default;
};

/// "Try these ports of mine." Answered with `Tried`.
struct Try {
  std::string token;
  std::vector<ProbePort> ports;
  std::uint32_t timeout_ms = 2000;
  std::uint32_t datagrams = 20;
  std::optional<std::uint8_t> dscp;
  bool path_mtu = true;
  friend bool operator==(const Try&, const Try&) = default;
};

/// The result of trying one port, as the sender knows it.
struct TriedPort {
  ProbePort port;
  std::optional<Sockaddr> local;
  std::uint8_t ttl = 0;
  std::uint8_t tos = 0;
  /// TCP.
  bool connected = false;
  std::uint32_t echoed = 0;
  /// Why there is no connection, and who said so.
  std::string error;
  std::optional<Address> error_from;
  /// The options of its SYN, as far as this machine knows.
  std::optional<std::uint16_t> mss;
  std::optional<bool> timestamps;
  std::optional<bool> sack;
  std::optional<bool> window_scaling;
  std::optional<std::uint32_t> round_trip_us;
  /// UDP: what was sent, and the answers.
  std::uint32_t sent = 0;
  TrainFacts answers;
  std::optional<std::uint8_t> answer_ttl;
  std::uint32_t path_mtu = 0;
  friend bool operator==(const TriedPort&, const TriedPort&) = default;
};
struct Tried {
  std::vector<TriedPort> ports;
  friend bool operator==(const Tried&, const Tried&) = default;
};

/// "Capture the packets of this session from now on." Answered with `Capturing`.
struct Capture {
  friend bool operator==(const Capture&, const Capture&) = default;
};
struct Capturing {
  /// Empty: it is capturing.
  std::string refusal;
  friend bool operator==(const Capturing&, const Capturing&) = default;
};

/// "What was captured?" Answered with `Packets`; repeated while there is more.
struct Fetch {
  friend bool operator==(const Fetch&, const Fetch&) = default;
};
struct Packets {
  /// The next part of a capture file.
  std::string bytes;
  bool more = false;
  /// Packets in the whole file, and packets that were lost.
  std::uint32_t kept = 0;
  std::uint32_t lost = 0;
  friend bool operator==(const Packets&, const Packets&) = default;
};

using Message =
    std::variant<Hello, Refusal, Open, Opened, Report, Seen, Try, Tried, Capture, Capturing, Fetch, Packets>;

/// Encodes a whole frame.
std::string encode(const Message& message);
/// Decodes a frame, from its type on; any bytes. No value when it is not a message of this version. Pure.
std::optional<Message> decode(std::string_view frame);

/// Splits a stream into frames.
class FrameReader {
 public:
  void add(std::string_view bytes) { bytes_ += bytes; }
  /// The next complete frame, from its type on.
  std::optional<std::string> take();
  /// The input does not follow this protocol; no more frames will come.
  bool is_broken() const { return broken_; }

 private:
  std::string bytes_;
  bool broken_ = false;
};

}  // namespace sockutils::probe
