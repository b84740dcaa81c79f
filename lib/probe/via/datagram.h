/// The numbered datagrams that two ends send each other. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sockutils::probe {

struct PairDatagram {
  enum class Kind : std::uint8_t {
    Train,  ///< one of a row
    Ecn,    ///< one of a row that was sent with ECT(0)
    Size,   ///< it is about how large a packet may be; its number is its size
    Answer,
  };
  Kind kind = Kind::Train;
  std::uint32_t number = 0;
  /// By the clock of who sent the question, in microseconds.
  std::uint64_t sent = 0;
  /// Of an answer: by the clock of who answers.
  std::uint64_t answered = 0;

  friend bool operator==(const PairDatagram&, const PairDatagram&) = default;
};

/// An answer; no question is shorter.
inline constexpr std::size_t SmallestPairDatagram = 48;

/// In `size` bytes, filled up with zeros; `SmallestPairDatagram` at least.
std::string encode_datagram(std::string_view token, const PairDatagram& datagram, std::size_t size);
/// No value for one that is of another run, or none at all.
std::optional<PairDatagram> decode_datagram(std::string_view token, std::string_view bytes);

}  // namespace sockutils::probe
