/// A test server on a thread of its own.
#pragma once

#include <sys/eventfd.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sockutils/serve.h"
#include "support/catch.h"
#include "support/sockets.h"

namespace sockutils::test {

class RunningServer {
 public:
  /// `serve` runs it: as it is, or in another network namespace.
  using Runner = std::function<void(const std::function<void()>&)>;
  explicit RunningServer(
      const ServerOptions& options, Runner run = [](const auto& body) { body(); })
      : run_(std::move(run)), wake_(::eventfd(0, EFD_CLOEXEC)), server_(open(options)) {
    start();
  }
  ~RunningServer() { stop(); }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  void stop() {
    if (!thread_.joinable()) return;
    checked(::eventfd_write(wake_.get(), 1), "eventfd_write");
    thread_.join();
  }
  /// How often that was told.
  std::uint64_t count(ServerEvent::Kind kind, const std::string& reason = "") {
    const std::lock_guard lock(mutex_);
    std::uint64_t count = 0;
    for (const ServerEvent& event : events_)
      if (event.kind == kind && (reason.empty() || event.reason == reason)) count += event.count;
    return count;
  }
  std::uint16_t port(std::string_view service) const {
    for (const ServedPort& port : server_.ports())
      if (port.service == service && !port.address.is_v6) return port.port;
    throw std::runtime_error("not served");
  }
  TestServer& server() { return server_; }
  /// Stops, changes and goes on.
  Result<void> reload(const ServerOptions& options) {
    stop();
    eventfd_t value = 0;
    checked(::eventfd_read(wake_.get(), &value), "eventfd_read");
    Result<void> result;
    run_([&] { result = server_.reload(options); });
    start();
    return result;
  }

 private:
  void start() {
    thread_ = std::thread([this] { run_([this] { (void)server_.serve(wake_.get()); }); });
  }
  TestServer open(const ServerOptions& options) {
    std::optional<Result<TestServer>> server;
    run_([&] {
      server = TestServer::open(options, [this](const ServerEvent& event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
      });
    });
    INFO((*server ? "" : server->error().message()));
    REQUIRE(*server);
    return std::move(**server);
  }

  Runner run_;
  std::mutex mutex_;
  std::vector<ServerEvent> events_;
  UniqueFd wake_;
  TestServer server_;
  std::thread thread_;
};

}  // namespace sockutils::test
