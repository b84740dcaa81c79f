#include "acquire/processes/owner_table.h"

#include <cerrno>

#include "acquire/processes/process_reader.h"
#include "support/catch.h"
#include "support/fake_system.h"

namespace sockutils::test::owner_table_test {
namespace {

std::string stat_line(std::string_view name, std::uint64_t flags = 4194560) {
  return "712 (" + std::string(name) + ") S 1 712 712 0 -1 " + std::to_string(flags) +
         " 0 0 0 0 1 2 3 4 20 0 1 0 98765 1000 200 18446744073709551615\n";
}

FakeSystem machine() {
  FakeSystem system;
  system.directories["/proc"] = {"1", "712", "self", "net", "4294967296"};
  system.links["/proc/1/fd"] = {{"0", "/dev/null"}, {"3", "socket:[500]"}};
  system.links["/proc/712/fd"] = {{"3", "socket:[600]"}, {"4", "socket:[500]"}, {"5", "pipe:[600]"}};
  system.files["/proc/1/stat"] = stat_line("init");
  system.files["/proc/712/stat"] = stat_line("sshd");
  return system;
}

const std::function<std::string(std::uint32_t)> NoUsers;

}  // namespace

TEST_CASE("every process that holds a socket is its owner") {
  const FakeSystem system = machine();
  const OwnerTable table = OwnerTable::read(system, ProcessSource::Proc, Needs::Owners, NoUsers);
  const auto shared = table.owners_of(500);
  REQUIRE(shared.size() == 2);
  CHECK(shared[0].process->pid == 1);
  CHECK(shared[0].fd == 3);
  CHECK(shared[1].process->pid == 712);
  CHECK(shared[1].process->name == "sshd");
  CHECK(shared[1].process->start_time == 98765u);
  CHECK(table.owners_of(600).size() == 1);
  CHECK(table.owners_of(601).empty());
  CHECK(table.unreadable_processes().empty());
}

TEST_CASE("a thread with descriptors of its own is an owner by its own number") {
  FakeSystem system = machine();
  system.link_counts["/proc/712/task"] = 5;
  system.directories["/proc/712/task"] = {"712", "713", "714"};
  system.separate_threads = {{714, 1}};
  system.links["/proc/712/task/714/fd"] = {{"9", "socket:[700]"}};
  const OwnerTable table = OwnerTable::read(system, ProcessSource::Proc, Needs::Owners, NoUsers);
  const auto owners = table.owners_of(700);
  REQUIRE(owners.size() == 1);
  CHECK(owners[0].process->pid == 712);
  CHECK(owners[0].tid == 714);
  CHECK(owners[0].fd == 9);
  CHECK_FALSE(system.was_accessed("/proc/712/task/713"));
}

TEST_CASE("threads that share a table of their own, or have a copy, are one owner") {
  FakeSystem system = machine();
  system.link_counts["/proc/712/task"] = 7;
  system.directories["/proc/712/task"] = {"712", "713", "714", "715", "716"};
  system.separate_threads = {{713, 1}, {714, 1}, {715, 2}};
  system.links["/proc/712/task/713/fd"] = {{"9", "socket:[700]"}};
  system.links["/proc/712/task/715/fd"] = {
      {"3", "socket:[600]"}, {"9", "socket:[700]"}, {"10", "socket:[701]"}};
  const OwnerTable table = OwnerTable::read(system, ProcessSource::Proc, Needs::Owners, NoUsers);
  REQUIRE(table.owners_of(700).size() == 1);
  CHECK(table.owners_of(700)[0].tid == 713);
  REQUIRE(table.owners_of(600).size() == 1);
  CHECK(table.owners_of(600)[0].tid == 712);
  CHECK(table.owners_of(701).size() == 1);
  CHECK_FALSE(system.was_accessed("/proc/712/task/714"));
  system.socket_files_error = 0;
  system.files_of_sockets = {{600, 712, 712, 3}, {600, 712, 711, 3}, {700, 712, 714, 9}, {700, 712, 713, 9}};
  const OwnerTable listed = OwnerTable::read(system, ProcessSource::Bpf, Needs::Owners, NoUsers);
  REQUIRE(listed.owners_of(600).size() == 1);
  CHECK(listed.owners_of(600)[0].tid == 712);
  REQUIRE(listed.owners_of(700).size() == 1);
  CHECK(listed.owners_of(700)[0].tid == 713);
}

TEST_CASE("where kcmp is refused every thread is read, and what is shared counts once") {
  FakeSystem system = machine();
  system.kcmp_error = EPERM;
  system.link_counts["/proc/712/task"] = 5;
  system.directories["/proc/712/task"] = {"712", "713", "714"};
  system.links["/proc/712/task/713/fd"] = system.links["/proc/712/fd"];
  system.links["/proc/712/task/714/fd"] = {{"9", "socket:[700]"}};
  const OwnerTable table = OwnerTable::read(system, ProcessSource::Proc, Needs::Owners, NoUsers);
  CHECK(table.owners_of(600).size() == 1);
  CHECK(table.owners_of(500).size() == 2);
  REQUIRE(table.owners_of(700).size() == 1);
  CHECK(table.owners_of(700)[0].tid == 714);
  system.errors["/proc/712/task/714/fd"] = EACCES;
  CHECK(OwnerTable::read(system, ProcessSource::Proc, Needs::Owners, NoUsers).unreadable_processes().size() ==
        1);
  system.kcmp_error = ESRCH;
  CHECK(OwnerTable::read(system, ProcessSource::Proc, Needs::Owners, NoUsers).owners_of(700).empty());
}

TEST_CASE("a process whose main thread has ended is read through one that lives") {
  FakeSystem system = machine();
  system.files["/proc/712/stat"] = "712 (sshd) Z 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 98765 1000";
  system.errors["/proc/712/fd"] = EACCES;
  system.link_counts["/proc/712/task"] = 6;
  system.directories["/proc/712/task"] = {"712", "715", "714", "713"};
  system.separate_threads = {{713, 1}, {714, 1}, {715, 1}};
  system.files["/proc/713/stat"] = "713 (sshd) Z 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 98765 1000";
  system.files["/proc/714/stat"] = system.files["/proc/715/stat"] = stat_line("worker");
  system.links["/proc/712/task/715/fd"] = {{"9", "socket:[700]"}};
  system.files["/proc/714/cmdline"] = std::string("sshd:\0-D\0", 9);
  system.files["/proc/714/exe"] = "/usr/sbin/sshd";
  system.files["/proc/714/cwd"] = "/";
  const OwnerTable table = OwnerTable::read(
      system, ProcessSource::Proc,
      Needs::Owners | Needs::CommandLine | Needs::Executable | Needs::WorkingDirectory, NoUsers);
  CHECK(table.unreadable_processes().empty());
  REQUIRE(table.owners_of(700).size() == 1);
  CHECK(table.owners_of(700)[0].tid == 715);
  const Process& process = *table.owners_of(700)[0].process;
  CHECK(process.pid == 712);
  CHECK(process.name == "sshd");
  CHECK(process.command_line == "sshd: -D");
  CHECK(process.executable == "/usr/sbin/sshd");
  CHECK(process.working_directory == "/");
}

TEST_CASE("a process that vanishes is no error, one that may not be read is named") {
  FakeSystem system = machine();
  system.directories["/proc"] = {"1", "712", "800", "801", "2"};
  system.errors["/proc/800/fd"] = ESRCH;
  system.errors["/proc/801/fd"] = EACCES;
  system.errors["/proc/2/fd"] = EACCES;
  constexpr std::uint64_t KernelThread = 0x00200000;
  system.files["/proc/2/stat"] = stat_line("kthreadd", KernelThread);
  const OwnerTable table = OwnerTable::read(system, ProcessSource::Proc, Needs::Owners, NoUsers);
  CHECK(table.owners_of(500).size() == 2);
  REQUIRE(table.unreadable_processes().size() == 1);
  CHECK(table.unreadable_processes()[0] == 801);
}

TEST_CASE("details are read only for those who ask, and only for owners") {
  FakeSystem system = machine();
  system.directories["/proc"] = {"1", "712", "900"};
  system.links["/proc/900/fd"] = {};
  system.files["/proc/712/cmdline"] = std::string("sshd:\0-D\0", 9);
  system.files["/proc/712/exe"] = "/usr/sbin/sshd";
  system.files["/proc/712/status"] = "Name:\tsshd\nUid:\t1000\t33\t1000\t1000\n";
  OwnerTable::read(system, ProcessSource::Proc, Needs::Owners, NoUsers);
  CHECK_FALSE(system.was_accessed("/proc/712/cmdline"));
  CHECK_FALSE(system.was_accessed("/proc/900/stat"));
  const OwnerTable table =
      OwnerTable::read(system, ProcessSource::Proc,
                       Needs::Owners | Needs::CommandLine | Needs::Executable | Needs::ProcessDetail,
                       [](std::uint32_t uid) { return uid == 33 ? "www-data" : ""; });
  const Process& process = *table.owners_of(600)[0].process;
  CHECK(process.command_line == "sshd: -D");
  CHECK(process.executable == "/usr/sbin/sshd");
  CHECK(process.uid == 33u);
  CHECK(process.user == "www-data");
}

TEST_CASE("where a process comes from, since when it runs and in what is read for those who ask") {
  FakeSystem system = machine();
  system.files["/proc/712/stat"] = "712 (python3) S 650 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 500 1000";
  system.files["/proc/650/stat"] = "650 (ba) sh > x) S 600 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 400 1000";
  system.files["/proc/600/stat"] = "600 (sshd) S 1 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 300 1000";
  system.files["/proc/stat"] = "cpu 1 2 3\nbtime 1764000000\nprocesses 9\n";
  system.files["/proc/uptime"] = "65.25 100.00\n";
  system.files["/proc/712/cwd"] = "/srv/app (deleted)";
  system.files["/proc/712/attr/current"] = std::string("unconfined\n\0", 12);
  system.files["/proc/712/cgroup"] = "0::/system.slice/app.service\n";
  OwnerTable::read(system, ProcessSource::Proc, Needs::Owners, NoUsers);
  for (const char* path :
       {"/proc/650", "/proc/stat", "/proc/uptime", "/proc/712/cwd", "/proc/712/attr", "/proc/712/cgroup"})
    CHECK_FALSE(system.was_accessed(path));
  const OwnerTable table =
      OwnerTable::read(system, ProcessSource::Proc,
                       Needs::Owners | Needs::Ancestry | Needs::ProcessTimes | Needs::WorkingDirectory |
                           Needs::SecurityContext | Needs::ProcessGroups,
                       NoUsers);
  const Process& process = *table.owners_of(600)[0].process;
  CHECK(process.parent_pid == 650);
  CHECK(process.ancestry == "sshd > ba) sh > x > python3");
  CHECK(process.started == 1764000005000000u);
  CHECK(process.age == 60250000u);
  CHECK(process.working_directory == "/srv/app (deleted)");
  CHECK(process.security_context == "unconfined");
  CHECK(process.unit == "app.service");
  CHECK(process.slice == "system.slice");
  CHECK(process.cgroup == "/system.slice/app.service");
  CHECK_FALSE(process.container_id);
  CHECK_FALSE(system.was_accessed("/var/lib/docker"));
}

TEST_CASE("ancestors that are gone or in a ring end the line") {
  FakeSystem system = machine();
  system.files["/proc/712/stat"] = "712 (a) S 713 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 500 1000";
  const auto ancestry = [&] {
    return *OwnerTable::read(system, ProcessSource::Proc, Needs::Owners | Needs::Ancestry, NoUsers)
                .owners_of(600)[0]
                .process->ancestry;
  };
  CHECK(ancestry() == "a");
  system.files["/proc/713/stat"] = "713 (b) S 712 2 3 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 500 1000";
  CHECK(ancestry().ends_with("a > b > a"));
}

TEST_CASE("a process in a container has its name, id, runtime and pod") {
  FakeSystem system = machine();
  const std::string id(64, 'c');
  system.files["/proc/712/cgroup"] = "0::/\n4:memory:/docker/" + id + "\n";
  const auto read = [&](Needs needs) {
    return *OwnerTable::read(system, ProcessSource::Proc, Needs::Owners | needs, NoUsers)
                .owners_of(600)[0]
                .process;
  };
  const Process by_path = read(Needs::ProcessGroups);
  CHECK(by_path.container_id == id);
  CHECK(by_path.container_runtime == "docker");
  CHECK_FALSE(by_path.container);
  CHECK(by_path.cgroup == "/docker/" + id);
  CHECK_FALSE(system.was_accessed("/var/lib/docker"));
  CHECK(read(Needs::Containers).container == id.substr(0, 12));
  system.files["/var/lib/docker/containers/" + id + "/config.v2.json"] =
      R"({"Name":"/k8s_nginx_nginx-7d4_shop_0d9c_0"})";
  const Process named = read(Needs::Containers);
  CHECK(named.container == "nginx");
  CHECK(named.container_pod == "shop/nginx-7d4");
  system.files["/var/lib/docker/containers/" + id + "/config.v2.json"] = "{";
  const OwnerTable broken =
      OwnerTable::read(system, ProcessSource::Proc, Needs::Owners | Needs::Containers, NoUsers);
  CHECK(broken.warnings().size() == 1);
}

TEST_CASE("times of the machine are read from texts that may be cut or odd") {
  CHECK(parse_boot_time("cpu 1\nbtime 1764000000\n") == 1764000000u);
  CHECK_FALSE(parse_boot_time("btime"));
  CHECK_FALSE(parse_boot_time("\nbtime -1\n"));
  CHECK(parse_uptime("65.25 100.00\n") == 65250000u);
  CHECK_FALSE(parse_uptime("65"));
  CHECK_FALSE(parse_uptime("65.x 1"));
  CHECK_FALSE(parse_uptime(""));
}

TEST_CASE("no /proc is an error that says so") {
  FakeSystem none;
  CHECK(OwnerTable::read(none, ProcessSource::Proc, Needs::Owners, NoUsers).error()->code == ENOENT);
  FakeSystem empty;
  empty.directories["/proc"] = {};
  const OwnerTable table = OwnerTable::read(empty, ProcessSource::Proc, Needs::Owners, NoUsers);
  REQUIRE(table.error());
  CHECK(table.error()->message() == "read /proc: no processes there");
}

TEST_CASE("the kernel's own list of open files is taken when many are open, or when it is asked for") {
  FakeSystem system = machine();
  system.files_of_sockets = {{600, 712, 712, 3}, {500, 712, 712, 4}, {500, 1, 1, 3}, {700, 712, 714, 9}};
  system.socket_files_error = 0;
  const auto by_bpf = [](const OwnerTable& table) { return !table.owners_of(700).empty(); };
  CHECK_FALSE(by_bpf(OwnerTable::read(system, ProcessSource::Auto, Needs::Owners, NoUsers)));
  CHECK(by_bpf(OwnerTable::read(system, ProcessSource::Bpf, Needs::Owners, NoUsers)));
  system.files["/proc/sys/fs/file-nr"] = "200000\t0\t9223372036854775807\n";
  const OwnerTable table = OwnerTable::read(system, ProcessSource::Auto, Needs::Owners, NoUsers);
  REQUIRE(by_bpf(table));
  CHECK_FALSE(by_bpf(OwnerTable::read(system, ProcessSource::Proc, Needs::Owners, NoUsers)));
  REQUIRE(table.owners_of(500).size() == 2);
  CHECK(table.owners_of(500)[0].process->pid == 1);
  CHECK(table.owners_of(500)[1].process->name == "sshd");
  CHECK(table.owners_of(700)[0].tid == 714);
}

TEST_CASE("without the right to BPF owners come from /proc, unless BPF alone is asked for") {
  FakeSystem system = machine();
  system.files["/proc/sys/fs/file-nr"] = "200000\t0\t9223372036854775807\n";
  system.socket_files_error = EPERM;
  CHECK(OwnerTable::read(system, ProcessSource::Auto, Needs::Owners, NoUsers).owners_of(500).size() == 2);
  const OwnerTable refused = OwnerTable::read(system, ProcessSource::Bpf, Needs::Owners, NoUsers);
  CHECK(refused.owners_of(500).empty());
  REQUIRE(refused.error());
  CHECK(refused.error()->message() == "load BPF program: Operation not permitted");
}

TEST_CASE("a process name may hold brackets, blanks and newlines") {
  const auto stat = parse_process_stat(stat_line("a) S (b\n\x1b[31m"));
  REQUIRE(stat);
  CHECK(stat->name == "a) S (b\n\x1b[31m");
  CHECK(stat->start_time == 98765);
  CHECK_FALSE(parse_process_stat("712 (sshd) S 1 2 3"));
  CHECK_FALSE(parse_process_stat(""));
  CHECK_FALSE(parse_process_stat(")("));
}

TEST_CASE("a command line is its arguments with blanks between them") {
  CHECK(join_command_line(std::string_view("nginx\0-g\0daemon off;\0", 21)) == "nginx -g daemon off;");
  CHECK(join_command_line("") == "");
  CHECK(join_command_line("nginx: master process") == "nginx: master process");
}

}  // namespace sockutils::test::owner_table_test
