#include "probe/engine/attempts.h"

namespace sockutils::probe {
namespace {

/// The first request, for a server that has not spoken first, followed by what to try if it gets no answer.
std::vector<const ServiceProbe*> questions_inside(std::uint16_t port) {
  const ServiceProbe* const http = find_service_probe("http");
  const ServiceProbe* const usual = usual_inside_tls(port);
  if (usual == nullptr || usual == http) return {http};
  // Mail servers speak first. One that does not must not get requests in other protocols.
  if (usual->request == nullptr) return {};
  return {usual, http};
}

Attempt tls_attempt(std::uint16_t port) {
  const auto questions = questions_inside(port);
  Attempt attempt{.tls = true, .question = questions.empty() ? nullptr : questions.front()};
  if (attempt.question == find_service_probe("http")) attempt.offer = TlsClients::Offer::Everything;
  return attempt;
}

/// Adds all TCP protocols except those already tried and the delicate ones.
void add_all_questions(std::deque<Attempt>& attempts) {
  for (const ServiceProbe* service_probe : service_probes()) {
    const bool asks = service_probe->transport == Protocol::Tcp && service_probe->request != nullptr &&
                      !service_probe->is_delicate;
    if (asks && service_probe->name != "tls" && service_probe->name != "http")
      attempts.push_back({.question = service_probe});
  }
}

}  // namespace

std::deque<Attempt> first_attempts(const ProbeResult& result, bool has_tls, bool is_deep) {
  const ServiceProbe* const usual =
      result.protocol == Protocol::Tcp ? usual_service_probe(Protocol::Tcp, result.port) : nullptr;
  if (result.protocol != Protocol::Tcp || is_delicate(result.port))
    return {{.listen = true, .question = usual}};
  const ServiceProbe* const tls = find_service_probe("tls");
  std::deque<Attempt> attempts;
  if (usual != nullptr && usual != tls) attempts.push_back({.question = usual});
  attempts.push_back(has_tls ? tls_attempt(result.port) : Attempt{.question = tls});
  if (const ServiceProbe* const http = find_service_probe("http"); usual != http)
    attempts.push_back({.question = http});
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
