#include "tui/view/pane.h"

#include <set>

#include "sockutils/filter.h"
#include "support/catch.h"
#include "tests/tui/sample.h"
#include "tui/view/summary_lines.h"

namespace tui::test::panes_test {
namespace {

using Catch::Matchers::Contains;
using sockutils::State;

const Pane& pane_named(std::string_view title) { return panes()[find_pane(title).value()]; }
const Pane& ProcessesPane = pane_named("Processes");
const Pane& HostsPane = pane_named("Hosts");
const Pane& ListenersPane = pane_named("Listeners");
const Pane& InterfacesPane = pane_named("Interfaces");

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
    CHECK_FALSE(pane.doc.empty());
    const auto table = pane.rows(frame, {});
    const auto& columns = table->columns;
    CHECK(std::find(columns.begin(), columns.end(), pane.usual_order().field) != columns.end());
    for (const auto& row : table->rows) CHECK(row->cells.size() == columns.size());
  }
}

TEST_CASE("a pane is found by its title, in whatever case") {
  for (std::size_t i = 0; i < panes().size(); ++i) {
    CHECK(find_pane(panes()[i].title) == i);
    CHECK(find_pane(pane_words()[i]) == i);
  }
  CHECK_FALSE(find_pane("no such pane"));
  CHECK_FALSE(find_pane(""));
}

TEST_CASE("a process has the sum of its sockets") {
  const Frame frame = two_looks([](std::uint64_t i) {
    return std::vector<SampleSocket>{SampleSocket(1).bytes(i * 1000, 0).owner(42, "web"),
                                     SampleSocket(2).bytes(i * 500, i * 10).owner(42, "web"),
                                     SampleSocket(3).listening(80).owner(42, "web"),
                                     SampleSocket(4).bytes(i, 0).owner(43, "other")};
  });
  const auto table = ProcessesPane.rows(frame, {});
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
  const auto table = ProcessesPane.rows(frame, {});
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
  const auto table = HostsPane.rows(frame, {});
  CHECK(table->rows.size() == 2);
  const auto row = row_with(*table, "peer_address", "192.0.2.9");
  REQUIRE(row);
  CHECK(text_of(*table, *row, "connections") == "2");
  CHECK(text_of(*table, *row, "in_rate") == "30/s");
  CHECK(text_of(*table, *row, "least_rtt") == "20ms");
  CHECK(text_of(*table, *row, "process") == "curl wget");
}

TEST_CASE("listeners that differ in their interface alone are told apart") {
  SampleBook book;
  SampleSocket bound(1);
  bound.listening(179).set("interface_index", std::uint64_t{7});
  sockutils::Endpoint end{
      .address = sockutils::Address{}, .port = std::uint16_t{179}, .scope = "eth1", .scope_id = 7};
  bound.set("local", end);
  SampleSocket unnamed(2);
  unnamed.listening(179).set("interface_index", std::uint64_t{8});
  const auto named = ListenersPane.rows(book.look({bound}), {});
  REQUIRE(named->rows.size() == 1);
  CHECK_THAT(text_of(*named, *named->rows[0], "local"), Catch::Matchers::EndsWith("%eth1:179"));
  CHECK(ListenersPane.filter_of(*named->rows[0], *named) == "protocol = tcp and local_port = 179");
  SampleBook other;
  const auto numbered = ListenersPane.rows(other.look({unnamed}), {});
  REQUIRE(numbered->rows.size() == 1);
  CHECK_THAT(text_of(*numbered, *numbered->rows[0], "local"), Catch::Matchers::EndsWith("%8:179"));
}

TEST_CASE("a listener knows its backlog, its connections and who can reach it") {
  const Frame frame = two_looks([](std::uint64_t i) {
    return std::vector<SampleSocket>{
        SampleSocket(1).listening(80).set("recv_queue", std::uint64_t{5}).owner(42, "web"),
        SampleSocket(2).local(v4(1), 80).bytes(i * 100, 0), SampleSocket(3).local(v4(1), 81)};
  });
  const auto table = ListenersPane.rows(frame, {});
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
  CHECK(ProcessesPane.rows(frame, {})->rows.empty());
  CHECK(HostsPane.rows(frame, {})->rows.empty());
}

TEST_CASE("the filter of a group's row can be read, and leaves its sockets") {
  const Frame frame = two_looks([](std::uint64_t) {
    return std::vector<SampleSocket>{SampleSocket(1).owner(42, "web"), SampleSocket(2).listening(80)};
  });
  for (const Pane& pane : panes()) {
    if (pane.filter_of == nullptr) continue;
    const auto table = pane.rows(frame, {});
    for (const auto& row : table->rows) {
      const auto filter = pane.filter_of(*row, *table);
      if (!filter) continue;
      INFO(*filter);
      CHECK(sockutils::Filter::parse(*filter, {}).has_value());
    }
  }
  const auto processes = ProcessesPane.rows(frame, {});
  CHECK(ProcessesPane.filter_of(*row_with(*processes, "pid", "42"), *processes) == "pid = 42");
  const auto listeners = ListenersPane.rows(frame, {});
  CHECK(ListenersPane.filter_of(*listeners->rows[0], *listeners) == "protocol = tcp and local_port = 80");
}

TEST_CASE("an interface's rates are what its counters gained") {
  Frame frame;
  frame.sockets = std::make_shared<Table>();
  frame.elapsed = 2s;
  frame.machine_before.emplace().interfaces = {{"eth0", {1000, 10, 0, 0}, {0, 0, 0, 0}}};
  frame.machine.emplace().interfaces = {{"eth0", {5000, 30, 1, 2}, {4000, 2, 0, 3}},
                                        {"new0", {7, 1, 0, 0}, {0, 0, 0, 0}}};
  const auto table = InterfacesPane.rows(frame, {});
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
  const auto table = ProcessesPane.rows(frame, {});
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

/// Of a row, by the place of the one that it stands under.
std::vector<std::string> texts_under(const Table& table, std::uint32_t above, std::string_view column) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    if (table.branches[i].parent == above) texts.push_back(text_of(table, *table.rows[i], column));
  return texts;
}

std::uint32_t place_of(const Table& table, std::string_view column, std::string_view text) {
  for (std::uint32_t i = 0; i < table.rows.size(); ++i)
    if (text_of(table, *table.rows[i], column) == text) return i;
  FAIL("no row shows " << text);
  return 0;
}

TEST_CASE("the sockets of a process stand under it when it is open") {
  const Frame frame = two_looks([](std::uint64_t i) {
    return std::vector<SampleSocket>{SampleSocket(1).peer(v4(9), 443).bytes(i * 1000, 0).owner(42, "web"),
                                     SampleSocket(2).listening(80).owner(42, "web"),
                                     SampleSocket(3).owner(43, "other")};
  });
  const auto closed = ProcessesPane.rows(frame, {});
  const std::uint32_t web = place_of(*closed, "pid", "42");
  CHECK(closed->branches[web].fold == Fold::Closed);
  CHECK(closed->rows.size() == 2);

  TreeState tree;
  tree.toggle(closed->rows[web]->key);
  const auto open = ProcessesPane.rows(frame, tree);
  const std::uint32_t place = place_of(*open, "process", "web");
  CHECK(open->branches[place].fold == Fold::Open);
  const auto texts = texts_under(*open, place, "process");
  REQUIRE(texts.size() == 2);
  const std::string both = texts[0] + "\n" + texts[1];
  CHECK_THAT(both, Contains("tcp LISTEN 0.0.0.0:80") && Contains("-> 192.0.2.9:443"));
  const std::uint32_t busy = place_of(*open, "in_rate", "1000/s");
  REQUIRE(open->socket(place_of(*open, "process", texts[0])));
  CHECK(open->rows[busy]->cells.size() == open->columns.size());
  // Its sum does not count them twice.
  CHECK(text_of(*open, *open->rows[place], "sockets") == "2");
}

TEST_CASE("a socket of two processes stands under both, each time as another row") {
  const Frame frame = two_looks([](std::uint64_t) {
    return std::vector<SampleSocket>{SampleSocket(1).owner(42, "web").owner(43, "worker")};
  });
  TreeState tree;
  tree.toggle_all();
  const auto table = ProcessesPane.rows(frame, tree);
  std::set<RowKey> keys;
  for (const auto& row : table->rows) keys.insert(row->key);
  CHECK(keys.size() == table->rows.size());
  CHECK(table->rows.size() == 4);
  std::size_t of_sockets = 0;
  for (std::size_t i = 0; i < table->rows.size(); ++i)
    if (table->socket(i)) ++of_sockets;
  CHECK(of_sockets == 2);
}

TEST_CASE("processes stand under their containers, which have the sums") {
  const Frame frame = two_looks([](std::uint64_t i) {
    return std::vector<SampleSocket>{SampleSocket(1).bytes(i * 1000, 0).owner(42, "web", "shop \"1\""),
                                     SampleSocket(2).bytes(i * 500, 0).owner(43, "db", "shop \"1\""),
                                     SampleSocket(3).owner(44, "sshd")};
  });
  CHECK(ProcessesPane.rows(frame, {})->rows.size() == 3);
  TreeState tree;
  tree.by_container = true;
  const auto table = ProcessesPane.rows(frame, tree);
  CHECK(table->rows.size() == 4);
  const std::uint32_t shop = place_of(*table, "process", "shop \"1\"");
  CHECK(text_of(*table, *table->rows[shop], "in_rate") == "1500/s");
  CHECK(text_of(*table, *table->rows[shop], "pid") == "-");
  CHECK(texts_under(*table, shop, "process") == std::vector<std::string>{"web", "db"});
  CHECK(table->branches[place_of(*table, "process", "sshd")].depth == 0);
  CHECK_FALSE(ProcessesPane.process_of(*table->rows[shop]));
  const auto filter = ProcessesPane.filter_of(*table->rows[shop], *table);
  REQUIRE(filter);
  CHECK(sockutils::Filter::parse(*filter, {}).has_value());

  tree.toggle(table->rows[shop]->key);
  CHECK(ProcessesPane.rows(frame, tree)->rows.size() == 2);
}

TEST_CASE("connections stand under their host and their listener") {
  const Frame frame = two_looks([](std::uint64_t) {
    return std::vector<SampleSocket>{SampleSocket(1).listening(80).owner(42, "web"),
                                     SampleSocket(2).local(v4(1), 80).peer(v4(9), 5000).owner(42, "web"),
                                     SampleSocket(3).local(v4(1), 81).peer(v4(8), 5001)};
  });
  TreeState tree;
  tree.toggle_all();
  const auto hosts = HostsPane.rows(frame, tree);
  const auto of_host = texts_under(*hosts, place_of(*hosts, "peer_address", "192.0.2.9"), "peer_address");
  REQUIRE(of_host.size() == 1);
  CHECK_THAT(of_host[0], Contains("tcp 192.0.2.1:80 -> 192.0.2.9:5000"));
  const auto listeners = ListenersPane.rows(frame, tree);
  REQUIRE(listeners->rows.size() == 2);
  CHECK(texts_under(*listeners, 0, "local") == std::vector<std::string>{"ESTAB 192.0.2.9:5000"});
  CHECK(text_of(*listeners, *listeners->rows[1], "processes") == "web/42");
  // The listener itself can be closed.
  CHECK(listeners->socket(0));
}

TEST_CASE("of very many sockets under a row the busiest are shown, and how many are not") {
  const Frame frame = two_looks([](std::uint64_t i) {
    std::vector<SampleSocket> sockets;
    for (std::uint64_t n = 1; n <= 1500; ++n)
      sockets.push_back(SampleSocket(n).bytes(i * n * 1000, 0).owner(42, "web"));
    return sockets;
  });
  TreeState tree;
  tree.toggle_all();
  const auto table = ProcessesPane.rows(frame, tree);
  REQUIRE(table->rows.size() == 1002);
  const auto texts = texts_under(*table, 0, "process");
  CHECK(std::count(texts.begin(), texts.end(), "and 500 more: Enter shows all") == 1);
  std::uint64_t least = UINT64_MAX;
  for (std::size_t i = 1; i < table->rows.size(); ++i)
    if (const auto socket = table->socket(i)) least = std::min(least, socket->key.number);
  CHECK(least > 400);
}

TEST_CASE("of very many open groups each shows fewer sockets") {
  const Frame frame = two_looks([](std::uint64_t) {
    std::vector<SampleSocket> sockets;
    for (std::uint64_t n = 1; n <= 1200; ++n)
      for (std::uint64_t i = 0; i < 20; ++i)
        sockets.push_back(SampleSocket(n * 100 + i).owner(static_cast<std::int32_t>(n), "web"));
    return sockets;
  });
  TreeState tree;
  tree.toggle_all();
  const auto table = ProcessesPane.rows(frame, tree);
  CHECK(table->rows.size() == 1200 * (1 + 16 + 1));
}

}  // namespace
}  // namespace tui::test::panes_test
