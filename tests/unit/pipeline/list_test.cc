#include "pipeline/list.h"

#include <linux/unix_diag.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <future>
#include <thread>

#include "acquire/dumps/socket_reader.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::lister_test {
namespace {

constexpr std::uint32_t PortId = FakeChannel::PortId;

/// A request as the kernel would read it.
struct Asked {
  std::uint8_t family;
  std::uint8_t protocol;
  std::uint32_t states;
};

Asked asked(ByteView request) {
  const auto body = load<inet_diag_req_v2>(request, sizeof(nlmsghdr));
  return body ? Asked{body->sdiag_family, body->sdiag_protocol, body->idiag_states} : Asked{};
}

std::string answer(std::uint32_t sequence, const inet_diag_msg& message) {
  return netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, bytes_of(message));
}

inet_diag_msg listener(std::uint16_t port, std::uint32_t cookie) {
  inet_diag_msg message{};
  message.idiag_family = AF_INET;
  message.idiag_state = 10;
  message.id.idiag_sport = htons(port);
  message.id.idiag_cookie[0] = cookie;
  message.idiag_inode = cookie;
  return message;
}

/// Answers with those of `sockets` whose state is asked for, to TCP over IPv4; to all else with nothing.
FakeChannel::Script kernel_with(std::vector<inet_diag_msg> sockets) {
  return [sockets = std::move(sockets)](ByteView request, std::uint32_t sequence) {
    const Asked what = asked(request);
    FakeChannel::Datagrams datagrams;
    for (const inet_diag_msg& socket : sockets)
      if (what.family == AF_INET && what.protocol == IPPROTO_TCP &&
          ((what.states >> socket.idiag_state) & 1) != 0)
        datagrams.emplace_back(answer(sequence, socket));
    datagrams.emplace_back(done_message(sequence, PortId));
    return datagrams;
  };
}

FakeSystem machine() {
  FakeSystem system;
  system.inodes["/proc/thread-self/ns/net"] = 4026531840;
  system.inodes["/proc/thread-self/net/unix"] = 1;
  system.files["/etc/services"] = "ssh 22/tcp\nhttp 80/tcp\n";
  system.users[0] = "root";
  system.directories["/proc"] = {"712"};
  system.links["/proc/712/fd"] = {{"3", "socket:[101]"}};
  system.files["/proc/712/stat"] = "712 (sshd) S 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 98765 1000";
  return system;
}

Query query_for(const std::vector<std::string_view>& names) {
  Query query;
  query.kinds = {{Family::Inet, Protocol::Tcp}};
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

Filter parse(std::string_view text) { return Filter::parse(text, {}).value(); }

constexpr std::string_view ProcTcp =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 101 1 0 100 "
    "0 0 10 "
    "0\n";

}  // namespace

TEST_CASE("listeners come first and by port, the rest as the kernel gives it") {
  FakeSystem system = machine();
  system.script = kernel_with({tcp_connection(), listener(80, 102), listener(22, 101)});
  Query query = query_for({"state", "local_port", "service", "user", "processes"});
  query.listeners_first = true;
  const Listing listing = list(system, query);
  REQUIRE(listing.report);
  CHECK(listing.rows == std::vector<std::string>{"LISTEN 22 ssh root sshd/712", "LISTEN 80 http root -",
                                                 "ESTAB 22 ssh 1000 -"});
  CHECK(listing.report->rows == 3);
  CHECK(listing.report->warnings.empty());
}

TEST_CASE("the next dump is asked for while the owners are still read, and each socket gets its own") {
  FakeSystem system = machine();
  system.files["/proc/sys/fs/file-nr"] = "200000\t0\t9223372036854775807\n";
  inet_diag_msg connection = tcp_connection();
  connection.idiag_inode = 103;
  std::promise<void> rest_asked_for;
  const auto kernel = kernel_with({connection, listener(80, 102), listener(22, 101)});
  system.script = [&](ByteView request, std::uint32_t sequence) {
    if ((asked(request).states & 2) != 0) rest_asked_for.set_value();
    return kernel(request, sequence);
  };
  bool was_asked_for = false;
  system.socket_files_error = 0;
  system.before_socket_files = [&] {
    was_asked_for =
        rest_asked_for.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready;
  };
  system.files_of_sockets = {{103, 712, 712, 5}, {101, 712, 712, 3}};
  Query query = query_for({"state", "local_port", "processes"});
  query.listeners_first = true;
  const Listing listing = list(system, query);
  REQUIRE(listing.report);
  CHECK(was_asked_for);
  CHECK(listing.rows == std::vector<std::string>{"LISTEN 22 sshd/712", "LISTEN 80 -", "ESTAB 22 sshd/712"});
  // Without a second pass that has rows, those that waited are not forgotten.
  rest_asked_for = {};
  system.script = kernel_with({listener(80, 102), listener(22, 101)});
  system.before_socket_files = [] {};
  CHECK(list(system, query).rows == std::vector<std::string>{"LISTEN 22 sshd/712", "LISTEN 80 -"});
  query.limit = 1;
  CHECK(list(system, query).rows == std::vector<std::string>{"LISTEN 22 sshd/712"});
}

TEST_CASE("listeners come before what receives from anyone, also while the owners are still read") {
  FakeSystem system = machine();
  system.files["/proc/sys/fs/file-nr"] = "200000\t0\t9223372036854775807\n";
  system.socket_files_error = 0;
  system.files_of_sockets = {{101, 712, 712, 3}, {102, 712, 712, 4}};
  inet_diag_msg datagrams = listener(53, 102);
  datagrams.idiag_state = 7;
  system.script = [&](ByteView request, std::uint32_t sequence) {
    const Asked what = asked(request);
    FakeChannel::Datagrams answers;
    if (what.protocol == IPPROTO_TCP && (what.states & 1u << 10) != 0)
      answers.emplace_back(answer(sequence, listener(443, 101)));
    if (what.protocol == IPPROTO_UDP && (what.states & 1u << 7) != 0)
      answers.emplace_back(answer(sequence, datagrams));
    answers.emplace_back(done_message(sequence, PortId));
    return answers;
  };
  // Both dumps are over before the owners are there.
  system.before_socket_files = [] { std::this_thread::sleep_for(std::chrono::milliseconds(50)); };
  Query query = query_for({"local_port", "processes"});
  query.kinds.push_back({Family::Inet, Protocol::Udp});
  query.listeners_first = true;
  CHECK(list(system, query).rows == std::vector<std::string>{"443 sshd/712", "53 sshd/712"});
  query.limit = 1;
  CHECK(list(system, query).rows == std::vector<std::string>{"443 sshd/712"});
}

TEST_CASE("what no field asks for is not acquired") {
  FakeSystem system = machine();
  system.script = kernel_with({listener(22, 101)});
  REQUIRE(list(system, query_for({"state", "local_port", "uid"})).report);
  CHECK_FALSE(system.was_accessed("/proc/712"));
  CHECK_FALSE(system.was_accessed("/etc/services"));
  system.accesses.clear();
  REQUIRE(list(system, query_for({"service"})).report);
  CHECK(system.was_accessed("/etc/services"));
  CHECK_FALSE(system.was_accessed("/proc/712"));
  system.accesses.clear();
  Query filtered = query_for({"state"});
  filtered.filter = parse("process = sshd");
  CHECK(list(system, filtered).rows.size() == 1);
  CHECK(system.was_accessed("/proc/712/fd"));
}

TEST_CASE("numeric means that no name is looked up, but processes keep theirs") {
  FakeSystem system = machine();
  system.script = kernel_with({listener(22, 101)});
  Query query = query_for({"local", "service", "user", "processes"});
  query.numeric = true;
  CHECK(list(system, query).rows == std::vector<std::string>{"0.0.0.0:22 - 0 sshd/712"});
  CHECK_FALSE(system.was_accessed("/etc/services"));
}

TEST_CASE("a socket that a changing table shows twice is listed once") {
  FakeSystem system = machine();
  system.script = kernel_with({listener(22, 101), listener(22, 101), listener(80, 102)});
  CHECK(list(system, query_for({"local_port"})).rows == std::vector<std::string>{"22", "80"});
}

TEST_CASE("sorting is by several keys, with absent values last either way") {
  FakeSystem system = machine();
  inet_diag_msg orphan = tcp_connection();
  orphan.idiag_state = 4;
  orphan.idiag_uid = 0;
  orphan.idiag_inode = 0;
  orphan.id.idiag_cookie[0] = 7;
  system.script = kernel_with({orphan, listener(22, 101), tcp_connection(), listener(80, 102)});
  Query query = query_for({"uid", "local_port"});
  query.sort = {{find_field("uid"), true}, {find_field("local_port"), true}};
  CHECK(list(system, query).rows == std::vector<std::string>{"1000 22", "0 80", "0 22", "- 22"});
  query.sort = {{find_field("inode"), false}};
  CHECK(list(system, query).rows == std::vector<std::string>{"0 22", "0 80", "1000 22", "- 22"});
}

TEST_CASE("TCP over both families is asked for at once, and one by one when the kernel refuses that") {
  inet_diag_msg v6 = listener(443, 103);
  v6.idiag_family = AF_INET6;
  for (const bool refused : {false, true}) {
    FakeSystem system = machine();
    std::vector<unsigned> types;
    system.script = [&](ByteView request, std::uint32_t sequence) {
      types.push_back(load<nlmsghdr>(request)->nlmsg_type);
      const bool joint = types.back() == TCPDIAG_GETSOCK;
      if (joint && refused) return FakeChannel::Datagrams{error_message(sequence, PortId, EOPNOTSUPP)};
      FakeChannel::Datagrams datagrams;
      if (joint || asked(request).family == AF_INET)
        datagrams.emplace_back(answer(sequence, listener(22, 101)));
      if (joint || asked(request).family == AF_INET6) datagrams.emplace_back(answer(sequence, v6));
      datagrams.emplace_back(done_message(sequence, PortId));
      return datagrams;
    };
    Query query = query_for({"family", "local_port"});
    query.kinds.push_back({Family::Inet6, Protocol::Tcp});
    const Listing listing = list(system, query);
    REQUIRE(listing.report);
    CHECK(listing.report->warnings.empty());
    CHECK(listing.rows == std::vector<std::string>{"inet 22", "inet6 443"});
    CHECK(types.size() == (refused ? 3 : 1));
  }
}

TEST_CASE("without a netlink handler the sockets come from /proc, without a warning") {
  FakeSystem system = machine();
  system.files["/proc/thread-self/net/tcp"] = ProcTcp;
  system.script = [](ByteView, std::uint32_t sequence) {
    return FakeChannel::Datagrams{error_message(sequence, PortId, ENOENT)};
  };
  const Listing listing = list(system, query_for({"local", "cookie", "inode"}));
  REQUIRE(listing.report);
  CHECK(listing.rows == std::vector<std::string>{"127.0.0.1:22 - 101"});
  CHECK(listing.report->warnings.empty());
}

TEST_CASE("without netlink at all the sockets come from /proc") {
  FakeSystem system = machine();
  system.files["/proc/thread-self/net/tcp"] = ProcTcp;
  system.channel_error = EPROTONOSUPPORT;
  CHECK(list(system, query_for({"local"})).rows == std::vector<std::string>{"127.0.0.1:22"});
}

TEST_CASE("a dump that fails is an error or a warning, never an empty list") {
  FakeSystem system = machine();
  system.script = [](ByteView, std::uint32_t sequence) {
    return FakeChannel::Datagrams{error_message(sequence, PortId, EPERM)};
  };
  const Listing alone = list(system, query_for({"local"}));
  REQUIRE_FALSE(alone.report);
  CHECK(alone.report.error().message() ==
        "list sockets: tcp (IPv4) sockets: dump sock_diag: Operation not permitted");

  Query two = query_for({"local"});
  two.kinds.push_back({Family::Inet, Protocol::Udp});
  system.script = [](ByteView request, std::uint32_t sequence) {
    if (asked(request).protocol == IPPROTO_UDP) return FakeChannel::Datagrams{done_message(sequence, PortId)};
    return FakeChannel::Datagrams{error_message(sequence, PortId, EPERM)};
  };
  const Listing partly = list(system, two);
  REQUIRE(partly.report);
  CHECK(partly.report->sockets_missing());
}

TEST_CASE("a kernel without a handler is a warning when only netlink may be asked") {
  FakeSystem system = machine();
  system.files["/proc/thread-self/net/icmp"] = "header\n";
  system.script = kernel_with({listener(22, 101)});
  Query query = query_for({"local"});
  query.kinds.push_back({Family::Inet, Protocol::Icmp});
  query.source = Source::Netlink;
  const Listing listing = list(system, query);
  REQUIRE(listing.report);
  REQUIRE(listing.report->warnings.size() == 1);
  CHECK(listing.report->warnings[0].kind == Warning::Kind::SocketsMissing);
  CHECK(listing.report->warnings[0].remedy == "--source=auto reads them from /proc/net");
}

TEST_CASE("a dump that the kernel interrupts or loses is asked for again") {
  for (const bool lost : {true, false}) {
    FakeSystem system = machine();
    int requests = 0;
    system.script = [&](ByteView, std::uint32_t sequence) {
      FakeChannel::Datagrams datagrams{answer(sequence, listener(22, 101))};
      if (++requests == 1 && lost)
        datagrams.emplace_back(tl::unexpected(Error{ENOBUFS, "receive", "sock_diag", {}}));
      const std::uint16_t flags = requests == 1 ? NLM_F_DUMP_INTR : 0;
      datagrams.emplace_back(netlink_message(NLMSG_DONE, sequence, PortId, bytes_of(0), flags));
      return datagrams;
    };
    const Listing listing = list(system, query_for({"local_port"}));
    REQUIRE(listing.report);
    CHECK(requests == 2);
    CHECK(listing.rows == std::vector<std::string>{"22"});
    CHECK(listing.report->warnings.empty());
  }
}

TEST_CASE("a dump that is always interrupted ends with a warning") {
  FakeSystem system = machine();
  int requests = 0;
  system.script = [&](ByteView, std::uint32_t sequence) {
    ++requests;
    return FakeChannel::Datagrams{
        answer(sequence, listener(22, 101)),
        netlink_message(NLMSG_DONE, sequence, PortId, bytes_of(0), NLM_F_DUMP_INTR)};
  };
  Query query = query_for({"local_port"});
  query.kinds.push_back({Family::Inet, Protocol::Icmp});
  system.files["/proc/thread-self/net/icmp"] = "header\n";
  const Listing listing = list(system, query);
  REQUIRE(listing.report);
  CHECK(listing.rows == std::vector<std::string>{"22"});
  CHECK(requests < 10);
  CHECK(listing.report->sockets_missing());
}

TEST_CASE("records that cannot be understood are counted in a warning") {
  FakeSystem system = machine();
  system.script = [](ByteView, std::uint32_t sequence) {
    return FakeChannel::Datagrams{netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, "short"),
                                  answer(sequence, listener(22, 101)), done_message(sequence, PortId)};
  };
  const Listing listing = list(system, query_for({"local_port"}));
  REQUIRE(listing.report);
  CHECK(listing.rows.size() == 1);
  REQUIRE(listing.report->warnings.size() == 1);
  CHECK(listing.report->warnings[0].message ==
        "tcp (IPv4) sockets: 1 message of the kernel could not be understood");
}

TEST_CASE("a fault that is met again is one warning, with its highest count") {
  FakeSystem system = machine();
  int looks = 0;
  system.script = [&](ByteView, std::uint32_t sequence) {
    FakeChannel::Datagrams datagrams;
    for (int i = 0; i <= looks; ++i)
      datagrams.emplace_back(netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, "short"));
    datagrams.emplace_back(done_message(sequence, PortId));
    return datagrams;
  };
  SocketReader reader(system, Source::Netlink);
  const auto kinds = dump_groups_of({{Family::Inet, Protocol::Tcp}});
  const auto look = [&] { reader.read(kinds.front(), {}, [](Socket&) { return true; }); };
  look();
  REQUIRE(reader.warnings().size() == 1);
  const Warning first = reader.warnings().front();
  CHECK(first.message == "tcp (IPv4) sockets: 1 message of the kernel could not be understood");
  ++looks;
  look();
  REQUIRE(reader.warnings().size() == 1);
  CHECK(reader.warnings().front().message ==
        "tcp (IPv4) sockets: 2 messages of the kernel could not be understood");
  CHECK(is_same_fault(first, reader.warnings().front()));
}

TEST_CASE("damaged lines of /proc/net are counted, the others listed") {
  FakeSystem system = machine();
  system.files["/proc/thread-self/net/tcp"] = std::string(ProcTcp) + "   1: 0100007F:00\n" +
                                              std::string(100'000, 'z') + "\n" +
                                              std::string(ProcTcp.substr(ProcTcp.find('\n') + 1));
  Query query = query_for({"local"});
  query.source = Source::Proc;
  const Listing listing = list(system, query);
  REQUIRE(listing.report);
  CHECK(listing.rows.size() == 2);
  REQUIRE(listing.report->warnings.size() == 1);
  CHECK(listing.report->warnings[0].message ==
        "tcp (IPv4) sockets: 2 lines of /proc/net/tcp could not be understood");
}

TEST_CASE("sockets that differ in their interface alone are two rows and two groups") {
  FakeSystem system = machine();
  system.interfaces = {{2, "eth1"}, {3, "eth2"}};
  inet_diag_msg first = listener(179, 101);
  inet_diag_msg second = listener(179, 102);
  first.id.idiag_if = 3;
  second.id.idiag_if = 2;
  system.script = kernel_with({first, second, listener(179, 103)});
  Query query = query_for({"local"});
  query.sort = {{find_field("local"), false}};
  CHECK(list(system, query).rows ==
        std::vector<std::string>{"0.0.0.0:179", "0.0.0.0%eth1:179", "0.0.0.0%eth2:179"});
  // Whoever knows an interface knows it by its name.
  query.numeric = true;
  CHECK(list(system, query).rows.back() == "0.0.0.0%eth2:179");
  const auto grouping = Grouping::make({find_field("local")}, {});
  REQUIRE(grouping);
  Groups groups(*grouping);
  CHECK(list_sockets(system, query, [&](Values row) {
    groups.add(row);
    return true;
  }));
  CHECK(groups.finish({}, std::nullopt) == 3);
}

TEST_CASE("a unix path with newlines is one record") {
  FakeSystem system = machine();
  system.files["/proc/thread-self/net/unix"] =
      "Num       RefCount Protocol Flags    Type St Inode Path\n"
      "00000000bcc138ce: 00000002 00000000 00010000 0001 01 9 /tmp/one\ntwo: three\nfour\n"
      "00000000bcc138cf: 00000002 00000000 00010000 0001 01 10 /tmp/five\n";
  Query query = query_for({"path"});
  query.kinds = {{Family::Unix, {}}};
  query.source = Source::Proc;
  const Listing listing = list(system, query);
  REQUIRE(listing.report);
  CHECK(listing.rows == std::vector<std::string>{"/tmp/one\ntwo: three\nfour", "/tmp/five"});
  CHECK(listing.report->warnings.empty());
}

TEST_CASE("no /proc is an error for the /proc source") {
  const FakeSystem system;
  Query query = query_for({"local"});
  query.source = Source::Proc;
  const Listing listing = list(system, query);
  REQUIRE_FALSE(listing.report);
  CHECK(listing.report.error().message().find("mount proc on /proc") != std::string::npos);
}

TEST_CASE("a missing services file is a warning, not an error") {
  FakeSystem system = machine();
  system.files.erase("/etc/services");
  system.script = kernel_with({listener(22, 101)});
  const Listing listing = list(system, query_for({"local_port", "service"}));
  REQUIRE(listing.report);
  CHECK(listing.rows == std::vector<std::string>{"22 -"});
  REQUIRE(listing.report->warnings.size() == 1);
  CHECK(listing.report->warnings[0].kind == Warning::Kind::NamesMissing);
}

TEST_CASE("a sink that has enough ends the listing") {
  FakeSystem system = machine();
  system.script = kernel_with({listener(22, 101), listener(80, 102)});
  int rows = 0;
  const auto report = list_sockets(system, query_for({"local_port"}), [&](Values) { return ++rows < 1; });
  REQUIRE(report);
  CHECK(rows == 1);
}

TEST_CASE("a snapshot keeps rows, text and owners") {
  FakeSystem system = machine();
  system.script = kernel_with({listener(22, 101), listener(80, 102)});
  const auto snapshot = take_snapshot(system, query_for({"local_port", "service", "process"}));
  REQUIRE(snapshot);
  REQUIRE(snapshot->size() == 2);
  std::string text;
  append_value(text, *(*snapshot)[0][1], Type::Text, Style::Plain);
  append_value(text, *(*snapshot)[0][2], Type::Text, Style::Plain);
  CHECK(text == "sshsshd");
  CHECK_FALSE((*snapshot)[1][2]);
  CHECK(snapshot->report().rows == 2);
}

}  // namespace sockutils::test::lister_test
