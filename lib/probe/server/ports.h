/// The ports of a server: they accept connections and answer datagrams.
#pragma once

#include <chrono>
#include <string>

#include "os/event_loop.h"
#include "os/server_sockets.h"
#include "probe/server/admission.h"
#include "probe/server/event_log.h"
#include "sockutils/serve.h"

namespace sockutils::probe {

/// A serving socket, watched by the event loop from construction to destruction.
class ServerPort : public EventLoop::Handler {
 public:
  ServerPort(EventLoop& loop, TestService service, Address asked_address, UniqueFd fd, Sockaddr at);
  ~ServerPort() override;
  ServerPort(const ServerPort&) = delete;
  ServerPort& operator=(const ServerPort&) = delete;

  const TestService& service() const { return service_; }
  const Sockaddr& at() const { return at_; }
  /// Whether it can serve this without being reopened.
  bool fits(const TestService& service, const Address& address) const;
  /// Applies to new clients.
  void set_service(TestService service) { service_ = std::move(service); }
  /// Its identifier, unique among all ports.
  std::size_t id() const { return id_; }
  ServerEvent event(ServerEvent::Kind kind) const;

  /// Enables or disables events.
  Result<void> listen(bool on);

 protected:
  int fd() const { return fd_.get(); }

 private:
  EventLoop& loop_;
  TestService service_;
  Address asked_address_;
  UniqueFd fd_;
  Sockaddr at_;
  std::size_t id_;
};

/// Accepts connections and passes them on.
class StreamPort final : public ServerPort {
 public:
  class Door {
   public:
    virtual ~Door() = default;
    virtual void come_in(const StreamPort& port, AcceptedConnection accepted) = 0;
    /// There are not enough descriptors or memory to accept a connection.
    virtual void run_short(const Error& error) = 0;
  };
  StreamPort(EventLoop& loop, TestService service, Address asked_address, UniqueFd fd, Sockaddr at,
             Door& door)
      : ServerPort(loop, std::move(service), asked_address, std::move(fd), at), door_(door) {}
  void on_ready(EventLoop::Readiness what) override;

 private:
  Door& door_;
};

/// Answers datagrams as far as that cannot be abused: never to privileged ports or to similar servers, to
/// other machines never with more bytes than they sent, and never more often than the budget allows.
class DatagramPort final : public ServerPort {
 public:
  DatagramPort(EventLoop& loop, TestService service, Address asked_address, UniqueFd fd, Sockaddr at,
               DatagramBudget& budget, EventLog& log)
      : ServerPort(loop, std::move(service), asked_address, std::move(fd), at), budget_(budget), log_(log) {}
  void on_ready(EventLoop::Readiness what) override;

 private:
  void answer(const DatagramHead& head, std::string_view question);
  /// Why the datagram is not answered; empty when it is.
  std::string_view refusal(const DatagramHead& head, std::string_view question, std::string_view answer);

  DatagramBudget& budget_;
  EventLog& log_;
};

}  // namespace sockutils::probe
