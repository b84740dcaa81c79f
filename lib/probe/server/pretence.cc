#include "probe/server/pretence.h"

namespace sockutils::probe {
namespace {

class PretendedTalk final : public ServerTalk {
 public:
  explicit PretendedTalk(const Dialect& dialect) : dialect_(dialect) {}

  Answer greet() override { return {dialect_.respond({})}; }

  Answer hear(std::string_view bytes) override {
    constexpr std::size_t LongestQuestion = 4096;
    if (heard_.size() + bytes.size() > LongestQuestion) return {{}, true};
    heard_ += bytes;
    std::string answer = dialect_.respond(heard_);
    if (answer.empty()) return {};
    heard_.clear();
    return {std::move(answer), dialect_.hangs_up};
  }

 private:
  const Dialect& dialect_;
  /// A question may come in pieces.
  std::string heard_;
};

}  // namespace

std::unique_ptr<ServerTalk> pretend(std::string_view name) {
  const Dialect* const dialect = find_dialect(name, Protocol::Tcp);
  if (dialect == nullptr) return nullptr;
  return std::make_unique<PretendedTalk>(*dialect);
}

std::string pretend_to_answer(std::string_view name, std::string_view question) {
  const Dialect* const dialect = find_dialect(name, Protocol::Udp);
  if (dialect == nullptr || question.empty()) return {};
  const bool is_answer = dialect->read({question, dialect->ports[0]}).has_value();
  return is_answer ? std::string() : dialect->respond(question);
}

}  // namespace sockutils::probe
