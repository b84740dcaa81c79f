#include "pipeline/follow.h"

#include <linux/sock_diag.h>

#include <cerrno>

#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::follower_test {
namespace {

using namespace std::chrono_literals;

/// A machine with one connection, or none, and events of its own.
struct Machine {
  Machine() {
    system.script = [this](ByteView request, std::uint32_t number) {
      // Not a request: a subscription to the group `number`, or a look for events.
      if (request.empty() && number > 0)
        return refusal != 0 ? FakeChannel::Datagrams{tl::unexpected(Error{refusal, "subscribe to", "it", {}})}
                            : FakeChannel::Datagrams{};
      if (request.empty()) return std::exchange(events, {});
      FakeChannel::Datagrams answers;
      const auto type = load<nlmsghdr>(request)->nlmsg_type;
      if (connected && type != SOCK_DIAG_BY_FAMILY)
        answers.emplace_back(netlink_message(type, number, FakeChannel::PortId, bytes_of(tcp_connection())));
      if (dump_error == 0) answers.emplace_back(done_message(number, FakeChannel::PortId));
      if (dump_error != 0) answers.emplace_back(error_message(number, FakeChannel::PortId, dump_error));
      return answers;
    };
  }

  static std::string destroyed() {
    inet_diag_msg message = tcp_connection();
    message.idiag_state = 7;
    const std::string payload =
        bytes_of(message) + attribute(INET_DIAG_PROTOCOL, bytes_of(std::uint8_t{IPPROTO_TCP}));
    return netlink_message(SOCK_DIAG_BY_FAMILY, 0, 0, payload, 0);
  }

  FakeSystem system;
  FakeChannel::Datagrams events;
  bool connected = false;
  int refusal = 0;
  int dump_error = 0;
};

Query tcp_query() {
  Query query;
  query.kinds = {{Family::Inet, Protocol::Tcp}, {Family::Inet6, Protocol::Tcp}};
  query.fields = {find_field("local_port")};
  return query;
}

/// Lets some time go by, and gives what was told meanwhile.
std::vector<std::string> told(Machine& machine, Follower& follower) {
  machine.system.time.steady += 1s;
  std::vector<std::string> names;
  CHECK(follower.run_for(0ms, [&](const Event& event) {
    names.emplace_back(name(event.kind));
    if (!event.values.empty())
      names.back() += " " + std::to_string(std::get<std::uint64_t>(*event.values[0]));
    return true;
  }));
  return names;
}

using Told = std::vector<std::string>;

TEST_CASE("a follower of every socket tells each snapshot, the first one at once") {
  Machine machine;
  machine.connected = true;
  auto follower = start_following(machine.system, tcp_query(), {.every_socket = true});
  REQUIRE(follower);
  machine.system.time.steady -= 1s;
  const auto first = told(machine, *follower);
  REQUIRE(first.size() == 2);
  CHECK_THAT(first[0], Catch::Matchers::StartsWith("seen "));
  CHECK(first[1] == "snapshot-done");
  CHECK(told(machine, *follower) == first);
  machine.connected = false;
  machine.events = {Machine::destroyed()};
  const auto last = told(machine, *follower);
  CHECK(last == Told{"snapshot-done", "closed 22"});
}

TEST_CASE("what the kernel says of closings is handed on as it came, and losses as nothing") {
  Machine machine;
  machine.connected = true;
  std::vector<std::string> heard;
  FollowOptions options{.every_socket = true};
  options.closings = [&](const NetworkNamespace&, std::string_view datagram) {
    heard.emplace_back(datagram);
  };
  auto follower = start_following(machine.system, tcp_query(), options);
  REQUIRE(follower);
  static_cast<void>(told(machine, *follower));
  CHECK(heard.empty());
  machine.connected = false;
  machine.events = {Machine::destroyed(), tl::unexpected(Error{ENOBUFS, "receive", "it", {}})};
  static_cast<void>(told(machine, *follower));
  static_cast<void>(told(machine, *follower));
  CHECK(heard == std::vector<std::string>{Machine::destroyed(), ""});
}

TEST_CASE("a follower's interval can be another from now on") {
  Machine machine;
  auto follower = start_following(machine.system, tcp_query(), {.every_socket = true});
  REQUIRE(follower);
  CHECK(told(machine, *follower) == Told{"snapshot-done"});
  follower->set_interval(10s);
  CHECK(told(machine, *follower).empty());
  follower->set_interval(1s);
  CHECK(told(machine, *follower) == Told{"snapshot-done"});
}

TEST_CASE("a follower looks at the namespace of its query, and ends with it") {
  constexpr std::uint64_t There = 4026532300;
  constexpr const char* Path = "/run/netns/blue";
  Machine machine;
  machine.system.inodes[Path] = There;
  const auto everywhere = machine.system.script;
  machine.system.script = [&](ByteView request, std::uint32_t number) {
    // Answers to requests that were made elsewhere have no socket in them.
    const bool connected =
        std::exchange(machine.connected,
                      machine.connected && (request.empty() || machine.system.current_namespace == There));
    auto answers = everywhere(request, number);
    machine.connected = connected;
    return answers;
  };
  Query query = tcp_query();
  query.namespaces = {{Path, There, "blue"}};
  auto follower = start_following(machine.system, query, {});
  REQUIRE(follower);
  machine.connected = true;
  CHECK(told(machine, *follower) == Told{"opened 22"});
  machine.events = {Machine::destroyed()};
  CHECK(told(machine, *follower) == Told{"closed 22"});
  machine.system.inodes[Path] = There + 1;
  machine.system.time.steady += 1s;
  const auto end = follower->run_for(0ms, [](const Event&) { return true; });
  REQUIRE_FALSE(end);
  CHECK(end.error().message() == "enter /run/netns/blue: its last process has ended");
}

TEST_CASE("a namespace that may not be entered is an error alone, and a warning beside others") {
  Machine machine;
  Query query = tcp_query();
  query.namespaces = {{"/run/netns/blue", 1, "blue"}};
  machine.system.inodes["/run/netns/blue"] = 1;
  machine.system.inodes["/run/netns/red"] = 2;
  machine.system.refusals["/run/netns/blue"] = EPERM;
  CHECK(start_following(machine.system, query, {}).error().code == EPERM);
  query.namespaces.push_back({"/run/netns/red", 2, "red"});
  auto follower = start_following(machine.system, query, {});
  REQUIRE(follower);
  REQUIRE(follower->warnings().size() == 1);
  CHECK_THAT(follower->warnings().front().message, Catch::Matchers::StartsWith("network namespace blue "));
  const auto followed = follower->namespaces();
  REQUIRE(followed.size() == 2);
  CHECK(followed[0].where.name == "red");
  CHECK_FALSE(followed[0].refusal);
  CHECK(followed[1].refusal->code == EPERM);
}

TEST_CASE("several namespaces are followed side by side, and the sockets of one that ends are closed") {
  Machine machine;
  machine.connected = true;
  Query query = tcp_query();
  query.fields = {find_field("local_port"), find_field("netns")};
  for (const auto& [name, inode] : {std::pair("blue", 1), std::pair("red", 2)}) {
    const std::string path = std::string("/run/netns/") + name;
    machine.system.inodes[path] = static_cast<std::uint64_t>(inode);
    query.namespaces.push_back({path, static_cast<std::uint64_t>(inode), name});
  }
  auto follower = start_following(machine.system, query, {.every_socket = true});
  REQUIRE(follower);
  std::vector<std::string> told;
  const auto look = [&] {
    machine.system.time.steady += 1s;
    told.clear();
    CHECK(follower->run_for(0ms, [&](const Event& event) {
      told.emplace_back(name(event.kind));
      if (!event.values.empty())
        told.back() += " in " + std::to_string(std::get<std::uint64_t>(*event.values[1]));
      return true;
    }));
  };
  look();
  CHECK(told == Told{"seen in 1", "seen in 2", "snapshot-done"});
  machine.system.inodes["/run/netns/blue"] = 3;
  look();
  CHECK(told == Told{"seen in 2", "closed in 1", "snapshot-done"});
  look();
  CHECK(told == Told{"seen in 2", "snapshot-done"});
}

TEST_CASE("a namespace that cannot be entered for a moment keeps its sockets") {
  Machine machine;
  machine.connected = true;
  Query query = tcp_query();
  for (const char* const path : {"/run/netns/blue", "/run/netns/red"}) {
    const std::uint64_t inode = query.namespaces.size() + 1;
    machine.system.inodes[path] = inode;
    query.namespaces.push_back({path, inode, {}});
  }
  auto follower = start_following(machine.system, query, {.every_socket = true});
  REQUIRE(follower);
  machine.system.time.steady -= 1s;
  CHECK(told(machine, *follower).size() == 3);
  machine.system.refusals["/run/netns/blue"] = EMFILE;
  CHECK(told(machine, *follower) == Told{"seen 22", "snapshot-done"});
  machine.system.refusals.clear();
  CHECK(told(machine, *follower) == Told{"seen 22", "seen 22", "snapshot-done"});
}

TEST_CASE("a follower that was stopped returns at once, from the next call too") {
  Machine machine;
  auto follower = start_following(machine.system, tcp_query(), {});
  REQUIRE(follower);
  follower->stop();
  CHECK(follower->run_for(1h, [](const Event&) { return true; }));
}

TEST_CASE("a follower tells of snapshots and of the kernel's word alike") {
  Machine machine;
  auto follower = start_following(machine.system, tcp_query(), {});
  REQUIRE(follower);
  CHECK_FALSE(follower->namespaces().front().kernel_refusal);
  machine.connected = true;
  CHECK(told(machine, *follower) == Told{"opened 22"});
  machine.events.emplace_back(Machine::destroyed());
  machine.connected = false;
  CHECK(told(machine, *follower) == Told{"closed 22"});
  CHECK(told(machine, *follower).empty());
  CHECK(follower->warnings().empty());
}

TEST_CASE("where the kernel tells nothing, a second snapshot confirms what the first one lacks") {
  Machine machine;
  machine.refusal = EPERM;
  machine.connected = true;
  auto follower = start_following(machine.system, tcp_query(), {});
  REQUIRE(follower);
  REQUIRE(follower->namespaces().front().kernel_refusal);
  CHECK(follower->namespaces().front().kernel_refusal->code == EPERM);
  machine.connected = false;
  CHECK(told(machine, *follower) == Told{"closed 22"});
}

TEST_CASE("closings that the kernel could not deliver are an event and a warning, and it goes on") {
  Machine machine;
  auto follower = start_following(machine.system, tcp_query(), {});
  REQUIRE(follower);
  machine.events.emplace_back(tl::unexpected(Error{ENOBUFS, "receive", "sock_diag", {}}));
  CHECK(told(machine, *follower) == Told{"lost"});
  REQUIRE(follower->warnings().size() == 1);
  CHECK(follower->warnings().front().kind == Warning::Kind::SocketsMissing);
  machine.events.emplace_back(Machine::destroyed());
  CHECK(told(machine, *follower) == Told{"closed 22"});
}

TEST_CASE("a follower whose channel breaks goes on by comparing snapshots") {
  Machine machine;
  machine.connected = true;
  auto follower = start_following(machine.system, tcp_query(), {});
  REQUIRE(follower);
  machine.events.emplace_back(tl::unexpected(Error{EBADF, "receive", "sock_diag", {}}));
  CHECK(told(machine, *follower).empty());
  REQUIRE(follower->namespaces().front().kernel_refusal);
  machine.connected = false;
  CHECK(told(machine, *follower) == Told{"closed 22"});
}

TEST_CASE("nobody follows where nothing can be read") {
  Machine machine;
  machine.dump_error = ENOENT;
  Query query = tcp_query();
  query.source = Source::Netlink;
  CHECK_FALSE(start_following(machine.system, query, {}));
}

TEST_CASE("a sink that wants no more gets no more") {
  Machine machine;
  auto follower = start_following(machine.system, tcp_query(), {});
  REQUIRE(follower);
  for (int i = 0; i < 3; ++i) machine.events.emplace_back(Machine::destroyed());
  int count = 0;
  CHECK(follower->run_for(0ms, [&](const Event&) { return ++count < 1; }));
  CHECK(count == 1);
}

TEST_CASE("the end of following tells what no snapshot has told yet") {
  Machine machine;
  machine.connected = true;
  auto follower = start_following(machine.system, tcp_query(), {});
  REQUIRE(follower);
  machine.connected = false;
  int closed = 0;
  CHECK(follower->finish([&](const Event& event) {
    closed += event.kind == EventKind::Closed ? 1 : 0;
    return true;
  }));
  CHECK(closed == 1);
}

}  // namespace
}  // namespace sockutils::test::follower_test
