/// Packets into a file that tcpdump(8), Wireshark and others read.
///
/// Takes CAP_NET_RAW in the user namespace of the network namespace; see packet(7).
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

/// The packets that belong together, and not to others between the same machines: those of TCP and UDP whose
/// two ends are both known here, and the ICMP errors about them. Who sends them adds the ports that it sends
/// from, as `ProbeOptions::flows` and `PairOptions::flows` do.
///
/// Thread safety: all functions may be called by several threads at once.
class SOCKUTILS_EXPORT CaptureFlows {
 public:
  CaptureFlows();
  ~CaptureFlows();
  CaptureFlows(const CaptureFlows&) = delete;
  CaptureFlows& operator=(const CaptureFlows&) = delete;

  /// Another machine, or this one.
  void add_host(const Address& host);
  /// A port of those hosts, which is asked for from ports of this machine. Port 0 is none.
  void add_far_port(Protocol protocol, std::uint16_t port);
  /// A port of this machine from which they are asked for.
  void add_near_port(Protocol protocol, std::uint16_t port);
  /// A port of this machine which those hosts ask for, from any port of theirs.
  void add_served_port(Protocol protocol, std::uint16_t port);

  /// A filter for the kernel, in the language of pcap-filter(7), by what has been added up to now: it lets
  /// through all packets that belong to them, and few others.
  std::string filter() const;
  /// Whether a packet belongs to them. `link_type` is a value of LINKTYPE_, `length` that of the whole
  /// packet, of which `bytes` may be the first part only; they may be anything. Later fragments do when the
  /// first one did.
  bool hold(int link_type, std::span<const std::byte> bytes, std::uint32_t length);

 private:
  class Content;
  std::unique_ptr<Content> content_;
};

/// What to capture in the calling thread's network namespace.
struct CaptureOptions {
  /// Name of an interface. Empty: all of them, those to come included; packets have a cooked header
  /// (LINKTYPE_LINUX_SLL2) then. On loopback libpcap leaves out what goes out, since it comes in as well.
  std::string interface = {};
  /// In the language of pcap-filter(7), evaluated by the kernel; empty: everything. What sockprobe sends and
  /// hears of a host and a port, for example: `host 192.0.2.1 and (port 443 or icmp or icmp6)`.
  std::string filter = {};
  /// When it is there, only these packets are kept, of those that pass the filter; without a filter its own
  /// one is set. Packets are held back for a moment, so that a port may be added when something has been sent
  /// from it already.
  std::shared_ptr<CaptureFlows> flows = {};
  /// Bytes that are kept of each packet.
  std::uint32_t snap_length = 262144;
  /// Room in the kernel for packets that have not been read yet, in bytes.
  std::uint32_t buffer_bytes = 4u << 20;
};

/// How a capture went.
struct CaptureCounts {
  /// Packets in the file.
  std::uint64_t written = 0;
  /// Packets that matched and are not there, since they came faster than they could be written.
  std::uint64_t lost = 0;
};

/// A capture that runs, on a thread of its own, until it is finished.
///
/// Thread safety: not for several threads at once.
class SOCKUTILS_EXPORT PacketRecording {
 public:
  /// When it returns, every matching packet from now on is taken. The file is one of pcap with nanoseconds,
  /// readable by its owner alone, and takes its name when it is finished; what is there already and is no
  /// regular file (a pipe) is written to as it is.
  /// Errors: EPERM without the right to capture; ENODEV for an interface that is not there; EINVAL with what
  /// is wrong with the filter as detail; as open(2) for the file; without code when this was built without
  /// libpcap.
  static Result<PacketRecording> start(const CaptureOptions& options, const std::string& path);

  /// Ends without a file.
  ~PacketRecording();
  PacketRecording(PacketRecording&&) noexcept;
  PacketRecording& operator=(PacketRecording&&) noexcept;

  /// Another filter from now on. Errors: as above; the one before stays.
  Result<void> set_filter(const std::string& filter);

  /// Takes what has come up to now, and gives the file its name. To be called once. Errors: what ended it
  /// early, as ENODEV when its interface went away, or write(2); then there is no file.
  Result<CaptureCounts> finish();

  class Content;
  explicit PacketRecording(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

}  // namespace sockutils
