/// Finds out who answers at one open port.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "os/probe_sockets.h"
#include "probe/engine/attempts.h"
#include "probe/identify/tls_stream.h"

namespace sockutils::probe {

/// How long each step may take.
struct Timeouts {
  std::chrono::milliseconds to_connect;
  /// A server that waits for the client costs this time, and one that speaks later is taken for it.
  std::chrono::milliseconds to_speak_first;
  std::chrono::milliseconds to_answer;
};

/// What all talks share; outlives them.
struct IdentificationContext {
  ProbeSockets& sockets;
  const NearEnd& near;
  TlsClients& tls;
  Timeouts timeouts;
  /// Every protocol is tried where none is usual.
  bool is_deep = false;
};

/// The port gets a connection on which the server may speak first, and the port's usual question follows;
/// each further question has a connection of its own, since the one before may have upset the server.
class Identification {
 public:
  using Clock = ProbeSockets::Clock;

  /// `tag` comes back from `ProbeSockets::wait()`.
  Identification(const IdentificationContext& with, ProbeResult result, std::uint64_t tag);

  bool wants_to_connect() const { return phase_ == Phase::Queued; }
  bool is_over() const { return phase_ == Phase::Over; }
  Clock::time_point deadline() const { return deadline_; }
  /// When it is over, or has to be.
  ProbeResult& result() { return result_; }
  /// Whether it met TLS that this program cannot look into.
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
  /// Says what a greeting asks for. True: there is more to come.
  bool answer_greeting(bool ended);
  bool recognise_server(std::string_view bytes);
  /// The next attempt, on a new connection, if there is one.
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
  /// How often plain words were said on the way to TLS.
  unsigned said_ = 0;
  /// Since when the server is expected to say something.
  Clock::time_point expected_since_;
  Clock::time_point tls_began_;
  Clock::time_point deadline_;
  std::optional<std::chrono::microseconds> first_byte_;
  bool missed_tls_ = false;
};

}  // namespace sockutils::probe
