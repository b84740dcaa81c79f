/// Packets as they pass through interfaces.
///
/// What uses libpcap is a module of its own (lib/capture/pcap/), which is loaded when `packet_library()` is
/// first called: a listing of sockets never pays for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/bytes.h"
#include "sockutils/error.h"

namespace sockutils {

/// One packet; valid during the call.
struct RawPacket {
  /// Since 1970-01-01 00:00 UTC.
  std::chrono::nanoseconds time{};
  /// As much of it as was taken, with the header that the link type has.
  ByteView bytes;
  /// All of it, with that header.
  std::uint32_t length = 0;
};

/// An instruction of classic BPF, as `struct bpf_insn` of libpcap and `struct sock_filter` of Linux.
struct BpfInstruction {
  std::uint16_t code;
  std::uint8_t if_true;
  std::uint8_t if_false;
  std::uint32_t operand;
};

struct PacketSourceOptions {
  /// Empty: every interface of the network namespace, those to come included; no promiscuous mode.
  std::string interface = {};
  /// Bytes that are taken of each packet.
  std::uint32_t snap_length = 262144;
  /// Of the ring that the kernel writes to.
  std::uint32_t buffer_bytes = 4u << 20;
  /// Packets are there as they come. Else the kernel wakes the reader up when a part of the ring is full, or
  /// after `patience`.
  bool immediate = false;
  std::chrono::milliseconds patience{100};
};

/// So far. What is not known is 0: interfaces that count nothing.
struct PacketCounts {
  std::uint64_t received = 0;
  /// For want of room in the ring.
  std::uint64_t lost = 0;
  std::uint64_t lost_by_interface = 0;
};

/// An open capture in the network namespace of the thread that opened it. Not for several threads at once.
class PacketSource {
 public:
  using Sink = std::function<void(const RawPacket&)>;

  virtual ~PacketSource() = default;
  /// As LINKTYPE_ and DLT_ values have it.
  virtual int link_type() const = 0;
  /// Becomes readable when there is something.
  virtual int fd() const = 0;
  /// Hands on what is there, waits for nothing; how many packets. Errors: the interface is gone (ENODEV),
  /// or is down (ENETDOWN).
  virtual Result<std::size_t> read(const Sink& sink) = 0;
  /// What the kernel lets through from now on, in the language of pcap-filter(7). Errors: what is wrong.
  virtual Result<void> set_filter(const std::string& expression) = 0;
  /// The same as a program for packets of this link type.
  virtual Result<void> set_program(std::span<const BpfInstruction> program) = 0;
  virtual Result<PacketCounts> counts() = 0;
};

class PacketLibrary {
 public:
  virtual ~PacketLibrary() = default;
  /// `libpcap version 1.10.3 (with TPACKET_V3)`
  virtual std::string name() const = 0;
  /// Errors: EPERM without CAP_NET_RAW; ENODEV when there is no such interface.
  virtual Result<std::unique_ptr<PacketSource>> open(const PacketSourceOptions& options) const = 0;
};

/// Loads the module when it is called first. Errors: it was not built, or is not installed, or is of another
/// version. Safe for several threads at once; what it returns lives as long as the program.
Result<const PacketLibrary*> packet_library();

}  // namespace sockutils
