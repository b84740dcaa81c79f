#include "probe/server/pretend.h"

namespace sockutils::probe {
namespace {

class PretendedTalk final : public ServerTalk {
 public:
  explicit PretendedTalk(const ServiceProbe& service_probe) : service_probe_(service_probe) {}

  Answer greet() override { return {service_probe_.reply({})}; }

  Answer hear(std::string_view bytes) override {
    constexpr std::size_t LongestQuestion = 4096;
    if (heard_.size() + bytes.size() > LongestQuestion) return {{}, true};
    heard_ += bytes;
    std::string answer = service_probe_.reply(heard_);
    if (answer.empty()) return {};
    heard_.clear();
    return {std::move(answer), service_probe_.closes_after_reply};
  }

 private:
  const ServiceProbe& service_probe_;
  /// A request may arrive in pieces.
  std::string heard_;
};

}  // namespace

std::unique_ptr<ServerTalk> pretend(std::string_view name) {
  const ServiceProbe* const service_probe = find_service_probe(name, Protocol::Tcp);
  if (service_probe == nullptr) return nullptr;
  return std::make_unique<PretendedTalk>(*service_probe);
}

std::string pretend_to_answer(std::string_view name, std::string_view question) {
  const ServiceProbe* const service_probe = find_service_probe(name, Protocol::Udp);
  if (service_probe == nullptr || question.empty()) return {};
  const bool is_answer = service_probe->match({question, service_probe->ports[0]}).has_value();
  return is_answer ? std::string() : service_probe->reply(question);
}

}  // namespace sockutils::probe
