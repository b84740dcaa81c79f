/// Traces the route to one port.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "os/probe_sockets.h"
#include "sockutils/probe.h"

namespace sockutils::probe {

class PathTracer {
 public:
  /// Receives the farthest hop that was probed, repeatedly; 0 when all have been.
  using Tell = std::function<void(unsigned ttl)>;

  PathTracer(ProbeSockets& sockets, const NearEnd& near, const ProbePathOptions& options)
      : sockets_(sockets), near_(near), options_(options) {}

  /// Fills in hops, state and MTU. Returns false when the run is to end.
  bool trace(ProbePath& path, const Tell& tell);

 private:
  using Clock = ProbeSockets::Clock;

  /// A probe that waits for its answer; the map's key is its tag.
  struct Flight {
    unsigned ttl = 0;
    unsigned tries = 0;
    int socket = -1;
    Clock::time_point started;
  };

  void begin(const FarEnd& end, unsigned ttl, unsigned tries, ProbePath& path);
  void begin_hops(const FarEnd& end, ProbePath& path);
  void look(std::uint64_t tag, const FarEnd& end, ProbePath& path);
  void expire(const FarEnd& end, ProbePath& path);
  /// Handles the answer of a hop.
  void conclude(const Flight& flight, const FarEnd& end, const Outcome& outcome, ProbePath& path);
  /// Waits for late answers, such as those of routers that first resolve a neighbour's address. Returns false
  /// when the run is to end.
  bool ask_patiently(const FarEnd& end, ProbePath& path, const Tell& tell);
  bool is_done() const;
  void finish(ProbePath& path) const;
  std::chrono::microseconds timeout() const;
  void abandon();

  ProbeSockets& sockets_;
  const NearEnd& near_;
  const ProbePathOptions& options_;
  std::map<std::uint64_t, Flight> flights_;
  std::map<unsigned, PathHop> hops_;
  unsigned next_ttl_ = 1;
  unsigned last_ttl_ = 0;
  /// The farthest hop that answered.
  unsigned heard_of_ = 0;
};

/// Finds the largest packet that reaches `address` unfragmented. No value when none could be sent, or the run
/// is to end. `wait` is called before each wait.
std::optional<PathMtu> find_path_mtu(ProbeSockets& sockets, const NearEnd& near, const Address& address,
                                     std::chrono::microseconds timeout, const std::function<void()>& wait);

}  // namespace sockutils::probe
