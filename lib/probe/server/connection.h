/// One client connection of a stream service.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "os/event_loop.h"
#include "os/server_sockets.h"
#include "probe/server/plain_services.h"
#include "sockutils/serve.h"

namespace sockutils::probe {

/// Moves bytes between a socket and a service, and buffers only a fixed amount: nothing more is read from a
/// client that does not read its answers.
class Connection final : public EventLoop::Handler, public ServerLine {
 public:
  using Clock = std::chrono::steady_clock;

  class Owner {
   public:
    virtual ~Owner() = default;
    /// The connection has ended; it may be destroyed once the call that reported this returns.
    virtual void on_end(Connection& connection, std::string reason) = 0;
  };

  struct Setup {
    AcceptedConnection accepted;
    std::unique_ptr<ServerTalk> talk;
    /// The port that accepted it; constant.
    std::size_t port_id = 0;
    std::string service;
  };

  Connection(EventLoop& loop, Owner& owner, Setup setup, const ServerLimits& limits);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void begin();
  void on_ready(EventLoop::Readiness what) override;
  void say(Answer answer) override;
  /// Ends the connection when its time is over.
  void check_time(Clock::time_point now);
  /// Ends the connection; nothing more is sent.
  void end(std::string reason);

  const Sockaddr& peer() const { return setup_.accepted.peer; }
  std::size_t port_id() const { return setup_.port_id; }
  const std::string& service() const { return setup_.service; }
  Clock::time_point last_moved() const { return last_moved_; }
  std::uint64_t received() const { return received_; }
  std::uint64_t sent() const { return sent_; }

 private:
  int fd() const { return setup_.accepted.fd.get(); }
  void take(const Answer& answer);
  void read();
  void flush();
  /// Decides what to do once everything has been sent.
  void settle();

  EventLoop& loop_;
  Owner& owner_;
  Setup setup_;
  const ServerLimits limits_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point last_moved_ = began_;
  std::string unsent_;
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
  /// The client has closed its side.
  bool heard_all_ = false;
  /// Close once everything is sent.
  bool hanging_up_ = false;
  /// Everything was sent. Further input is read and discarded, because closing a socket with unread bytes
  /// would send a reset, which can destroy the last answer.
  bool draining_ = false;
  bool over_ = false;
};

}  // namespace sockutils::probe
