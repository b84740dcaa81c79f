#include "acquire/namespaces/namespaces.h"

#include <cerrno>

#include "support/catch.h"
#include "support/fake_system.h"

namespace sockutils::test::namespaces_test {
namespace {

std::string stat_line(int pid, const std::string& name, int start_time, int flags = 0) {
  return std::to_string(pid) + " (" + name + ") S 1 2 3 0 -1 " + std::to_string(flags) +
         " 0 0 0 0 1 2 3 4 20 0 1 0 " + std::to_string(start_time) + " 1000";
}

void add_process(FakeSystem& system, int pid, std::uint64_t netns, const std::string& name, int start_time) {
  const std::string folder = "/proc/" + std::to_string(pid);
  system.directories["/proc"].push_back(std::to_string(pid));
  system.directories[folder + "/task"] = {std::to_string(pid)};
  system.inodes[folder + "/ns/net"] = netns;
  system.files[folder + "/stat"] = stat_line(pid, name, start_time);
}

/// The namespace of the machine is 100, `blue` is 200, that of a container 300, that of a lone server 400.
FakeSystem machine() {
  FakeSystem system;
  system.inodes["/proc/thread-self/ns/net"] = 100;
  system.directories["/run/netns"] = {"blue", "stale"};
  system.inodes["/run/netns/blue"] = 200;
  system.errors["/run/netns/stale"] = EINVAL;
  add_process(system, 1, 100, "init", 1);
  add_process(system, 20, 100, "cron", 50);
  add_process(system, 812, 300, "nginx", 900);
  add_process(system, 811, 300, "nginx", 901);
  system.files["/proc/812/cgroup"] = "0::/docker/" + std::string(64, 'a') + "\n";
  system.files["/var/lib/docker/containers/" + std::string(64, 'a') + "/config.v2.json"] =
      R"({"Name":"/web"})";
  add_process(system, 930, 400, "serve\x1b[1m", 800);
  return system;
}

const NetworkNamespace* find(const NetworkNamespaces& all, std::uint64_t inode) {
  for (const NetworkNamespace& space : all.found)
    if (space.inode == inode) return &space;
  return nullptr;
}

}  // namespace

TEST_CASE("every namespace is found, with the best name there is, the caller's first") {
  const FakeSystem system = machine();
  const NetworkNamespaces all = find_network_namespaces(system);
  REQUIRE(all.found.size() == 4);
  CHECK(all.warnings.empty());
  CHECK(all.found.front().inode == 100);
  CHECK(all.found.front().name == "init/1");
  CHECK(find(all, 200)->name == "blue");
  CHECK(find(all, 200)->path == "/run/netns/blue");
  CHECK(find(all, 300)->name == "web");
  CHECK(find(all, 300)->path == "/proc/812/ns/net");
  CHECK(find(all, 400)->name == "serve\x1b[1m/930");
}

TEST_CASE("a namespace without processes is found where it is mounted, in any mount namespace") {
  FakeSystem system = machine();
  system.inodes["/proc/thread-self/ns/mnt"] = 1;
  system.inodes["/proc/20/ns/mnt"] = 1;
  system.inodes["/proc/930/ns/mnt"] = 2;
  system.files["/proc/thread-self/mountinfo"] =
      "417 30 0:4 net:[500] /run/docker/netns/ingress\\040box rw shared:9 - nsfs nsfs rw\n"
      "418 30 0:4 mnt:[501] /run/snapd/ns/x.mnt rw - nsfs nsfs rw\n";
  system.files["/proc/930/mountinfo"] = "9 1 0:4 net:[600] /ns/private rw - nsfs nsfs rw\n";
  const NetworkNamespaces all = find_network_namespaces(system);
  REQUIRE(all.found.size() == 6);
  CHECK(find(all, 500)->path == "/run/docker/netns/ingress box");
  CHECK(find(all, 500)->name == "ingress box");
  CHECK(find(all, 600)->path == "/proc/930/root/ns/private");
  CHECK(find(all, 501) == nullptr);
}

TEST_CASE("processes that may not be read may be in namespaces that are not found") {
  FakeSystem system = machine();
  system.errors["/proc/812/ns/net"] = EACCES;
  system.errors["/proc/811/ns/net"] = EACCES;
  system.directories["/proc"].push_back("2");
  system.errors["/proc/2/ns/net"] = EACCES;
  constexpr int KernelThread = 0x00200000;
  system.files["/proc/2/stat"] = stat_line(2, "kthreadd", 0, KernelThread);
  const NetworkNamespaces all = find_network_namespaces(system);
  CHECK(find(all, 300) == nullptr);
  REQUIRE(all.warnings.size() == 1);
  CHECK(all.warnings[0].kind == Warning::Kind::SocketsMissing);
  CHECK(all.warnings[0].message == "network namespaces may be missing: those of 2 processes may not be read");
  CHECK(all.warnings[0].remedy.find("CAP_SYS_PTRACE") != std::string::npos);
}

TEST_CASE("namespaces of processes that /proc does not show are said to be missing") {
  FakeSystem container = machine();
  container.inodes["/proc/self/ns/pid"] = 4026532999;
  const NetworkNamespaces inside = find_network_namespaces(container);
  REQUIRE(inside.warnings.size() == 1);
  CHECK(inside.warnings[0].message ==
        "network namespaces may be missing: /proc shows no processes outside of this pid namespace");
  CHECK(inside.warnings[0].remedy.find("--pid=host") != std::string::npos);
}

TEST_CASE("without /proc there are named namespaces and the own one, and one warning") {
  FakeSystem system;
  system.directories["/run/netns"] = {"blue"};
  system.inodes["/run/netns/blue"] = 200;
  system.inodes.erase("/proc/self/ns/pid");
  const NetworkNamespaces all = find_network_namespaces(system);
  REQUIRE(all.found.size() == 2);
  CHECK(all.found[0].path.empty());
  CHECK(all.found[1].name == "blue");
  REQUIRE(all.warnings.size() == 1);
  CHECK(all.warnings[0].remedy == "mount proc on /proc");
}

TEST_CASE("a namespace that a thread alone is in goes by that thread") {
  FakeSystem system = machine();
  system.link_counts["/proc/930/task"] = 5;
  system.directories["/proc/930/task"] = {"930", "931", "932"};
  system.inodes["/proc/931/ns/net"] = 400;
  system.inodes["/proc/932/ns/net"] = 450;
  system.files["/proc/932/stat"] = stat_line(932, "worker", 801);
  const NetworkNamespaces all = find_network_namespaces(system);
  REQUIRE(find(all, 450) != nullptr);
  CHECK(find(all, 450)->name == "worker/932");
  CHECK(find(all, 450)->path == "/proc/932/ns/net");
  CHECK(find(all, 400)->name == "serve\x1b[1m/930");
}

TEST_CASE("a process whose main thread has ended is where its threads are") {
  FakeSystem system = machine();
  system.files["/proc/930/stat"] = "930 (serve) Z 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 800 1000";
  system.inodes.erase("/proc/930/ns/net");
  system.link_counts["/proc/930/task"] = 5;
  system.directories["/proc/930/task"] = {"930", "931", "932"};
  for (const char* folder : {"/proc/931", "/proc/932"}) {
    system.inodes[std::string(folder) + "/ns/net"] = 400;
    system.files[std::string(folder) + "/stat"] = stat_line(931, "worker", 801);
  }
  const auto check_found = [&] {
    const NetworkNamespaces all = find_network_namespaces(system);
    REQUIRE(find(all, 400) != nullptr);
    CHECK(find(all, 400)->name == "serve/930");
    CHECK(find(all, 400)->path == "/proc/931/ns/net");
    CHECK(all.warnings.empty());
    const auto by_number = find_network_namespace(system, "930");
    REQUIRE(by_number);
    CHECK(by_number->inode == 400);
  };
  check_found();
  // The folder of a zombie belongs to root, and may be closed to its user.
  system.errors["/proc/930/fd"] = EACCES;
  check_found();
}

TEST_CASE(
    "a namespace that a descriptor or a socket keeps is found by it, unless something else leads there") {
  FakeSystem system = machine();
  system.links["/proc/20/fd"] = {
      {"5", "net:[500]"}, {"6", "net:[200]"}, {"7", "socket:[70]"}, {"8", "socket:[80]"}};
  system.inodes["/proc/20/fd/5"] = 500;
  system.inodes["/proc/20/fd/7"] = 600;
  system.inodes["/proc/20/fd/8"] = 300;
  const NetworkNamespaces all = find_network_namespaces(system);
  REQUIRE(all.found.size() == 6);
  CHECK(find(all, 500)->name == "cron/20/fd/5");
  CHECK(find(all, 500)->path == "/proc/20/fd/5");
  CHECK(find(all, 600)->name == "cron/20/fd/7");
  CHECK(find(all, 300)->path == "/proc/812/ns/net");
  CHECK(find(all, 200)->name == "blue");
  CHECK(find_network_namespace(system, "cron/20/fd/5")->inode == 500);
}

TEST_CASE("sockets that may not be asked are counted, those that are gone are not") {
  FakeSystem system = machine();
  system.links["/proc/20/fd"] = {{"7", "socket:[70]"}, {"8", "socket:[80]"}, {"9", "socket:[80]"}};
  system.errors["/proc/20/fd/8"] = EPERM;
  system.errors["/proc/812/ns/net"] = EACCES;
  const NetworkNamespaces all = find_network_namespaces(system);
  REQUIRE(all.warnings.size() == 1);
  CHECK(all.warnings[0].message ==
        "network namespaces may be missing: those of 1 process may not be read, and 1 socket could not be "
        "asked for theirs");
  CHECK(all.warnings[0].remedy.find("CAP_NET_ADMIN") != std::string::npos);
}

TEST_CASE("a process of which only the descriptors may not be read may keep namespaces that are not found") {
  FakeSystem system = machine();
  system.errors["/proc/20/fd"] = EACCES;
  const NetworkNamespaces all = find_network_namespaces(system);
  REQUIRE(all.warnings.size() == 1);
  CHECK(all.warnings[0].message == "network namespaces may be missing: those of 1 process may not be read");
}

TEST_CASE("where the kernel's list of open files may be read it tells where sockets are, and none is asked") {
  FakeSystem system = machine();
  system.socket_files_error = 0;
  system.files_of_sockets = {{70, 20, 20, 7}, {71, 20, 20, 8}};
  system.namespaces_of_sockets = {{70, 100}, {71, 600}};
  system.files_of_namespaces = {{500, 20, 20, 5}, {501, 20, 20, 6}};
  system.inodes["/proc/20/fd/5"] = 500;
  system.errors["/proc/20/fd/6"] = EINVAL;
  system.inodes["/proc/20/fd/8"] = 600;
  const NetworkNamespaces all = find_network_namespaces(system);
  CHECK(all.found.size() == 6);
  CHECK(find(all, 500)->path == "/proc/20/fd/5");
  CHECK(find(all, 600)->path == "/proc/20/fd/8");
  CHECK(all.warnings.empty());
  CHECK_FALSE(system.was_accessed("/proc/20/fd/7"));
  // What is there and cannot be reached is found, and said when it cannot be entered.
  system.errors["/proc/20/fd/8"] = EPERM;
  CHECK(find(find_network_namespaces(system), 600)->path == "/proc/20/fd/8");
  system.files_of_namespaces.push_back({600, 20, 20, 9});
  system.inodes["/proc/20/fd/9"] = 600;
  CHECK(find(find_network_namespaces(system), 600)->path == "/proc/20/fd/9");
}

TEST_CASE("a namespace is meant by name, process, path, container, or what it is shown as") {
  const FakeSystem system = machine();
  const auto inode_of = [&](std::string_view word) {
    const auto found = find_network_namespace(system, word);
    return found ? found->inode : 0;
  };
  CHECK(inode_of("blue") == 200);
  CHECK(inode_of("812") == 300);
  CHECK(inode_of("/proc/930/ns/net") == 400);
  CHECK(inode_of("web") == 300);
  CHECK(inode_of("init/1") == 100);
  CHECK(find_network_namespace(system, "812")->name == "web");
  CHECK(find_network_namespace(system, "/run/netns/blue")->name == "blue");
}

TEST_CASE("a name comes before a process with that number") {
  FakeSystem system = machine();
  system.directories["/run/netns"].emplace_back("812");
  system.inodes["/run/netns/812"] = 700;
  CHECK(find_network_namespace(system, "812")->inode == 700);
}

TEST_CASE("what is no namespace is refused in words") {
  FakeSystem system = machine();
  system.errors["/proc/1/ns/mnt"] = EINVAL;
  const auto refused = [&](std::string_view word, int code) {
    const auto found = find_network_namespace(system, word);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == code);
    return found.error().detail;
  };
  CHECK(refused("", EINVAL) == "the name is empty");
  CHECK(refused("bleu", ENOENT) ==
        "no network namespace, container or process is called so, did you mean blue?");
  CHECK(refused("xyzzyplugh", ENOENT) == "no network namespace, container or process is called so");
  CHECK(refused("4711", ESRCH) == "there is no process 4711");
  CHECK(refused("/no/such/file", ENOENT) == "no such file");
  CHECK(refused("/proc/1/ns/mnt", EINVAL) == "not a network namespace");
  CHECK(refused("stale", EINVAL) == "not a network namespace");
  CHECK(refused(std::string_view("a\0b", 3), EINVAL) == "there is a NUL in it");
  system.errors["/proc/812/ns/net"] = EACCES;
  CHECK(refused("812", EACCES).find("CAP_SYS_PTRACE") != std::string::npos);
}

TEST_CASE("mounts of namespaces are read from lines that may be cut or odd") {
  CHECK(parse_namespace_mounts("").empty());
  CHECK(parse_namespace_mounts("417 30 0:4 net:[5").empty());
  CHECK(parse_namespace_mounts("417 30 0:4 net:[5] ").empty());
  CHECK(parse_namespace_mounts("417 30 0:4 net:[] /x rw\n417 30 0:4 net:[-1] /x\n").empty());
  CHECK(parse_namespace_mounts("417 30 0:4 net:[5] /x").size() == 1);
  CHECK(unescape_mount_path("/a\\040b\\134c") == "/a b\\c");
  CHECK(unescape_mount_path("/a\\04") == "/a\\04");
  CHECK(unescape_mount_path("/a\\999") == "/a\\999");
}

}  // namespace sockutils::test::namespaces_test
