/// Servers that speak as the server half of a service probe does, in memory, with a clock of their own.
#pragma once

#include <cerrno>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "os/probe_sockets.h"
#include "os/tls.h"
#include "probe/identify/service_probe.h"

namespace sockutils::test {

/// One connection, seen from the server.
class FakeServer {
 public:
  virtual ~FakeServer() = default;
  /// What it says to bytes that came; empty ones when the client has just come.
  virtual std::string hear(std::string_view bytes) = 0;
  /// Whether it has hung up, once all that it said is read.
  virtual bool hung_up() const { return false; }
};

class FakeServers final : public ProbeSockets {
 public:
  using Make = std::function<std::unique_ptr<FakeServer>(const FarEnd&)>;
  explicit FakeServers(Make make) : make_(std::move(make)) {}

  /// When each connection was begun.
  std::vector<Clock::time_point> connected;
  /// When it comes to be, the run is told to end.
  Clock::time_point stop_at = Clock::time_point::max();
  std::uint64_t stop_tag = 0;

  Clock::time_point now() const override { return now_; }
  std::size_t descriptors_left() override { return 1000; }
  Result<int> open(const FarEnd&, const NearEnd&) override {
    open_[next_] = {};
    return next_++;
  }
  Outcome connect(int socket, const FarEnd& end) override {
    connected.push_back(now_);
    Connection& connection = open_.at(socket);
    connection.server = make_(end);
    if (!connection.server) return {ECONNREFUSED, {}};
    connection.for_client = connection.server->hear({});
    return {};
  }
  Outcome outcome(int) override { return {}; }
  bool met_itself(int) override { return false; }
  void forbid_fragments(int, bool) override {}
  Result<std::size_t> send(int socket, std::string_view bytes) override {
    Connection& connection = open_.at(socket);
    connection.for_client += connection.server->hear(bytes);
    return bytes.size();
  }
  Result<std::size_t> receive(int socket, std::string& into, std::size_t limit) override {
    Connection& connection = open_.at(socket);
    const std::size_t size = std::min(limit, connection.for_client.size());
    if (size == 0 && !connection.server->hung_up()) return tl::unexpected(Error{EAGAIN, "receive", "", {}});
    into.append(connection.for_client, 0, size);
    connection.for_client.erase(0, size);
    return size;
  }
  void watch(int socket, std::uint64_t tag, Interest) override { open_.at(socket).tag = tag; }
  void close(int socket) override { open_.erase(socket); }
  void abort(int socket) override { open_.erase(socket); }

  /// Time passes only when no server has anything to say.
  const std::vector<std::uint64_t>& wait(std::chrono::microseconds limit) override {
    ready_.clear();
    for (const auto& [socket, connection] : open_) {
      const bool has_words = !connection.for_client.empty();
      if (connection.server && (has_words || connection.server->hung_up())) ready_.push_back(connection.tag);
    }
    if (ready_.empty()) now_ += limit;
    if (now_ >= stop_at) ready_.push_back(stop_tag);
    return ready_;
  }

  bool all_closed() const { return open_.empty(); }

 private:
  struct Connection {
    std::unique_ptr<FakeServer> server;
    std::string for_client;
    std::uint64_t tag = 0;
  };

  Make make_;
  Clock::time_point now_{};
  std::map<int, Connection> open_;
  int next_ = 3;
  std::vector<std::uint64_t> ready_;
};

/// Speaks a service_probe, plain, in TLS, or first the one and then the other.
class DialectServer final : public FakeServer {
 public:
  enum class Tls : std::uint8_t { Never, AtOnce, WhenAsked };
  DialectServer(const probe::ServiceProbe& service_probe, Tls tls, const TlsContext* context)
      : service_probe_(service_probe), tls_(tls), context_(context) {
    if (tls_ == Tls::WhenAsked) find_trigger();
    if (tls_ == Tls::AtOnce) begin_tls();
  }

  std::string hear(std::string_view bytes) override {
    if (session_) return hear_secure(bytes);
    std::string answer = service_probe_.reply(bytes);
    if (tls_ == Tls::WhenAsked && bytes == trigger_) begin_tls();
    return answer;
  }

 private:
  /// The words after which TLS begins: those that a client says last on the way.
  void find_trigger() {
    std::string heard = service_probe_.reply("");
    for (unsigned said = 0; said < 10; ++said) {
      const probe::StartTls step = service_probe_.start_tls({heard, said, "host.example"});
      if (step.step == probe::StartTls::Step::Begin) return;
      trigger_ = step.words;
      if (step.step == probe::StartTls::Step::SayLast) return;
      heard = service_probe_.reply(trigger_);
    }
  }

  void begin_tls() { session_ = context_->accept().value(); }

  std::string hear_secure(std::string_view bytes) {
    const bool was_open = session_->state() == TlsSession::State::Open;
    session_->put(bytes);
    std::string words;
    session_->read(words, 1000);
    if (!was_open && session_->state() == TlsSession::State::Open && tls_ == Tls::AtOnce)
      static_cast<void>(session_->write(service_probe_.reply("")));
    if (!words.empty()) static_cast<void>(session_->write(service_probe_.reply(words)));
    std::string wire;
    session_->take(wire);
    return wire;
  }

  const probe::ServiceProbe& service_probe_;
  Tls tls_;
  const TlsContext* context_;
  std::string trigger_ = "none";
  std::unique_ptr<TlsSession> session_;
};

}  // namespace sockutils::test
