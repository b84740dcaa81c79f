#include <algorithm>
#include <future>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::pipeline_test {
namespace {

constexpr std::size_t Listeners = 20;

std::vector<UniqueFd> make_listeners() {
  std::vector<UniqueFd> listeners;
  listeners.reserve(Listeners);
  for (std::size_t i = 0; i < Listeners; ++i) listeners.push_back(make_tcp_listener(AF_INET, 1));
  return listeners;
}

std::vector<std::uint64_t> ports_of(const std::vector<UniqueFd>& sockets) {
  std::vector<std::uint64_t> ports;
  for (const UniqueFd& fd : sockets) ports.push_back(SocketAddress::local_of(fd.get()).port());
  std::sort(ports.begin(), ports.end());
  return ports;
}

Query listeners_query() {
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  query.states = {State::Listen};
  query.fields = {find_field("local_port"), find_field("processes"), find_field("process")};
  return query;
}

TEST_CASE("a snapshot stays as it was when the sockets in it are gone") {
  REQUIRE_PRIVATE_NETWORK();
  std::vector<UniqueFd> listeners = make_listeners();
  const std::vector<std::uint64_t> ports = ports_of(listeners);
  Query query = listeners_query();
  query.sort = {{find_field("local_port"), false}};
  const auto snapshot = take_snapshot(query);
  listeners.clear();
  REQUIRE(snapshot.has_value());
  REQUIRE(snapshot->size() == Listeners);
  CHECK(snapshot->report().rows == Listeners);
  for (std::size_t i = 0; i < Listeners; ++i) {
    const SocketRow row(query.fields, (*snapshot)[i]);
    CHECK(row.number("local_port") == ports[i]);
    CHECK(row["process"] == proc_text("/proc/self/comm"));
    CHECK(row.holders().size() == 1);
  }
}

TEST_CASE("a query without an order of its own can have listeners first, by port") {
  REQUIRE_PRIVATE_NETWORK();
  const std::vector<UniqueFd> listeners = make_listeners();
  const TcpConnection connection = make_tcp_connection();
  Query query = listeners_query();
  query.states = StateSet::all();
  query.listeners_first = true;
  const Listing listing = Listing::take(query);
  REQUIRE(listing.rows().size() > Listeners + 2);
  for (std::size_t i = 0; i <= Listeners; ++i) CHECK(listing.rows()[i]["state"] == "listen");
  CHECK(std::is_sorted(listing.rows().begin(), listing.rows().begin() + Listeners + 1,
                       [](const SocketRow& a, const SocketRow& b) {
                         return a.number("local_port") < b.number("local_port");
                       }));
  CHECK(listing.rows()[Listeners + 1]["state"] != "listen");
}

TEST_CASE("a listing ends when its receiver wants no more") {
  REQUIRE_PRIVATE_NETWORK();
  const std::vector<UniqueFd> listeners = make_listeners();
  for (const Source source : BothSources) {
    Query query = listeners_query();
    query.source = source;
    std::size_t rows = 0;
    const auto report = list_sockets(query, [&](Values) { return ++rows < 3; });
    REQUIRE(report.has_value());
    CHECK(rows == 3);
    CHECK(report->rows == 3);
    CHECK(report->warnings.empty());
  }
}

TEST_CASE("only sockets of the states, kinds and filter that were asked for are listed") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  const std::string port = std::to_string(SocketAddress::local_of(connection.client.get()).port());
  for (const Source source : BothSources) {
    Query query;
    query.source = source;
    query.kinds = {{Family::Inet, Protocol::Tcp}};
    query.states = {State::Established};
    const auto filter = Filter::parse("sport = :" + port, system_filter_names());
    REQUIRE(filter.has_value());
    query.filter = *filter;
    const Listing listing = Listing::take(query);
    REQUIRE(listing.rows().size() == 1);
    CHECK(listing.rows().front()["inode"] == std::to_string(inode_of(connection.client)));
  }
}

TEST_CASE("several threads may list at once") {
  REQUIRE_PRIVATE_NETWORK();
  const std::vector<UniqueFd> listeners = make_listeners();
  const auto count_often = [] {
    std::size_t rows = 0;
    for (int round = 0; round < 10; ++round)
      static_cast<void>(list_sockets(listeners_query(), [&](Values) { return ++rows != 0; }));
    return rows;
  };
  std::vector<std::future<std::size_t>> threads;
  for (int i = 0; i < 4; ++i) threads.push_back(std::async(std::launch::async, count_often));
  for (std::future<std::size_t>& thread : threads) CHECK(thread.get() == 10 * Listeners);
}

}  // namespace
}  // namespace sockutils::test::pipeline_test
