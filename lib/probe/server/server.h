/// The server itself: its ports, connections and limits.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <vector>

#include "os/event_loop.h"
#include "probe/server/admission.h"
#include "probe/server/capture.h"
#include "probe/server/connection.h"
#include "probe/server/event_log.h"
#include "probe/server/ports.h"
#include "probe/via/control_talk.h"
#include "sockutils/serve.h"

namespace sockutils {

class TestServer::Content final : public probe::Connection::Owner, public probe::StreamPort::Door {
 public:
  using Clock = std::chrono::steady_clock;

  Content(EventLoop loop, ServerLog log);
  ~Content() override;
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  Result<void> configure(const ServerOptions& options);
  std::vector<ServedPort> ports() const;
  Result<void> serve(int wake_fd);

  void on_end(probe::Connection& connection, std::string reason) override;
  void come_in(const probe::StreamPort& port, AcceptedConnection accepted) override;
  void run_short(const Error& error) override;

 private:
  using Ports = std::vector<std::unique_ptr<probe::ServerPort>>;

  /// What already open ports will serve, by their id.
  using Kept = std::map<std::size_t, TestService>;
  struct Wanted {
    TestService service;
    Address address;
    /// May fail if there is no IPv6.
    bool optional;
    /// An already listening socket to use; else -1.
    int socket = -1;
  };
  static Result<std::vector<Wanted>> wanted_ports(const ServerOptions& options);
  static Result<void> add_control_ports(const ControlOptions& control, const std::vector<Address>& addresses,
                                        std::vector<Wanted>& wanted);
  Result<std::unique_ptr<probe::ServerPort>> open_port(const Wanted& wanted);
  /// Opens the ports of `options` that are not open yet.
  Result<Ports> open_missing(const ServerOptions& options, Kept& kept);
  void close_port(const probe::ServerPort& port);
  void warn_of_exposure(const ServerOptions& options);
  void warn(std::string reason, std::optional<Address> address = {});
  /// Acquires what needs privileges that are dropped later.
  void allow_capture(const ControlOptions& options, probe::ControlShared& control);
  void set_control(std::shared_ptr<probe::ControlShared> control);
  Result<std::unique_ptr<probe::ServerTalk>> talk_for(const probe::StreamPort& port,
                                                      const AcceptedConnection& accepted);
  std::string_view make_room(Clock::time_point now);
  void refuse(const probe::StreamPort& port, const Sockaddr& peer, std::string_view reason);
  void check_times(Clock::time_point now);

  EventLoop loop_;
  probe::EventLog log_;
  ServerLimits limits_;
  std::size_t most_connections_;
  probe::Admission admission_;
  probe::DatagramBudget budget_;
  Ports ports_;
  /// Null when capturing was never allowed or is not possible.
  std::unique_ptr<probe::ServerCapture> capture_;
  /// Null without a control port.
  std::shared_ptr<probe::ControlShared> control_;
  std::map<const probe::Connection*, std::unique_ptr<probe::Connection>> connections_;
  /// Ended connections, destroyed as soon as none of their functions is running.
  std::vector<std::unique_ptr<probe::Connection>> over_;
  /// No connections are accepted until then.
  Clock::time_point paused_until_{};
  bool paused_ = false;
};

}  // namespace sockutils
