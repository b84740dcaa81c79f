/// The netlink dump protocol (RFC 3549, netlink(7)): a request, and datagrams of messages until the
/// one that says done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "os/system.h"

namespace sockutils {

/// Receives a message's type and payload; false stops the dump.
using MessageSink = std::function<bool(std::uint16_t type, ByteView payload)>;

/// Reads the datagrams of one dump. Pure.
class DumpReader {
 public:
  enum class Progress : std::uint8_t { More, Done, Stopped };

  DumpReader(std::uint32_t sequence, std::uint32_t port_id) : sequence_(sequence), port_id_(port_id) {}

  /// Reads one datagram, which is aligned as an nlmsghdr is.
  Progress feed(ByteView datagram, const MessageSink& sink);

  /// The errno value with which the kernel ended the dump; 0 when it did so in peace.
  int error() const { return error_; }
  /// The kernel says that its table changed while it was dumped: something may be missing or double.
  bool interrupted() const { return interrupted_; }
  /// Datagrams whose end could not be understood.
  std::size_t malformed() const { return malformed_; }

 private:
  std::uint32_t sequence_;
  std::uint32_t port_id_;
  int error_ = 0;
  bool interrupted_ = false;
  std::size_t malformed_ = 0;
};

/// How a dump went that came to its end.
struct DumpOutcome {
  /// The errno value with which the kernel refused it or broke it off (ENOENT: no handler for this
  /// family); 0 when it went well.
  int error = 0;
  bool interrupted = false;
  bool stopped = false;
  std::size_t malformed = 0;
};

/// Asks `channel` for a dump of messages of type `type` and hands every answer to `sink`. A long dump is
/// received a little ahead of `sink`; where `sink` has to wait before it takes the first message,
/// `bytes_ahead` says how much may be received meanwhile. Errors: those of the channel, of which the rest of
/// the answers may still come: open a new one.
Result<DumpOutcome> netlink_dump(NetlinkChannel& channel, std::uint16_t type, ByteView payload,
                                 const MessageSink& sink, std::size_t bytes_ahead = 0);

}  // namespace sockutils
