/// The file format of recordings, sockutils-recording(5): what is in a file, and where. Pure.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/bytes.h"
#include "common/wire.h"
#include "os/system.h"
#include "sockutils/error.h"
#include "sockutils/record.h"

namespace sockutils::record {

/// Readers refuse a newer major version; they skip sections that they do not know.
inline constexpr std::uint16_t Major = 1;
/// 1.1: the time of the clock that never jumps is in `SNAP`. 1.2: `CLOS` and `PCKT`, which network namespaces
/// were to be recorded.
inline constexpr std::uint16_t Minor = 2;
inline constexpr std::size_t HeaderSize = 16;
/// What the clocks of C++ hold, in microseconds: the year 2255. A later time in a file is taken for this.
inline constexpr std::uint64_t LatestTime = 9'000'000'000'000'000;

/// What a section holds; four letters in the file.
enum class Tag : std::uint32_t {
  Snapshot = 0x50414e53,   ///< `SNAP`
  About = 0x554f4241,      ///< `ABOU`
  Namespace = 0x4350534e,  ///< `NSPC`
  Fact = 0x54434146,       ///< `FACT`
  Dump = 0x504d5544,       ///< `DUMP`
  Messages = 0x5347534d,   ///< `MSGS`
  Closings = 0x534f4c43,   ///< `CLOS`
  Packets = 0x544b4350,    ///< `PCKT`
  End = 0x4c444e45,        ///< `ENDL`
};

/// Of the numbers that requests name families by: both versions of IP.
bool is_internet(std::uint8_t family);

/// Dumps that answer one another's questions.
struct DumpKey {
  /// As in the request; AF_UNSPEC when it asked for both versions of IP.
  std::uint8_t family = 0;
  /// 0: all sockets of the kind. 1: those that the kernel calls autobound, 2: the others.
  std::uint8_t half = 0;
  /// As in the request, or its INET_DIAG_REQ_PROTOCOL.
  std::uint32_t protocol = 0;

  friend auto operator<=>(const DumpKey&, const DumpKey&) = default;
};

/// What is asked for by a request of sock_diag without its nlmsghdr; no value when it is none.
std::optional<DumpKey> dump_key(std::uint16_t message_type, ByteView request);

/// An answer: an errno value, or none and what was said.
struct Answer {
  std::int32_t error = 0;
  std::string_view value;
};

struct Dump {
  /// Netlink messages with their headers, one after the other, as they were received.
  std::vector<ByteView> messages;
  /// How it ended: an errno value; no value when it broke off.
  std::optional<int> error;
  bool interrupted = false;
};

/// What was read in one network namespace.
struct Namespace {
  std::map<std::pair<FactKind, std::string_view>, Answer> facts;
  std::map<DumpKey, Dump> dumps;
  /// What happened there since the snapshot before: sections that `parse_closings()` and `parse_packets()`
  /// have found to be sound.
  std::optional<std::string_view> closings;
  std::optional<std::string_view> packets;
};

struct Snapshot {
  std::uint64_t time = 0;
  /// By a clock that never jumps and begins anywhere; no value in files before 1.1.
  std::optional<std::uint64_t> steady;
  /// By the path that led to it; the first, where all began, by an empty one.
  std::map<std::string_view, Namespace> namespaces;
  /// Only in dumps of ss(8), which hold no names: whether names of this machine were used. Null in
  /// recordings.
  std::shared_ptr<std::atomic<bool>> used_own_names;
};

/// The views point into the bytes that were parsed.
struct Parsed {
  RecordingInfo info;
  std::vector<Snapshot> snapshots;
};

/// Whether a file that begins so can be read, so that its rest is worth reading.
bool may_be_recording(std::string_view beginning);

/// Reads a recording, or a stream of netlink messages as `ss -D` writes it.
Result<Parsed> parse(std::string_view bytes, const std::string& name);

/// The beginning of a file.
std::string header();
/// Whether what begins so is a recording that can be read here. Errors: what it is instead; `bytes` are the
/// first `HeaderSize` of the file, or all of it.
Result<void> check_header(std::string_view bytes, const std::string& name);
/// Appends a section. What does not fit its length of 32 bits is left out: see `Recorder`.
void append_section(std::string& out, Tag tag, std::string_view payload);

/// Splits netlink messages, as they lie in a datagram; false when its end makes no sense. Each message keeps
/// its header, and is whole.
bool split_messages(std::string_view bytes, std::vector<ByteView>& messages);

}  // namespace sockutils::record

namespace sockutils {

struct Recording::Content {
  std::string bytes;
  record::Parsed parsed;
};

}  // namespace sockutils
