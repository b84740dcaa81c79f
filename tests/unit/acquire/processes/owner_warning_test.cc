#include "acquire/processes/owner_warning.h"

#include <cerrno>

#include "support/catch.h"
#include "support/fake_system.h"

namespace sockutils::test::owner_warning_test {
namespace {

constexpr std::string_view Stat = ") S 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 1 1000";

void add_process(FakeSystem& system, const std::string& pid, const std::string& name, int error = 0) {
  system.directories["/proc"].push_back(pid);
  system.files["/proc/" + pid + "/stat"] = pid + " (" + name + std::string(Stat);
  if (error != 0)
    system.errors["/proc/" + pid + "/fd"] = error;
  else
    system.links["/proc/" + pid + "/fd"] = {{"3", "socket:[500]"}};
}

/// Root with every right, on a machine with one process that can be read.
FakeSystem machine() {
  FakeSystem system;
  add_process(system, "1", "init");
  system.files["/proc/thread-self/status"] =
      "Name:\tsockls\nUid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\nCapBnd:\t000001ffffffffff\n";
  return system;
}

OwnerTable owners_of(const FakeSystem& system, ProcessSource source = ProcessSource::Proc) {
  return OwnerTable::read(system, source, Needs::Owners, [](std::uint32_t) { return std::string(); });
}

std::vector<Warning> warnings(const FakeSystem& system, const OwnerlessSockets& ownerless,
                              const std::optional<OwnerDoubt>& doubt = {}) {
  return owner_warnings(system, owners_of(system), Caller(system), ownerless, doubt);
}

}  // namespace

TEST_CASE("owners that nothing hides need no warning") {
  CHECK(warnings(machine(), {4, 0}).empty());
  FakeSystem closed = machine();
  add_process(closed, "2", "sshd", EACCES);
  CHECK(warnings(closed, {0, 0}).empty());
}

TEST_CASE("processes that may not be read are named, up to three, and nothing helps who has every right") {
  FakeSystem system = machine();
  add_process(system, "31", "process_api", EACCES);
  auto said = warnings(system, {1, 0});
  REQUIRE(said.size() == 1);
  CHECK(said[0].kind == Warning::Kind::OwnersMissing);
  CHECK(said[0].message ==
        "the owner of 1 socket is unknown: the descriptors of process_api/31 may not be read, whoever asks");
  CHECK(said[0].remedy.empty());
  add_process(system, "33", "b", EACCES);
  add_process(system, "32", "a", EACCES);
  add_process(system, "35", "d", EACCES);
  add_process(system, "34", "c", EACCES);
  system.files["/proc/thread-self/status"] =
      "Name:\tsockls\nUid:\t1000\t1000\t0\t0\nCapEff:\t0\nCapBnd:\tffffff\n";
  said = warnings(system, {2, 0});
  REQUIRE(said.size() == 1);
  CHECK(said[0].message ==
        "the owners of 2 sockets are unknown: the descriptors of process_api/31, a/32, b/33 and 2 more may "
        "not be "
        "read");
  CHECK(
      said[0].remedy ==
      "run as root, or give the program CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: see PRIVILEGES in sockls(1)");
}

TEST_CASE("a pid namespace of its own is named, with what helps a container") {
  FakeSystem system = machine();
  system.inodes["/proc/self/ns/pid"] = 4026532999;
  const auto said = warnings(system, {3, 0});
  REQUIRE(said.size() == 1);
  CHECK(said[0].message ==
        "the owners of 3 sockets are unknown: /proc shows no processes outside of this pid namespace");
  CHECK(said[0].remedy.find("--pid=host") != std::string::npos);
  const auto unbound = unread_processes(system, owners_of(system), Caller(system), UnknownUnbound);
  REQUIRE(unbound.size() == 1);
  CHECK(unbound[0].message ==
        "unbound sockets may be missing: /proc shows no processes outside of this pid namespace");
  CHECK_FALSE(is_same_fault(said[0], unbound[0]));
}

TEST_CASE("the same fault with another count is the same, another fault is not") {
  FakeSystem system = machine();
  add_process(system, "31", "sshd", EACCES);
  const Warning first = warnings(system, {1, 0}).at(0);
  add_process(system, "32", "cron", EACCES);
  CHECK(is_same_fault(first, warnings(system, {7, 0}).at(0)));
  system.inodes["/proc/self/ns/pid"] = 4026532999;
  const auto both = warnings(system, {7, 0});
  REQUIRE(both.size() == 2);
  CHECK_FALSE(is_same_fault(first, both[0]));
  CHECK(is_same_fault(first, both[1]));
}

TEST_CASE("with hidepid the processes that are left out are not counted by name") {
  FakeSystem system = machine();
  add_process(system, "31", "sshd", EPERM);
  system.files["/proc/thread-self/mountinfo"] = "24 30 0:22 / /proc rw - proc proc rw,hidepid=noaccess\n";
  system.files["/proc/thread-self/status"] = "Name:\tsockls\nUid:\t1\t1\t1\t1\nCapEff:\t0\n";
  const auto said = warnings(system, {1, 0});
  REQUIRE(said.size() == 1);
  CHECK(
      said[0].message ==
      "the owner of 1 socket is unknown: /proc is mounted with hidepid, which hides other users' processes");
}

TEST_CASE("a doubt is told when nothing else stood in the way") {
  const OwnerDoubt doubt{"it may be the kernel or the io_uring of db/12"};
  const auto said = warnings(machine(), {5, 1}, doubt);
  REQUIRE(said.size() == 1);
  CHECK(said[0].message == "the owner of 1 socket is unknown: it may be the kernel or the io_uring of db/12");
  CHECK(warnings(machine(), {5, 0}, doubt).empty());
}

TEST_CASE("without /proc, and without the right to BPF, what helps is another source") {
  FakeSystem empty = machine();
  empty.directories["/proc"] = {};
  const auto said = warnings(empty, {3, 0});
  REQUIRE(said.size() == 1);
  CHECK(said[0].message == "the owners of 3 sockets are unknown: read /proc: no processes there");
  CHECK(said[0].remedy == "mount proc on /proc");
  FakeSystem refused = machine();
  refused.socket_files_error = EPERM;
  const auto bpf =
      owner_warnings(refused, owners_of(refused, ProcessSource::Bpf), Caller(refused), {1, 0}, {});
  REQUIRE(bpf.size() == 1);
  CHECK(bpf[0].message == "the owner of 1 socket is unknown: load BPF program: Operation not permitted");
  CHECK(bpf[0].remedy.find("--process-source=proc") != std::string::npos);
}

}  // namespace sockutils::test::owner_warning_test
