/// What the services say. They know nothing of sockets.
#pragma once

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

/// One client's conversation over a stream.
class Talk {
 public:
  virtual ~Talk() = default;
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
  std::unique_ptr<Talk> (*talk)(const TestService& service);
  /// Null: there is none over UDP.
  AnswerDatagram answer;
};

std::span<const PlainService> plain_services();
/// Null when there is none of that name.
const PlainService* find_plain_service(std::string_view name);

/// Whatever a service has to do over a stream.
std::unique_ptr<Talk> talk_of(const TestService& service);
/// The answer of a service to a datagram that came to `port`; empty for none.
std::string answer_datagram(const TestService& service, std::string_view question);

/// `tcp-echo`, or the name of a protocol that is pretended.
std::string label(const TestService& service);

}  // namespace sockutils::probe
