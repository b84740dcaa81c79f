#include "pipeline/summary.h"

#include <linux/inet_diag.h>
#include <sys/socket.h>

#include "pipeline/list.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::summary_test {
namespace {

constexpr std::uint8_t Established = 1;
constexpr std::uint8_t TimeWait = 6;
constexpr std::uint8_t Listening = 10;

struct End {
  std::uint8_t host = 0;
  std::uint16_t port = 0;
};

/// A TCP socket of 127.0.0.`host`; its number is cookie and inode.
inet_diag_msg tcp(std::uint32_t number, std::uint8_t state, End local, End peer = {}) {
  inet_diag_msg message{};
  message.idiag_family = AF_INET;
  message.idiag_state = state;
  message.id.idiag_sport = htons(local.port);
  message.id.idiag_dport = htons(peer.port);
  message.id.idiag_src[0] = htonl(0x7f000000u + local.host);
  message.id.idiag_dst[0] = htonl(0x7f000000u + peer.host);
  message.id.idiag_cookie[0] = number;
  message.idiag_inode = state == TimeWait ? 0 : number;
  if (state == Listening) message.idiag_wqueue = 128;
  return message;
}

FakeSystem machine(std::vector<inet_diag_msg> sockets) {
  FakeSystem system;
  system.inodes["/proc/thread-self/ns/net"] = 1;
  system.inodes["/proc/thread-self/net/unix"] = 1;
  system.files["/etc/services"] = "ssh 22/tcp\n";
  system.files["/proc/sys/net/ipv4/ip_local_port_range"] = "40000\t40009\n";
  system.files["/proc/sys/net/ipv4/ip_local_reserved_ports"] = "40005\n";
  system.files["/proc/thread-self/net/sockstat"] =
      "sockets: used 9\nTCP: inuse 8 orphan 2 tw 9 alloc 12 mem 30\nUDP: inuse 4 mem 1\n";
  system.files["/proc/sys/net/ipv4/tcp_mem"] = "10\t20\t40\n";
  system.files["/proc/sys/net/ipv4/tcp_max_tw_buckets"] = "10\n";
  system.files["/proc/sys/fs/file-nr"] = "100\t0\t9223372036854775807\n";
  const std::array<unsigned long, 4> auxv{6, 4096, 0, 0};
  system.files["/proc/thread-self/auxv"] =
      std::string(reinterpret_cast<const char*>(auxv.data()), sizeof auxv);
  system.directories["/proc"] = {"7"};
  system.links["/proc/7/fd"] = {{"3", "socket:[1]"}, {"4", "socket:[2]"}};
  system.files["/proc/7/stat"] = "7 (sshd) S 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 98765 1000";
  system.files["/proc/7/limits"] = "Max open files            10          20      files\n";
  system.script = [sockets = std::move(sockets)](ByteView request, std::uint32_t sequence) {
    FakeChannel::Datagrams datagrams;
    const auto body = load<inet_diag_req_v2>(request, sizeof(nlmsghdr));
    for (const inet_diag_msg& socket : sockets)
      if (body && body->sdiag_family == AF_INET && ((body->idiag_states >> socket.idiag_state) & 1) != 0)
        datagrams.emplace_back(
            netlink_message(SOCK_DIAG_BY_FAMILY, sequence, FakeChannel::PortId, bytes_of(socket)));
    datagrams.emplace_back(done_message(sequence, FakeChannel::PortId));
    return datagrams;
  };
  return system;
}

Query tcp_query() {
  Query query;
  query.kinds = {{Family::Inet, Protocol::Tcp}};
  return query;
}

std::vector<std::string> section(const Summary& summary, std::string_view name) {
  std::vector<std::string> lines;
  for (const SummarySection& candidate : summary.sections) {
    if (candidate.name() != name) continue;
    for (std::size_t i = 0; i < candidate.size(); ++i) {
      std::string& line = lines.emplace_back();
      for (std::size_t c = 0; c < candidate.fields().size(); ++c) {
        if (c != 0) line += ' ';
        const OptionalValue& value = candidate[i][c];
        value ? append_value(line, *value, candidate.fields()[c]->type, Style::Plain)
              : static_cast<void>(line += '-');
      }
    }
  }
  return lines;
}

using Lines = std::vector<std::string>;

const std::vector<inet_diag_msg> Sockets{
    tcp(1, Listening, {1, 22}),
    tcp(2, Listening, {1, 40001}),
    tcp(3, Established, {1, 22}, {9, 50000}),
    // Comes in to a service in the ephemeral range.
    tcp(4, Established, {1, 40001}, {9, 50001}),
    // Go out, twice to the same place.
    tcp(5, Established, {1, 40002}, {8, 443}),
    tcp(6, TimeWait, {1, 40003}, {8, 443}),
    tcp(7, Established, {2, 40002}, {8, 443}),
};

TEST_CASE("a summary counts sockets by protocol and state") {
  const auto summary = summarize(machine(Sockets), tcp_query(), {});
  REQUIRE(summary);
  CHECK(section(*summary, "states") ==
        Lines{"inet tcp established 4", "inet tcp listen 2", "inet tcp time-wait 1"});
  CHECK(summary->report.rows == 7);
}

TEST_CASE("a summary has listeners by port, with queue and owner") {
  const auto summary = summarize(machine(Sockets), tcp_query(), {});
  REQUIRE(summary);
  const auto listeners = section(*summary, "listeners");
  REQUIRE(listeners.size() == 2);
  CHECK(listeners[0].starts_with("tcp 127.0.0.1:22 ssh 0 128"));
  CHECK(listeners[0].ends_with("sshd 7"));
  CHECK(listeners[1].starts_with("tcp 127.0.0.1:40001 - 0 128"));
}

TEST_CASE("a summary sets a process's sockets against the files that it may open") {
  const auto summary = summarize(machine(Sockets), tcp_query(), {});
  REQUIRE(summary);
  CHECK(section(*summary, "processes") == Lines{"7 sshd 2 10 20"});
}

TEST_CASE("a summary without owners does not look at processes") {
  const FakeSystem system = machine(Sockets);
  const auto summary = summarize(system, tcp_query(), {.owners = false});
  REQUIRE(summary);
  CHECK(section(*summary, "processes").empty());
  CHECK_FALSE(system.was_accessed("/proc/7"));
}

TEST_CASE("remote hosts come with most connections first, and a list says what it leaves out") {
  const auto summary = summarize(machine(Sockets), tcp_query(), {.top = 1});
  REQUIRE(summary);
  CHECK(section(*summary, "peers") == Lines{"127.0.0.8 3"});
  for (const SummarySection& one : summary->sections)
    CHECK(one.left_out() ==
          (one.name() == "peers" || one.name() == "destinations" || one.name() == "listeners" ? 1 : 0));
}

TEST_CASE("ephemeral ports count by destination, without those of services") {
  const auto summary = summarize(machine(Sockets), tcp_query(), {});
  REQUIRE(summary);
  // Nine ports: ten, and one of them reserved.
  CHECK(section(*summary, "destinations") ==
        Lines{"tcp 127.0.0.1 127.0.0.8 443 2 9 22", "tcp 127.0.0.2 127.0.0.8 443 1 9 11"});
}

/// With `left` milliseconds until TIME_WAIT ends; of 192.0.2.`host` when `line`.
inet_diag_msg waiting(std::uint32_t number, std::uint16_t port, std::uint32_t left, bool line) {
  inet_diag_msg message = tcp(number, TimeWait, {1, port}, {8, 443});
  message.idiag_timer = 3;
  message.idiag_expires = left;
  if (line) {
    message.id.idiag_src[0] = htonl(0xc0000201u);
    message.id.idiag_dst[0] = htonl(0xc0000208u);
  }
  return message;
}

TEST_CASE("a port that the kernel takes back from TIME_WAIT is not in use") {
  // A port of 40000 to 40009 for each: on loopback, and on the line; of the last it is too early for either.
  const std::vector<inet_diag_msg> sockets{waiting(1, 40000, 30'000, false), waiting(2, 40001, 58'900, false),
                                           waiting(3, 40002, 59'500, false), waiting(4, 40003, 30'000, true),
                                           waiting(5, 40004, 59'500, true)};
  struct Case {
    const char* reuse;
    const char* delay;
    const char* timestamps;
    Lines in_use;
  };
  const std::string loopback = "tcp 127.0.0.1 127.0.0.8 443 ";
  const std::string line = "tcp 192.0.2.1 192.0.2.8 443 ";
  for (const auto& [reuse, delay, timestamps, in_use] : {
           Case{"2\n", "1000\n", "1\n", {line + "2 9 22", loopback + "1 9 11"}},
           Case{"1\n", "1000\n", "1\n", {loopback + "1 9 11", line + "1 9 11"}},
           Case{"0\n", "1000\n", "1\n", {loopback + "3 9 33", line + "2 9 22"}},
           // Where nothing tells old segments apart.
           Case{"2\n", "1000\n", "0\n", {loopback + "3 9 33", line + "2 9 22"}},
           Case{"2\n", "45000\n", "1\n", {loopback + "3 9 33", line + "2 9 22"}},
       }) {
    FakeSystem system = machine(sockets);
    system.files["/proc/sys/net/ipv4/tcp_tw_reuse"] = reuse;
    system.files["/proc/sys/net/ipv4/tcp_tw_reuse_delay"] = delay;
    system.files["/proc/sys/net/ipv4/tcp_timestamps"] = timestamps;
    const auto summary = summarize(system, tcp_query(), {});
    REQUIRE(summary);
    CAPTURE(reuse, delay, timestamps);
    CHECK(section(*summary, "destinations") == in_use);
  }
}

TEST_CASE("files that the kernel keeps to use again are not open") {
  FakeSystem system = machine({});
  system.files["/proc/sys/fs/file-nr"] = "100\t60\t200\n";
  const auto summary = summarize(system, tcp_query(), {});
  REQUIRE(summary);
  CHECK(section(*summary, "limits").back() == "open_files 40 200 20");
}

TEST_CASE("a service counts as one even when the listing has no listeners") {
  Query query = tcp_query();
  query.states = {State::Established};
  const auto summary = summarize(machine(Sockets), query, {});
  REQUIRE(summary);
  CHECK(section(*summary, "states") == Lines{"inet tcp established 4"});
  CHECK(section(*summary, "destinations").size() == 2);
  CHECK(section(*summary, "listeners").empty());
}

TEST_CASE("a filter narrows what is counted") {
  Query query = tcp_query();
  query.filter = *Filter::parse("dport = :50000", {});
  const auto summary = summarize(machine(Sockets), query, {});
  REQUIRE(summary);
  CHECK(section(*summary, "states") == Lines{"inet tcp established 1"});
  CHECK(section(*summary, "peers") == Lines{"127.0.0.9 1"});
}

TEST_CASE("memory is in bytes, against the kernel's limits") {
  const auto summary = summarize(machine({}), tcp_query(), {});
  REQUIRE(summary);
  CHECK(section(*summary, "memory") == Lines{"tcp 122880 81920 163840 75", "udp 4096 - - -"});
}

TEST_CASE("limits that nobody set, or that cannot be read, are absent") {
  const auto summary = summarize(machine({}), tcp_query(), {});
  REQUIRE(summary);
  CHECK(section(*summary, "limits") ==
        Lines{"tcp_orphans 2 - -", "tcp_time_wait 9 10 90", "open_files 100 - -"});
}

TEST_CASE("a machine that tells nothing of its limits still has its sockets counted") {
  FakeSystem system = machine(Sockets);
  std::erase_if(system.files, [](const auto& file) {
    return file.first.starts_with("/proc/sys") || file.first.starts_with("/proc/thread-self");
  });
  const auto summary = summarize(system, tcp_query(), {});
  REQUIRE(summary);
  CHECK(section(*summary, "states").size() == 3);
  CHECK(section(*summary, "destinations").empty());
  CHECK(section(*summary, "memory") == Lines{"tcp - - - -", "udp - - - -"});
}

TEST_CASE("a listing with a limit ends there, sorted or not") {
  const FakeSystem system = machine(Sockets);
  Query query = tcp_query();
  query.fields = {find_field("cookie")};
  const auto cookies = [&] {
    std::vector<std::uint64_t> list;
    const auto report = list_sockets(system, query, [&](Values row) {
      list.push_back(std::get<std::uint64_t>(*row[0]));
      return true;
    });
    CHECK((report && report->rows == list.size()));
    return list;
  };
  using Cookies = std::vector<std::uint64_t>;
  query.limit = 2;
  CHECK(cookies() == Cookies{1, 2});
  query.sort = {{find_field("cookie"), true}};
  CHECK(cookies() == Cookies{7, 6});
  query.limit = 100;
  CHECK(cookies().size() == 7);
  query.limit = 0;
  CHECK(cookies().empty());
  query.sort.clear();
  query.listeners_first = true;
  query.limit = 3;
  CHECK(cookies() == Cookies{1, 2, 3});
  query.limit = 1;
  CHECK(cookies() == Cookies{1});
}

}  // namespace
}  // namespace sockutils::test::summary_test
