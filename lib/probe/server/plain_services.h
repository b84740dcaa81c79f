/// The behaviour of the services, independent of sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sockutils/serve.h"

namespace sockutils::probe {

/// A server's answer to its input.
struct Answer {
  std::string bytes = {};
  /// Close the connection once the answer is sent.
  bool hang_up = false;
};

/// For services that send more than direct answers: a way to their client.
class ServerLine {
 public:
  virtual ~ServerLine() = default;
  virtual void say(Answer answer) = 0;
};

/// The server's side of one stream connection.
class ServerTalk {
 public:
  virtual ~ServerTalk() = default;
  /// Called first; the line outlives this object.
  virtual void attach(ServerLine&) {}
  /// Maximum duration, from the start; no value: unlimited.
  virtual std::optional<std::chrono::milliseconds> longest() const { return std::nullopt; }
  /// Called before the client has sent anything.
  virtual Answer greet() { return {}; }
  virtual Answer hear(std::string_view bytes) = 0;
};

/// Returns the answer to a datagram; empty for none.
using AnswerDatagram = std::string (*)(std::string_view question);

/// A service without a protocol of its own.
struct PlainService {
  std::string_view name;
  std::uint16_t usual_port;
  std::unique_ptr<ServerTalk> (*talk)(const TestService& service);
  /// Null: not available over UDP.
  AnswerDatagram answer;
};

std::span<const PlainService> plain_services();
/// Null when there is no service of that name.
const PlainService* find_plain_service(std::string_view name);

/// The stream side of any service.
std::unique_ptr<ServerTalk> talk_of(const TestService& service);
/// A service's answer to a datagram; empty for none.
std::string answer_datagram(const TestService& service, std::string_view question);

/// `tcp-echo`, or the name of an imitated protocol.
std::string label(const TestService& service);

}  // namespace sockutils::probe
