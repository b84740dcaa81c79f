/// Identifies the server at one open port.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "os/probe_sockets.h"
#include "probe/engine/attempts.h"
#include "probe/identify/tls_stream.h"

namespace sockutils::probe {

/// The maximum duration of each step.
struct Timeouts {
  std::chrono::milliseconds to_connect;
  /// Spent on every server that waits for the client; a server that speaks later counts as one of those.
  std::chrono::milliseconds to_speak_first;
  std::chrono::milliseconds to_answer;
};

/// What all identifications share; must outlive them.
struct IdentificationContext {
  ProbeSockets& sockets;
  const NearEnd& near;
  TlsClients& tls;
  Timeouts timeouts;
  /// Whether every protocol is tried on ports without a usual one.
  bool is_deep = false;
};

/// The first connection lets the server speak first, then sends the request of the port's usual protocol.
/// Each further request has a connection of its own, because the previous one may have upset the server.
class Identification {
 public:
  using Clock = ProbeSockets::Clock;

  /// `tag` is returned by `ProbeSockets::wait()`.
  Identification(const IdentificationContext& with, ProbeResult result, std::uint64_t tag);

  bool wants_to_connect() const { return phase_ == Phase::Queued; }
  bool is_over() const { return phase_ == Phase::Over; }
  Clock::time_point deadline() const { return deadline_; }
  /// Valid once it is done, or when it must end.
  ProbeResult& result() { return result_; }
  /// Whether it found TLS that this program cannot look into.
  bool missed_tls() const { return missed_tls_; }

  void connect();
  void on_event();
  void on_deadline();

 private:
  enum class Phase : std::uint8_t {
    Queued,
    Connecting,
    Listening,
    Greeted,
    StartingTls,
    Handshake,
    Asked,
    Over
  };

  void enter(Phase phase, std::chrono::milliseconds timeouts);
  void on_connected();
  void go_on();
  void begin_tls();
  void on_handshake(Line::Received heard);
  void on_secure();
  void on_tls_failure();
  void advance_start_tls(bool ended);
  /// Sends what a greeting calls for. Returns true when more is to come.
  bool answer_greeting(bool ended);
  bool recognise_server(std::string_view bytes);
  /// Starts the next attempt on a new connection, if there is one.
  void next();
  void conclude();
  std::chrono::milliseconds time_to_speak_first() const;

  const IdentificationContext& with_;
  ProbeResult result_;
  std::uint64_t tag_;
  std::deque<Attempt> attempts_;
  Attempt attempt_;
  Phase phase_ = Phase::Queued;
  std::unique_ptr<Line> line_;
  std::string heard_;
  /// Number of plain-text messages sent on the way to TLS.
  unsigned said_ = 0;
  /// Since when the server is expected to send something.
  Clock::time_point expected_since_;
  Clock::time_point tls_began_;
  Clock::time_point deadline_;
  std::optional<std::chrono::microseconds> first_byte_;
  bool missed_tls_ = false;
};

}  // namespace sockutils::probe
