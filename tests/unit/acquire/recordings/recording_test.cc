#include "sockutils/record.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cerrno>

#include "common/unique_fd.h"
#include "common/wire.h"
#include "pipeline/list.h"
#include "pipeline/record.h"
#include "sockutils/services.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::recording_test {
namespace {

constexpr std::uint32_t PortId = FakeChannel::PortId;
constexpr std::size_t HeaderSize = 16;

inet_diag_msg tcp_socket(std::uint8_t family, std::uint16_t port, std::uint32_t cookie) {
  inet_diag_msg message{};
  message.idiag_family = family;
  message.idiag_state = 10;
  message.id.idiag_sport = htons(port);
  message.id.idiag_cookie[0] = cookie;
  message.id.idiag_if = 2;
  message.idiag_inode = cookie;
  message.idiag_uid = 33;
  return message;
}

/// TCP sockets of both versions of IP in one dump, no handler for raw sockets, nothing else.
FakeChannel::Datagrams answer(ByteView request, std::uint32_t sequence) {
  const auto type = load<nlmsghdr>(request)->nlmsg_type;
  const auto protocol = load<sock_diag_req>(request, sizeof(nlmsghdr))->sdiag_protocol;
  FakeChannel::Datagrams datagrams;
  if (type == TCPDIAG_GETSOCK) {
    std::string text = netlink_message(type, sequence, PortId, bytes_of(tcp_socket(AF_INET, 22, 101)));
    text += netlink_message(type, sequence, PortId, bytes_of(tcp_socket(AF_INET6, 80, 102)));
    datagrams.emplace_back(std::move(text));
  }
  const bool raw = type == SOCK_DIAG_BY_FAMILY && protocol == IPPROTO_RAW;
  datagrams.emplace_back(done_message(sequence, PortId, raw ? -ENOENT : 0));
  return datagrams;
}

FakeSystem machine() {
  FakeSystem system;
  system.script = answer;
  system.inodes["/proc/thread-self/ns/net"] = 4026531840;
  system.inodes["/proc/thread-self/net/unix"] = 1;
  system.files["/etc/services"] = "gopher 22/tcp\nweb 80/tcp\n";
  system.files["/proc/thread-self/net/raw"] =
      "header\n  1: 0100007F:0011 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9 2 "
      "x 3\n";
  system.users[33] = "www";
  system.interfaces[2] = "wan0";
  system.directories["/proc"] = {"712", "uptime"};
  system.links["/proc/712/fd"] = {{"3", "socket:[101]"}, {"4", "/etc/passwd"}};
  system.files["/proc/712/stat"] = "712 (\x1b[31mx) S 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 98765 1000";
  system.files["/proc/712/cmdline"] = std::string("a\0b\0", 4);
  system.labels["/proc/712/fd/3"] = "u:object_r:web_socket";
  return system;
}

const MachineFacts Machine{1'700'000'000'000'000, "host", "6.18.0", "x86_64"};

std::string record(const FakeSystem& system, const Query& query = {}) {
  const UniqueFd file(memfd_create("recording", MFD_CLOEXEC));
  const auto report = record_system(system, Machine, query, NewFile::on(file.get(), "recording"));
  INFO((report ? "" : report.error().message()));
  REQUIRE(report);
  return real_system().read_file("/proc/self/fd/" + std::to_string(file.get())).value();
}

std::string fault_of(std::string bytes) {
  const auto recording = Recording::parse(std::move(bytes), "FILE");
  return recording ? "none" : recording.error().message();
}

std::shared_ptr<const Recording> parse(std::string bytes) {
  auto recording = Recording::parse(std::move(bytes), "FILE");
  INFO((recording ? "" : recording.error().message()));
  REQUIRE(recording);
  return *recording;
}

struct Listing {
  std::vector<std::string> rows;
  Report report;
};

const std::vector<std::string_view> Columns{"protocol",  "local_address", "local_port",    "service",
                                            "user",      "processes",     "interface",     "command_line",
                                            "autobound", "netns",         "socket_context"};

Query query_for(const std::vector<std::string_view>& names, std::string_view filter = {},
                const FilterNames& filter_names = {}) {
  Query query;
  query.kinds = socket_kinds();
  for (const std::string_view name : names) query.fields.push_back(find_field(name));
  query.filter = Filter::parse(filter, filter_names).value();
  return query;
}

template <class List>
Listing collect(const Query& query, const List& list) {
  Listing listing;
  auto report = list([&](Values row) {
    std::string& text = listing.rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) text += ' ';
      row[i] ? append_value(text, *row[i], query.fields[i]->type, Style::Human)
             : static_cast<void>(text += '-');
    }
    return true;
  });
  INFO((report ? "" : report.error().message()));
  REQUIRE(report);
  listing.report = *std::move(report);
  return listing;
}

Listing list(const FakeSystem& system, const Query& query) {
  return collect(query, [&](const RowSink& sink) { return list_sockets(system, query, sink); });
}

Listing list(const std::shared_ptr<const Recording>& recording, Query query) {
  query.recording = recording;
  return collect(query, [&](const RowSink& sink) { return list_sockets(query, sink); });
}

std::vector<std::string> rows(const std::shared_ptr<const Recording>& recording, std::string_view filter) {
  return list(recording, query_for({"local_port"}, filter, recording->filter_names())).rows;
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("a recording lists what the machine listed") {
  const FakeSystem system = machine();
  const auto recording = parse(record(system));
  const Query query = query_for(Columns);
  const Listing live = list(system, query);
  const Listing recorded = list(recording, query);
  REQUIRE(live.rows.size() == 3);
  CHECK(recorded.rows == live.rows);
  CHECK(recorded.report.warnings.empty());
  CHECK(recording->kinds() == socket_kinds());
  CHECK(recording->info().times == std::vector<std::uint64_t>{Machine.time});
  CHECK(recording->info().host == "host");
  CHECK(recording->info().kernel == "6.18.0");
}

TEST_CASE("a recording lists the namespaces that it was made of, and no others") {
  FakeSystem system = machine();
  system.inodes["/run/netns/blue"] = 77;
  system.inodes["/run/netns/red"] = 78;
  Query asked;
  asked.namespaces = {{{}, 4026531840, "own"}, {"/run/netns/blue", 77, "blue"}};
  const auto recording = parse(record(system, asked));
  Query query = query_for({"local_port", "netns", "netns_name"});
  query.kinds = {{Family::Inet, Protocol::Tcp}};
  CHECK(list(recording, query).rows == Rows{"22 4026531840 own", "22 77 blue"});
  const auto spaces = recording->namespaces();
  REQUIRE(spaces.size() == 2);
  CHECK(spaces[1].path == "/run/netns/blue");
  query.namespaces = {spaces[1]};
  CHECK(list(recording, query).rows == Rows{"22 77 blue"});
  // Without one in the question it is the one that the program was in.
  CHECK(list(parse(record(system)), query_for({"local_port"}, "sport = 22")).rows == Rows{"22"});
}

TEST_CASE("a recording of another namespace alone has its kinds and sockets") {
  FakeSystem system = machine();
  system.inodes["/run/netns/blue"] = 77;
  Query asked;
  asked.kinds = {{Family::Inet, Protocol::Tcp}, {Family::Inet6, Protocol::Tcp}};
  asked.namespaces = {{"/run/netns/blue", 77, "blue"}};
  const auto recording = parse(record(system, asked));
  CHECK(recording->kinds() == asked.kinds);
  CHECK(list(recording, query_for({"local_port", "netns"}, "sport = 22")).rows == Rows{"22 77"});
}

TEST_CASE("filters of a recording know its names, and no others") {
  const auto recording = parse(record(machine()));
  CHECK(rows(recording, "sport = gopher") == Rows{"22"});
  CHECK(rows(recording, "user = www and dev wan0") == Rows{"22", "80"});
  CHECK(rows(recording, "process ~ x or src ::") == Rows{"22", "80"});
  CHECK(rows(recording, "family = inet6") == Rows{"80"});
  CHECK(rows(recording, "src localhost") == Rows{"17"});
  CHECK_FALSE(Filter::parse("sport = ssh", recording->filter_names()));
  CHECK_FALSE(Filter::parse("user = root", recording->filter_names()));
}

TEST_CASE("a dump of both versions answers for either") {
  const auto recording = parse(record(machine()));
  Query query = query_for({"local_port"});
  query.kinds = {{Family::Inet6, Protocol::Tcp}};
  CHECK(list(recording, query).rows == Rows{"80"});
  query.kinds = {{Family::Inet, Protocol::Tcp}};
  query.states = StateSet{State::Established};
  CHECK(list(recording, query).rows.empty());
}

TEST_CASE("what was not recorded is said to be missing") {
  Query tcp;
  tcp.kinds = {{Family::Inet, Protocol::Tcp}, {Family::Inet6, Protocol::Tcp}};
  const auto recording = parse(record(machine(), tcp));
  CHECK(recording->kinds() == tcp.kinds);
  Query query = query_for({"local_port"});
  query.kinds.push_back({Family::Inet, Protocol::Udp});
  const Listing listing = list(recording, query);
  CHECK(listing.rows == Rows{"22", "80"});
  CHECK(listing.report.sockets_missing());
  CHECK(listing.report.warnings[0].message == "udp (IPv4) sockets: not in the recording");
  CHECK(listing.report.warnings[0].remedy.empty());
}

TEST_CASE("what could not be read when it was recorded is missing from the recording") {
  FakeSystem system = machine();
  system.directories["/proc"].emplace_back("713");
  system.errors["/proc/713/fd"] = EACCES;
  const Listing listing = list(parse(record(system)), query_for({"processes"}));
  CHECK(listing.report.owners_missing());
  CHECK(listing.report.warnings[0].message.find("the descriptors of 713 may not be read") !=
        std::string::npos);
}

TEST_CASE("a recording knows who recorded it, and so what was out of sight") {
  FakeSystem system = machine();
  system.links["/proc/712/fd"].clear();
  system.inodes["/proc/self/ns/pid"] = 4026532999;
  const Listing listing = list(parse(record(system)), query_for({"processes"}));
  REQUIRE(listing.report.owners_missing());
  CHECK(listing.report.warnings[0].message.find("pid namespace") != std::string::npos);
  CHECK(listing.report.warnings[0].remedy.empty());
}

TEST_CASE("a recording holds which processes had an io_uring") {
  FakeSystem system = machine();
  system.links["/proc/712/fd"]["9"] = "anon_inode:[io_uring]";
  system.files["/proc/712/fdinfo/9"] = "pos:\t0\nUserFiles:\t1\n    0: socket:[102]\n";
  const auto recording = parse(record(system));
  CHECK(list(recording, query_for({"pid"}, "inode = 102 and pid = 712")).rows.size() == 1);
  // Without its file nobody knows what is in it, but still that it is there.
  system.files.erase("/proc/712/fdinfo/9");
  CHECK(list(parse(record(system)), query_for({"pid"}, "inode = 102 and pid = 712")).rows.empty());
}

TEST_CASE("a recording that is cut anywhere is an error") {
  const std::string whole = record(machine());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO(length << " of " << whole.size() << " bytes");
    const std::string fault = fault_of(whole.substr(0, length));
    REQUIRE((fault.find("cut") != std::string::npos || fault == "read FILE: the file is empty"));
  }
}

TEST_CASE("a recording with any byte changed is an error, or lists something") {
  const std::string whole = record(machine());
  const Query query = query_for(Columns);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0xff);
    const auto recording = Recording::parse(std::move(changed), "FILE");
    if (!recording) {
      REQUIRE_FALSE(recording.error().detail.empty());
      continue;
    }
    Query asked = query;
    asked.recording = *recording;
    std::size_t seen = 0;
    const auto report = list_sockets(asked, [&](Values) { return ++seen < 1000; });
    REQUIRE((report || !report.error().message().empty()));
  }
}

TEST_CASE("other files are told apart") {
  const std::string whole = record(machine());
  CHECK(fault_of("") == "read FILE: the file is empty");
  CHECK(fault_of("#!/bin/sh\necho this is a script\n") ==
        "read FILE: this is neither a recording of sockls nor a dump of ss -D");
  std::string newer = whole;
  newer[8] = 7;
  CHECK(fault_of(newer) == "read FILE: the recording has format 7.2, and this version reads 1.2");
  std::string foreign = whole;
  foreign[12] = 9;
  CHECK(fault_of(foreign) == "read FILE: the recording is of a machine with another byte order");
  CHECK(fault_of(whole.substr(0, HeaderSize)).find("nothing follows its header") != std::string::npos);
}

TEST_CASE("a newer minor version and sections that are not known are no obstacle") {
  std::string bytes = record(machine());
  bytes[10] = 9;
  std::string unknown = "NEW!";
  append_wire_text(unknown, "something of tomorrow");
  bytes.insert(HeaderSize, unknown);
  CHECK(rows(parse(bytes), "family = inet6") == Rows{"80"});
}

TEST_CASE("one file holds several snapshots, each with its time") {
  FakeSystem later = machine();
  later.users[33] = "renamed";
  const std::string first = record(machine());
  const std::string second = record(later).substr(HeaderSize);
  const auto recording = parse(first + second);
  REQUIRE(recording->info().times.size() == 2);
  Query query = query_for({"user"}, "sport = 22");
  CHECK(list(recording, query).rows == Rows{"www"});
  query.snapshot = 1;
  CHECK(list(recording, query).rows == Rows{"renamed"});
  query.snapshot = 2;
  query.recording = recording;
  CHECK(list_sockets(query, [](Values) { return true; }).error().message() ==
        "read recording: there is no snapshot 2");
}

TEST_CASE("snapshots before the damage can be listed, and the damage is said") {
  const std::string first = record(machine());
  const auto recording = parse(first + record(machine()).substr(HeaderSize, 300));
  CHECK(recording->info().times.size() == 1);
  const Listing listing = list(recording, query_for({"local_port"}, "family = inet"));
  CHECK(listing.report.sockets_missing());
  CHECK(listing.report.warnings.back().message == "the recording is cut");
  Query query = query_for({"local_port"}, "family = inet");
  query.recording = recording;
  const auto snapshot = take_snapshot(query);
  REQUIRE(snapshot);
  CHECK(snapshot->size() == listing.rows.size());
  CHECK(snapshot->report().warnings.back().message == "the recording is cut");
}

TEST_CASE("a dump of ss is read as what it is: TCP sockets alone") {
  const std::string text =
      netlink_message(SOCK_DIAG_BY_FAMILY, 1, 2, bytes_of(tcp_socket(AF_INET, 22, 101))) +
      done_message(1, 2) +
      netlink_message(SOCK_DIAG_BY_FAMILY, 1, 2, bytes_of(tcp_socket(AF_INET6, 80, 102))) +
      done_message(1, 2);
  const auto recording = parse(text);
  CHECK(recording->kinds() ==
        std::vector<SocketKind>{{Family::Inet, Protocol::Tcp}, {Family::Inet6, Protocol::Tcp}});
  const Listing listing = list(recording, query_for({"local_port", "inode", "service"}, "not autobound"));
  const auto services = Services::load().value_or(Services{});
  const auto name_of = [&](std::uint16_t port) {
    const std::string_view name = services.name(port, "tcp");
    return name.empty() ? std::string("-") : std::string(name);
  };
  CHECK(listing.rows == Rows{"22 101 " + name_of(22), "80 102 " + name_of(80)});
  for (std::size_t length = 1; length < text.size(); ++length) {
    const auto cut = Recording::parse(text.substr(0, length), "FILE");
    INFO(length);
    // At the end of the first dump it is that of somebody who asked for IPv4 alone.
    if (cut && length == text.size() / 2) CHECK((*cut)->kinds().size() == 1);
    REQUIRE((!cut || !(*cut)->info().damage.empty() || length == text.size() / 2));
  }
}

TEST_CASE("a dump of ss of one version of IP is all that there is of TCP") {
  const auto recording =
      parse(netlink_message(SOCK_DIAG_BY_FAMILY, 1, 2, bytes_of(tcp_socket(AF_INET, 22, 101))) +
            done_message(1, 2));
  CHECK(recording->info().sockets_alone);
  Query query = query_for({"local_port"});
  query.kinds = {{Family::Inet, Protocol::Tcp}, {Family::Inet6, Protocol::Tcp}};
  const Listing both = list(recording, query);
  CHECK(both.rows == Rows{"22"});
  CHECK(both.report.warnings.empty());
  query.kinds = {{Family::Inet6, Protocol::Tcp}};
  query.recording = recording;
  const auto other = list_sockets(query, [](Values) { return true; });
  REQUIRE_FALSE(other);
  CHECK(other.error().message() == "list sockets: tcp (IPv6) sockets: not in the recording");
  query.kinds = {{Family::Inet, Protocol::Tcp}, {Family::Inet, Protocol::Udp}};
  CHECK(list(recording, query).report.sockets_missing());
}

TEST_CASE("names in filters and rows of a dump of ss are those of this machine, and that is said") {
  const auto recording =
      parse(netlink_message(SOCK_DIAG_BY_FAMILY, 1, 2, bytes_of(tcp_socket(AF_INET, 22, 101))) +
            done_message(1, 2));
  Query query = query_for({"local_port", "processes"});
  query.kinds = {{Family::Inet, Protocol::Tcp}};
  const auto messages = [&] {
    const Listing listing = list(recording, query);
    CHECK(listing.rows.size() == 1);
    std::vector<std::string> all;
    for (const Warning& warning : listing.report.warnings) all.push_back(warning.message);
    return all;
  };
  using Messages = std::vector<std::string>;
  // Nothing of a file that no dump can hold.
  CHECK(messages() == Messages{"a dump of ss holds no processes"});
  const auto names = recording->filter_names();
  CHECK(names.user("root") == 0u);
  CHECK(names.interface("lo") == 1u);
  const auto services = Services::load();
  if (services) CHECK(names.service("ssh") == services->ports("ssh"));
  CHECK(messages() == Messages{"a dump of ss holds no processes",
                               "a dump of ss holds no names: they are those of this machine"});
}

TEST_CASE("a file that cannot be written leaves nothing behind") {
  CHECK(NewFile::create("/nonexistent/folder/file").error().code == ENOENT);
  const UniqueFd full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto report = record_system(machine(), Machine, {}, NewFile::on(full.get(), "/dev/full"));
  REQUIRE_FALSE(report);
  CHECK(report.error().message() == "write /dev/full: No space left on device");
}

}  // namespace sockutils::test::recording_test
