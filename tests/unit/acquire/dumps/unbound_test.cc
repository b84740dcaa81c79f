#include "acquire/dumps/unbound.h"

#include "pipeline/list.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"
#include "support/row_values.h"

namespace sockutils::test::unbound_test {
namespace {

constexpr std::uint64_t OurNamespace = 4026531840;
constexpr std::uint64_t OtherNamespace = 4026532999;

/// sshd holds 101 to 104; a process of another namespace holds 201.
FakeSystem machine() {
  FakeSystem system;
  system.inodes["/proc/thread-self/ns/net"] = system.inodes["/proc/712/ns/net"] = OurNamespace;
  system.inodes["/proc/900/ns/net"] = OtherNamespace;
  system.inodes["/proc/thread-self/net/unix"] = 1;
  system.directories["/proc"] = {"712", "900"};
  system.links["/proc/712/fd"] = {{"3", "socket:[101]"}, {"4", "socket:[102]"}, {"5", "socket:[103]"},
                                  {"6", "socket:[104]"}, {"7", "socket:[101]"}, {"8", "/dev/null"}};
  system.links["/proc/900/fd"] = {{"3", "socket:[201]"}};
  for (const char* pid : {"712", "900"})
    system.files["/proc/" + std::string(pid) + "/stat"] =
        std::string(pid) + " (sshd) S 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 98765 1000";
  system.held_sockets["/proc/712/fd/3"] = system.held_sockets["/proc/712/fd/7"] = {101, 0, "TCP"};
  system.held_sockets["/proc/712/fd/4"] = {102, 1000, "TCPv6"};
  system.held_sockets["/proc/712/fd/5"] = {103, 0, "UDP"};
  system.held_sockets["/proc/712/fd/6"] = {104, 0, "ALG"};
  system.held_sockets["/proc/900/fd/3"] = {201, 0, "TCP"};
  for (const char* path :
       {"/proc/712/fd/3", "/proc/712/fd/4", "/proc/712/fd/5", "/proc/712/fd/6", "/proc/712/fd/7"})
    system.inodes[path] = OurNamespace;
  system.inodes["/proc/900/fd/3"] = OtherNamespace;
  system.script = [](ByteView, std::uint32_t sequence) {
    return FakeChannel::Datagrams{done_message(sequence, FakeChannel::PortId)};
  };
  return system;
}

struct Listing {
  Result<Report> report;
  std::vector<std::string> rows;
};

Listing list(const FakeSystem& system, Query query, const std::vector<std::string_view>& fields) {
  for (const std::string_view name : fields) query.fields.push_back(find_field(name));
  Listing listing;
  listing.report = list_sockets(system, query, [&](Values row) {
    std::string& text = listing.rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i != 0 ? " " : "";
      row[i] ? append_value(text, *row[i], query.fields[i]->type, Style::Plain)
             : static_cast<void>(text += '-');
    }
    return true;
  });
  return listing;
}

Query tcp_query() {
  Query query;
  query.kinds = {{Family::Inet, Protocol::Tcp}, {Family::Inet6, Protocol::Tcp}};
  query.unbound = true;
  return query;
}

}  // namespace

TEST_CASE("a socket that a process holds and no dump shows is listed when that is asked for") {
  const FakeSystem system = machine();
  const std::vector<std::string_view> fields{"family", "protocol", "state",    "inode",
                                             "uid",    "unbound",  "processes"};
  CHECK(list(system, tcp_query(), fields).rows ==
        std::vector<std::string>{"inet tcp closed 101 0 true sshd/712/3,sshd/712/7",
                                 "inet6 tcp closed 102 1000 true sshd/712/4"});
  Query without = tcp_query();
  without.unbound = false;
  CHECK(list(system, without, fields).rows.empty());
}

TEST_CASE("an unbound socket has no ends, no cookie and no queues") {
  const FakeSystem system = machine();
  const Listing listing = list(
      system, tcp_query(), {"local_address", "local_port", "peer_address", "cookie", "recv_queue", "local"});
  REQUIRE(listing.rows.size() == 2);
  CHECK(listing.rows[0] == "- - - - - *");
}

TEST_CASE("a socket that is listed in some state is not unbound, whatever states are asked for") {
  FakeSystem system = machine();
  system.script = [](ByteView request, std::uint32_t sequence) {
    FakeChannel::Datagrams datagrams;
    inet_diag_msg connection = tcp_connection();
    connection.idiag_inode = 101;
    const auto body = load<inet_diag_req_v2>(request, sizeof(nlmsghdr));
    const bool joint = load<nlmsghdr>(request)->nlmsg_type == TCPDIAG_GETSOCK;
    if (joint || (body && body->sdiag_family == AF_INET && body->sdiag_protocol == IPPROTO_TCP))
      datagrams.emplace_back(
          netlink_message(SOCK_DIAG_BY_FAMILY, sequence, FakeChannel::PortId, bytes_of(connection)));
    datagrams.emplace_back(done_message(sequence, FakeChannel::PortId));
    return datagrams;
  };
  Query query = tcp_query();
  query.states = {State::Closed};
  CHECK(list(system, query, {"inode"}).rows == std::vector<std::string>{"102"});
}

TEST_CASE("states, filter and order hold for unbound sockets too") {
  const FakeSystem system = machine();
  Query query = tcp_query();
  query.kinds.push_back({Family::Inet, Protocol::Udp});
  query.sort = {{find_field("inode"), true}};
  CHECK(list(system, query, {"inode", "state"}).rows ==
        std::vector<std::string>{"103 unconnected", "102 closed", "101 closed"});
  query.states = {State::Unconnected};
  CHECK(list(system, query, {"inode"}).rows == std::vector<std::string>{"103"});
  query.states = StateSet::all();
  query.sort.clear();
  query.listeners_first = true;
  query.filter = Filter::parse("uid = 0 and unbound = true", {}).value();
  CHECK(list(system, query, {"inode"}).rows == std::vector<std::string>{"103", "101"});
}

TEST_CASE("a socket of a kind that this library does not know is listed among all kinds only") {
  const FakeSystem system = machine();
  Query query = tcp_query();
  query.kinds = socket_kinds();
  const Listing listing = list(system, query, {"inode", "family", "protocol", "state", "kernel_protocol"});
  CHECK(std::count(listing.rows.begin(), listing.rows.end(), "104 - - - ALG") == 1);
  for (const std::string& row : list(system, tcp_query(), {"inode"}).rows) CHECK(row != "104");
}

TEST_CASE("an XDP socket that is not bound is of the one type that there is") {
  FakeSystem system = machine();
  system.held_sockets["/proc/712/fd/6"].protocol = "XDP";
  Query query = tcp_query();
  query.kinds = {{Family::Xdp, {}}};
  CHECK(list(system, query, {"inode", "family", "protocol", "state"}).rows ==
        std::vector<std::string>{"104 xdp raw unconnected"});
}

TEST_CASE("what is held in another namespace, or not held any more, is not unbound here") {
  FakeSystem system = machine();
  for (const std::string& row : list(system, tcp_query(), {"inode"}).rows) CHECK(row != "201");
  // Closed, and the number taken by another file, since the descriptors were read.
  system.held_sockets.erase("/proc/712/fd/3");
  system.held_sockets["/proc/712/fd/7"].inode = 555;
  CHECK(list(system, tcp_query(), {"inode"}).rows == std::vector<std::string>{"102"});
}

TEST_CASE("a socket is in the namespace that the kernel says, whoever holds it") {
  FakeSystem system = machine();
  system.inodes["/proc/712/fd/4"] = OtherNamespace;
  system.inodes["/proc/900/fd/3"] = OurNamespace;
  const Listing listing = list(system, tcp_query(), {"inode", "netns"});
  CHECK(listing.rows == std::vector<std::string>{"101 4026531840", "201 4026531840"});
  REQUIRE(listing.report);
  CHECK(listing.report->warnings.empty());
}

TEST_CASE("another holder is asked when the first may not be") {
  FakeSystem system = machine();
  system.errors["/proc/712/fd/3"] = EPERM;
  const Listing listing = list(system, tcp_query(), {"inode"});
  CHECK(listing.rows == std::vector<std::string>{"101", "102"});
  REQUIRE(listing.report);
  CHECK(listing.report->warnings.empty());
}

TEST_CASE("a namespace that the kernel does not tell is guessed, said, and looked for in the others") {
  FakeSystem system = machine();
  system.links["/proc/900/fd"]["4"] = "net:[4026532999]";
  system.inodes["/proc/900/fd/4"] = OtherNamespace;
  // Asking a socket is what is refused; held_sockets are found by the same paths.
  for (const char* path : {"/proc/712/fd/3", "/proc/712/fd/4", "/proc/712/fd/7"}) system.inodes.erase(path);
  Listing listing = list(system, tcp_query(), {"inode"});
  CHECK(listing.rows == std::vector<std::string>{"101", "102"});
  REQUIRE(listing.report);
  REQUIRE(listing.report->warnings.size() == 1);
  CHECK(listing.report->warnings[0].kind == Warning::Kind::FactsMissing);
  CHECK(listing.report->warnings[0].message ==
        "unbound sockets: the network namespace of 2 of them is a guess, that of a process that holds it");
  CHECK(listing.report->warnings[0].remedy.find("CAP_NET_ADMIN") != std::string::npos);

  system.script = [&system](ByteView request, std::uint32_t sequence) {
    FakeChannel::Datagrams datagrams;
    inet_diag_msg listener = tcp_connection();
    listener.idiag_inode = 101;
    if (system.current_namespace == OtherNamespace && load<nlmsghdr>(request)->nlmsg_type == TCPDIAG_GETSOCK)
      datagrams.emplace_back(
          netlink_message(SOCK_DIAG_BY_FAMILY, sequence, FakeChannel::PortId, bytes_of(listener)));
    datagrams.emplace_back(done_message(sequence, FakeChannel::PortId));
    return datagrams;
  };
  listing = list(system, tcp_query(), {"inode"});
  CHECK(listing.rows == std::vector<std::string>{"102"});
}

TEST_CASE("unix, packet and raw sockets are always listed: one that is not belongs to another namespace") {
  for (const char* name : {"UNIX", "UNIX-STREAM", "PACKET", "RAW", "RAWv6"}) {
    FakeSystem system = machine();
    system.held_sockets["/proc/712/fd/6"].protocol = name;
    Query query = tcp_query();
    query.kinds = socket_kinds();
    for (const std::string& row : list(system, query, {"inode"}).rows) CHECK(row != "104");
  }
}

TEST_CASE("processes that may not be read can hold unbound sockets: that is said") {
  FakeSystem system = machine();
  system.errors["/proc/900/fd"] = EACCES;
  const Listing listing = list(system, tcp_query(), {"inode"});
  REQUIRE(listing.report);
  CHECK(listing.rows.size() == 2);
  CHECK(listing.report->owners_missing());
  REQUIRE(listing.report->warnings.size() == 1);
  CHECK(listing.report->warnings[0].message ==
        "unbound sockets may be missing: the descriptors of sshd/900 may not be read");
}

TEST_CASE("the kernel's names of protocols are known") {
  REQUIRE(find_kernel_name("UDPLITEv6") != nullptr);
  CHECK(find_kernel_name("UDPLITEv6")->kind == SocketKind{Family::Inet6, Protocol::Udplite});
  CHECK(find_kernel_name("") == nullptr);
  CHECK(find_kernel_name("tcp") == nullptr);
}

}  // namespace sockutils::test::unbound_test
