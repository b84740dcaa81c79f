/// Captures packets into a file for tcpdump(8), Wireshark and other programs.
///
/// Needs CAP_NET_RAW in the user namespace that owns the network namespace; see packet(7).
///
///     CaptureFlows flows;
///     flows.add_host(*Address::parse("192.0.2.1"));
///     flows.add_far_port(Protocol::Tcp, 443);
///     std::cout << flows.filter() << '\n';  // prints: ...host 192.0.2.1...
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/value.h"

namespace sockutils {

/// A set of packets: those of TCP and UDP between known ports of this machine and known ports of other hosts,
/// and the ICMP errors about them, but not other packets between the same machines. Whoever sends them adds
/// the local ports, as `ProbeOptions::flows` and `PairOptions::flows` do.
///
/// Thread safety: all functions may be called by several threads at once.
class SOCKUTILS_EXPORT CaptureFlows {
 public:
  CaptureFlows();
  ~CaptureFlows();
  CaptureFlows(const CaptureFlows&) = delete;
  CaptureFlows& operator=(const CaptureFlows&) = delete;

  /// Adds another machine, or this one.
  void add_host(const Address& host);
  /// Adds a port of those hosts that is probed from this machine. Port 0 is ignored.
  void add_far_port(Protocol protocol, std::uint16_t port);
  /// Adds a port of this machine from which they are probed.
  void add_near_port(Protocol protocol, std::uint16_t port);
  /// Adds a port of this machine to which those hosts connect, from any port.
  void add_served_port(Protocol protocol, std::uint16_t port);

  /// A filter for the kernel, in the language of pcap-filter(7), from what has been added so far. It passes
  /// all packets of the set, and few others.
  std::string filter() const;
  /// Whether a packet belongs to the set. `link_type` is a LINKTYPE_ value; `length` is the length of the
  /// whole packet, of which `bytes` may be only the beginning. The bytes may be anything. Later fragments
  /// belong to the set if the first one did.
  bool hold(int link_type, std::span<const std::byte> bytes, std::uint32_t length);

 private:
  class Content;
  std::unique_ptr<Content> content_;
};

/// What to capture in the calling thread's network namespace.
struct CaptureOptions {
  /// Name of an interface. Empty: all interfaces, including future ones; packets then have a cooked header
  /// (LINKTYPE_LINUX_SLL2). On loopback libpcap drops outgoing packets, since they arrive there as well.
  std::string interface = {};
  /// In the language of pcap-filter(7), evaluated by the kernel; empty: all packets. For example, what
  /// sockprobe exchanges with a port of a host: `host 192.0.2.1 and (port 443 or icmp or icmp6)`.
  std::string filter = {};
  /// If set, only packets of these flows that also pass `filter` are kept; without a filter, that of the
  /// flows is used. Packets are held back for a moment, because a port may be added just after something was
  /// sent from it.
  std::shared_ptr<CaptureFlows> flows = {};
  /// Maximum number of bytes kept of each packet.
  std::uint32_t snap_length = 262144;
  /// Size of the kernel's buffer for packets not read yet, in bytes.
  std::uint32_t buffer_bytes = 4u << 20;
};

/// The outcome of a capture.
struct CaptureCounts {
  /// Packets in the file.
  std::uint64_t written = 0;
  /// Packets that matched but are not in the file, because they came faster than they could be written.
  std::uint64_t lost = 0;
};

/// A running capture, on a thread of its own, until it is finished.
///
/// Thread safety: not for use by several threads at once.
class SOCKUTILS_EXPORT PacketRecording {
 public:
  /// From the time it returns, every matching packet is captured. The file is a pcap file with nanoseconds,
  /// readable by its owner only, and gets its name when it is finished; if something other than a regular
  /// file exists there (a pipe), that is written to directly.
  /// Errors: EPERM without the right to capture; ENODEV for an unknown interface; EINVAL for a faulty filter,
  /// with the fault as detail; as open(2) for the file; no code when this was built without libpcap.
  static Result<PacketRecording> start(const CaptureOptions& options, const std::string& path);

  /// Stops without leaving a file.
  ~PacketRecording();
  PacketRecording(PacketRecording&&) noexcept;
  PacketRecording& operator=(PacketRecording&&) noexcept;

  /// Replaces the filter. Errors: as `start()`; the previous filter then stays.
  Result<void> set_filter(const std::string& filter);

  /// Writes what has arrived up to now, and gives the file its name. Call it once. Errors: what ended the
  /// capture early, as ENODEV when its interface went away, or write(2); there is no file then.
  Result<CaptureCounts> finish();

  class Content;
  explicit PacketRecording(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

}  // namespace sockutils
