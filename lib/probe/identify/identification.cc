#include "probe/identify/identification.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sockutils::probe {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t LongestReply = 8192;

FarEnd end_of(const ProbeResult& result) {
  return {result.protocol, result.address.value_or(Address{}), result.port, result.path};
}

/// A TLS handshake or alert record, possibly only its beginning (RFC 8446, 5.1).
bool is_tls(std::string_view bytes) {
  return !bytes.empty() && (bytes[0] == '\x16' || bytes[0] == '\x15') && (bytes.size() == 1 || bytes[1] == 3);
}

/// A ClientHello sent to a client is an echo (RFC 862).
bool is_echoed_hello(std::string_view bytes) {
  constexpr std::size_t TypeAt = 5;
  constexpr char ClientHello = 1;
  return is_tls(bytes) && bytes.size() > TypeAt && bytes[0] == '\x16' && bytes[TypeAt] == ClientHello;
}

}  // namespace

Identification::Identification(const IdentificationContext& with, ProbeResult result, std::uint64_t tag)
    : with_(with),
      result_(std::move(result)),
      tag_(tag),
      attempts_(first_attempts(result_, with.tls.available(), with.is_deep)) {}

void Identification::enter(Phase phase, milliseconds timeouts) {
  phase_ = phase;
  deadline_ = with_.sockets.now() + timeouts;
}

void Identification::conclude() {
  line_.reset();
  phase_ = Phase::Over;
}

void Identification::next() {
  line_.reset();
  phase_ = attempts_.empty() ? Phase::Over : Phase::Queued;
}

void Identification::connect() {
  attempt_ = attempts_.front();
  attempts_.pop_front();
  heard_.clear();
  said_ = 0;
  first_byte_.reset();
  const FarEnd end = end_of(result_);
  const auto socket = with_.sockets.open(end, with_.near);
  if (!socket) return conclude();
  line_ = std::make_unique<Line>(with_.sockets, *socket);
  enter(Phase::Connecting, with_.timeouts.to_connect);
  const Outcome outcome = with_.sockets.connect(*socket, end);
  if (outcome.error == 0) return on_connected();
  if (outcome.error != EINPROGRESS) return conclude();
  with_.sockets.watch(*socket, tag_, {.readable = false, .writable = true});
}

/// Where the client is expected to speak first, the server gets a few round trips to show that it is another
/// kind.
milliseconds Identification::time_to_speak_first() const {
  const milliseconds timeouts = with_.timeouts.to_speak_first;
  const bool client_speaks = line_->tls() == nullptr
                                 ? usual_service_probe(result_.protocol, result_.port) != nullptr
                                 : attempt_.question != nullptr;
  if (!client_speaks) return timeouts;
  const auto trips = std::chrono::ceil<milliseconds>(3 * result_.times.connect.value_or(microseconds(0)));
  return std::min(timeouts, std::max(milliseconds(150), trips));
}

void Identification::on_connected() {
  expected_since_ = with_.sockets.now();
  with_.sockets.watch(line_->socket(), tag_, {});
  if (attempt_.start_tls != nullptr) {
    enter(Phase::StartingTls, with_.timeouts.to_answer);
    return advance_start_tls(false);
  }
  if (attempt_.listen) return enter(Phase::Listening, time_to_speak_first());
  go_on();
}

void Identification::go_on() {
  if (attempt_.tls && line_->tls() == nullptr) return begin_tls();
  if (attempt_.question == nullptr || !line_->send(attempt_.question->request(result_.host))) return next();
  expected_since_ = with_.sockets.now();
  enter(Phase::Asked, with_.timeouts.to_answer);
}

void Identification::begin_tls() {
  auto session = with_.tls.begin(result_.host, attempt_.offer);
  if (!session) return next();
  heard_.clear();
  tls_began_ = with_.sockets.now();
  enter(Phase::Handshake, with_.timeouts.to_answer);
  line_->begin_tls(std::move(*session));
}

void Identification::advance_start_tls(bool ended) {
  for (;;) {
    const StartTls step = attempt_.start_tls->start_tls({heard_, said_, result_.host});
    const bool says = step.step == StartTls::Step::Say || step.step == StartTls::Step::SayLast;
    if (step.step == StartTls::Step::Wait && !ended) return;
    if (says ? ended || !line_->send(step.words) : step.step != StartTls::Step::Begin) return conclude();
    if (step.step != StartTls::Step::Say) return begin_tls();
    heard_.clear();
    ++said_;
    enter(Phase::StartingTls, with_.timeouts.to_answer);
  }
}

void Identification::on_secure() {
  const auto now = with_.sockets.now();
  if (!result_.tls) {
    result_.tls = line_->tls()->facts();
    result_.times.tls = std::chrono::duration_cast<microseconds>(now - tls_began_);
    result_.starttls = attempt_.start_tls != nullptr;
  }
  if (attempt_.start_tls != nullptr) return conclude();
  if (!result_.identity) {
    result_.identity = ServiceIdentity{"tls", "", ""};
    attempts_ = more_inside_tls(result_.port);
  }
  expected_since_ = now;
  enter(Phase::Listening, time_to_speak_first());
  if (answer_greeting(false) || recognise_server(heard_)) return;
  if (line_->tls()->facts().alpn != "h2") return;
  // This choice implies HTTP; the server's name is asked for in the older version.
  const ServiceProbe* const http = find_service_probe("http");
  result_.identity->name = name_inside_tls(*http);
  attempts_ = {{.tls = true, .offer = TlsClients::Offer::Http1, .question = http}};
  next();
}

void Identification::on_tls_failure() {
  const TlsSession& session = *line_->tls();
  const std::string& why = session.error().detail;
  if (why.find("application protocol") != why.npos && attempt_.offer != TlsClients::Offer::Nothing) {
    attempt_.offer = TlsClients::Offer::Nothing;
    attempts_.push_front(attempt_);
    return next();
  }
  if (!result_.tls) {
    result_.tls = session.facts();
    result_.tls->failure = why;
    result_.starttls = attempt_.start_tls != nullptr;
  }
  if (!result_.identity) result_.identity = ServiceIdentity{"tls", "", ""};
  conclude();
}

void Identification::on_handshake(Line::Received heard) {
  const TlsSession::State state = line_->tls()->state();
  if (state == TlsSession::State::Open || state == TlsSession::State::Ended) return on_secure();
  if (is_echoed_hello(line_->answer_to_hello())) {
    result_.identity = ServiceIdentity{"echo", "", ""};
    result_.times.first_byte = first_byte_;
    return conclude();
  }
  if (state == TlsSession::State::Handshake && heard != Line::Received::End) return;
  if (is_tls(line_->answer_to_hello())) return on_tls_failure();
  // Not TLS, but perhaps an error message in a known protocol.
  if (!recognise_server(line_->answer_to_hello())) next();
}

bool Identification::answer_greeting(bool ended) {
  if (ended || heard_.empty() || (phase_ != Phase::Listening && phase_ != Phase::Greeted)) return false;
  const auto words = further_words({heard_, result_.port});
  if (!words) return false;
  // The answer is not complete yet.
  if (words->empty()) return true;
  if (phase_ == Phase::Greeted || !line_->send(*words)) return false;
  enter(Phase::Greeted, with_.timeouts.to_answer);
  return true;
}

bool Identification::recognise_server(std::string_view bytes) {
  auto recognised = recognise_service(Protocol::Tcp, {bytes, result_.port});
  if (!recognised) return false;
  const ServiceProbe& service_probe = *recognised->service_probe;
  const bool inside = line_->tls() != nullptr && line_->tls()->state() != TlsSession::State::Failed;
  result_.identity = std::move(recognised->identity);
  result_.times.first_byte = first_byte_;
  if (inside) result_.identity->name = name_inside_tls(service_probe);
  missed_tls_ = service_probe.name == "tls" || (service_probe.start_tls != nullptr && !with_.tls.available());
  attempts_.clear();
  const bool may_ask = !inside && result_.protocol == Protocol::Tcp && !is_delicate(result_.port);
  if (service_probe.start_tls != nullptr && may_ask && with_.tls.available())
    attempts_.push_back({.start_tls = &service_probe});
  next();
  return true;
}

void Identification::on_event() {
  if (phase_ == Phase::Over || phase_ == Phase::Queued) return;
  if (phase_ == Phase::Connecting) {
    const Outcome outcome = with_.sockets.outcome(line_->socket());
    if (outcome.error == EINPROGRESS) return;
    return outcome.error == 0 ? on_connected() : conclude();
  }
  const bool first = heard_.empty();
  const Line::Received heard = line_->receive(heard_, LongestReply);
  if (first && !heard_.empty())
    first_byte_ = std::chrono::duration_cast<microseconds>(with_.sockets.now() - expected_since_);
  const bool ended = heard == Line::Received::End || heard_.size() >= LongestReply;
  if (phase_ == Phase::Handshake) return on_handshake(heard);
  if (phase_ == Phase::StartingTls) return advance_start_tls(ended);
  if (heard == Line::Received::Nothing || answer_greeting(ended) || recognise_server(heard_)) return;
  if (ended) phase_ == Phase::Asked ? next() : conclude();
}

void Identification::on_deadline() {
  if (phase_ == Phase::Asked) return next();
  if (phase_ == Phase::Handshake) return is_tls(line_->answer_to_hello()) ? on_tls_failure() : next();
  // A server that has spoken must not get requests in other protocols.
  if (phase_ == Phase::Listening && heard_.empty()) return go_on();
  const bool greeted = phase_ == Phase::Listening || phase_ == Phase::Greeted;
  if (!greeted || !recognise_server(heard_)) conclude();
}

}  // namespace sockutils::probe
