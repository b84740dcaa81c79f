// The list of plain services: one row each.

#include "probe/server/plain_services.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "probe/server/pretend.h"

namespace sockutils::probe {
namespace {

class EchoTalk final : public ServerTalk {
 public:
  Answer hear(std::string_view bytes) override { return {std::string(bytes)}; }
};

/// Sends a greeting, and ignores all input.
class OneSidedTalk final : public ServerTalk {
 public:
  explicit OneSidedTalk(Answer greeting) : greeting_(std::move(greeting)) {}
  Answer greet() override { return greeting_; }
  Answer hear(std::string_view) override { return {}; }

 private:
  Answer greeting_;
};

/// RFC 867 leaves the format to the server.
std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  std::array<char, 64> text{};
  ::gmtime_r(&now, &parts);
  return {text.data(), std::strftime(text.data(), text.size(), "%A, %B %d, %Y %H:%M:%S-UTC\r\n", &parts)};
}

std::unique_ptr<ServerTalk> talk_echo(const TestService&) { return std::make_unique<EchoTalk>(); }
std::unique_ptr<ServerTalk> talk_discard(const TestService&) {
  return std::make_unique<OneSidedTalk>(Answer{});
}
std::unique_ptr<ServerTalk> talk_daytime(const TestService&) {
  return std::make_unique<OneSidedTalk>(Answer{time_of_day(), true});
}
std::unique_ptr<ServerTalk> talk_banner(const TestService& service) {
  return std::make_unique<OneSidedTalk>(Answer{service.text});
}

std::string answer_echo(std::string_view question) { return std::string(question); }
std::string answer_nothing(std::string_view) { return {}; }
std::string answer_daytime(std::string_view) { return time_of_day(); }

constexpr std::array<PlainService, 4> PlainServices{{
    {"echo", 7007, talk_echo, answer_echo},
    {"discard", 7009, talk_discard, answer_nothing},
    {"daytime", 7013, talk_daytime, answer_daytime},
    {"banner", 7017, talk_banner, nullptr},
}};

}  // namespace

std::span<const PlainService> plain_services() { return PlainServices; }

const PlainService* find_plain_service(std::string_view name) {
  const auto found = std::find_if(PlainServices.begin(), PlainServices.end(),
                                  [&](const PlainService& service) { return service.name == name; });
  return found == PlainServices.end() ? nullptr : &*found;
}

std::unique_ptr<ServerTalk> talk_of(const TestService& service) {
  if (service.pretended) return pretend(service.name);
  const PlainService* const plain = find_plain_service(service.name);
  return plain == nullptr ? nullptr : plain->talk(service);
}

std::string answer_datagram(const TestService& service, std::string_view question) {
  if (service.pretended) return pretend_to_answer(service.name, question);
  const PlainService* const plain = find_plain_service(service.name);
  return plain == nullptr || plain->answer == nullptr ? std::string() : plain->answer(question);
}

std::string label(const TestService& service) {
  if (service.pretended) return service.name;
  return (service.protocol == Protocol::Udp ? "udp-" : "tcp-") + service.name;
}

}  // namespace sockutils::probe
