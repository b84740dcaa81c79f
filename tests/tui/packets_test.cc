// Rates of what has no counters, and the whole beside what interfaces count: transfers between two network
// namespaces.
#include <netinet/in.h>
#include <netinet/udp.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <set>
#include <thread>

#include "render/cell_text.h"
#include "sockutils/count.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"
#include "tests/tui/watcher.h"

namespace tui::test::packets_test {
namespace {

using namespace std::chrono_literals;
using namespace sockutils::test;
using sockutils::UniqueFd;

#define REQUIRE_CAPTURE() \
  if (!sockutils::has_capture()) SKIP_OUT_LOUD("built without libpcap")

/// Long transfers are for the long run of the tests.
std::chrono::milliseconds usual_time() {
  return std::getenv("SOCKUTILS_TEST_LONG") != nullptr ? std::chrono::milliseconds(10s) : 1500ms;
}

/// This namespace and another one, with a cable between them.
class Cable {
 public:
  Cable() : other_([] { enter_new_network(); }) {
    const std::string pid = std::to_string(other_.pid());
    REQUIRE(
        run_with_rights("ip link add here type veth peer name there netns " + pid +
                        " && ip addr add 10.77.0.1/24 dev here && ip -6 addr add fd77::1/64 dev here nodad"
                        " && ip link set here up"));
    there([] {
      REQUIRE(
          run_with_rights("ip addr add 10.77.0.2/24 dev there && ip -6 addr add fd77::2/64 dev there nodad "
                          "&& ip link set there up"));
    });
  }
  ~Cable() { run_with_rights("ip link del here"); }
  Cable(const Cable&) = delete;
  Cable& operator=(const Cable&) = delete;

  void there(const std::function<void()>& body) const { in_network_of(other_.pid(), body); }
  pid_t pid() const { return other_.pid(); }

 private:
  Child other_;
};

SocketAddress here(int family, std::uint16_t port = 0) {
  return family == AF_INET ? SocketAddress::v4("10.77.0.1", port) : SocketAddress::v6("fd77::1", port);
}

/// Takes what comes until it is told to end.
class Drain {
 public:
  explicit Drain(std::vector<int> fds) : fds_(std::move(fds)), thread_([this] { run(); }) {}
  ~Drain() {
    done_ = true;
    thread_.join();
  }
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;

 private:
  void run() {
    std::string buffer(70'000, ' ');
    while (!done_) {
      bool any = false;
      for (const int fd : fds_)
        while (::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) any = true;
      if (!any) std::this_thread::sleep_for(1ms);
    }
  }

  std::vector<int> fds_;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

std::uint64_t received_by(const char* name) {
  const auto counters = sockutils::read_machine_counters();
  for (const auto& interface : counters->interfaces)
    if (interface.name == name) return interface.in.bytes;
  return 0;
}

struct Transfer {
  int family = AF_INET;
  std::size_t flows = 1;
  std::size_t size = 1400;
  /// Pieces that the interface is to cut up: several datagrams in one packet.
  std::size_t segment = 0;
};

/// Datagrams from there to here for about so long, each flow from a socket of its own; bytes that were sent.
std::uint64_t send_datagrams(const Cable& cable, const Transfer& transfer, std::uint16_t port) {
  std::uint64_t sent = 0;
  cable.there([&] {
    std::vector<UniqueFd> senders;
    for (std::size_t i = 0; i < transfer.flows; ++i) {
      senders.push_back(make_socket(transfer.family, SOCK_DGRAM));
      connect_to(senders.back(), here(transfer.family, port));
      if (transfer.segment > 0)
        set_option(senders.back(), SOL_UDP, UDP_SEGMENT, static_cast<int>(transfer.segment));
    }
    const std::string text(transfer.size, 'x');
    const auto end = std::chrono::steady_clock::now() + usual_time();
    while (std::chrono::steady_clock::now() < end) {
      for (const UniqueFd& sender : senders)
        if (const ssize_t size = ::send(sender.get(), text.data(), text.size(), 0); size > 0)
          sent += static_cast<std::uint64_t>(size);
      std::this_thread::sleep_for(1ms);
    }
  });
  return sent;
}

/// Transfers, and what the monitor says of it.
void check_datagrams(const Cable& cable, const Transfer& transfer) {
  CAPTURE(transfer.family, transfer.flows, transfer.segment);
  const UniqueFd receiver = make_socket(transfer.family, SOCK_DGRAM);
  set_option(receiver, SOL_SOCKET, SO_RCVBUF, 4 << 20);
  bind_to(receiver, here(transfer.family));
  const std::uint16_t port = SocketAddress::local_of(receiver.get()).port();
  const Drain drain({receiver.get()});
  Watcher watcher;
  REQUIRE(watcher.frame()->packets.counting);
  const std::uint64_t before = received_by("here");
  const auto sent = static_cast<double>(send_datagrams(cable, transfer, port));
  watcher.let_settle();
  const auto passed = static_cast<double>(received_by("here") - before);
  const PacketAccount packets = watcher.packets();
  const auto all = static_cast<double>(packets.claimed.in + packets.unclaimed.in + packets.forwarded.in);
  CAPTURE(sent, watcher.bytes_in(), watcher.rated_in(), passed, all, packets.lost);
  REQUIRE(sent > 100'000);
  if (packets.lost > 0) {
    // What a busy machine had no room for is told to the packet. Those that were cut up are of any size.
    const double lost = static_cast<double>(packets.lost) * static_cast<double>(transfer.size);
    if (transfer.segment == 0 && transfer.size < 1500)
      CHECK(within(static_cast<double>(watcher.bytes_in()) + lost, sent, 0.01));
    SKIP_OUT_LOUD("this machine was too busy to count all packets");
  }
  CHECK(within(static_cast<double>(watcher.bytes_in()), sent, 0.01));
  CHECK(within(watcher.rated_in(), sent, 0.03));
  CHECK(within(all, passed, 0.02));
}

TEST_CASE("datagrams between namespaces are accounted within one percent, and the sum is the interface's") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const Cable cable;
  check_datagrams(cable, {AF_INET, 1});
  check_datagrams(cable, {AF_INET6, 1});
  check_datagrams(cable, {AF_INET, 100});
  check_datagrams(cable, {AF_INET6, 100});
}

TEST_CASE("datagrams that are cut up by the interface, or put together, are accounted as well") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const Cable cable;
  check_datagrams(cable, {AF_INET, 1, 40'000, 1000});
  check_datagrams(cable, {AF_INET6, 1, 40'000, 1000});
  // In fragments.
  check_datagrams(cable, {AF_INET, 1, 9000});
}

TEST_CASE("a stream between namespaces is accounted within one percent, one flow or a hundred") {
  REQUIRE_PRIVATE_NETWORK();
  const Cable cable;
  for (const int family : {AF_INET, AF_INET6}) {
    for (const std::size_t flows : {std::size_t{1}, std::size_t{100}}) {
      CAPTURE(family, flows);
      const UniqueFd listener = make_socket(family, SOCK_STREAM);
      bind_to(listener, here(family));
      listen_on(listener, 128);
      const std::uint16_t port = SocketAddress::local_of(listener.get()).port();
      std::vector<UniqueFd> accepted;
      std::uint64_t sent = 0;
      std::optional<Watcher> watcher;
      std::uint64_t before = 0;
      cable.there([&] {
        std::vector<UniqueFd> senders;
        std::vector<int> receivers;
        for (std::size_t i = 0; i < flows; ++i) {
          senders.push_back(make_socket(family, SOCK_STREAM));
          connect_to(senders.back(), here(family, port));
          accepted.push_back(accept_from(listener));
          receivers.push_back(accepted.back().get());
        }
        in_network_of(::getpid(), [&] {
          watcher.emplace();
          before = received_by("here");
        });
        const Drain drain(receivers);
        const std::string text(64'000 / flows + 1000, 'x');
        const auto end = std::chrono::steady_clock::now() + usual_time();
        while (std::chrono::steady_clock::now() < end) {
          for (const UniqueFd& sender : senders) {
            send_text(sender, text);
            sent += text.size();
          }
          std::this_thread::sleep_for(1ms);
        }
        watcher->let_settle();
      });
      const auto passed = static_cast<double>(received_by("here") - before);
      CAPTURE(sent, watcher->bytes_in(), passed);
      CHECK(within(static_cast<double>(watcher->bytes_in()), static_cast<double>(sent), 0.01));
      if (flows == 1) CHECK(within(static_cast<double>(watcher->bytes_in()), passed, 0.02));
    }
  }
}

TEST_CASE("what one filter hides is not given to another socket on its port") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const UniqueFd all = make_socket(AF_INET, SOCK_DGRAM);
  set_option(all, SOL_SOCKET, SO_REUSEADDR, 1);
  bind_to(all, SocketAddress::v4("0.0.0.0"));
  const std::uint16_t port = SocketAddress::local_of(all.get()).port();
  const UniqueFd one = make_socket(AF_INET, SOCK_DGRAM);
  set_option(one, SOL_SOCKET, SO_REUSEADDR, 1);
  bind_to(one, SocketAddress::v4("127.0.0.1", port));
  ViewRequest request = Watcher::request_with(100ms);
  request.query.filter = *sockutils::Filter::parse(
      "local_address = 0.0.0.0 and local_port = " + std::to_string(port), sockutils::FilterNames());
  Watcher watcher(request);
  const UniqueFd sender = make_socket(AF_INET, SOCK_DGRAM);
  connect_to(sender, SocketAddress::v4("127.0.0.1", port));
  for (int i = 0; i < 50; ++i) send_text(sender, "hello");
  REQUIRE(eventually([&] { return watcher.packets().claimed.in > 0; }));
  watcher.let_settle();
  CHECK(watcher.frame()->sockets->rows.size() == 1);
  CHECK(watcher.bytes_in() == 0);
}

TEST_CASE("a datagram socket that lives between two looks still has its bytes") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const UniqueFd receiver = make_socket(AF_INET, SOCK_DGRAM);
  bind_to(receiver, loopback(AF_INET));
  const std::uint16_t port = SocketAddress::local_of(receiver.get()).port();
  Watcher watcher(1000ms);
  {
    const UniqueFd sender = make_socket(AF_INET, SOCK_DGRAM);
    connect_to(sender, loopback(AF_INET, port));
    send_text(sender, std::string(5000, 'x'));
  }
  watcher.let_settle();
  CHECK(watcher.bytes_in() == 5000);
  CHECK(watcher.bytes_out() == 5000);
}

TEST_CASE("what is forwarded is no socket's, and is said") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const Cable first;
  const Child third([] { enter_new_network(); });
  const std::string pid = std::to_string(third.pid());
  REQUIRE(run_with_rights("ip link add second type veth peer name there netns " + pid +
                          " && ip addr add 10.78.0.1/24 dev second && ip link set second up"));
  in_network_of(third.pid(), [] {
    REQUIRE(
        run_with_rights("ip addr add 10.78.0.2/24 dev there && ip link set there up"
                        " && ip route add default via 10.78.0.1"));
  });
  first.there([] { REQUIRE(run_with_rights("ip route add default via 10.77.0.1")); });
  write_kernel_file("/proc/sys/net/ipv4/ip_forward", "1");
  Watcher watcher;
  first.there([] {
    const UniqueFd sender = make_socket(AF_INET, SOCK_DGRAM);
    connect_to(sender, SocketAddress::v4("10.78.0.2", 9));
    for (int i = 0; i < 100; ++i)
      static_cast<void>(!::send(sender.get(), std::string(1000, 'x').data(), 1000, 0));
  });
  CHECK(eventually([&] { return watcher.packets().forwarded.out >= 100'000; }));
  CHECK(watcher.packets().forwarded.in >= 100'000);
  CHECK(watcher.packets().claimed.in == 0);
  write_kernel_file("/proc/sys/net/ipv4/ip_forward", "0");
  run_with_rights("ip link del second");
}

TEST_CASE("without the right to capture it is said why there are no rates") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const UniqueFd socket = make_socket(AF_INET, SOCK_DGRAM);
  bind_to(socket, loopback(AF_INET));
  std::thread([] {
    drop_capabilities_of_thread();
    Watcher watcher;
    watcher.let_settle();
    const auto frame = watcher.frame();
    CHECK_FALSE(frame->packets.counting);
    CHECK_THAT(frame->packets.refusal, Catch::Matchers::Contains("Operation not permitted"));
    bool said = false;
    for (const auto& warning : frame->warnings) said = said || warning.message.starts_with("no rates of UDP");
    CHECK(said);
  }).join();
}

TEST_CASE("several namespaces are watched together, and one that ends has its sockets closed") {
  REQUIRE_PRIVATE_NETWORK();
  auto other = std::make_unique<Child>([] {
    enter_new_network();
    static const auto listener = make_tcp_listener(AF_INET, 5);
  });
  ViewRequest request = Watcher::request_with(100ms);
  const auto space = sockutils::find_network_namespace(std::to_string(other->pid()));
  const auto own = sockutils::find_network_namespace(std::to_string(::getpid()));
  REQUIRE(space);
  REQUIRE(own);
  request.query.namespaces = {*own, *space};
  const auto here_too = make_tcp_listener(AF_INET, 5);
  Watcher watcher(request);
  const auto listeners_in = [&](std::uint64_t netns, Mark mark) {
    std::size_t count = 0;
    for (const auto& row : watcher.frame()->sockets->rows)
      if (netns_of(row->key) == netns && row->mark == mark) ++count;
    return count;
  };
  CHECK(eventually([&] { return listeners_in(space->inode, Mark::Same) == 1; }));
  CHECK(listeners_in(own->inode, Mark::Same) >= 1);
  other.reset();
  CHECK(eventually([&] { return listeners_in(space->inode, Mark::Closed) == 1; }));
  CHECK(listeners_in(own->inode, Mark::Same) >= 1);
  CHECK(watcher.frame()->failure.empty());
}

TEST_CASE("packets are counted in each namespace, and namespaces have their names") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const Child other([] { enter_new_network(); });
  ViewRequest request = Watcher::request_with(100ms);
  request.columns.push_back(sockutils::find_field("netns_name"));
  auto space = sockutils::find_network_namespace(std::to_string(other.pid()));
  const auto own = sockutils::find_network_namespace(std::to_string(::getpid()));
  REQUIRE(space);
  REQUIRE(own);
  space->name = "blue";
  request.query.namespaces = {*own, *space};
  UniqueFd receiver;
  UniqueFd sender;
  in_network_of(other.pid(), [&] {
    receiver = make_socket(AF_INET, SOCK_DGRAM);
    bind_to(receiver, loopback(AF_INET));
    sender = make_socket(AF_INET, SOCK_DGRAM);
    connect_to(sender, loopback(AF_INET, SocketAddress::local_of(receiver.get()).port()));
  });
  Watcher watcher(request);
  for (int i = 0; i < 20; ++i) send_text(sender, std::string(500, 'x'));
  CHECK(eventually([&] { return watcher.bytes_in() >= 10'000; }));
  const auto frame = watcher.frame();
  std::set<std::string> names;
  for (const auto& row : frame->sockets->rows) {
    if (netns_of(row->key) != space->inode) continue;
    std::string name;
    tools::append_cell_text(name, row->cells.value(frame->sockets->columns.size() - 1),
                            sockutils::Type::Text);
    names.insert(name);
  }
  CHECK(names == std::set<std::string>{"blue"});
  bool interface_named = false;
  for (const auto& interface : frame->machine->interfaces)
    interface_named = interface_named || interface.name == "blue/lo";
  CHECK(interface_named);
}

TEST_CASE("when the only namespace ends, that is said, and nothing is shown") {
  REQUIRE_PRIVATE_NETWORK();
  auto other = std::make_unique<Child>([] { enter_new_network(); });
  ViewRequest request = Watcher::request_with(100ms);
  const auto space = sockutils::find_network_namespace(std::to_string(other->pid()));
  REQUIRE(space);
  request.query.namespaces = {*space};
  Watcher watcher(request);
  CHECK(watcher.frame()->failure.empty());
  other.reset();
  CHECK(eventually([&] { return !watcher.frame()->failure.empty(); }));
}

}  // namespace
}  // namespace tui::test::packets_test
