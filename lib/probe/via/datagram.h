/// The numbered datagrams that the two ends exchange. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sockutils::probe {

struct PairDatagram {
  enum class Kind : std::uint8_t {
    Train,  ///< part of a train
    Ecn,    ///< part of a train, sent with ECT(0)
    Size,   ///< probes the maximum packet size; its number is its size
    Answer,
  };
  Kind kind = Kind::Train;
  std::uint32_t number = 0;
  /// By the clock of the sender of the request, in microseconds.
  std::uint64_t sent = 0;
  /// In an answer: by the clock of the end that answers.
  std::uint64_t answered = 0;

  friend bool operator==(const PairDatagram&, const PairDatagram&) = default;
};

/// The size of an answer; no request is shorter.
inline constexpr std::size_t SmallestPairDatagram = 48;

/// Encodes into `size` bytes, padded with zeros; at least `SmallestPairDatagram`.
std::string encode_datagram(std::string_view token, const PairDatagram& datagram, std::size_t size);
/// No value for a datagram of another run, or anything else.
std::optional<PairDatagram> decode_datagram(std::string_view token, std::string_view bytes);

}  // namespace sockutils::probe
