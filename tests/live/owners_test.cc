#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <future>

#include "live/core_facts.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::owners_test {
namespace {

/// Who holds a socket, as (pid, thread, descriptor), in order.
using HolderIds = std::vector<std::array<std::int32_t, 3>>;

HolderIds ids_of(const SocketRow& row) {
  HolderIds ids;
  for (const Holder& holder : row.holders()) ids.push_back({holder.process.pid, holder.tid, holder.fd});
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::string comm_of(pid_t pid) { return proc_text("/proc/" + std::to_string(pid) + "/comm"); }

/// unix(7), SCM_RIGHTS.
void send_descriptor(const UniqueFd& channel, int fd) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  char byte = 'd';
  iovec data{&byte, 1};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  checked(static_cast<int>(sendmsg(channel.get(), &message, 0)), "sendmsg");
}

/// Takes a message and any descriptors in it, which stay open.
void receive_descriptor(const UniqueFd& channel) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  char byte = 0;
  iovec data{&byte, 1};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  checked(static_cast<int>(recvmsg(channel.get(), &message, 0)), "recvmsg");
}

TEST_CASE("a socket that is shared by fork has two owners") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const Child child([] { prctl(PR_SET_NAME, "the child"); });
  for (const Source source : BothSources) {
    const SocketRow row = find_row(listener, source);
    HolderIds expected{{getpid(), getpid(), listener.get()}, {child.pid(), child.pid(), listener.get()}};
    std::sort(expected.begin(), expected.end());
    CHECK(ids_of(row) == expected);
    for (const Holder& holder : row.holders()) CHECK(holder.process.name == comm_of(holder.process.pid));
    CHECK(row["process"].find("the child") != std::string::npos);
  }
}

TEST_CASE("a socket that a process holds twice is listed with both descriptors") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const UniqueFd second(checked(dup(listener.get()), "dup"));
  const HolderIds expected{{getpid(), getpid(), listener.get()}, {getpid(), getpid(), second.get()}};
  CHECK(ids_of(find_row(listener, Source::Netlink)) == expected);
}

TEST_CASE("a socket on its way between processes has no owner, and then its receiver") {
  REQUIRE_PRIVATE_NETWORK();
  const auto [sending, receiving] = make_socketpair(SOCK_STREAM);
  const auto [go_on, wait_here] = make_socketpair(SOCK_STREAM);
  const Child receiver([] {},
                       [&] {
                         char byte = 0;
                         checked(static_cast<int>(read(wait_here.get(), &byte, 1)), "read");
                         receive_descriptor(receiving);
                       });
  UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const std::string inode = std::to_string(inode_of(listener));
  send_descriptor(sending, listener.get());
  listener = UniqueFd();
  for (const Source source : BothSources) {
    const SocketRow row = Listing::take(source, kinds_of(Protocol::Tcp)).the_one("inode", inode);
    CHECK(row["processes"] == Absent);
    CHECK(row["kernel_owned"] == Absent);
    CHECK(row["uid"] == std::to_string(geteuid()));
  }
  send_text(go_on, "!");
  for (const Source source : BothSources) {
    const bool arrived = eventually([&] {
      const SocketRow row = Listing::take(source, kinds_of(Protocol::Tcp)).the_one("inode", inode);
      return row["pid"] == std::to_string(receiver.pid());
    });
    CHECK(arrived);
  }
}

TEST_CASE("a socket in a thread's own table of descriptors is listed with that thread") {
  REQUIRE_PRIVATE_NETWORK();
  std::promise<std::string> inode;
  std::promise<pid_t> tid;
  std::promise<int> descriptor;
  std::promise<void> done;
  std::thread thread([&, finish = done.get_future()]() mutable {
    checked(unshare(CLONE_FILES), "unshare");
    const UniqueFd listener = make_tcp_listener(AF_INET, 1);
    inode.set_value(std::to_string(inode_of(listener)));
    descriptor.set_value(listener.get());
    tid.set_value(gettid());
    finish.wait();
  });
  const HolderIds expected{{getpid(), tid.get_future().get(), descriptor.get_future().get()}};
  const std::string wanted = inode.get_future().get();
  std::vector<SocketRow> rows;
  for (const Source source : BothSources)
    for (const SocketRow& row : Listing::take(source, kinds_of(Protocol::Tcp)).where("inode", wanted))
      rows.push_back(row);
  done.set_value();
  thread.join();
  REQUIRE(rows.size() == 2);
  for (const SocketRow& row : rows) CHECK(ids_of(row) == expected);
}

/// Root in the first process id namespace, without any io_uring around.
bool sees_everything() {
  constexpr std::string_view FirstPidNamespace = "pid:[4026531836]";
  std::error_code refused;
  const auto target = std::filesystem::read_symlink("/proc/self/ns/pid", refused);
  const bool first = target == FirstPidNamespace && std::filesystem::exists("/proc/1/ns/net", refused);
  return first && std::system("ls -l /proc/*/fd 2>/dev/null | grep -q 'io_uring'") != 0;
}

TEST_CASE("a socket that the kernel holds for a tunnel has an inode and no owner") {
  REQUIRE_PRIVATE_NETWORK();
  constexpr const char* AddTunnel = "ip link add test0 type vxlan id 5 dstport 4789 dev lo 2>/dev/null";
  if (std::system(AddTunnel) != 0 || std::system("ip link set test0 up") != 0)
    SKIP_OUT_LOUD("no vxlan in this kernel, or no ip (iproute2)");
  for (const Source source : BothSources) {
    const Listing listing = Listing::take(source, {{Family::Inet, Protocol::Udp}});
    const SocketRow row = listing.the_one("local_port", "4789");
    CHECK(row["local_address"] == "0.0.0.0");
    CHECK(row.has("inode"));
    // Only who sees every process can tell that none holds it.
    const bool can_be_told =
        source == Source::Netlink && sees_everything() && !listing.report().owners_missing();
    CHECK(row["processes"] == (can_be_told ? "kernel" : Absent));
    CHECK(row["kernel_owned"] == (can_be_told ? "true" : Absent));
    CHECK(row.holders().empty());
  }
  CHECK(std::system("ip link delete test0") == 0);
}

TEST_CASE("process names of any bytes are listed as they are") {
  REQUIRE_PRIVATE_NETWORK();
  for (const std::string name : {"a) S 1 (b", "\x1b[31mred\x1b[0m", "new\nline", "  blanks  ", "((((", "))))",
                                 "\xff\xfe", "back\\slash", "15 bytes of it!", "[kworker/0:0]"}) {
    INFO(escape_text(name));
    std::optional<Child> child;
    std::string inode;
    {
      const UniqueFd listener = make_tcp_listener(AF_INET, 1);
      inode = std::to_string(inode_of(listener));
      child.emplace([&] { prctl(PR_SET_NAME, name.c_str()); });
    }
    for (const Source source : BothSources) {
      const SocketRow row = Listing::take(source, kinds_of(Protocol::Tcp)).the_one("inode", inode);
      CHECK(escape_text(row["process"]) == escape_text(name));
      CHECK(row["pid"] == std::to_string(child->pid()));
    }
  }
}

TEST_CASE("command line and executable are those of the program that a process runs now") {
  REQUIRE_PRIVATE_NETWORK();
  const std::string program = std::filesystem::exists("/usr/bin/sleep") ? "/usr/bin/sleep" : "/bin/sleep";
  const std::string odd_name = "sl\x1b[1mep";
  UniqueFd listener = make_tcp_listener(AF_INET, 1);
  checked(fcntl(listener.get(), F_SETFD, 0), "fcntl");
  const std::string inode = std::to_string(inode_of(listener));
  const Child child([] {}, [&] { execl(program.c_str(), odd_name.c_str(), "60", nullptr); });
  listener = UniqueFd();
  const std::string target = std::filesystem::canonical(program).string();
  std::optional<SocketRow> row;
  CHECK(eventually([&] {
    row = Listing::take(Source::Netlink, kinds_of(Protocol::Tcp)).the_one("inode", inode);
    // While a program starts it has no arguments yet.
    return (*row)["executable"] == target && !(*row)["command_line"].empty();
  }));
  CHECK((*row)["command_line"] == odd_name + " 60");
  CHECK((*row)["pid"] == std::to_string(child.pid()));
}

TEST_CASE("owners that come and go while they are read are no errors") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const std::string inode = std::to_string(inode_of(listener));
  // A process of its own: one that forks all the time copies every page that it touches.
  const Child churn([] {},
                    [&] {
                      for (;;) {
                        const UniqueFd fd(dup(listener.get()));
                        const pid_t pid = fork();
                        if (pid == 0) _exit(0);
                        if (pid > 0) waitpid(pid, nullptr, 0);
                      }
                    });
  for (int round = 0; round < 20; ++round) {
    const Listing listing = Listing::take(Source::Netlink, kinds_of(Protocol::Tcp));
    const std::vector<Holder> holders = listing.the_one("inode", inode).holders();
    CHECK(std::any_of(holders.begin(), holders.end(),
                      [](const Holder& holder) { return holder.process.pid == getpid(); }));
    CHECK(listing.report().warnings.empty());
  }
}

}  // namespace
}  // namespace sockutils::test::owners_test
