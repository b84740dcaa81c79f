#include "sockutils/follow.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <thread>

#include "sockutils/namespaces.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::follow_test {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours Never{24};

struct Seen {
  EventKind kind;
  std::uint64_t cookie;
  std::optional<State> state;
  std::optional<State> previous_state;
  std::optional<std::chrono::microseconds> seen;
  bool from_kernel;
  std::vector<std::int32_t> pids;
  std::optional<std::uint64_t> received;
};

template <class T>
std::optional<T> take(const OptionalValue& value) {
  return value ? std::optional(std::get<T>(*value)) : std::nullopt;
}

/// Follows TCP (or UDP) and keeps what it hears.
class Listener {
 public:
  explicit Listener(const FollowOptions& options, Protocol protocol = Protocol::Tcp,
                    const std::string& filter = {}, std::vector<NetworkNamespace> namespaces = {}) {
    Query query;
    query.namespaces = std::move(namespaces);
    query.kinds = {{Family::Inet, protocol}, {Family::Inet6, protocol}};
    for (const char* name : {"cookie", "state", "processes", "tcp_bytes_received"})
      query.fields.push_back(find_field(name));
    query.filter = *Filter::parse(filter, {});
    auto started = Follower::start(query, options);
    REQUIRE(started);
    follower_.emplace(std::move(*started));
  }

  void listen(std::chrono::milliseconds limit) {
    REQUIRE(follower_->run_for(limit, [this](const Event& event) {
      keep(event);
      return true;
    }));
  }
  template <class Condition>
  bool listen_until(const Condition& condition) {
    return eventually(
        [&] {
          listen(10ms);
          return condition();
        },
        10s);
  }
  std::vector<Seen> of(std::uint64_t cookie) const {
    std::vector<Seen> found;
    std::copy_if(events.begin(), events.end(), std::back_inserter(found),
                 [=](const Seen& event) { return event.cookie == cookie; });
    return found;
  }
  const Follower& follower() const { return *follower_; }

  std::vector<Seen> events;

 private:
  void keep(const Event& event) {
    if (event.values.empty()) return events.push_back({event.kind, 0, {}, {}, {}, event.from_kernel, {}, {}});
    Seen seen{event.kind,
              *take<std::uint64_t>(event.values[0]),
              take<State>(event.values[1]),
              event.previous_state,
              event.seen,
              event.from_kernel,
              {},
              take<std::uint64_t>(event.values[3])};
    if (event.values[2])
      for (const Owner& owner : std::get<std::span<const Owner>>(*event.values[2]))
        seen.pids.push_back(owner.process->pid);
    events.push_back(seen);
  }

  std::optional<Follower> follower_;
};

bool has(const std::vector<Seen>& events, EventKind kind) {
  return std::any_of(events.begin(), events.end(), [=](const Seen& event) { return event.kind == kind; });
}

TEST_CASE("a thousand connections that no snapshot saw are each told once") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 16);
  // What an earlier test has left behind may close meanwhile.
  const auto port = SocketAddress::local_of(listener.get()).port();
  Listener heard({.interval = Never}, Protocol::Tcp, "port " + std::to_string(port));
  if (heard.follower().namespaces().front().kernel_refusal)
    SKIP_OUT_LOUD(heard.follower().namespaces().front().kernel_refusal->message());
  std::map<std::uint64_t, int> expected;
  for (int i = 0; i < 1000; ++i) {
    UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
    connect_to(client, SocketAddress::local_of(listener.get()));
    UniqueFd server = accept_from(listener);
    expected[cookie_of(client)] = expected[cookie_of(server)] = 0;
    client = UniqueFd();
    server = UniqueFd();
    if (i % 20 == 0) heard.listen(0ms);
  }
  CHECK(expected.size() == 2000);
  CHECK(heard.listen_until([&] { return heard.events.size() >= 2000; }));
  heard.listen(100ms);
  CHECK(heard.events.size() == 2000);
  for (const Seen& event : heard.events) {
    CHECK(event.kind == EventKind::Closed);
    CHECK(event.from_kernel);
    ++expected[event.cookie];
  }
  CHECK(std::all_of(expected.begin(), expected.end(), [](const auto& item) { return item.second == 1; }));
  CHECK(heard.follower().warnings().empty());
}

TEST_CASE("a connection is told as it opens, changes and closes, with its owner and last counters") {
  REQUIRE_PRIVATE_NETWORK();
  for (const bool kernel : {true, false}) {
    INFO("kernel: " << kernel);
    Listener heard({.interval = 20ms, .kernel_events = kernel});
    TcpConnection connection = make_tcp_connection();
    const std::uint64_t client = cookie_of(connection.client);
    const std::uint64_t server = cookie_of(connection.server);
    REQUIRE(heard.listen_until([&] { return has(heard.of(client), EventKind::Opened); }));
    CHECK(heard.of(client).front().pids == std::vector<std::int32_t>{getpid()});
    send_text(connection.client, "twelve bytes");
    shut_down_sending(connection.client);
    REQUIRE(heard.listen_until([&] { return has(heard.of(server), EventKind::Changed); }));
    CHECK(heard.of(server).back().previous_state == State::Established);
    CHECK(heard.of(server).back().state == State::CloseWait);
    connection.server = UniqueFd();
    connection.client = UniqueFd();
    REQUIRE(heard.listen_until([&] { return has(heard.of(server), EventKind::Closed); }));
    const Seen last = heard.of(server).back();
    CHECK(last.state == State::Closed);
    CHECK(last.previous_state);
    CHECK(last.seen);
    CHECK(last.pids == std::vector<std::int32_t>{getpid()});
    CHECK(last.received == 13);  // the FIN counts as one
    if (!heard.follower().namespaces().front().kernel_refusal) CHECK(last.from_kernel == kernel);
    heard.listen(100ms);
    CHECK(heard.of(server).back().kind == EventKind::Closed);
    CHECK(std::count_if(heard.events.begin(), heard.events.end(), [=](const Seen& event) {
            return event.cookie == server && event.kind == EventKind::Closed;
          }) == 1);
  }
}

TEST_CASE("a connection that was reset is told once, although its process lets go of it later") {
  REQUIRE_PRIVATE_NETWORK();
  Listener heard({.interval = 20ms});
  TcpConnection connection = make_tcp_connection();
  const std::uint64_t server = cookie_of(connection.server);
  REQUIRE(heard.listen_until([&] { return has(heard.of(server), EventKind::Opened); }));
  set_option(connection.client, SOL_SOCKET, SO_LINGER, linger{1, 0});
  connection.client = UniqueFd();
  REQUIRE(heard.listen_until([&] { return has(heard.of(server), EventKind::Closed); }));
  const std::size_t told = heard.of(server).size();
  connection.server = UniqueFd();
  heard.listen(150ms);
  CHECK(heard.of(server).size() == told);
}

TEST_CASE("the closing of a UDP socket is told by the kernel") {
  REQUIRE_PRIVATE_NETWORK();
  Listener heard({.interval = Never}, Protocol::Udp);
  if (heard.follower().namespaces().front().kernel_refusal)
    SKIP_OUT_LOUD(heard.follower().namespaces().front().kernel_refusal->message());
  UniqueFd socket = make_socket(AF_INET, SOCK_DGRAM);
  bind_to(socket, loopback(AF_INET));
  const std::uint64_t cookie = cookie_of(socket);
  socket = UniqueFd();
  REQUIRE(heard.listen_until([&] { return !heard.events.empty(); }));
  CHECK(heard.events.front().cookie == cookie);
  CHECK(heard.events.front().kind == EventKind::Closed);
}

TEST_CASE("another network namespace is followed as one's own is, and what happens here is not told") {
  REQUIRE_PRIVATE_NETWORK();
  const Child neighbour([] { enter_new_network(); });
  const std::string path = "/proc/" + std::to_string(neighbour.pid()) + "/ns/net";
  const auto found = find_network_namespace(path);
  REQUIRE(found);
  for (const bool kernel : {true, false}) {
    INFO("kernel: " << kernel);
    Listener heard({.interval = 20ms, .kernel_events = kernel}, Protocol::Tcp, {}, {*found});
    const TcpConnection here = make_tcp_connection();
    heard.listen(100ms);
    CHECK(heard.events.empty());
    TcpConnection there;
    in_network_of(neighbour.pid(), [&] { there = make_tcp_connection(); });
    const std::uint64_t client = cookie_of(there.client);
    REQUIRE(heard.listen_until([&] { return has(heard.of(client), EventKind::Opened); }));
    CHECK(heard.of(client).front().pids == std::vector<std::int32_t>{getpid()});
    there = {};
    REQUIRE(heard.listen_until([&] { return has(heard.of(client), EventKind::Closed); }));
    if (!heard.follower().namespaces().front().kernel_refusal)
      CHECK(heard.of(client).back().from_kernel == kernel);
  }
}

TEST_CASE("only what matches the filter is told") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 4);
  const std::string port = std::to_string(SocketAddress::local_of(listener.get()).port());
  Listener heard({.interval = 20ms}, Protocol::Tcp, "dport = " + port);
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  connect_to(client, SocketAddress::local_of(listener.get()));
  const TcpConnection other = make_tcp_connection();
  REQUIRE(heard.listen_until([&] { return !heard.events.empty(); }));
  heard.listen(100ms);
  CHECK(heard.events.size() == 1);
  CHECK(heard.events.front().cookie == cookie_of(client));
}

TEST_CASE("who may no longer look into processes keeps what it knew, and says what is missing") {
  REQUIRE_PRIVATE_NETWORK();
  if (::geteuid() != 0) SKIP_OUT_LOUD("only root has the right to lose");
  constexpr uid_t Somebody = 65534;
  std::array<int, 2> go{};
  REQUIRE(::pipe(go.data()) == 0);
  const auto early = make_tcp_listener(AF_INET, 5);
  const Child other(
      [&] {
        checked(::setgid(Somebody), "setgid");
        checked(::setuid(Somebody), "setuid");
      },
      [&] {
        char byte = 0;
        if (::read(go[0], &byte, 1) != 1) return;
        static const auto late = make_tcp_listener(AF_INET, 5);
      });
  std::thread([&] {
    Query query;
    query.kinds = {{Family::Inet, Protocol::Tcp}};
    query.process_source = ProcessSource::Proc;
    for (const char* name : {"inode", "processes"}) query.fields.push_back(find_field(name));
    auto follower = Follower::start(query, {.interval = 50ms, .every_socket = true});
    REQUIRE(follower);
    std::map<std::uint64_t, std::size_t> owners;
    const auto look = [&] {
      return follower->run_for(20ms, [&](const Event& event) {
        if (event.values.empty() || !event.values[0]) return true;
        const auto* const held =
            event.values[1] ? std::get_if<std::span<const Owner>>(&*event.values[1]) : nullptr;
        owners[std::get<std::uint64_t>(*event.values[0])] = held != nullptr ? held->size() : 0;
        return true;
      });
    };
    const std::uint64_t known = inode_of(early);
    CHECK(eventually([&] { return look() && owners[known] > 0; }));
    const std::size_t before = owners.size();
    drop_capabilities_of_thread();
    CHECK(::write(go[1], "x", 1) == 1);
    CHECK(eventually([&] { return look() && owners.size() > before; }));
    CHECK(owners[known] > 0);
    std::size_t unknown = 0;
    for (const auto& [inode, count] : owners) unknown += count == 0 ? 1 : 0;
    CHECK(unknown >= 1);
    const auto warnings = follower->warnings();
    CHECK(std::any_of(warnings.begin(), warnings.end(),
                      [](const Warning& warning) { return warning.kind == Warning::Kind::OwnersMissing; }));
  }).join();
  for (const int fd : go) ::close(fd);
}

}  // namespace
}  // namespace sockutils::test::follow_test
