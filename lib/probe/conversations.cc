#include "probe/conversations.h"

#include <algorithm>
#include <cerrno>

namespace sockutils::probe {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t MostTalks = 100;
constexpr std::size_t LongestReply = 8192;
constexpr milliseconds ToConnect{3000};
/// A server that waits for the client costs this time, and one that speaks later is taken for it.
constexpr milliseconds ToSpeakFirst{600};
constexpr milliseconds ToAnswer{1500};

FarEnd end_of(const ProbeResult& result) {
  return {result.protocol, result.address.value_or(Address{}), result.port, result.path};
}

std::vector<const Dialect*> questions_for(const ProbeResult& result) {
  std::vector<const Dialect*> questions;
  if (result.protocol != Protocol::Tcp) return questions;
  if (const Dialect* usual = usual_dialect(Protocol::Tcp, result.port)) questions.push_back(usual);
  if (is_delicate(result.port)) return questions;
  for (const std::string_view name : {"tls", "http"})
    for (const Dialect* dialect : dialects())
      if (dialect->name == name && std::find(questions.begin(), questions.end(), dialect) == questions.end())
        questions.push_back(dialect);
  return questions;
}

}  // namespace

bool may_talk_to(const ProbeResult& result) {
  return result.state == PortState::Open && result.protocol != Protocol::Udp && !is_printer(result.port);
}

Conversations::~Conversations() {
  for (auto& [tag, talk] : talks_) hang_up(talk);
}

void Conversations::run(std::deque<ProbeResult> open, const ProbeSink& sink) {
  const std::size_t most = std::min(limit_, MostTalks);
  while (!open.empty() || !talks_.empty()) {
    while (!open.empty() && talks_.size() < most) {
      const std::uint64_t tag = next_tag_++;
      Talk& talk = talks_[tag];
      talk.tag = tag;
      talk.questions = questions_for(open.front());
      talk.result = std::move(open.front());
      open.pop_front();
      connect(talk);
    }
    for (const std::uint64_t tag : sockets_.wait(time_to_wait()))
      if (const auto found = talks_.find(tag); found != talks_.end()) on_event(found->second);
    const Clock::time_point now = sockets_.now();
    for (auto it = talks_.begin(); it != talks_.end();) {
      Talk& talk = it->second;
      if (talk.phase != Phase::Over && talk.deadline <= now) on_silence(talk);
      if (talk.phase == Phase::Over && !sink(std::move(talk.result))) return;
      it = talk.phase == Phase::Over ? talks_.erase(it) : std::next(it);
    }
  }
}

void Conversations::hang_up(Talk& talk) {
  if (talk.socket >= 0) sockets_.close(talk.socket);
  talk.socket = -1;
  talk.phase = Phase::Over;
}

void Conversations::connect(Talk& talk) {
  const FarEnd end = end_of(talk.result);
  const auto socket = sockets_.open(end, near_);
  if (!socket) return hang_up(talk);
  talk.socket = *socket;
  talk.phase = Phase::Connecting;
  talk.deadline = sockets_.now() + ToConnect;
  const Outcome outcome = sockets_.connect(talk.socket, end);
  if (outcome.error == 0) return on_connected(talk);
  if (outcome.error != EINPROGRESS) return hang_up(talk);
  sockets_.watch(talk.socket, talk.tag, {.readable = false, .writable = true});
}

void Conversations::on_connected(Talk& talk) {
  talk.connected = sockets_.now();
  talk.reply.clear();
  sockets_.watch(talk.socket, talk.tag, {});
  if (talk.listened) return ask(talk);
  talk.listened = true;
  talk.phase = Phase::Listening;
  talk.deadline = talk.connected + ToSpeakFirst;
}

void Conversations::ask(Talk& talk) {
  if (talk.next == talk.questions.size()) return hang_up(talk);
  const std::string question = talk.questions[talk.next++]->ask(talk.result.host);
  if (!sockets_.send(talk.socket, question)) return ask_anew(talk);
  talk.phase = Phase::Asked;
  talk.deadline = sockets_.now() + ToAnswer;
}

void Conversations::ask_anew(Talk& talk) {
  hang_up(talk);
  if (talk.next < talk.questions.size()) connect(talk);
}

void Conversations::on_event(Talk& talk) {
  if (talk.phase == Phase::Over) return;
  if (talk.phase != Phase::Connecting) return read(talk);
  const Outcome outcome = sockets_.outcome(talk.socket);
  if (outcome.error == EINPROGRESS) return;
  outcome.error == 0 ? on_connected(talk) : hang_up(talk);
}

void Conversations::read(Talk& talk) {
  const auto received = sockets_.receive(talk.socket, talk.reply, LongestReply);
  if (!received && received.error().code == EAGAIN) return;
  const bool ended = !received || *received == 0 || talk.reply.size() >= LongestReply;
  if (auto identity = recognise(Protocol::Tcp, {talk.reply, talk.result.port})) {
    talk.result.identity = std::move(identity);
    talk.result.times.first_byte =
        std::chrono::duration_cast<std::chrono::microseconds>(sockets_.now() - talk.connected);
    return hang_up(talk);
  }
  if (ended) talk.phase == Phase::Asked ? ask_anew(talk) : hang_up(talk);
}

void Conversations::on_silence(Talk& talk) {
  if (talk.phase == Phase::Asked) return ask_anew(talk);
  // Who has spoken, in whatever tongue, is not to be asked in others.
  const bool may_ask = talk.phase == Phase::Listening && talk.reply.empty();
  may_ask ? ask(talk) : hang_up(talk);
}

std::chrono::microseconds Conversations::time_to_wait() const {
  const Clock::time_point now = sockets_.now();
  Clock::time_point end = now + ToConnect;
  for (const auto& [tag, talk] : talks_) end = std::min(end, talk.phase == Phase::Over ? now : talk.deadline);
  return std::chrono::ceil<std::chrono::microseconds>(std::max(end - now, Clock::duration::zero()));
}

}  // namespace sockutils::probe
