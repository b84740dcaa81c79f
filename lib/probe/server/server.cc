#include "probe/server/server.h"

#include <algorithm>
#include <cerrno>

namespace sockutils {
namespace {

using probe::Connection;
using probe::ServerPort;
using probe::StreamPort;

/// Left for other files that the process opens.
constexpr std::size_t KeptDescriptors = 32;
constexpr std::chrono::milliseconds CheckEvery{250};
/// A client that was silent for less than this is not closed in favour of a new one.
constexpr std::chrono::seconds LeastSilence{1};
constexpr std::chrono::milliseconds ShortagePause{100};

const Address Loopback4 = Address::v4({127, 0, 0, 1});
const Address Loopback6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, true, 0};
const std::vector<Address> UsualAddresses{Loopback4, Loopback6};

/// Becomes readable when the caller wants `serve()` to return.
class WakeHandler final : public EventLoop::Handler {
 public:
  void on_ready(EventLoop::Readiness) override { woken = true; }
  bool woken = false;
};

/// A service name that no list can contain.
constexpr std::string_view ControlService = "control";
TestService control_service(const ControlOptions& options) {
  return {std::string(ControlService), Protocol::Tcp, options.port, "", true};
}

bool lacks_ipv6(const Error& error) { return error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL; }

}  // namespace

TestServer::Content::Content(EventLoop loop, ServerLog log)
    : loop_(std::move(loop)), log_(std::move(log)), most_connections_(0), admission_({}), budget_(0) {}

TestServer::Content::~Content() {
  while (!connections_.empty()) connections_.begin()->second->end("the server ends");
  over_.clear();
  log_.finish();
}

Result<std::unique_ptr<ServerPort>> TestServer::Content::open_port(const Wanted& wanted) {
  const auto& [service, address, optional, socket] = wanted;
  const Sockaddr at{address, service.port};
  const bool is_udp = service.protocol == Protocol::Udp;
  auto fd = socket >= 0 ? adopt_listener(socket) : is_udp ? open_datagram_socket(at) : open_listener(at);
  if (!fd) {
    fd.error().operation = "serve " + probe::label(service) + " on";
    fd.error().subject = to_string(at);
    return tl::unexpected(fd.error());
  }
  const auto bound = local_end(fd->get());
  if (!bound) return tl::unexpected(bound.error());
  std::unique_ptr<ServerPort> port;
  if (is_udp)
    port =
        std::make_unique<probe::DatagramPort>(loop_, service, address, std::move(*fd), *bound, budget_, log_);
  else
    port = std::make_unique<StreamPort>(loop_, service, address, std::move(*fd), *bound, *this);
  if (auto watched = port->listen(true); !watched) return tl::unexpected(watched.error());
  return port;
}

Result<void> TestServer::Content::add_control_ports(const ControlOptions& control,
                                                    const std::vector<Address>& addresses,
                                                    std::vector<Wanted>& wanted) {
  const bool usual = addresses.empty();
  const auto may_be_at = [&](const Address& at) { return at.is_loopback() || !control.trust.is_empty(); };
  for (const int socket : control.sockets) {
    const auto at = local_end(socket);
    if (!at) return tl::unexpected(at.error());
    if (!may_be_at(at->address))
      return tl::unexpected(
          Error{EACCES, "serve control on", to_string(*at), "beyond loopback it needs a key"});
    TestService service = control_service(control);
    service.port = at->port;
    wanted.push_back({service, at->address, false, socket});
  }
  if (!control.sockets.empty()) return {};
  for (const Address& address : usual ? UsualAddresses : addresses)
    if (may_be_at(address)) wanted.push_back({control_service(control), address, usual && address.is_v6});
  return {};
}

Result<std::vector<TestServer::Content::Wanted>> TestServer::Content::wanted_ports(
    const ServerOptions& options) {
  const bool usual = options.addresses.empty();
  std::vector<Wanted> wanted;
  for (const Address& address : usual ? UsualAddresses : options.addresses)
    for (const TestService& service : options.services)
      wanted.push_back({service, address, usual && address.is_v6});
  if (options.control.enabled)
    if (auto added = add_control_ports(options.control, options.addresses, wanted); !added)
      return tl::unexpected(added.error());
  return wanted;
}

Result<TestServer::Content::Ports> TestServer::Content::open_missing(const ServerOptions& options,
                                                                     Kept& kept) {
  const auto all = wanted_ports(options);
  if (!all) return tl::unexpected(all.error());
  Ports opened;
  for (const Wanted& wanted : *all) {
    const auto known = std::find_if(ports_.begin(), ports_.end(), [&](const auto& port) {
      return port->fits(wanted.service, wanted.address);
    });
    if (known != ports_.end()) {
      kept.insert_or_assign((*known)->id(), wanted.service);
      continue;
    }
    auto port = open_port(wanted);
    if (!port && wanted.optional && lacks_ipv6(port.error())) continue;
    if (!port) return tl::unexpected(port.error());
    opened.push_back(std::move(*port));
  }
  return opened;
}

Result<void> TestServer::Content::configure(const ServerOptions& options) {
  auto control = probe::make_control(options.control);
  if (!control) return tl::unexpected(control.error());
  Kept kept;
  auto opened = open_missing(options, kept);
  if (!opened) return tl::unexpected(opened.error());
  const auto gone = std::stable_partition(ports_.begin(), ports_.end(),
                                          [&](const auto& port) { return kept.contains(port->id()); });
  std::for_each(gone, ports_.end(), [&](const auto& port) { close_port(*port); });
  ports_.erase(gone, ports_.end());
  for (const auto& port : ports_) port->set_service(kept.at(port->id()));
  for (auto& port : *opened) {
    log_.tell(port->event(ServerEvent::Kind::Serving), Clock::now());
    ports_.push_back(std::move(port));
  }
  allow_capture(options.control, **control);
  set_control(std::move(*control));
  limits_ = options.limits;
  admission_.set_limits(limits_);
  budget_.set_rate(limits_.datagrams);
  const std::size_t room = raise_descriptor_limit() + connections_.size();
  most_connections_ = std::min(limits_.connections, room > KeptDescriptors ? room - KeptDescriptors : 1);
  warn_of_exposure(options);
  over_.clear();
  return {};
}

void TestServer::Content::allow_capture(const ControlOptions& options, probe::ControlShared& control) {
  control.no_capture = "the server does not allow it; sockprobed --allow-capture would";
  if (!options.enabled || !options.allow_capture) return;
  if (!capture_) {
    auto opened = probe::ServerCapture::open(loop_);
    if (!opened) {
      control.no_capture = "the server cannot: " + opened.error().message();
      const bool right = opened.error().code == EPERM || opened.error().code == EACCES;
      return warn("packets cannot be captured for clients: " + opened.error().message() +
                  (right
                       ? "; it takes CAP_NET_RAW when the server starts, as root has it, or a program after "
                         "setcap cap_net_raw+ep"
                       : ""));
    }
    capture_ = std::move(*opened);
  }
  control.capture = capture_.get();
}

/// Clients whose key was removed are disconnected; the others get the new options with their next connection.
void TestServer::Content::set_control(std::shared_ptr<probe::ControlShared> control) {
  const bool same = control_ && control_->options.trust == control->options.trust;
  std::vector<Connection*> theirs;
  for (const auto& [key, connection] : connections_)
    if (!same && connection->service() == ControlService) theirs.push_back(connection.get());
  for (Connection* connection : theirs) connection->end("the keys have changed");
  control_ = std::move(control);
}

void TestServer::Content::close_port(const ServerPort& port) {
  std::vector<Connection*> theirs;
  for (const auto& [key, connection] : connections_)
    if (connection->port_id() == port.id()) theirs.push_back(connection.get());
  for (Connection* connection : theirs) connection->end("its port is no longer served");
  log_.tell(port.event(ServerEvent::Kind::Stopped), Clock::now());
}

void TestServer::Content::warn(std::string reason, std::optional<Address> address) {
  ServerEvent event;
  event.address = address;
  event.reason = std::move(reason);
  log_.tell(event, Clock::now());
}

void TestServer::Content::warn_of_exposure(const ServerOptions& options) {
  const bool has_key = !options.control.trust.is_empty();
  for (const Address& address : options.addresses) {
    if (address.is_loopback()) continue;
    if (!options.services.empty()) warn("everybody who can reach this address is served", address);
    if (options.control.enabled && !has_key)
      warn("no control port here: without a key it is on loopback alone", address);
  }
  if (options.control.enabled && !has_key && options.addresses.empty())
    warn("without a key the control port is on loopback alone, for everybody on this machine");
  if (most_connections_ < limits_.connections)
    warn("at most " + std::to_string(most_connections_) + " connections: the limit of open files is low");
}

std::vector<ServedPort> TestServer::Content::ports() const {
  std::vector<ServedPort> result;
  for (const auto& port : ports_)
    result.push_back(
        {probe::label(port->service()), port->service().protocol, port->at().address, port->at().port});
  return result;
}

Result<void> TestServer::Content::serve(int wake_fd) {
  WakeHandler wake;
  if (auto watched = loop_.watch(wake_fd, wake, {}); !watched) return watched;
  auto next_check = Clock::now();
  while (!wake.woken) {
    const bool idle = connections_.empty() && !paused_;
    loop_.run_once(idle ? std::chrono::seconds(1) : CheckEvery);
    over_.clear();
    const auto now = Clock::now();
    if (now < next_check) continue;
    next_check = now + CheckEvery;
    check_times(now);
  }
  loop_.forget(wake_fd);
  return {};
}

void TestServer::Content::check_times(Clock::time_point now) {
  std::vector<Connection*> all;
  for (const auto& [key, connection] : connections_) all.push_back(connection.get());
  for (Connection* connection : all) connection->check_time(now);
  over_.clear();
  log_.flush(now);
  if (!paused_ || now < paused_until_) return;
  paused_ = false;
  for (const auto& port : ports_) (void)port->listen(true);
}

std::string_view TestServer::Content::make_room(Clock::time_point now) {
  if (connections_.size() < most_connections_) return {};
  const auto quietest = std::min_element(
      connections_.begin(), connections_.end(),
      [](const auto& a, const auto& b) { return a.second->last_moved() < b.second->last_moved(); });
  constexpr std::string_view Full = "too many connections";
  if (quietest == connections_.end() || now - quietest->second->last_moved() < LeastSilence) return Full;
  quietest->second->end("made room for another");
  over_.clear();
  return {};
}

void TestServer::Content::come_in(const StreamPort& port, AcceptedConnection accepted) {
  const Sockaddr peer = accepted.peer;
  if (const auto reason = admission_.admit(peer.address); !reason.empty()) return refuse(port, peer, reason);
  if (const auto reason = make_room(Clock::now()); !reason.empty()) {
    admission_.leave(peer.address);
    return refuse(port, peer, reason);
  }
  auto talk = talk_for(port, accepted);
  if (!talk) {
    admission_.leave(peer.address);
    return refuse(port, peer, talk.error().message());
  }
  ServerEvent event = port.event(ServerEvent::Kind::Connected);
  event.peer = peer.address;
  event.peer_port = peer.port;
  log_.tell(event, Clock::now());
  auto connection = std::make_unique<Connection>(
      loop_, *this, Connection::Setup{std::move(accepted), std::move(*talk), port.id(), event.service},
      limits_);
  Connection* const begun = connection.get();
  connections_.emplace(begun, std::move(connection));
  begun->begin();
}

Result<std::unique_ptr<probe::ServerTalk>> TestServer::Content::talk_for(const StreamPort& port,
                                                                         const AcceptedConnection& accepted) {
  if (port.service().name != ControlService) return probe::talk_of(port.service());
  const auto local = local_end(accepted.fd.get());
  if (!local) return tl::unexpected(local.error());
  return probe::make_control_talk(loop_, control_, {*local, accepted.peer},
                                  [this](const ServerEvent& event) { log_.tell(event, Clock::now()); });
}

void TestServer::Content::refuse(const StreamPort& port, const Sockaddr& peer, std::string_view reason) {
  ServerEvent event = port.event(ServerEvent::Kind::Refused);
  event.peer = peer.address;
  event.peer_port = peer.port;
  event.reason = reason;
  log_.tell(event, Clock::now());
}

void TestServer::Content::run_short(const Error& error) {
  warn(error.message() + "; new connections wait");
  // Waiting connections stay in the backlog, and would be reported again and again.
  paused_ = true;
  paused_until_ = Clock::now() + ShortagePause;
  for (const auto& port : ports_)
    if (port->service().protocol == Protocol::Tcp) (void)port->listen(false);
}

void TestServer::Content::on_end(Connection& connection, std::string reason) {
  ServerEvent event;
  event.kind = ServerEvent::Kind::Ended;
  event.service = connection.service();
  event.peer = connection.peer().address;
  event.peer_port = connection.peer().port;
  event.reason = std::move(reason);
  event.bytes_received = connection.received();
  event.bytes_sent = connection.sent();
  log_.tell(event, Clock::now());
  admission_.leave(connection.peer().address);
  const auto found = connections_.find(&connection);
  over_.push_back(std::move(found->second));
  connections_.erase(found);
}

}  // namespace sockutils
