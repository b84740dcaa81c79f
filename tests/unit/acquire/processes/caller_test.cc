#include "acquire/processes/caller.h"

#include <cerrno>

#include "support/catch.h"
#include "support/fake_system.h"

namespace sockutils::test::caller_test {
namespace {

constexpr std::uint64_t Everything = 0x1ffffffffff;
constexpr std::uint64_t Ptrace = std::uint64_t{1} << 19;
constexpr std::uint64_t ReadSearch = std::uint64_t{1} << 2;
constexpr std::uint64_t Override = std::uint64_t{1} << 1;

std::string hex(std::uint64_t number) {
  constexpr std::string_view Digits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += Digits[(number >> shift) & 15];
  return text;
}

struct Rights {
  std::uint32_t uid = 0;
  std::uint64_t effective = Everything;
  std::uint64_t bounding = Everything;
  std::string groups = {};
};

FakeSystem machine(const Rights& rights) {
  FakeSystem system;
  const std::string uid = std::to_string(rights.uid);
  system.files["/proc/thread-self/status"] =
      "Name:\tsockls\nUid:\t1\t" + uid + "\t1\t1\nGid:\t7\t7\t7\t7\n" + "Groups:\t" + rights.groups +
      " \nCapInh:\t0000000000000000\nCapEff:\t" + hex(rights.effective) + "\nCapBnd:\t" +
      hex(rights.bounding) + "\n";
  return system;
}

std::string remedy(const Rights& rights) { return remedy_for_processes(Caller(machine(rights))); }

ProcView view(const FakeSystem& system) { return Caller(system).proc_view(); }

FakeSystem with_mount(FakeSystem system, const std::string& options) {
  system.files["/proc/thread-self/mountinfo"] = "24 30 0:22 / /proc rw,nosuid - proc proc " + options + "\n";
  return system;
}

}  // namespace

TEST_CASE("what is missing is named to who is root, and nothing is to who has everything") {
  CHECK(remedy({}).empty());
  CHECK(remedy({.effective = Ptrace | ReadSearch}).empty());
  CHECK(remedy({.effective = Everything & ~Ptrace}) ==
        "give the program CAP_SYS_PTRACE: see PRIVILEGES in sockls(1)");
  // Either of them lets read every folder.
  CHECK(remedy({.effective = Ptrace | Override}).empty());
  CHECK(remedy({.effective = Ptrace}) == "give the program CAP_DAC_READ_SEARCH: see PRIVILEGES in sockls(1)");
}

TEST_CASE("an ordinary user is told to be root, or what of it is needed") {
  CHECK(
      remedy({.uid = 1000, .effective = 0}) ==
      "run as root, or give the program CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: see PRIVILEGES in sockls(1)");
  CHECK(remedy({.uid = 1000, .effective = Ptrace}) ==
        "run as root, or give the program CAP_DAC_READ_SEARCH: see PRIVILEGES in sockls(1)");
}

TEST_CASE("where a container withholds a capability being root does not help") {
  constexpr std::uint64_t Docker = 0xa80425fb;
  CHECK(
      remedy({.effective = Docker, .bounding = Docker}) ==
      "CAP_SYS_PTRACE is withheld from all that runs here: a container gets more with --cap-add=SYS_PTRACE");
  CHECK(remedy({.uid = 33, .effective = 0, .bounding = 0}) ==
        "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are withheld from all that runs here: a container gets more "
        "with "
        "--cap-add=SYS_PTRACE --cap-add=DAC_READ_SEARCH");
}

TEST_CASE("the rights of a user namespace count for nothing outside of it") {
  FakeSystem system = machine({});
  system.inodes["/proc/self/ns/user"] = 4026532999;
  const Caller caller(system);
  CHECK_FALSE(caller.may_read_processes());
  CHECK(remedy_for_processes(caller) == "run as root outside of this user namespace");
}

TEST_CASE("which processes /proc shows is known by its pid namespace, and by the kernel's threads") {
  FakeSystem system = machine({});
  CHECK(view(system) == ProcView::Whole);
  system.inodes["/proc/self/ns/pid"] = 4026532999;
  CHECK(view(system) == ProcView::Inside);
  system.files["/proc/2/stat"] = "2 (bash) S 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 1 1000";
  CHECK(view(system) == ProcView::Inside);
  // unshare -p without a /proc of its own.
  system.files["/proc/2/stat"] = "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 26 0";
  CHECK(view(system) == ProcView::Whole);
  // nsenter -m without -p: /proc/self leads nowhere.
  system.inodes.erase("/proc/self/ns/pid");
  system.inodes["/proc/stat"] = 7;
  CHECK(view(system) == ProcView::Elsewhere);
  // A kernel without pid namespaces.
  system.files["/proc/self"] = "812";
  CHECK(view(system) == ProcView::Whole);
  // A recording of before does not tell.
  system.errors["/proc/self/ns/pid"] = 0;
  CHECK(view(system) == ProcView::Unknown);
}

TEST_CASE("hidepid is seen in the mount table") {
  const auto hides = [](std::string_view text) { return find_hidden_processes(text).has_value(); };
  CHECK(hides("24 30 0:22 / /proc rw,nosuid - proc proc rw,hidepid=invisible\n"));
  CHECK(hides("1 1 0:1 / / rw - ext4 /dev/vda rw\n24 30 0:22 / /proc rw - proc proc rw,hidepid=2"));
  CHECK_FALSE(hides("24 30 0:22 / /proc rw,nosuid - proc proc rw\n"));
  CHECK_FALSE(hides("24 30 0:22 / /proc rw,nosuid - proc proc rw,hidepid=0\n"));
  CHECK_FALSE(hides("24 30 0:22 / /mnt/proc rw - proc proc rw,hidepid=2\n"));
  CHECK_FALSE(hides(""));
  // What is mounted over another is what is seen.
  CHECK_FALSE(
      hides("24 30 0:22 / /proc rw - proc proc rw,hidepid=2\n25 24 0:23 / /proc rw - proc proc rw\n"));
}

TEST_CASE("hidepid keeps nobody from processes who may trace them, or is in its group") {
  const auto kept = [](const Rights& rights, const std::string& options) {
    return Caller(with_mount(machine(rights), options)).is_kept_from_processes();
  };
  CHECK(kept({.uid = 1000, .effective = 0}, "rw,hidepid=invisible"));
  CHECK_FALSE(kept({}, "rw,hidepid=invisible"));
  CHECK_FALSE(kept({.uid = 1000, .effective = 0, .groups = "27 4"}, "rw,gid=4,hidepid=invisible"));
  CHECK_FALSE(kept({.uid = 1000, .effective = 0, .groups = "0"}, "rw,hidepid=noaccess"));
  CHECK(kept({.uid = 1000, .effective = 0, .groups = "4"}, "rw,gid=4,hidepid=ptraceable"));
  CHECK_FALSE(kept({.uid = 1000, .effective = 0}, "rw"));
}

TEST_CASE("credentials are read from texts that may be cut or odd") {
  CHECK_FALSE(parse_credentials("").uid);
  CHECK_FALSE(parse_credentials("\nCapEff:\tzz\n").effective);
  CHECK_FALSE(parse_credentials("\nCapEff:").effective);
  CHECK(parse_credentials("\nGid:\t1\t2\t3\t4\nGroups:\t5 x 6").groups ==
        std::vector<std::uint32_t>{4, 5, 6});
}

}  // namespace sockutils::test::caller_test
