#include "probe/via/control_talk.h"

#include <algorithm>
#include <cerrno>

#include "os/private_file.h"
#include "probe/server/capture.h"
#include "probe/via/secure_stream.h"
#include "probe/via/sender.h"
#include "probe/via/target.h"
#include "sockutils/version.h"

namespace sockutils::probe {
namespace {

/// Time limits for authentication, and for the whole session.
constexpr std::chrono::seconds HandshakeTime{5};
constexpr std::chrono::seconds SessionTime{180};
/// Limit on what a client may cause in one session.
constexpr std::size_t MaxRuns = 64;

std::optional<std::string> secret_of(const std::vector<PairKey>& keys, std::string_view name) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const PairKey& key) { return key.name == name; });
  return found == keys.end() ? std::nullopt : std::optional(found->secret);
}

class ControlTalk final : public ServerTalk {
 public:
  ControlTalk(EventLoop& loop, std::shared_ptr<ControlShared> shared, ControlEnds ends, ServerLog log,
              std::unique_ptr<TlsSession> tls)
      : loop_(loop), shared_(std::move(shared)), ends_(ends), log_(std::move(log)), stream_(std::move(tls)) {}
  ~ControlTalk() override {
    if (greeted_) --shared_->sessions;
  }
  ControlTalk(const ControlTalk&) = delete;
  ControlTalk& operator=(const ControlTalk&) = delete;

  void attach(ServerLine& line) override { line_ = &line; }
  std::optional<std::chrono::milliseconds> longest() const override {
    return greeted_ ? SessionTime : HandshakeTime;
  }

  Answer hear(std::string_view bytes) override {
    stream_.put(bytes);
    while (auto message = stream_.next()) std::visit([this](const auto& content) { on(content); }, *message);
    if (stream_.is_broken())
      tell(ServerEvent::Kind::Refused, greeted_ ? stream_.problem() : "not known here: " + stream_.problem());
    return {stream_.take(), hanging_up_ || stream_.is_broken()};
  }

 private:
  void on(const Hello& hello) {
    if (greeted_) return refuse("hello was said already");
    if (hello.version != ProtocolVersion)
      return refuse("this server speaks version " + std::to_string(ProtocolVersion) + ", the client " +
                    std::to_string(hello.version));
    if (shared_->sessions >= shared_->options.sessions) return refuse("too many clients; try again later");
    greeted_ = true;
    ++shared_->sessions;
    tell(ServerEvent::Kind::Session, stream_.peer_name());
    stream_.send(Hello{ProtocolVersion, version()});
  }

  void on(const Open& open) {
    if (!may_run()) return;
    target_ = std::make_unique<Target>(loop_, random_bytes(TokenSize), ends_.peer.address);
    Opened opened{target_->token(), {}};
    for (const ProbePort& port : open.ports) opened.ports.push_back({port, open_port(port)});
    stream_.send(opened);
  }

  /// Why it was refused; empty when the port is open.
  std::string open_port(const ProbePort& port) {
    const auto& allowed = shared_->options.allowed_ports;
    const bool may_open = std::any_of(allowed.begin(), allowed.end(), [&](const auto& range) {
      return port.port >= range.first && port.port <= range.second;
    });
    if (!may_open) return "the server's policy does not allow that port";
    const auto result = target_->open(port, ends_.local.address);
    if (!result && result.error().code == EADDRINUSE) return "the port is taken at the server";
    if (!result) return result.error().message();
    if (capture_) capture_->flows()->add_served_port(port.protocol, port.port);
    ServerEvent event = new_event(ServerEvent::Kind::Serving);
    event.service = port.protocol == Protocol::Udp ? "udp-test" : "tcp-test";
    event.address = ends_.local.address;
    event.port = port.port;
    log_(event);
    return {};
  }

  void on(const Report&) {
    if (target_ == nullptr) return refuse("no ports are open");
    stream_.send(target_->report());
    target_.reset();
  }

  void on(const Try& task) {
    if (!may_run()) return;
    if (sender_ != nullptr && !sender_->is_done()) return refuse("ports are being tried already");
    SenderTask sending{
        task.token,     ends_.local.address,   ends_.peer.address, std::chrono::milliseconds(task.timeout_ms),
        task.datagrams, task.dscp.value_or(0), task.path_mtu};
    if (capture_) sending.flows = capture_->flows();
    for (const ProbePort& port : task.ports)
      if (capture_) capture_->flows()->add_far_port(port.protocol, port.port);
    auto sender = Sender::start(loop_, std::move(sending), task.ports, [this](const Tried& tried) {
      stream_.send(tried);
      line_->say({stream_.take(), stream_.is_broken()});
    });
    if (!sender) return refuse(sender.error().message());
    sender_ = std::move(*sender);
  }

  void on(const Capture&) {
    if (!greeted_) return refuse("hello comes first");
    if (capture_) return refuse("packets are being captured already");
    if (shared_->capture == nullptr) return stream_.send(Capturing{shared_->no_capture});
    auto begun = shared_->capture->begin(ends_.peer.address);
    if (!begun) return stream_.send(Capturing{begun.error().message()});
    capture_ = std::move(*begun);
    tell(ServerEvent::Kind::Notice, "captures its own packets");
    stream_.send(Capturing{});
  }

  void on(const Fetch&) {
    if (!capture_) return refuse("no packets were captured");
    auto part = capture_->take(MaxPacketBytes);
    stream_.send(Packets{std::move(part.bytes), part.more, part.kept, part.lost});
  }

  void on(const Refusal&) { hanging_up_ = true; }
  void on(const Opened&) { refuse("only servers say that"); }
  void on(const Seen&) { refuse("only servers say that"); }
  void on(const Tried&) { refuse("only servers say that"); }
  void on(const Capturing&) { refuse("only servers say that"); }
  void on(const Packets&) { refuse("only servers say that"); }

  bool may_run() {
    if (!greeted_) refuse("hello comes first");
    if (greeted_ && ++runs_ > MaxRuns) refuse("that is enough for one session");
    return greeted_ && runs_ <= MaxRuns;
  }

  void refuse(std::string reason) {
    stream_.send(Refusal{reason});
    hanging_up_ = true;
    tell(ServerEvent::Kind::Refused, std::move(reason));
  }

  ServerEvent new_event(ServerEvent::Kind kind) const {
    ServerEvent event;
    event.kind = kind;
    event.service = "control";
    event.peer = ends_.peer.address;
    event.peer_port = ends_.peer.port;
    return event;
  }

  void tell(ServerEvent::Kind kind, std::string reason) const {
    ServerEvent event = new_event(kind);
    event.reason = std::move(reason);
    log_(event);
  }

  EventLoop& loop_;
  std::shared_ptr<ControlShared> shared_;
  ControlEnds ends_;
  ServerLog log_;
  MessageStream stream_;
  ServerLine* line_ = nullptr;
  /// Set when the client wants its packets.
  std::unique_ptr<ServerCapture::Session> capture_;
  std::unique_ptr<Target> target_;
  std::unique_ptr<Sender> sender_;
  std::size_t runs_ = 0;
  bool greeted_ = false;
  bool hanging_up_ = false;
};

TlsOptions server_options(const PairTrust& trust) {
  TlsOptions options;
  options.certificate_file = trust.certificate_file;
  options.key_file = trust.certificate_key_file;
  options.authorities_file = trust.authorities_file;
  if (!trust.keys.empty())
    options.find_psk = [keys = trust.keys](std::string_view name) { return secret_of(keys, name); };
  return options;
}

}  // namespace

Result<std::shared_ptr<ControlShared>> make_control(const ControlOptions& options) {
  auto shared = std::make_shared<ControlShared>();
  shared->options = options;
  if (options.trust.is_empty()) return shared;
  // The server's certificate does not authenticate its clients.
  if (!options.trust.certificate_file.empty() && options.trust.authorities_file.empty())
    return tl::unexpected(
        Error{EINVAL, "serve", "control", "a certificate needs the authorities of its clients, too"});
  const auto library = tls_library();
  if (!library) return tl::unexpected(library.error());
  auto context = (*library)->server(server_options(options.trust));
  if (!context) return tl::unexpected(context.error());
  shared->tls = std::move(*context);
  return shared;
}

Result<std::unique_ptr<ServerTalk>> make_control_talk(EventLoop& loop, std::shared_ptr<ControlShared> shared,
                                                      ControlEnds ends, ServerLog log) {
  std::unique_ptr<TlsSession> session;
  if (shared->tls) {
    auto accepted = shared->tls->accept();
    if (!accepted) return tl::unexpected(accepted.error());
    session = std::move(*accepted);
  }
  return std::make_unique<ControlTalk>(loop, std::move(shared), ends, std::move(log), std::move(session));
}

}  // namespace sockutils::probe
