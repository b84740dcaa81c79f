/// The way to a port, hop by hop.
///
/// The same port is asked for with a time to live of 1, 2, 3, ...: the router at which it ends says so (RFC
/// 792, RFC 4443), and the error queue of the socket has that, without privileges (ip(7), Linux 5.8 for TCP).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/address.h"
#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/probe.h"

namespace sockutils {

/// What came back from one hop. Since: 0.1
struct PathHop {
  /// Time to live, or hop limit, of the probe.
  unsigned ttl = 0;
  /// Who answered; no value: nobody did.
  std::optional<Address> from;
  std::optional<std::chrono::microseconds> time;
  /// `ttl-exceeded` of a router on the way; at the end of it what the port, or who stands before it, answers.
  std::string reason;
};

/// The largest packet that passes whole. Since: 0.1
struct PathMtu {
  /// Bytes, with the header of IP.
  unsigned bytes = 0;
  /// The router that has no room for more; no value: the interface here is what bounds it.
  std::optional<Address> from;
  /// Whether a packet of this size was answered. Else nobody objected, but a filter may have.
  bool confirmed = false;
};

/// The way to one port. Since: 0.1
struct ProbePath {
  std::size_t host_index = 0;
  std::size_t port_index = 0;
  std::string host;
  Address address;
  Protocol protocol = Protocol::Tcp;
  std::uint16_t port = 0;
  /// As far as somebody answered, and silent hops before that.
  std::vector<PathHop> hops;
  /// What became of the port, as `ProbeResult` has it. `reason` of silence says after which hop packets
  /// vanish.
  PortState state = PortState::NotMeasured;
  std::string reason;
  std::optional<Address> from;
  /// Found with datagrams to a port that nobody has (33434), never with data for the port itself; no value
  /// when they could not be sent.
  std::optional<PathMtu> mtu;
};

/// How far a run has come. Since: 0.1
struct ProbePathProgress {
  /// Ways that are known, of all.
  std::size_t known = 0;
  std::size_t paths = 0;
  /// Which one is being followed, and the farthest hop that was asked for; 0 when all have been.
  Address address;
  ProbePort port;
  unsigned ttl = 0;
};

struct ProbePathOptions {
  /// Of these `timeout` (1 second unless told), `retries` (2), where packets leave, `stop_fd` and `flows`
  /// count.
  ProbeOptions probe;
  unsigned most_hops = 30;
  /// Hops that are asked at once. Each has a port of its own here, so that where routers share load between
  /// lines, hops of several of them may be seen.
  unsigned parallel = 4;
  /// Called about twenty times a second at most, and at least once a second while the run waits.
  std::function<void(const ProbePathProgress&)> progress = {};
};

/// Receives a path when it is known. Returning false ends the run.
using ProbePathSink = std::function<bool(ProbePath&&)>;

/// Follows the way to each port of each host, one after the other; unix sockets have none and are left out.
/// Errors: there are no descriptors for it. Thread safety: may run in several threads at once. Since: 0.1
SOCKUTILS_EXPORT Result<ProbeReport> trace_probe_paths(const std::vector<ProbeHost>& hosts,
                                                       const std::vector<ProbePort>& ports,
                                                       const ProbePathOptions& options,
                                                       const ProbePathSink& sink);

}  // namespace sockutils
