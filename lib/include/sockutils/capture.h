/// Packets into a file that tcpdump(8), Wireshark and others read.
///
/// Takes CAP_NET_RAW in the user namespace of the network namespace; see packet(7).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sockutils/error.h"
#include "sockutils/export.h"

namespace sockutils {

/// What to capture in the calling thread's network namespace. Since: 0.1
struct CaptureOptions {
  /// Name of an interface. Empty: all of them, those to come included; packets have a cooked header
  /// (LINKTYPE_LINUX_SLL2) then. On loopback libpcap leaves out what goes out, since it comes in as well.
  std::string interface = {};
  /// In the language of pcap-filter(7), evaluated by the kernel; empty: everything. What sockprobe sends and
  /// hears of a host and a port, for example: `host 192.0.2.1 and (port 443 or icmp or icmp6)`.
  std::string filter = {};
  /// Bytes that are kept of each packet.
  std::uint32_t snap_length = 262144;
  /// Room in the kernel for packets that have not been read yet, in bytes.
  std::uint32_t buffer_bytes = 4u << 20;
};

/// How a capture went. Since: 0.1
struct CaptureCounts {
  /// Packets in the file.
  std::uint64_t written = 0;
  /// Packets that matched and are not there, since they came faster than they could be written.
  std::uint64_t lost = 0;
};

/// A capture that runs, on a thread of its own, until it is finished.
///
/// Thread safety: not for several threads at once. Since: 0.1
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
