#include "pipeline/socket_tracker.h"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.h"

namespace sockutils::test::socket_tracker_test {
namespace {

using namespace std::chrono_literals;

Socket tcp_socket(std::uint64_t cookie, State state = State::Established) {
  Socket socket;
  socket.family = Family::Inet;
  socket.protocol = Protocol::Tcp;
  socket.state = state;
  socket.cookie = cookie;
  socket.inode = cookie + 1000;
  socket.local_address = Address::v4({127, 0, 0, 1});
  socket.peer_address = Address::v4({127, 0, 0, 1});
  socket.local_port = 80;
  socket.peer_port = static_cast<std::uint16_t>(40000 + cookie);
  return socket;
}

/// As the kernel tells it: no owner, no inode.
Socket destroyed_socket(std::uint64_t cookie) {
  Socket socket = tcp_socket(cookie, State::Closed);
  socket.inode.reset();
  return socket;
}

/// A tracker with a clock, and all that it tells as words.
class Tracking {
 public:
  explicit Tracking(bool kernel_tells = false, bool tell_all = false, bool peers_wanted = false)
      : tracker_(
            {.matches = [this](const Socket& socket, const Holders&) { return !matches || matches(socket); },
             .holders_of =
                 [this](const Socket&) {
                   ++owner_searches;
                   return Holders{owners, peers};
                 },
             .owners_wanted = true,
             .peers_wanted = peers_wanted,
             .kernel_tells = [=](const Socket&) { return kernel_tells; },
             .tell_all = tell_all}) {}

  void snapshot(std::vector<Socket> sockets, std::vector<SocketKind> unread = {}) {
    now_.steady += 1s;
    tracker_.begin(now_, std::exchange(anew, false));
    for (Socket& socket : sockets) tracker_.see(socket, sink());
    tracker_.end(unread, sink());
  }
  void destroyed(std::uint64_t cookie) {
    Socket socket = destroyed_socket(cookie);
    tracker_.destroyed(socket, now_, sink());
  }
  /// What was told since the last call.
  std::vector<std::string> told() { return std::exchange(told_, {}); }
  const SocketTracker& operator*() const { return tracker_; }

  std::function<bool(const Socket&)> matches;
  std::vector<Owner> owners;
  std::vector<Owner> peers;
  /// The next snapshot has new tables.
  bool anew = false;
  int owner_searches = 0;

 private:
  ChangeSink sink() {
    return [this](const SocketChange& change) {
      std::string text(name(change.kind));
      text += " " + std::to_string(*change.socket.cookie);
      if (change.previous_state) text += " was " + std::string(name(*change.previous_state));
      if (change.seen)
        text +=
            " seen " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*change.seen).count());
      if (change.from_kernel) text += " kernel";
      if (!change.holders.owners.empty()) text += " of " + *change.holders.owners.front().process->name;
      if (change.socket.inode && change.kind == EventKind::Closed) text += " inode";
      told_.push_back(text);
    };
  }

  SocketTracker tracker_;
  Moment now_{};
  std::vector<std::string> told_;
};

using Told = std::vector<std::string>;

TEST_CASE("what the first snapshot has is no event") {
  Tracking tracking;
  tracking.snapshot({tcp_socket(1), tcp_socket(2)});
  CHECK(tracking.told().empty());
  tracking.snapshot({tcp_socket(1), tcp_socket(2)});
  CHECK(tracking.told().empty());
}

TEST_CASE("a socket is told as it opens, changes its state, and closes") {
  Tracking tracking;
  tracking.snapshot({});
  tracking.snapshot({tcp_socket(1, State::SynSent)});
  CHECK(tracking.told() == Told{"opened 1"});
  tracking.snapshot({tcp_socket(1)});
  CHECK(tracking.told() == Told{"changed 1 was syn-sent"});
  tracking.snapshot({});
  CHECK(tracking.told().empty());
  tracking.snapshot({});
  CHECK(tracking.told() == Told{"closed 1 was established seen 2 inode"});
  CHECK((*tracking).size() == 0);
}

TEST_CASE("who wants to hear of every socket does, from the first snapshot on") {
  Tracking tracking(false, true);
  tracking.snapshot({tcp_socket(1)});
  CHECK(tracking.told() == Told{"seen 1"});
  tracking.snapshot({tcp_socket(1), tcp_socket(2, State::SynSent)});
  CHECK(tracking.told() == Told{"seen 1", "opened 2"});
  tracking.snapshot({tcp_socket(1), tcp_socket(2)});
  CHECK(tracking.told() == Told{"seen 1", "changed 2 was syn-sent"});
}

TEST_CASE("who hears of every socket hears of none that matches no more, nor of its end") {
  Tracking tracking(false, true);
  tracking.matches = [](const Socket& socket) { return socket.state == State::Established; };
  tracking.snapshot({tcp_socket(1)});
  CHECK(tracking.told() == Told{"seen 1"});
  tracking.snapshot({tcp_socket(1, State::CloseWait)});
  CHECK(tracking.told().empty());
  tracking.snapshot({tcp_socket(1)});
  CHECK(tracking.told() == Told{"changed 1 was close-wait"});
  tracking.snapshot({tcp_socket(1, State::CloseWait)});
  for (int i = 0; i < 3; ++i) tracking.snapshot({});
  CHECK(tracking.told().empty());
}

TEST_CASE("a process that has executed another program is named by that from then on") {
  Tracking tracking;
  Process process{7, 100, "sh"};
  tracking.owners = {{&process, 7, 3}};
  tracking.snapshot({tcp_socket(1)});
  process.name = "nginx";
  tracking.snapshot({tcp_socket(1), tcp_socket(2)});
  CHECK(tracking.told() == Told{"opened 2 of nginx"});
}

TEST_CASE("a socket that one dump skipped is not told as closed") {
  Tracking tracking;
  tracking.snapshot({tcp_socket(1)});
  tracking.snapshot({});
  CHECK((*tracking).wants_confirmation());
  tracking.snapshot({tcp_socket(1)});
  tracking.snapshot({tcp_socket(1)});
  CHECK(tracking.told().empty());
  CHECK_FALSE((*tracking).wants_confirmation());
}

TEST_CASE("a socket that a dump shows twice is told once") {
  Tracking tracking;
  tracking.snapshot({});
  tracking.snapshot({tcp_socket(1, State::SynSent), tcp_socket(1)});
  CHECK(tracking.told() == Told{"opened 1"});
}

TEST_CASE("nothing closes of a kind that could not be read, and others do") {
  Tracking tracking;
  Socket datagrams = tcp_socket(2);
  datagrams.family = Family::Unix;
  datagrams.protocol = Protocol::Dgram;
  tracking.snapshot({tcp_socket(1), datagrams});
  for (int i = 0; i < 3; ++i)
    tracking.snapshot({tcp_socket(1)}, {{Family::Unix, std::nullopt}, {Family::Inet, Protocol::Udp}});
  CHECK(tracking.told().empty());
  for (int i = 0; i < 3; ++i) tracking.snapshot({datagrams}, {{Family::Inet, Protocol::Udp}});
  CHECK(tracking.told() == Told{"closed 1 was established seen 4 inode"});
}

TEST_CASE("the kernel's word closes a socket at once, and no snapshot tells it again") {
  Tracking tracking(true);
  tracking.snapshot({tcp_socket(1)});
  tracking.snapshot({});
  CHECK_FALSE((*tracking).wants_confirmation());
  tracking.destroyed(1);
  CHECK(tracking.told() == Told{"closed 1 was established seen 1 kernel inode"});
  tracking.snapshot({});
  tracking.snapshot({});
  CHECK(tracking.told().empty());
}

TEST_CASE("what the kernel says of a socket that was told as closed is no news") {
  Tracking tracking(true);
  tracking.snapshot({tcp_socket(1)});
  tracking.snapshot({});
  tracking.snapshot({});
  CHECK(tracking.told() == Told{"closed 1 was established seen 1 inode"});
  tracking.destroyed(1);
  CHECK(tracking.told().empty());
  CHECK((*tracking).size() == 0);
}

TEST_CASE("a socket that no snapshot saw is told by the kernel alone") {
  Tracking tracking(true);
  tracking.snapshot({});
  tracking.destroyed(7);
  CHECK(tracking.told() == Told{"closed 7 kernel"});
}

TEST_CASE("a socket that never had an end is not told") {
  Tracking tracking(true);
  tracking.snapshot({});
  std::vector<std::string> told;
  SocketTracker tracker({.matches = [](const Socket&, const Holders&) { return true; },
                         .holders_of = [](const Socket&) { return Holders{}; },
                         .kernel_tells = [](const Socket&) { return true; }});
  Socket socket;
  socket.cookie = 3;
  tracker.destroyed(socket, {}, [&](const SocketChange&) { told.emplace_back("told"); });
  CHECK(told.empty());
}

TEST_CASE("a closing has the owner that the socket had") {
  const Process process{.pid = 12, .name = "curl"};
  Tracking tracking(true);
  tracking.owners = {Owner{&process, 12, 3}};
  tracking.snapshot({});
  tracking.snapshot({tcp_socket(1)});
  tracking.owners.clear();
  CHECK(tracking.told() == Told{"opened 1 of curl"});
  tracking.snapshot({tcp_socket(1)});
  CHECK(tracking.owner_searches == 1);
  tracking.destroyed(1);
  CHECK(tracking.told() == Told{"closed 1 was established seen 1 kernel of curl inode"});
}

TEST_CASE("owners are searched again when a connection gets its inode, as accept(2) gives it") {
  Tracking tracking;
  Socket waiting = tcp_socket(1);
  waiting.inode.reset();
  tracking.snapshot({waiting});
  CHECK(tracking.owner_searches == 0);
  tracking.snapshot({tcp_socket(1)});
  tracking.snapshot({tcp_socket(1)});
  CHECK(tracking.owner_searches == 1);
}

TEST_CASE("who holds a socket is looked up again when there are new tables, and kept when they lack it") {
  const Process before{.pid = 12, .name = "parent"};
  const Process after{.pid = 13, .name = "child"};
  Tracking tracking(false, true);
  tracking.owners = {Owner{&before, 12, 3}};
  tracking.snapshot({tcp_socket(1)});
  tracking.owners = {Owner{&after, 13, 3}};
  tracking.snapshot({tcp_socket(1)});
  CHECK(tracking.told() == Told{"seen 1 of parent", "seen 1 of parent"});
  tracking.anew = true;
  tracking.snapshot({tcp_socket(1)});
  tracking.owners.clear();
  tracking.anew = true;
  tracking.snapshot({tcp_socket(1)});
  CHECK(tracking.told() == Told{"seen 1 of child", "seen 1 of child"});
}

TEST_CASE("new tables are wanted while the other end of a connection is not known, but not for ever") {
  const Process mine{.pid = 12, .name = "curl"};
  const Process theirs{.pid = 13, .name = "nginx"};
  Tracking tracking(false, true, true);
  tracking.owners = {Owner{&mine, 12, 3}};
  tracking.snapshot({tcp_socket(1)});
  CHECK((*tracking).wants_holders());
  tracking.peers = {Owner{&theirs, 13, 4}};
  tracking.anew = true;
  tracking.snapshot({tcp_socket(1)});
  CHECK_FALSE((*tracking).wants_holders());
  tracking.peers.clear();
  int tries = 0;
  for (; tries < 10; ++tries) {
    tracking.anew = true;
    tracking.snapshot({tcp_socket(1), tcp_socket(2)});
    if (!(*tracking).wants_holders()) break;
  }
  CHECK(tries == 2);
}

TEST_CASE("a socket that has matched once is followed to its end") {
  Tracking tracking;
  tracking.matches = [](const Socket& socket) { return socket.state == State::Established; };
  tracking.snapshot({});
  tracking.snapshot({tcp_socket(1, State::SynSent)});
  CHECK(tracking.told().empty());
  tracking.snapshot({tcp_socket(1)});
  tracking.snapshot({tcp_socket(1, State::FinWait1)});
  tracking.snapshot({});
  tracking.snapshot({});
  CHECK(tracking.told() ==
        Told{"changed 1 was syn-sent", "changed 1 was established", "closed 1 was fin-wait-1 seen 3 inode"});
}

TEST_CASE("a socket that never matched is never told") {
  Tracking tracking(true);
  tracking.matches = [](const Socket&) { return false; };
  tracking.snapshot({tcp_socket(2)});
  tracking.snapshot({tcp_socket(1), tcp_socket(2)});
  tracking.destroyed(1);
  tracking.destroyed(5);
  tracking.snapshot({});
  tracking.snapshot({});
  CHECK(tracking.told().empty());
}

TEST_CASE("without a cookie a connection is its ends, another socket its inode") {
  Socket a = tcp_socket(1);
  a.cookie.reset();
  Socket b = tcp_socket(1);
  b.cookie.reset();
  b.inode.reset();
  CHECK(key_of(a) == key_of(b));
  b.protocol = Protocol::Udp;
  CHECK_FALSE(key_of(a) == key_of(b));
  b = a;
  b.peer_port = 1;
  CHECK_FALSE(key_of(a) == key_of(b));
  a.peer_port.reset();
  b = a;
  CHECK(key_of(a) == key_of(b));
  b.inode = 1;
  CHECK_FALSE(key_of(a) == key_of(b));
}

TEST_CASE("what the kernel keeps of a connection in FIN_WAIT_2 is not told as new") {
  Tracking tracking(true);
  Socket remnant = tcp_socket(2, State::FinWait2);
  remnant.inode.reset();
  Socket half_closed = tcp_socket(1, State::FinWait2);
  tracking.snapshot({tcp_socket(1)});
  tracking.snapshot({half_closed, remnant});
  half_closed.inode.reset();
  tracking.snapshot({half_closed, remnant});
  tracking.snapshot({half_closed});
  tracking.snapshot({half_closed});
  CHECK(tracking.told() == Told{"changed 1 was established"});
}

TEST_CASE("the last counters are the kernel's, the rest is what was seen before") {
  constexpr AttributeKey Counter{"counter"};
  constexpr AttributeKey Other{"other"};
  std::vector<std::uint64_t> numbers;
  SocketTracker tracker({.matches = [](const Socket&, const Holders&) { return true; },
                         .holders_of = [](const Socket&) { return Holders{}; },
                         .kernel_tells = [](const Socket&) { return true; }});
  const ChangeSink sink = [&](const SocketChange& change) {
    numbers = {*change.socket.facts.number(Counter), *change.socket.facts.number(Other)};
  };
  Socket seen = tcp_socket(1);
  seen.facts.set_number(Counter, 10);
  seen.facts.set_number(Other, 5);
  tracker.begin({}, false);
  tracker.see(seen, sink);
  tracker.end({}, sink);
  Socket last = destroyed_socket(1);
  last.facts.set_number(Counter, 99);
  tracker.destroyed(last, {}, sink);
  CHECK(numbers == std::vector<std::uint64_t>{99, 5});
}

}  // namespace
}  // namespace sockutils::test::socket_tracker_test
