// Rates and totals of transfers whose size is known, as --batch prints them.
#include <arpa/inet.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <map>
#include <thread>

#include <rapidjson/document.h>

#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"
#include "tests/tui/terminal.h"
#include "tests/tui/watcher.h"

namespace tui::test::traffic_test {
namespace {

using namespace std::chrono_literals;
using namespace sockutils::test;

/// Sends so many bytes from one end to the other, a piece at a time, for about this long.
void transfer(const TcpConnection& connection, std::size_t bytes, std::chrono::milliseconds time) {
  constexpr std::size_t Pieces = 50;
  const std::string piece(bytes / Pieces, 'x');
  std::thread reader([&] {
    std::string buffer(65536, '\0');
    for (std::size_t left = piece.size() * Pieces; left > 0;) {
      const ssize_t size = ::read(connection.server.get(), buffer.data(), buffer.size());
      if (size <= 0) return;
      left -= static_cast<std::size_t>(size);
    }
  });
  for (std::size_t i = 0; i < Pieces; ++i) {
    send_text(connection.client, piece);
    std::this_thread::sleep_for(time / Pieces);
  }
  reader.join();
}

TEST_CASE("a transfer's bytes are accounted within one percent, over either version of IP") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    constexpr std::size_t Bytes = 50'000'000;
    const auto connection = make_tcp_connection(family);
    Watcher watcher;
    transfer(connection, Bytes, 1500ms);
    watcher.let_settle();
    CAPTURE(watcher.bytes_in(), watcher.bytes_out(), watcher.rated_in());
    CHECK(within(static_cast<double>(watcher.bytes_in()), Bytes, 0.01));
    CHECK(within(static_cast<double>(watcher.bytes_out()), Bytes, 0.01));
    // A rate is of the time between two looks at the socket; how far apart frames are on a busy machine is
    // not quite the same.
    CHECK(within(watcher.rated_in(), Bytes, 0.1));
  }
}

TEST_CASE("a hundred transfers are accounted as one is") {
  REQUIRE_PRIVATE_NETWORK();
  constexpr std::size_t Bytes = 200'000;
  std::vector<TcpConnection> connections;
  for (int i = 0; i < 100; ++i) connections.push_back(make_tcp_connection());
  Watcher watcher;
  for (const TcpConnection& connection : connections) transfer(connection, Bytes, 0ms);
  watcher.let_settle();
  CHECK(within(static_cast<double>(watcher.bytes_in()), 100.0 * Bytes, 0.01));
}

TEST_CASE("connections that live between two looks are accounted by their end") {
  REQUIRE_PRIVATE_NETWORK();
  constexpr std::size_t Bytes = 300'000;
  Watcher watcher(2000ms);
  for (int i = 0; i < 10; ++i) transfer(make_tcp_connection(), Bytes, 0ms);
  watcher.let_settle();
  CAPTURE(watcher.bytes_in(), watcher.opened(), watcher.closed());
  CHECK(within(static_cast<double>(watcher.bytes_in()), 10.0 * Bytes, 0.01));
  CHECK(watcher.opened() >= 20);
}

TEST_CASE("what a transfer carries is what the interface carried, headers aside") {
  REQUIRE_PRIVATE_NETWORK();
  const auto loopback_bytes = [] {
    const auto counters = sockutils::read_machine_counters();
    for (const auto& interface : counters->interfaces)
      if (interface.name == "lo") return interface.in.bytes;
    return std::uint64_t{0};
  };
  const auto connection = make_tcp_connection();
  Watcher watcher;
  const std::uint64_t before = loopback_bytes();
  transfer(connection, 50'000'000, 500ms);
  watcher.let_settle();
  CHECK(
      within(static_cast<double>(watcher.bytes_in()), static_cast<double>(loopback_bytes() - before), 0.02));
}

/// What a program prints on standard output.
std::string output_of(const std::string& command) {
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    text.append(buffer.data(), size);
  return ::pclose(pipe) == 0 ? text : "failed: " + text;
}

TEST_CASE("frames for programs are a JSON object for each row") {
  REQUIRE_PRIVATE_NETWORK();
  const auto connection = make_tcp_connection();
  send_text(connection.client, "hello");
  const std::string text = output_of(monitor_program() + " --jsonl -n 3 -i 0.1 'state = established'");
  std::map<std::uint64_t, int> rows;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != std::string::npos);
    rapidjson::Document row;
    row.Parse(text.c_str() + at, end - at);
    REQUIRE_FALSE(row.HasParseError());
    CHECK(row["protocol"] == "tcp");
    CHECK(row["change"] == "same");
    CHECK(row["local_port"].IsUint());
    CHECK(row["time"].GetStringLength() == std::string_view("2026-11-30T01:40:46.375869Z").size());
    ++rows[row["frame"].GetUint64()];
    at = end + 1;
  }
  CHECK(rows == std::map<std::uint64_t, int>{{1, 2}, {2, 2}, {3, 2}});
}

TEST_CASE("frames for people are a heading and a table") {
  REQUIRE_PRIVATE_NETWORK();
  const auto listener = make_tcp_listener(AF_INET, 5);
  const std::string text = output_of(monitor_program() + " --batch -n 2 -i 0.1");
  CHECK_THAT(text, Catch::Matchers::Contains("listening 1") && Catch::Matchers::Contains("LISTEN") &&
                       Catch::Matchers::Contains("rates follow with the next look"));
  CHECK(text.find('\x1b') == std::string::npos);
}

}  // namespace
}  // namespace tui::test::traffic_test
