/// What the services say. They know nothing of sockets.
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

/// What a server says to what it heard.
struct Answer {
  std::string bytes = {};
  /// It ends the conversation once that is sent.
  bool hang_up = false;
};

/// How a conversation that has more to say than answers reaches its client.
class ServerLine {
 public:
  virtual ~ServerLine() = default;
  virtual void say(Answer answer) = 0;
};

/// One client's conversation over a stream.
class ServerTalk {
 public:
  virtual ~ServerTalk() = default;
  /// Before anything else; the line lives longer.
  virtual void attach(ServerLine&) {}
  /// How long the conversation may last, from its begin; no value: as long as any.
  virtual std::optional<std::chrono::milliseconds> longest() const { return std::nullopt; }
  /// Before the client has said anything.
  virtual Answer greet() { return {}; }
  virtual Answer hear(std::string_view bytes) = 0;
};

/// The answer to a datagram; empty for none.
using AnswerDatagram = std::string (*)(std::string_view question);

/// A service that is no protocol of its own.
struct PlainService {
  std::string_view name;
  std::uint16_t usual_port;
  std::unique_ptr<ServerTalk> (*talk)(const TestService& service);
  /// Null: there is none over UDP.
  AnswerDatagram answer;
};

std::span<const PlainService> plain_services();
/// Null when there is none of that name.
const PlainService* find_plain_service(std::string_view name);

/// Whatever a service has to do over a stream.
std::unique_ptr<ServerTalk> talk_of(const TestService& service);
/// The answer of a service to a datagram that came to `port`; empty for none.
std::string answer_datagram(const TestService& service, std::string_view question);

/// `tcp-echo`, or the name of a protocol that is pretended.
std::string label(const TestService& service);

}  // namespace sockutils::probe
