#include "probe/engine/attempts.h"

namespace sockutils::probe {
namespace {

/// The first, when the server has not spoken first, and what is tried if that gets no answer.
std::vector<const Dialect*> questions_inside(std::uint16_t port) {
  const Dialect* const http = find_dialect("http");
  const Dialect* const usual = usual_inside_tls(port);
  if (usual == nullptr || usual == http) return {http};
  // Mail servers greet. One that does not is not to be asked in other tongues.
  if (usual->ask == nullptr) return {};
  return {usual, http};
}

Attempt tls_attempt(std::uint16_t port) {
  const auto questions = questions_inside(port);
  Attempt attempt{.tls = true, .question = questions.empty() ? nullptr : questions.front()};
  if (attempt.question == find_dialect("http")) attempt.offer = TlsClients::Offer::Everything;
  return attempt;
}

/// But those that were asked by then, and those of servers that mind strangers.
void add_all_questions(std::deque<Attempt>& attempts) {
  for (const Dialect* dialect : dialects()) {
    const bool asks = dialect->transport == Protocol::Tcp && dialect->ask != nullptr && !dialect->is_delicate;
    if (asks && dialect->name != "tls" && dialect->name != "http") attempts.push_back({.question = dialect});
  }
}

}  // namespace

std::deque<Attempt> first_attempts(const ProbeResult& result, bool has_tls, bool is_deep) {
  const Dialect* const usual =
      result.protocol == Protocol::Tcp ? usual_dialect(Protocol::Tcp, result.port) : nullptr;
  if (result.protocol != Protocol::Tcp || is_delicate(result.port))
    return {{.listen = true, .question = usual}};
  const Dialect* const tls = find_dialect("tls");
  std::deque<Attempt> attempts;
  if (usual != nullptr && usual != tls) attempts.push_back({.question = usual});
  attempts.push_back(has_tls ? tls_attempt(result.port) : Attempt{.question = tls});
  if (const Dialect* const http = find_dialect("http"); usual != http) attempts.push_back({.question = http});
  if (is_deep && usual == nullptr) add_all_questions(attempts);
  attempts.front().listen = true;
  return attempts;
}

std::deque<Attempt> more_inside_tls(std::uint16_t port) {
  const auto questions = questions_inside(port);
  std::deque<Attempt> attempts;
  for (std::size_t i = 1; i < questions.size(); ++i)
    attempts.push_back({.tls = true, .question = questions[i]});
  return attempts;
}

}  // namespace sockutils::probe
