#include "tui/collect/socket_accounting.h"

#include "support/catch.h"
#include "tests/tui/sample.h"

namespace tui::test::socket_book_test {
namespace {

using sockutils::EventKind;
using sockutils::State;

std::string cell(const Frame& frame, std::uint64_t cookie, std::string_view column) {
  const auto row = row_of(frame, cookie);
  return row ? text_of(*frame.sockets, *row, column) : "no such row";
}

TEST_CASE("a first look has no rates") {
  SampleBook book;
  const Frame frame = book.look({SampleSocket(1).bytes(5000, 7000)});
  CHECK_FALSE(frame.elapsed);
  CHECK(cell(frame, 1, "in_rate") == "-");
  CHECK(row_of(frame, 1)->mark == Mark::Same);
  CHECK(frame.totals.opened == 0);
}

TEST_CASE("a rate is what the counters gained, over the time between two looks") {
  SampleBook book;
  book.look({SampleSocket(1).bytes(5000, 7000)});
  const Frame frame = book.look({SampleSocket(1).bytes(6000, 7500)}, 500ms);
  CHECK(row_of(frame, 1)->rates.bytes_in == 2000.0);
  CHECK(row_of(frame, 1)->rates.bytes_out == 1000.0);
  CHECK(frame.totals.change.bytes_in == 1000u);
}

TEST_CASE("the time that a rate is over is that since the last look, however long nothing happened") {
  SampleBook book;
  for (int i = 0; i < 10; ++i) book.look({SampleSocket(1).bytes(5000, 0)});
  const Frame frame = book.look({SampleSocket(1).bytes(6000, 0)});
  CHECK(row_of(frame, 1)->rates.bytes_in == 1000.0);
}

TEST_CASE("a socket without counters has no rates") {
  SampleBook book;
  SampleSocket udp(1);
  udp.set("protocol", sockutils::Protocol::Udp);
  book.look({udp});
  const Frame frame = book.look({udp});
  CHECK(cell(frame, 1, "in_rate") == "-");
  CHECK(cell(frame, 1, "retransmit_rate") == "-");
}

TEST_CASE("a new socket is marked for some seconds, and all that it has counted is of this interval") {
  SampleBook book;
  book.look({});
  Frame frame = book.look({SampleSocket(1).bytes(3000, 0)});
  CHECK(row_of(frame, 1)->mark == Mark::New);
  CHECK(row_of(frame, 1)->rates.bytes_in == 3000.0);
  CHECK(frame.totals.opened == 1);
  CHECK(frame.totals.change.bytes_in == 3000u);
  for (int i = 0; i < 3; ++i) frame = book.look({SampleSocket(1).bytes(3000, 0)});
  CHECK(row_of(frame, 1)->mark == Mark::Same);
}

TEST_CASE("a closed socket stays for some seconds with its totals, and counts no more") {
  SampleBook book;
  book.look({SampleSocket(1).bytes(5000, 0)});
  book.wait(100ms);
  book.tell(EventKind::Closed, SampleSocket(1).bytes(2'000'000, 0).state(State::Closed), 1s);
  Frame frame = book.look({}, 900ms);
  REQUIRE(row_of(frame, 1));
  CHECK(row_of(frame, 1)->mark == Mark::Closed);
  CHECK(cell(frame, 1, "in_rate") == "1.9M");
  CHECK(frame.totals.closed == 1);
  CHECK(frame.totals.change.bytes_in == 1'995'000u);
  CHECK(frame.totals.states[static_cast<std::size_t>(State::Closed)] == 0);
  for (int i = 0; i < 6; ++i) frame = book.look({});
  CHECK_FALSE(row_of(frame, 1));
  CHECK((*book).size() == 0);
}

TEST_CASE("a connection that no look saw still appears, with its totals") {
  SampleBook book;
  book.look({});
  book.tell(EventKind::Closed, SampleSocket(9).bytes(123, 456).state(State::Closed));
  const Frame frame = book.look({});
  REQUIRE(row_of(frame, 9));
  CHECK(cell(frame, 9, "out_rate") == "456");
  CHECK(frame.totals.opened == 1);
  CHECK(frame.totals.closed == 1);
  CHECK(frame.totals.change.bytes_out == 456u);
}

TEST_CASE("a look that is taken twice counts once") {
  SampleBook book;
  book.look({SampleSocket(1).bytes(0, 0)});
  book.wait(1s);
  book.tell(EventKind::Seen, SampleSocket(1).bytes(1000, 0));
  book.wait(2ms);
  book.tell(EventKind::Seen, SampleSocket(1).bytes(1001, 0));
  const Frame frame = (*book).finish_look(book.now());
  CHECK(row_of(frame, 1)->rates.bytes_in == 1000.0);
  CHECK((*book).history_of(row_of(frame, 1)->key).size() == 1);
}

TEST_CASE("what another query lacks goes without a word, and what it has keeps its rates") {
  SampleBook book;
  book.look({SampleSocket(1).bytes(0, 0), SampleSocket(2).bytes(0, 0)});
  (*book).begin_anew();
  const Frame frame = book.look({SampleSocket(1).bytes(500, 0)});
  CHECK_FALSE(row_of(frame, 2));
  CHECK(row_of(frame, 1)->rates.bytes_in == 500.0);
  CHECK(row_of(frame, 1)->mark == Mark::Same);
  CHECK(frame.totals.closed == 0);
}

TEST_CASE("what matches no more goes, and what one look has missed does not") {
  SampleBook book;
  book.look({SampleSocket(1), SampleSocket(2), SampleSocket(3)});
  Frame frame = book.look({SampleSocket(1), SampleSocket(3)});
  CHECK(row_of(frame, 2));
  frame = book.look({SampleSocket(1)});
  CHECK_FALSE(row_of(frame, 2));
  CHECK(row_of(frame, 3));
  frame = book.look({SampleSocket(1), SampleSocket(3)});
  CHECK(row_of(frame, 3));
  CHECK(frame.totals.closed == 0);
}

TEST_CASE("a row in which nothing happens is the same object, look after look") {
  SampleBook book;
  book.look({SampleSocket(1).bytes(7, 7).owner(42, "quiet")});
  const auto before = row_of(book.look({SampleSocket(1).bytes(7, 7).owner(42, "quiet")}), 1);
  CHECK(row_of(book.look({SampleSocket(1).bytes(7, 7).owner(42, "quiet")}), 1) == before);
}

/// A socket that one process holds, and whose other end another one holds.
class BothEnds {
 public:
  BothEnds() {
    server_.pid = 17'653;
    server_.name = "server";
  }
  SampleSocket socket() const {
    SampleSocket socket(1);
    socket.owner(17'706, "client").set("peer_processes", std::span<const sockutils::Owner>(peers_));
    socket.set("peer_process", sockutils::PerOwner{peers_, name_of});
    return socket;
  }

 private:
  static sockutils::OptionalValue name_of(const sockutils::Owner& owner) {
    return std::string_view(*owner.process->name);
  }

  sockutils::Process server_;
  std::vector<sockutils::Owner> peers_{{&server_, 17'653, 4}};
};

Fields fields_of(std::initializer_list<std::string_view> names) {
  Fields fields;
  for (const std::string_view name : names) fields.push_back(find_column(name));
  return fields;
}

TEST_CASE("who holds a socket and who holds its other end are shown each in its column") {
  SampleBook book(fields_of({"peer_processes", "processes", "peer_process"}));
  std::optional<BothEnds> ends(std::in_place);
  Frame frame = book.look({ends->socket(), SampleSocket(2).owner(17'653, "server")});
  CHECK(cell(frame, 1, "processes") == "client/17706");
  CHECK(cell(frame, 1, "peer_processes") == "server/17653");
  CHECK(cell(frame, 1, "peer_process") == "server");
  CHECK(cell(frame, 2, "processes") == "server/17653");
  CHECK(cell(frame, 2, "peer_processes") == "-");
  const auto before = row_of(frame, 1);
  frame = book.look({ends->socket()});
  CHECK(row_of(frame, 1) == before);
  book.tell(EventKind::Closed, SampleSocket(1).state(State::Closed));
  frame = book.look({});
  ends.reset();
  CHECK(cell(frame, 1, "processes") == "client/17706");
  CHECK(cell(frame, 1, "peer_processes") == "server/17653");
  CHECK(cell(frame, 1, "peer_process") == "server");
}

TEST_CASE("who comes to hold the other end is shown, though nothing else of the socket changes") {
  SampleBook book(fields_of({"processes", "peer_processes"}));
  CHECK(cell(book.look({SampleSocket(1).owner(17'706, "client")}), 1, "peer_processes") == "-");
  const BothEnds ends;
  const Frame frame = book.look({ends.socket()});
  CHECK(cell(frame, 1, "peer_processes") == "server/17653");
  CHECK(cell(frame, 1, "processes") == "client/17706");
}

TEST_CASE("retransmissions in an interval are rounded up, so that one is seen") {
  SampleBook book;
  const auto socket = [](std::uint64_t again) {
    return SampleSocket(1).set("tcp_total_retrans", again).set("tcp_segs_out", again * 10);
  };
  book.look({socket(0)});
  const Frame frame = book.look({socket(1)}, 5s);
  CHECK(cell(frame, 1, "retransmit_rate") == "1");
}

TEST_CASE("a history goes as far back as it holds, and is forgotten when nothing happens any more") {
  SampleBook book;
  std::uint64_t bytes = 0;
  Frame frame = book.look({SampleSocket(1).bytes(bytes, 0)});
  for (int i = 0; i < 300; ++i) frame = book.look({SampleSocket(1).bytes(bytes += 10, 0)});
  const std::size_t longest = (*book).history_of(row_of(frame, 1)->key).size();
  CHECK(longest == 120);
  CHECK(row_of(frame, 1)->trend.size() == 10);
  for (int i = 0; i < 121; ++i) frame = book.look({SampleSocket(1).bytes(bytes, 0)});
  CHECK((*book).history_of(row_of(frame, 1)->key).empty());
}

TEST_CASE("an owner is kept, also when the last word of the kernel has none") {
  SampleBook book;
  book.look({SampleSocket(1).owner(42, "curl")});
  book.tell(EventKind::Closed, SampleSocket(1).state(State::Closed), 1s);
  CHECK(cell(book.look({}), 1, "processes") == "curl/42");
}

TEST_CASE("sockets are counted by state") {
  SampleBook book;
  const Frame frame = book.look({SampleSocket(1), SampleSocket(2), SampleSocket(3).listening(80)});
  CHECK(frame.totals.states[static_cast<std::size_t>(State::Established)] == 2);
  CHECK(frame.totals.states[static_cast<std::size_t>(State::Listen)] == 1);
}

TEST_CASE("losses that the kernel tells are counted") {
  SampleBook book;
  (*book).take({EventKind::Lost, {}, {}, {}, true, {}}, book.now());
  CHECK((*book).losses() == 1);
}

TEST_CASE("other columns show with the next look") {
  SampleBook book({sockutils::find_field("local")});
  book.look({SampleSocket(1)});
  (*book).set_columns({&InRate});
  const Frame frame = (*book).finish_look(book.now());
  CHECK(frame.sockets->columns == Fields{&InRate});
  CHECK(frame.sockets->rows.empty());
}

}  // namespace
}  // namespace tui::test::socket_book_test
