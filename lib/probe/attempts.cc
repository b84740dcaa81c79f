#include "probe/attempts.h"

#include <algorithm>

namespace sockutils::probe {
namespace {

/// The first, when the server has not spoken first, and what is tried if that gets no answer.
std::vector<const Dialect*> questions_inside(std::uint16_t port) {
  const Dialect* const http = dialect_named("http");
  const Dialect* const usual = usual_inside_tls(port);
  if (usual == nullptr || usual == http) return {http};
  // Mail servers greet. One that does not is not to be asked in other tongues.
  if (usual->ask == nullptr) return {};
  return {usual, http};
}

Attempt tls_attempt(std::uint16_t port) {
  const auto questions = questions_inside(port);
  Attempt attempt{.tls = true, .question = questions.empty() ? nullptr : questions.front()};
  if (attempt.question == dialect_named("http")) attempt.offer = TlsClients::Offer::Everything;
  return attempt;
}

}  // namespace

const Dialect* dialect_named(std::string_view name) {
  for (const Dialect* dialect : dialects())
    if (dialect->name == name) return dialect;
  return nullptr;
}

std::deque<Attempt> first_attempts(const ProbeResult& result, bool has_tls) {
  const Dialect* const usual =
      result.protocol == Protocol::Tcp ? usual_dialect(Protocol::Tcp, result.port) : nullptr;
  if (result.protocol != Protocol::Tcp || is_delicate(result.port))
    return {{.listen = true, .question = usual}};
  const Dialect* const tls = dialect_named("tls");
  std::deque<Attempt> attempts;
  if (usual != nullptr && usual != tls) attempts.push_back({.question = usual});
  attempts.push_back(has_tls ? tls_attempt(result.port) : Attempt{.question = tls});
  if (const Dialect* const http = dialect_named("http"); usual != http)
    attempts.push_back({.question = http});
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
