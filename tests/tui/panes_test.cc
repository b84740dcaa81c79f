#include "tui/pane.h"

#include "sockutils/filter.h"
#include "support/catch.h"
#include "tests/tui/sample.h"
#include "tui/summary_lines.h"

namespace tui::test::panes_test {
namespace {

using Catch::Matchers::Contains;
using sockutils::State;

/// The row in which `column` shows `text`, or null.
std::shared_ptr<const TableRow> row_with(const Table& table, std::string_view column, std::string_view text) {
  for (const auto& row : table.rows)
    if (text_of(table, *row, column) == text) return row;
  return nullptr;
}

Frame two_looks(const std::function<std::vector<SampleSocket>(std::uint64_t)>& sockets) {
  SampleBook book;
  book.look(sockets(0));
  return book.look(sockets(1));
}

TEST_CASE("every pane has a title, a help and an order of its own columns") {
  SampleBook book;
  Frame frame = book.look({SampleSocket(1)});
  frame.machine.emplace();
  for (const Pane& pane : panes()) {
    CHECK_FALSE(pane.title.empty());
    CHECK_FALSE(pane.help.empty());
    const auto table = pane.rows(frame);
    const auto& columns = table->columns;
    CHECK(std::find(columns.begin(), columns.end(), pane.usual_order().field) != columns.end());
    for (const auto& row : table->rows) CHECK(row->cells.size() == columns.size());
  }
}

TEST_CASE("a process has the sum of its sockets") {
  const Frame frame = two_looks([](std::uint64_t i) {
    return std::vector<SampleSocket>{SampleSocket(1).bytes(i * 1000, 0).owner(42, "web"),
                                     SampleSocket(2).bytes(i * 500, i * 10).owner(42, "web"),
                                     SampleSocket(3).listening(80).owner(42, "web"),
                                     SampleSocket(4).bytes(i, 0).owner(43, "other")};
  });
  const auto table = ProcessesPane.rows(frame);
  CHECK(table->rows.size() == 2);
  const auto web = row_with(*table, "pid", "42");
  REQUIRE(web);
  CHECK(text_of(*table, *web, "process") == "web");
  CHECK(text_of(*table, *web, "sockets") == "3");
  CHECK(text_of(*table, *web, "established") == "2");
  CHECK(text_of(*table, *web, "listening") == "1");
  CHECK(text_of(*table, *web, "in_rate") == "1500/s");
  CHECK(text_of(*table, *web, "out_rate") == "10/s");
}

TEST_CASE("sockets whose owner is not known stand together, and no filter names them") {
  const Frame frame = two_looks([](std::uint64_t) { return std::vector<SampleSocket>{SampleSocket(1)}; });
  const auto table = ProcessesPane.rows(frame);
  REQUIRE(table->rows.size() == 1);
  CHECK(text_of(*table, *table->rows[0], "pid") == "-");
  CHECK_FALSE(ProcessesPane.filter_of(*table->rows[0], *table));
}

TEST_CASE("a host has its connections, whoever holds them, and the best round trip") {
  const Frame frame = two_looks([](std::uint64_t i) {
    return std::vector<SampleSocket>{SampleSocket(1)
                                         .peer(v4(9), 443)
                                         .bytes(i * 10, 0)
                                         .set("tcp_rtt", std::uint64_t{30'000})
                                         .owner(1, "curl"),
                                     SampleSocket(2)
                                         .peer(v4(9), 80)
                                         .bytes(i * 20, 0)
                                         .set("tcp_rtt", std::uint64_t{20'000})
                                         .owner(2, "wget"),
                                     SampleSocket(3).peer(v4(8), 80), SampleSocket(4).listening(80)};
  });
  const auto table = HostsPane.rows(frame);
  CHECK(table->rows.size() == 2);
  const auto row = row_with(*table, "peer_address", "192.0.2.9");
  REQUIRE(row);
  CHECK(text_of(*table, *row, "connections") == "2");
  CHECK(text_of(*table, *row, "in_rate") == "30/s");
  CHECK(text_of(*table, *row, "least_rtt") == "20ms");
  CHECK(text_of(*table, *row, "process") == "curl wget");
}

TEST_CASE("a listener knows its backlog, its connections and who can reach it") {
  const Frame frame = two_looks([](std::uint64_t i) {
    return std::vector<SampleSocket>{
        SampleSocket(1).listening(80).set("recv_queue", std::uint64_t{5}).owner(42, "web"),
        SampleSocket(2).local(v4(1), 80).bytes(i * 100, 0), SampleSocket(3).local(v4(1), 81)};
  });
  const auto table = ListenersPane.rows(frame);
  REQUIRE(table->rows.size() == 1);
  const TableRow& row = *table->rows[0];
  CHECK(text_of(*table, row, "local") == "0.0.0.0:80");
  CHECK(text_of(*table, row, "exposure") == "any");
  CHECK(text_of(*table, row, "recv_queue") == "5");
  CHECK(text_of(*table, row, "send_queue") == "128");
  CHECK(text_of(*table, row, "connections") == "1");
  CHECK(text_of(*table, row, "in_rate") == "100/s");
  CHECK(text_of(*table, row, "processes") == "web/42");
  CHECK(row.exposed);
}

TEST_CASE("a closed socket counts in no group") {
  SampleBook book;
  book.look({SampleSocket(1).owner(42, "web")});
  book.tell(sockutils::EventKind::Closed, SampleSocket(1).state(State::Closed), 1s);
  const Frame frame = book.look({});
  CHECK(frame.sockets->rows.size() == 1);
  CHECK(ProcessesPane.rows(frame)->rows.empty());
  CHECK(HostsPane.rows(frame)->rows.empty());
}

TEST_CASE("the filter of a group's row can be read, and leaves its sockets") {
  const Frame frame = two_looks([](std::uint64_t) {
    return std::vector<SampleSocket>{SampleSocket(1).owner(42, "web"), SampleSocket(2).listening(80)};
  });
  for (const Pane& pane : panes()) {
    if (pane.filter_of == nullptr) continue;
    const auto table = pane.rows(frame);
    for (const auto& row : table->rows) {
      const auto filter = pane.filter_of(*row, *table);
      if (!filter) continue;
      INFO(*filter);
      CHECK(sockutils::Filter::parse(*filter, {}).has_value());
    }
  }
  const auto processes = ProcessesPane.rows(frame);
  CHECK(ProcessesPane.filter_of(*row_with(*processes, "pid", "42"), *processes) == "pid = 42");
  const auto listeners = ListenersPane.rows(frame);
  CHECK(ListenersPane.filter_of(*listeners->rows[0], *listeners) == "protocol = tcp and local_port = 80");
}

TEST_CASE("an interface's rates are what its counters gained") {
  Frame frame;
  frame.sockets = std::make_shared<Table>();
  frame.elapsed = 2s;
  frame.machine_before.emplace().interfaces = {{"eth0", {1000, 10, 0, 0}, {0, 0, 0, 0}}};
  frame.machine.emplace().interfaces = {{"eth0", {5000, 30, 1, 2}, {4000, 2, 0, 3}},
                                        {"new0", {7, 1, 0, 0}, {0, 0, 0, 0}}};
  const auto table = InterfacesPane.rows(frame);
  REQUIRE(table->rows.size() == 2);
  CHECK(text_of(*table, *table->rows[0], "in_rate") == "2000/s");
  CHECK(text_of(*table, *table->rows[0], "out_rate") == "2000/s");
  CHECK(text_of(*table, *table->rows[0], "packets_in") == "10");
  CHECK(text_of(*table, *table->rows[0], "drops") == "5");
  CHECK(text_of(*table, *table->rows[1], "in_rate") == "-");
}

std::string line_of(const std::vector<Segment>& segments, std::size_t width) {
  Grid grid(width, 1);
  put_segments(grid, 0, segments);
  return grid.line(0);
}

TEST_CASE("the summary tells traffic, comings and goings, and loss") {
  SampleBook book;
  book.look({SampleSocket(1).bytes(0, 0)});
  const Frame frame = book.look({SampleSocket(1)
                                     .bytes(2'000'000, 1000)
                                     .set("tcp_total_retrans", std::uint64_t{0})
                                     .set("tcp_segs_out", std::uint64_t{10}),
                                 SampleSocket(2)});
  const std::string line = line_of(traffic_segments(frame, AsciiSymbols), 200);
  CHECK_THAT(line, Contains("in 1.9M/s") && Contains("out 1.0K/s") && Contains("opened 1.0/s"));
  CHECK_THAT(line_of(traffic_segments(frame, AsciiSymbols), 20), Contains("in 1.9M/s"));
}

TEST_CASE("the summary counts states, and tells what the kernel turned away") {
  SampleBook book;
  Frame frame =
      book.look({SampleSocket(1), SampleSocket(2).listening(80), SampleSocket(3).state(State::CloseWait)});
  frame.elapsed = 2s;
  frame.machine_before.emplace().listen_overflows = 5;
  frame.machine.emplace().listen_overflows = 25;
  frame.machine->tcp_time_wait = 3;
  const std::string line = line_of(state_segments(frame), 200);
  CHECK_THAT(line, Contains("3 sockets") && Contains("established 1") && Contains("listening 1") &&
                       Contains("close-wait 1") && Contains("time-wait 3") &&
                       Contains("listen overflows 10/s"));
  CHECK(line.find("udp errors") == std::string::npos);
}

TEST_CASE("a line that is too long gives up what matters least") {
  const std::vector<Segment> segments{{"first", {}, 0}, {"second", {}, 2}, {"third", {}, 1}};
  CHECK(line_of(segments, 80) == "first  second  third");
  CHECK(line_of(segments, 19) == "first  third");
  CHECK(line_of(segments, 10) == "first");
  CHECK(line_of(segments, 3) == "fir");
}

TEST_CASE("what no socket explains has rows of its own beside the processes, and is said") {
  Frame frame = two_looks([](std::uint64_t) { return std::vector<SampleSocket>{SampleSocket(1)}; });
  frame.packets.counting = true;
  frame.packets.forwarded = {5000, 6000};
  frame.packets.unclaimed = {0, 70};
  const auto table = ProcessesPane.rows(frame);
  const auto forwarded = row_with(*table, "process", "(forwarded)");
  REQUIRE(forwarded);
  CHECK(text_of(*table, *forwarded, "in_rate") == "5000/s");
  CHECK(text_of(*table, *forwarded, "out_rate") == "6000/s");
  CHECK(text_of(*table, *forwarded, "pid") == "-");
  CHECK_FALSE(ProcessesPane.filter_of(*forwarded, *table));
  CHECK(row_with(*table, "process", "(no socket)"));
  CHECK_FALSE(row_with(*table, "process", "(one of several that share a port)"));
  std::string line;
  for (const Segment& segment : traffic_segments(frame, AsciiSymbols)) line += segment.text + ";";
  CHECK_THAT(line, Contains("forwarded in 4.9K/s out 5.9K/s"));
  // A few packets of the kernel's own are no news.
  CHECK_FALSE(line.find("no socket") != std::string::npos);
}

}  // namespace
}  // namespace tui::test::panes_test
