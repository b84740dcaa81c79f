#include "probe/via/control_line.h"

#include <cerrno>

#include "os/server_sockets.h"
#include "os/sockaddr.h"
#include "probe/engine/verdict.h"
#include "sockutils/version.h"

namespace sockutils::probe {
namespace {

constexpr std::chrono::seconds ConnectTime{10};

TlsOptions client_options(const PairTrust& trust) {
  TlsOptions options;
  options.certificate_file = trust.certificate_file;
  options.key_file = trust.certificate_key_file;
  options.authorities_file = trust.authorities_file;
  if (!trust.keys.empty()) {
    options.psk_identity = trust.keys.front().name;
    options.psk = trust.keys.front().secret;
  }
  return options;
}

Result<std::unique_ptr<TlsSession>> begin_session(const PairOptions& options) {
  const auto library = tls_library();
  if (!library) return tl::unexpected(library.error());
  const auto context = (*library)->client(client_options(options.trust));
  if (!context) return tl::unexpected(context.error());
  return (*context)->connect(options.server_name.empty() ? options.server.to_string() : options.server_name);
}

}  // namespace

ControlLine::ControlLine(EventLoop& loop, RunWatch& watch, std::unique_ptr<ProbeSockets> sockets,
                         const PairOptions& options, std::unique_ptr<TlsSession> tls)
    : loop_(loop),
      watch_(watch),
      sockets_(std::move(sockets)),
      server_(to_string(Sockaddr{options.server, options.port})),
      stream_(std::move(tls)),
      has_certificate_(!options.trust.certificate_file.empty()) {
  if (!options.trust.keys.empty()) key_name_ = options.trust.keys.front().name;
}

Error ControlLine::ended(const std::string& how) const {
  if (answered_ || stream_.distrusts_peer()) return new_error("ask", how);
  std::string hint = "it may want a key, or a certificate";
  if (has_certificate_) hint = "it may not take this certificate";
  if (!key_name_.empty()) hint = "it may not know the key " + key_name_ + ", or take none";
  return new_error("ask", how + "; " + hint);
}

Error ControlLine::new_error(std::string operation, std::string detail) const {
  return {0, std::move(operation), server_, std::move(detail)};
}

Result<std::unique_ptr<ControlLine>> ControlLine::connect(EventLoop& loop, RunWatch& watch,
                                                          const PairOptions& options) {
  std::unique_ptr<TlsSession> session;
  if (!options.trust.is_empty()) {
    auto begun = begin_session(options);
    if (!begun) return tl::unexpected(begun.error());
    session = std::move(*begun);
  } else if (!options.server.is_loopback()) {
    return tl::unexpected(
        Error{EACCES, "ask", options.server.to_string(), "without a key only servers on loopback are asked"});
  }
  auto sockets = open_probe_sockets();
  if (!sockets) return tl::unexpected(sockets.error());
  std::unique_ptr<ControlLine> line(
      new ControlLine(loop, watch, std::move(*sockets), options, std::move(session)));
  const FarEnd end{Protocol::Tcp, options.server, options.port, {}};
  if (auto opened = line->open(end, ConnectTime); !opened) return tl::unexpected(opened.error());
  const auto hello = line->request<Hello>(Hello{ProtocolVersion, version()}, ConnectTime);
  if (!hello) return tl::unexpected(hello.error());
  if (hello->version != ProtocolVersion)
    return tl::unexpected(line->new_error("ask", "this program speaks version " +
                                                     std::to_string(ProtocolVersion) + ", the server " +
                                                     std::to_string(hello->version)));
  return line;
}

ControlLine::~ControlLine() {
  if (socket_ < 0) return;
  loop_.forget(socket_);
  sockets_->close(socket_);
}

Result<void> ControlLine::open(const FarEnd& end, std::chrono::milliseconds limit) {
  end_ = end;
  const auto socket = sockets_->open(end, {});
  if (!socket) return tl::unexpected(socket.error());
  socket_ = *socket;
  if (auto watched = loop_.watch(socket_, *this, {.readable = false, .writable = true}); !watched)
    return watched;
  const Outcome outcome = sockets_->connect(socket_, end);
  if (outcome.error != 0 && outcome.error != EINPROGRESS) take_outcome(outcome);
  if (auto run = run_until(limit, [&] { return connected_; }); !run) return run;
  const auto local = local_end(socket_);
  if (!local) return tl::unexpected(local.error());
  local_ = local->address;
  flush();
  return run_until(limit, [&] { return stream_.is_open(); });
}

template <class Condition>
Result<void> ControlLine::run_until(std::chrono::milliseconds limit, const Condition& condition) {
  const auto deadline = Clock::now() + limit;
  while (!condition()) {
    if (error_) return tl::unexpected(*error_);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return tl::unexpected(new_error("ask", "no answer in time"));
    if (watch_.is_stopped()) return tl::unexpected(stopped_error());
    watch_.wait(left);
  }
  return {};
}

void ControlLine::on_ready(EventLoop::Readiness) {
  if (!connected_) return take_outcome(sockets_->outcome(socket_));
  std::array<char, 16 * 1024> room;
  const auto size = receive_bytes(socket_, room);
  if (size && *size > 0) stream_.put({room.data(), *size});
  if (size && *size == 0) fail(ended("the server ended the connection"));
  if (!size && size.error().code != EAGAIN) fail(new_error("ask", size.error().message()));
  if (stream_.is_broken()) fail(ended(stream_.problem()));
  flush();
}

void ControlLine::take_outcome(const Outcome& outcome) {
  const bool icmp_counts = outcome.icmp && is_final(*outcome.icmp);
  if (outcome.error == EINPROGRESS && !icmp_counts) return;
  if (outcome.error == 0 && !icmp_counts) {
    connected_ = true;
    return;
  }
  const Verdict verdict = judge(end_, outcome);
  const bool is_others = verdict.from && verdict.from != end_.address;
  const bool nobody = verdict.state == PortState::Closed;
  fail(new_error("connect to", verdict.reason + (is_others ? " from " + verdict.from->to_string() : "") +
                                   (nobody ? "; is sockprobed running there?" : "")));
}

void ControlLine::fail(Error error) {
  if (!error_) error_ = std::move(error);
  loop_.forget(socket_);
}

void ControlLine::flush() {
  unsent_ += stream_.take();
  while (!unsent_.empty() && !error_) {
    const auto size = send_bytes(socket_, unsent_);
    if (!size && size.error().code == EAGAIN) break;
    if (!size) return fail(new_error("ask", size.error().message()));
    unsent_.erase(0, *size);
  }
  if (error_) return;
  if (auto watched = loop_.watch(socket_, *this, {.readable = true, .writable = !unsent_.empty()}); !watched)
    fail(watched.error());
}

Result<void> ControlLine::send(const Message& message) {
  if (error_) return tl::unexpected(*error_);
  stream_.send(message);
  flush();
  return {};
}

Result<Message> ControlLine::wait(std::chrono::milliseconds limit) {
  std::optional<Message> message;
  const auto run = run_until(limit, [&] { return (message = stream_.next()).has_value(); });
  if (!run) return tl::unexpected(run.error());
  answered_ = true;
  return std::move(*message);
}

Error ControlLine::refusal_in(const Message& message) const {
  const auto* const refusal = std::get_if<Refusal>(&message);
  return new_error("ask", refusal != nullptr ? refusal->reason : "an answer that was not asked for");
}

}  // namespace sockutils::probe
