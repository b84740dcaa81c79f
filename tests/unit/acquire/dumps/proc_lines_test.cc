/// Files of /proc/net with lines that no kernel of today writes.
#include <linux/inet_diag.h>
#include <sys/socket.h>

#include "pipeline/list.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::proc_lines_test {
namespace {

FakeSystem machine() {
  FakeSystem system;
  system.inodes["/proc/thread-self/ns/net"] = 4026531840;
  system.inodes["/proc/thread-self/net/unix"] = 1;
  return system;
}

Query query_for(std::optional<Protocol> protocol, const std::vector<std::string_view>& names) {
  Query query;
  query.kinds = {{Family::Inet, protocol}};
  query.source = Source::Proc;
  for (const std::string_view name : names) query.fields.push_back(find_field(name));
  return query;
}

struct Listing {
  Result<Report> report;
  std::vector<std::string> rows;
};

Listing list(const FakeSystem& system, const Query& query) {
  Listing listing;
  listing.report = list_sockets(system, query, [&](Values row) {
    std::string& text = listing.rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) text += ' ';
      row[i] ? append_value(text, *row[i], query.fields[i]->type, Style::Human)
             : static_cast<void>(text += '-');
    }
    return true;
  });
  return listing;
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

TEST_CASE("a line of /proc in a state that its protocol has not is listed once, without a state") {
  FakeSystem system = machine();
  std::string line(
      "header\n   0: 0100007F:0016 00000000:0000 2A 00000000:00000000 00:00000000 00000000     0        0 "
      "101 1 "
      "0 100 0 0 10 0\n");
  const std::size_t state = line.find(" 2A ");
  system.files["/proc/thread-self/net/tcp"] = line;
  Query query = query_for(Protocol::Tcp, {"local_port", "state"});
  query.listeners_first = true;
  const Listing unknown = list(system, query);
  REQUIRE(unknown.rows.size() == 1);
  CHECK(unknown.rows[0].ends_with(" -"));
  query.kinds = {{Family::Inet, Protocol::Udp}};
  for (const char* const number : {"02", "0A"}) {
    line.replace(state + 1, 2, number);
    system.files["/proc/thread-self/net/udp"] = line;
    const Listing odd = list(system, query);
    CAPTURE(number);
    REQUIRE(odd.rows.size() == 1);
    CHECK(odd.rows[0].ends_with(" -"));
  }
}

TEST_CASE("what belongs to no record of /proc/net/unix names no socket") {
  FakeSystem system = machine();
  const std::string unnamed = "00000000bcc138ce: 00000003 00000000 00000000 0001 03 9\n";
  const std::string named = "00000000bcc138cf: 00000002 00000000 00010000 0001 01 10 /tmp/x\n";
  Query query = query_for({}, {"inode", "path"});
  query.kinds = {{Family::Unix, {}}};
  for (const std::string& odd : {std::string(20, '\0'), std::string("what is this"),
                                 // Without an inode, as very old kernels have it.
                                 std::string("00000000bcc138d0: 00000002 00000000 00010000 0001 01")}) {
    system.files["/proc/thread-self/net/unix"] = joined({"header\n", unnamed, odd, "\n", named});
    const Listing listing = list(system, query);
    REQUIRE(listing.report);
    CHECK(listing.rows == std::vector<std::string>{"9 -", "10 /tmp/x"});
    REQUIRE(listing.report->warnings.size() == 1);
    CHECK(listing.report->warnings[0].message ==
          "unix sockets: 1 line of /proc/net/unix could not be understood");
  }
  for (const std::string& odd :
       {std::string(20, '\0'), std::string("00000000bcc138d0: 00000002 00000000 00010000 0001 01")}) {
    system.files["/proc/thread-self/net/unix"] = joined({"header\n", named, odd, "\n"});
    CHECK(list(system, query).rows == std::vector<std::string>{"10 /tmp/x"});
  }
}

TEST_CASE("a raw socket has an IP protocol in the place of a port, whoever tells of it") {
  FakeSystem system = machine();
  system.files["/etc/protocols"] = "# comment\nicmp 1 ICMP\nospf\t89\tOSPFIGP # open\nbroken\n";
  Query query = query_for(Protocol::Raw, {"local", "raw_protocol", "local_port", "service", "peer"});
  const auto line = [](const char* protocol) {
    return std::string("  1: 00000000:") + protocol +
           " 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9 2 x 3\n";
  };
  system.files["/proc/thread-self/net/raw"] = "header\n" + line("0059") + line("003D");
  const std::vector<std::string> named{"0.0.0.0:ospf 89 89 ospf *", "0.0.0.0:61 61 61 - *"};
  CHECK(list(system, query).rows == named);
  query.source = Source::Auto;
  system.script = [](ByteView, std::uint32_t sequence) {
    inet_diag_msg ospf{};
    ospf.idiag_family = AF_INET;
    ospf.idiag_state = 7;
    ospf.id.idiag_sport = htons(89);
    ospf.id.idiag_cookie[0] = 101;
    return FakeChannel::Datagrams{
        netlink_message(SOCK_DIAG_BY_FAMILY, sequence, FakeChannel::PortId, bytes_of(ospf)),
        done_message(sequence, FakeChannel::PortId)};
  };
  CHECK(list(system, query).rows == std::vector<std::string>{named[0]});
  query.numeric = true;
  CHECK(list(system, query).rows == std::vector<std::string>{"0.0.0.0:89 89 89 - *"});
}

}  // namespace
}  // namespace sockutils::test::proc_lines_test
