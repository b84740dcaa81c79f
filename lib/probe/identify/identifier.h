/// Finds out who answers at ports that are open, many at once.
#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "os/probe_sockets.h"
#include "probe/engine/progress.h"
#include "probe/identify/identification.h"
#include "sockutils/probe.h"

namespace sockutils::probe {

/// Comes from `ProbeSockets::wait()` when the run is to end.
constexpr std::uint64_t StopTag = ~std::uint64_t{0};

class Identifier {
 public:
  /// At most `limit` connections at once.
  Identifier(ProbeSockets& sockets, const NearEnd& near, const ProbeOptions& options, std::size_t limit);

  /// Hands on every result, with an identity when it found one, until `sink` returns false. False: the run is
  /// to end; what was not found out until then is left out.
  bool run(std::deque<ProbeResult> open, const ProbeSink& sink);
  /// Servers that speak TLS, which nobody here can look into.
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
  /// Between two connections.
  Clock::duration gap_{};
  Clock::time_point next_begin_{};
  std::map<std::uint64_t, Identification> talks_;
  std::uint64_t next_tag_ = 0;
  std::size_t missed_tls_ = 0;
  ProgressTeller<ProbeProgress> progress_;
};

/// Whether anything may be said or heard there at all.
bool may_talk_to(const ProbeResult& result);

}  // namespace sockutils::probe
