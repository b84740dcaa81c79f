#include "acquire/processes/kernel_sockets.h"

#include <linux/inet_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "acquire/processes/socket_files.h"
#include "pipeline/list.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::kernel_sockets_test {
namespace {

/// A machine that has a socket at UDP port 51820 with inode 900, which no process holds.
FakeSystem machine() {
  FakeSystem system;
  system.inodes["/proc/thread-self/ns/net"] = 100;
  system.inodes["/proc/self/ns/pid"] = 4026531836;
  system.inodes["/proc/1/ns/net"] = 100;
  system.directories["/proc"] = {"1"};
  system.links["/proc/1/fd"] = {{"3", "socket:[800]"}};
  system.files["/proc/1/stat"] = "1 (init) S 0 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 1 1000";
  system.files["/proc/1/fdinfo/3"] = "pos:\t0\nflags:\t02\nscm_fds: 0\n";
  system.script = [](ByteView request, std::uint32_t sequence) {
    const auto body = load<inet_diag_req_v2>(request, sizeof(nlmsghdr));
    FakeChannel::Datagrams datagrams;
    inet_diag_msg message{};
    message.idiag_family = AF_INET;
    message.idiag_state = 7;
    message.id.idiag_sport = htons(51820);
    message.id.idiag_cookie[0] = 1;
    message.idiag_inode = 900;
    if (body && body->sdiag_family == AF_INET && body->sdiag_protocol == IPPROTO_UDP)
      datagrams.emplace_back(
          netlink_message(SOCK_DIAG_BY_FAMILY, sequence, FakeChannel::PortId, bytes_of(message)));
    datagrams.emplace_back(done_message(sequence, FakeChannel::PortId));
    return datagrams;
  };
  return system;
}

/// What the column of processes says of that socket, and what is said besides.
std::string holder(const FakeSystem& system, std::string* warning = nullptr) {
  Query query;
  query.kinds = {{Family::Inet, Protocol::Udp}};
  query.fields = {find_field("processes")};
  std::string text;
  const auto report = list_sockets(system, query, [&](Values row) {
    row[0] ? append_value(text, *row[0], Type::Owners, Style::Human) : static_cast<void>(text += '-');
    return true;
  });
  REQUIRE(report);
  CHECK(report->rows == 1);
  CHECK(report->warnings.size() <= 1);
  if (warning != nullptr) *warning = report->warnings.empty() ? "" : report->warnings.front().message;
  return text;
}

}  // namespace

TEST_CASE("a socket that no process of the whole machine holds is the kernel's") {
  CHECK(holder(machine()) == "kernel");
}

TEST_CASE("a socket is not called the kernel's when a process may hold it unseen") {
  FakeSystem unreadable = machine();
  unreadable.directories["/proc"].emplace_back("2");
  unreadable.errors["/proc/2/fd"] = EACCES;
  CHECK(holder(unreadable) == "-");
  FakeSystem container = machine();
  container.inodes["/proc/self/ns/pid"] = 4026532000;
  CHECK(holder(container) == "-");
  FakeSystem ordinary_user = machine();
  ordinary_user.errors["/proc/1/ns/net"] = EACCES;
  CHECK(holder(ordinary_user) == "-");
  FakeSystem in_flight = machine();
  in_flight.files["/proc/1/fdinfo/3"] = "scm_fds: 1\n";
  CHECK(holder(in_flight) == "-");
  FakeSystem old_kernel = machine();
  old_kernel.files["/proc/1/fdinfo/3"] = "pos:\t0\n";
  CHECK(holder(old_kernel) == "-");
  FakeSystem ring = machine();
  ring.links["/proc/1/fd"]["4"] = "anon_inode:[io_uring]";
  CHECK(holder(ring) == "-");
}

TEST_CASE("an io_uring that is mapped while its descriptor is closed may hold a socket") {
  FakeSystem mapped = machine();
  mapped.mapped["/proc/1/maps"] = static_cast<std::uint64_t>(Mappings::IoUring);
  std::string warning;
  CHECK(holder(mapped, &warning) == "-");
  CHECK(warning == "the owner of 1 socket is unknown: it may be the kernel or the io_uring of init/1");
  mapped.mapped["/proc/1/maps"] = static_cast<std::uint64_t>(Mappings::Others);
  CHECK(holder(mapped, &warning) == "kernel");
  CHECK(warning.empty());
  // The main thread has ended.
  mapped.mapped["/proc/1/maps"] = static_cast<std::uint64_t>(Mappings::None);
  mapped.directories["/proc/1/task"] = {"1", "5"};
  mapped.mapped["/proc/1/task/5/maps"] = static_cast<std::uint64_t>(Mappings::IoUring);
  CHECK(holder(mapped) == "-");
  // What may not be read is not ruled out.
  FakeSystem unreadable = machine();
  unreadable.errors["/proc/1/maps"] = EACCES;
  CHECK(holder(unreadable) == "-");
}

TEST_CASE("who may hold a socket is said, each with its own words") {
  std::string warning;
  FakeSystem in_flight = machine();
  in_flight.files["/proc/1/fdinfo/3"] = "scm_fds: 1\n";
  CHECK(holder(in_flight, &warning) == "-");
  CHECK(warning ==
        "the owner of 1 socket is unknown: descriptors were sent to init/1, which has not received them yet");
  FakeSystem ring = machine();
  ring.links["/proc/1/fd"]["4"] = "anon_inode:[io_uring]";
  CHECK(holder(ring, &warning) == "-");
  CHECK(warning == "the owner of 1 socket is unknown: it may be the kernel or the io_uring of init/1");
  FakeSystem container = machine();
  container.inodes["/proc/self/ns/pid"] = 4026532000;
  CHECK(holder(container, &warning) == "-");
  CHECK(warning ==
        "the owner of 1 socket is unknown: /proc shows no processes outside of this pid namespace");
}

TEST_CASE("a socket that is registered with an io_uring is held by who has the ring") {
  FakeSystem ring = machine();
  ring.links["/proc/1/fd"]["4"] = "anon_inode:[io_uring]";
  ring.files["/proc/1/fdinfo/4"] =
      "pos:\t0\nSqMask:\t0x3\nUserFiles:\t3\n    0: socket:[900]\n    2: "
      "anon_inode:[eventfd]\nUserBufs:\t0\n";
  std::string warning;
  CHECK(holder(ring, &warning) == "init/1");
  CHECK(warning.empty());
}

TEST_CASE("registered sockets are read from texts that may be cut or odd") {
  CHECK(parse_registered_sockets("a\nUserFiles:\t2\n    0: socket:[1]\n    1: socket:[2]") ==
        std::vector<std::uint32_t>{1, 2});
  CHECK(parse_registered_sockets("a\nUserFiles:\t2").empty());
  CHECK(parse_registered_sockets("a\nUserFiles:\t1\n    0: socket:[x]\nUserBufs:\t1\n    0: socket:[3]\n")
            .empty());
  CHECK(parse_registered_sockets("").empty());
}

TEST_CASE("descriptors in flight are read from texts that may be cut or odd") {
  CHECK(parse_descriptors_in_flight("scm_fds: 12\n") == 12u);
  CHECK_FALSE(parse_descriptors_in_flight("scm_fds:"));
  CHECK_FALSE(parse_descriptors_in_flight("scm_fds: x"));
  CHECK_FALSE(parse_descriptors_in_flight(""));
}

}  // namespace sockutils::test::kernel_sockets_test
