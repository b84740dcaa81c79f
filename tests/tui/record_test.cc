// What is recorded live, with closings, packets and namespaces, shows the same when it is played.
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <set>
#include <thread>

#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"
#include "tests/tui/watcher.h"
#include "tui/collect/recording_view.h"

namespace tui::test::record_test {
namespace {

using namespace std::chrono_literals;
using namespace sockutils::test;
using sockutils::UniqueFd;

std::string path_in(const TemporaryFolder& folder) { return folder.path() + "/tape"; }

sockutils::RecordingWriter writer_for(const std::string& path) {
  auto writer = sockutils::RecordingWriter::create(path);
  REQUIRE(writer);
  return std::move(*writer);
}

/// All frames of a recording together.
struct Played {
  sockutils::CounterChange change;
  std::size_t opened = 0;
  std::size_t closed = 0;
  PacketAccount packets;
  std::vector<Frame> frames;
  double rated_in = 0;
};

Played play(const std::string& path, const ViewRequest& request) {
  auto file = sockutils::RecordingFile::open(path);
  REQUIRE(file);
  CHECK(file->damage().empty());
  RecordingView view(std::move(*file));
  Played all;
  for (std::size_t i = 0; i < view.size(); ++i) {
    Frame frame = view.show(i, request);
    INFO(frame.failure);
    CHECK(frame.failure.empty());
    all.change.bytes_in = all.change.bytes_in.value_or(0) + frame.totals.change.bytes_in.value_or(0);
    all.opened += frame.totals.opened;
    all.closed += frame.totals.closed;
    all.packets.claimed.in += frame.packets.claimed.in;
    all.packets.claimed.out += frame.packets.claimed.out;
    all.packets.counting = frame.packets.counting;
    for (const auto& row : frame.sockets->rows) {
      if (row->mark == Mark::Closed || !frame.elapsed) continue;
      const auto& socket = static_cast<const SocketRow&>(*row);
      all.rated_in += static_cast<double>(socket.rates.bytes_in.value_or(0)) *
                      std::chrono::duration<double>(*frame.elapsed).count();
    }
    all.frames.push_back(std::move(frame));
  }
  return all;
}

std::size_t warnings_with(const Frame& frame, std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      frame.warnings.begin(), frame.warnings.end(),
      [&](const sockutils::Warning& warning) { return warning.message.find(text) != std::string::npos; }));
}

/// A connection that lives no longer than its bytes take.
void pass(std::size_t bytes) {
  const TcpConnection connection = make_tcp_connection();
  send_text(connection.client, std::string(bytes, 'x'));
  shut_down_sending(connection.client);
  std::string buffer(65536, '\0');
  while (::read(connection.server.get(), buffer.data(), buffer.size()) > 0) continue;
}

TEST_CASE("connections that lived between two snapshots are played with their bytes") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  constexpr std::size_t Bytes = 30'000;
  constexpr std::size_t Connections = 20;
  std::uint64_t live = 0;
  std::size_t opened = 0;
  {
    Watcher watcher(Watcher::request_with(1000ms), writer_for(path_in(folder)));
    for (std::size_t i = 0; i < Connections; ++i) pass(Bytes);
    watcher.let_settle();
    live = watcher.bytes_in();
    opened = watcher.opened();
  }
  REQUIRE(live >= Connections * Bytes);
  REQUIRE(opened >= 2 * Connections);
  const Played played = play(path_in(folder), Watcher::request_with(1000ms));
  CHECK(within(static_cast<double>(played.change.bytes_in.value_or(0)), static_cast<double>(live), 0.01));
  CHECK(played.opened >= 2 * Connections);
  CHECK(played.closed >= 2 * Connections);
  std::size_t kept = 0;
  for (const Frame& frame : played.frames) {
    std::size_t closed = 0;
    for (const auto& row : frame.sockets->rows) closed += row->mark == Mark::Closed ? 1U : 0U;
    kept = std::max(kept, closed);
  }
  CHECK(kept >= 2 * Connections);
}

TEST_CASE("a filter of the one who plays is for what lived between two snapshots too") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  std::uint16_t port = 0;
  {
    Watcher watcher(Watcher::request_with(1000ms), writer_for(path_in(folder)));
    pass(1000);
    const TcpConnection connection = make_tcp_connection();
    port = SocketAddress::local_of(connection.client.get()).port();
    watcher.let_settle();
  }
  ViewRequest request = Watcher::request_with(1000ms);
  request.query.filter =
      *sockutils::Filter::parse("local_port = " + std::to_string(port), sockutils::FilterNames());
  const Played played = play(path_in(folder), request);
  CHECK(played.opened + played.closed <= 2);
  for (const Frame& frame : played.frames)
    for (const auto& row : frame.sockets->rows) CHECK(static_cast<const SocketRow&>(*row).local_port == port);
  // It stood there before it came to match: its bytes are not those of one that lived between.
  request.query.filter = *sockutils::Filter::parse("state = closed", sockutils::FilterNames());
  CHECK(play(path_in(folder), request).change.bytes_in.value_or(0) <= 2000);
}

#define REQUIRE_CAPTURE() \
  if (!sockutils::has_capture()) SKIP_OUT_LOUD("built without libpcap")

TEST_CASE("the rates of datagrams are played as they were counted") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const TemporaryFolder folder;
  const UniqueFd receiver = make_socket(AF_INET, SOCK_DGRAM);
  bind_to(receiver, loopback(AF_INET));
  const UniqueFd sender = make_socket(AF_INET, SOCK_DGRAM);
  connect_to(sender, loopback(AF_INET, SocketAddress::local_of(receiver.get()).port()));
  constexpr std::uint64_t Datagrams = 200;
  constexpr std::uint64_t Size = 700;
  std::uint64_t live = 0;
  PacketAccount packets;
  {
    ViewRequest request = Watcher::request_with(200ms);
    request.query.kinds = {{sockutils::Family::Inet, sockutils::Protocol::Udp}};
    Watcher watcher(request, writer_for(path_in(folder)));
    REQUIRE(watcher.frame()->packets.counting);
    for (std::uint64_t i = 0; i < Datagrams; ++i) {
      send_text(sender, std::string(Size, 'x'));
      std::this_thread::sleep_for(3ms);
    }
    watcher.let_settle();
    live = watcher.bytes_in();
    packets = watcher.packets();
  }
  REQUIRE(live >= Datagrams * Size);
  ViewRequest request = Watcher::request_with(200ms);
  const Played played = play(path_in(folder), request);
  CHECK(played.packets.counting);
  CHECK(played.change.bytes_in.value_or(0) == live);
  CHECK(played.packets.claimed.in == packets.claimed.in);
  CHECK(played.packets.claimed.out == packets.claimed.out);
  CHECK(within(played.rated_in, static_cast<double>(live), 0.05));
  SECTION("kinds that were recorded for the sake of packets are not listed") {
    const auto file = sockutils::RecordingFile::open(path_in(folder));
    REQUIRE(file);
    const auto last = file->read(file->size() - 1);
    REQUIRE(last);
    CHECK((*last)->kinds() ==
          std::vector<sockutils::SocketKind>{{sockutils::Family::Inet, sockutils::Protocol::Udp}});
    sockutils::Query raw;
    raw.kinds = {{sockutils::Family::Inet, sockutils::Protocol::Raw}};
    raw.recording = *last;
    const auto ignore = [](sockutils::Values) { return true; };
    CHECK_FALSE(sockutils::list_sockets(raw, ignore));
    raw.incidental = true;
    CHECK(sockutils::list_sockets(raw, ignore));
  }
  SECTION("whoever plays it without packets is told why there are no rates") {
    request.count_packets = false;
    const Played without = play(path_in(folder), request);
    CHECK_FALSE(without.packets.counting);
    CHECK_FALSE(without.frames.back().packets.refusal.empty());
    CHECK(without.change.bytes_in.value_or(0) == 0);
  }
}

TEST_CASE("why there are no rates is played too") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const TemporaryFolder folder;
  auto writer = writer_for(path_in(folder));
  std::thread([&] {
    drop_capabilities_of_thread();
    Watcher watcher(Watcher::request_with(100ms), std::move(writer));
    watcher.let_settle();
  }).join();
  const Played played = play(path_in(folder), Watcher::request_with(100ms));
  CHECK_FALSE(played.packets.counting);
  CHECK_THAT(played.frames.back().packets.refusal, Catch::Matchers::Contains("Operation not permitted"));
  CHECK(warnings_with(played.frames.back(), "no rates of UDP") == 1);
}

TEST_CASE("a namespace that could not be entered is missed when it is played too") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const Child other([] { enter_new_network(); });
  const auto space = sockutils::find_network_namespace(std::to_string(other.pid()));
  const auto own = sockutils::find_network_namespace(std::to_string(::getpid()));
  REQUIRE(space);
  REQUIRE(own);
  const auto listener = make_tcp_listener(AF_INET, 5);
  auto writer = writer_for(path_in(folder));
  std::thread([&] {
    drop_capabilities_of_thread();
    ViewRequest request = Watcher::request_with(100ms);
    request.query.namespaces = {{{}, own->inode, "own"}, *space};
    Watcher watcher(request, std::move(writer));
    watcher.let_settle();
  }).join();
  const Played played = play(path_in(folder), Watcher::request_with(100ms));
  CHECK(warnings_with(played.frames.back(), "cannot be entered") == 1);
  CHECK_FALSE(played.frames.back().sockets->rows.empty());
}

TEST_CASE("all namespaces that were watched are played, with their names, packets and interfaces") {
  REQUIRE_PRIVATE_NETWORK();
  REQUIRE_CAPTURE();
  const TemporaryFolder folder;
  auto other = std::make_unique<Child>([] {
    enter_new_network();
    static const auto listener = make_tcp_listener(AF_INET, 5);
  });
  ViewRequest request = Watcher::request_with(100ms);
  request.columns.push_back(sockutils::find_field("netns_name"));
  auto space = sockutils::find_network_namespace(std::to_string(other->pid()));
  const auto own = sockutils::find_network_namespace(std::to_string(::getpid()));
  REQUIRE(space);
  REQUIRE(own);
  space->name = "blue";
  request.query.namespaces = {*own, *space};
  std::uint64_t live = 0;
  {
    UniqueFd receiver;
    UniqueFd sender;
    in_network_of(other->pid(), [&] {
      receiver = make_socket(AF_INET, SOCK_DGRAM);
      bind_to(receiver, loopback(AF_INET));
      sender = make_socket(AF_INET, SOCK_DGRAM);
      connect_to(sender, loopback(AF_INET, SocketAddress::local_of(receiver.get()).port()));
    });
    Watcher watcher(request, writer_for(path_in(folder)));
    for (int i = 0; i < 20; ++i) send_text(sender, std::string(500, 'x'));
    REQUIRE(eventually([&] { return watcher.bytes_in() >= 10'000; }));
    watcher.let_settle();
    receiver = UniqueFd();
    sender = UniqueFd();
    other.reset();
    watcher.let_settle();
    live = watcher.bytes_in();
  }
  request.query.namespaces.clear();
  const Played played = play(path_in(folder), request);
  CHECK(played.change.bytes_in.value_or(0) == live);
  const auto rows_in = [&](const Frame& frame, Mark mark) {
    std::set<std::string> names;
    for (const auto& row : frame.sockets->rows) {
      if (netns_of(row->key) != space->inode || row->mark != mark) continue;
      std::string name;
      row->cells.append_text(name, frame.sockets->columns.size() - 1, sockutils::Type::Text);
      names.insert(name);
    }
    return names;
  };
  const Frame& first = played.frames.front();
  CHECK(rows_in(first, Mark::Same) == std::set<std::string>{"blue"});
  CHECK(rows_in(played.frames.back(), Mark::Closed) == std::set<std::string>{"blue"});
  CHECK(rows_in(played.frames.back(), Mark::Same).empty());
  REQUIRE(first.machine);
  std::set<std::string> interfaces;
  for (const auto& interface : first.machine->interfaces) interfaces.insert(interface.name);
  CHECK(interfaces.contains("blue/lo"));
}

}  // namespace
}  // namespace tui::test::record_test
