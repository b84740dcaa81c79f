/// Identifies the servers at open ports, many at once.
#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "os/probe_sockets.h"
#include "probe/engine/progress.h"
#include "probe/identify/identification.h"
#include "sockutils/probe.h"

namespace sockutils::probe {

/// Returned by `ProbeSockets::wait()` when the run is to end.
constexpr std::uint64_t StopTag = ~std::uint64_t{0};

class Identifier {
 public:
  /// `limit`: maximum number of concurrent connections.
  Identifier(ProbeSockets& sockets, const NearEnd& near, const ProbeOptions& options, std::size_t limit);

  /// Delivers every result, with an identity when one was found, until `sink` returns false. Returns false
  /// when the run is to end; results then lack what was not found out by that time.
  bool run(std::deque<ProbeResult> open, const ProbeSink& sink);
  /// Number of servers that speak TLS while this build cannot look into it.
  std::size_t missed_tls() const { return missed_tls_; }
  const Error& why_missed() const { return tls_.error(); }

 private:
  using Clock = ProbeSockets::Clock;

  void admit(std::deque<ProbeResult>& open);
  void begin_connections();
  bool wait();
  bool reap(const ProbeSink& sink);
  std::chrono::microseconds time_to_wait() const;

  ProbeSockets& sockets_;
  TlsClients tls_;
  IdentificationContext with_;
  std::size_t limit_;
  /// Time between two connections.
  Clock::duration gap_{};
  Clock::time_point next_begin_{};
  std::map<std::uint64_t, Identification> talks_;
  std::uint64_t next_tag_ = 0;
  std::size_t missed_tls_ = 0;
  ProgressTeller<ProbeProgress> progress_;
};

/// Whether sending to or reading from this port is allowed at all.
bool may_talk_to(const ProbeResult& result);

}  // namespace sockutils::probe
