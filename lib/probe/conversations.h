/// Finds out who answers at ports that are open.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "probe/dialect.h"
#include "system/probe_sockets.h"

namespace sockutils::probe {

/// Each port gets a connection on which the server may speak first, and the port's usual question follows;
/// each further question has a connection of its own, since the one before may have upset the server.
class Conversations {
 public:
  Conversations(ProbeSockets& sockets, const NearEnd& near, std::size_t limit)
      : sockets_(sockets), near_(near), limit_(limit) {}
  ~Conversations();
  Conversations(const Conversations&) = delete;
  Conversations& operator=(const Conversations&) = delete;

  /// Hands on every result, with an identity when it found one, until `sink` returns false.
  void run(std::deque<ProbeResult> open, const ProbeSink& sink);

 private:
  using Clock = ProbeSockets::Clock;
  enum class Phase : std::uint8_t { Connecting, Listening, Asked, Over };

  struct Talk {
    ProbeResult result;
    std::vector<const Dialect*> questions;
    std::size_t next = 0;
    bool listened = false;
    Phase phase = Phase::Connecting;
    int socket = -1;
    std::uint64_t tag = 0;
    std::string reply;
    Clock::time_point connected;
    Clock::time_point deadline;
  };

  void connect(Talk& talk);
  void on_connected(Talk& talk);
  void ask(Talk& talk);
  /// The next question, on a new connection.
  void ask_anew(Talk& talk);
  void on_event(Talk& talk);
  void read(Talk& talk);
  void on_silence(Talk& talk);
  void hang_up(Talk& talk);
  std::chrono::microseconds time_to_wait() const;

  ProbeSockets& sockets_;
  const NearEnd& near_;
  std::size_t limit_;
  std::map<std::uint64_t, Talk> talks_;
  std::uint64_t next_tag_ = 0;
};

/// Whether anything may be said or heard there at all.
bool may_talk_to(const ProbeResult& result);

}  // namespace sockutils::probe
