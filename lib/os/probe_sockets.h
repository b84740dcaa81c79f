/// Sockets that ask whether somebody is at the other end: what probing needs of the operating system, as an
/// interface, so that tests can play a network, and its time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/value.h"

namespace sockutils {

class CaptureFlows;

struct FarEnd {
  /// `Tcp`, `Udp`, or `Stream` for a unix socket.
  Protocol protocol = Protocol::Tcp;
  Address address;
  std::uint16_t port = 0;
  /// Of a unix socket; an abstract name begins with `@`.
  std::string path;
};

/// How packets leave.
struct NearEnd {
  std::optional<Address> source;
  std::uint16_t source_port = 0;
  std::string interface;
  std::optional<std::uint8_t> ttl;
  std::optional<std::uint8_t> dscp;
};

/// An ICMP or ICMPv6 error that came for a socket.
struct IcmpError {
  bool is_v6 = false;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  /// Who sent it; no value when the kernel does not say.
  std::optional<Address> from;
  /// What a packet that was too big may have, in bytes (types 3/4 and 2); 0: it does not say. That it does
  /// not even fit the interface here comes as such an error of nobody's, too.
  std::uint32_t mtu = 0;
};

/// Where a connection stands.
struct Outcome {
  /// 0: it is there. EINPROGRESS: not known yet. Else why it failed.
  int error = 0;
  /// What the error queue held.
  std::optional<IcmpError> icmp;
};

/// Implementations serve one thread.
class ProbeSockets {
 public:
  using Clock = std::chrono::steady_clock;
  virtual ~ProbeSockets() = default;

  virtual Clock::time_point now() const = 0;
  /// Raises the limit of open files as far as it may; how many more may be opened then.
  virtual std::size_t descriptors_left() = 0;

  /// A socket, which may have been used before, and will be closed or given back. Errors: as socket(2),
  /// bind(2) and setsockopt(2).
  virtual Result<int> open(const FarEnd& end, const NearEnd& near) = 0;
  /// Begins to connect. For UDP, which has no connection, it only sets the other end.
  virtual Outcome connect(int socket, const FarEnd& end) = 0;
  /// How it stands after something happened to the socket.
  virtual Outcome outcome(int socket) = 0;
  /// Whether both ends are the same: on one machine a connection can meet itself (RFC 9293, 3.5).
  virtual bool met_itself(int socket) = 0;

  /// Of a UDP socket: datagrams leave whole or not at all, whatever the kernel knows of the path
  /// (IP_PMTUDISC_PROBE).
  virtual void forbid_fragments(int socket, bool is_v6) = 0;

  /// Bytes sent. Errors: as send(2).
  virtual Result<std::size_t> send(int socket, std::string_view bytes) = 0;
  /// Appends what is there, at most `limit` bytes; 0 at the end of a stream. Errors: as recv(2).
  virtual Result<std::size_t> receive(int socket, std::string& into, std::size_t limit) = 0;

  /// What `wait()` shall tell of a socket from now on; `tag` comes back with it.
  struct Interest {
    bool readable = true;
    bool writable = false;
  };
  virtual void watch(int socket, std::uint64_t tag, Interest interest) = 0;
  virtual void close(int socket) = 0;
  /// Closes a connection with a reset (SO_LINGER of no time).
  virtual void abort(int socket) = 0;

  /// Waits until a watched socket is ready, or has an error, or the time is over. The tags of those that are.
  virtual const std::vector<std::uint64_t>& wait(std::chrono::microseconds limit) = 0;
};

/// Those of this machine. `flows` is told of each port that something is sent from.
Result<std::unique_ptr<ProbeSockets>> open_probe_sockets(std::shared_ptr<CaptureFlows> flows = nullptr);

}  // namespace sockutils
