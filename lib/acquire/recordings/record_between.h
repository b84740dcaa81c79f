/// What happened between two snapshots of a recording: its sections in the file, sockutils-recording(5).
/// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/record.h"

namespace sockutils::record {

/// As they lie in the file; views point into it.
struct RecordedClosings {
  struct Message {
    /// Microseconds before the snapshot.
    std::uint64_t ago = 0;
    std::string_view datagram;
  };
  std::vector<Message> messages;
  bool lost = false;
  std::string_view refusal;
};

/// `now` is when the snapshot begins.
std::string closings_payload(const HeardClosings& closings, std::chrono::steady_clock::time_point now);
/// No value when it makes no sense.
std::optional<RecordedClosings> parse_closings(std::string_view payload);

std::string packets_payload(const CountedPackets& packets);
/// No value when it makes no sense.
std::optional<CountedPackets> parse_packets(std::string_view payload);

}  // namespace sockutils::record
