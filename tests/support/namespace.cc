#include "support/namespace.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <future>
#include <system_error>

#include "support/sockets.h"

namespace sockutils::test {
namespace {

std::string map_of(unsigned id) { return std::to_string(id) + " " + std::to_string(id) + " 1"; }

void unshare_network() {
  if (unshare(CLONE_NEWNET) == 0) return;
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  checked(unshare(CLONE_NEWUSER | CLONE_NEWNET), "unshare");
  // An ordinary user has to give up setgroups(2) before it may map groups, user_namespaces(7).
  write_kernel_file("/proc/thread-self/setgroups", "deny");
  write_kernel_file("/proc/thread-self/uid_map", map_of(uid));
  write_kernel_file("/proc/thread-self/gid_map", map_of(gid));
}

void bring_up_loopback() {
  const UniqueFd fd = make_socket(AF_INET, SOCK_DGRAM);
  ifreq request{};
  std::string("lo").copy(request.ifr_name, IFNAMSIZ - 1);
  checked(ioctl(fd.get(), SIOCGIFFLAGS, &request), "SIOCGIFFLAGS");
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  checked(ioctl(fd.get(), SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
}

/// See icmp(7): nobody may make ping sockets in a new namespace.
void allow_ping_sockets() {
  const std::string gid = std::to_string(getegid());
  write_kernel_file("/proc/sys/net/ipv4/ping_group_range", gid + " " + gid);
}

/// capabilities(7): what is permitted becomes inheritable, and then ambient.
void pass_on_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0) return;
  for (auto& set : sets) set.inheritable = set.permitted;
  syscall(SYS_capset, &header, sets.data());
  constexpr unsigned long Capabilities = 64;
  for (unsigned long capability = 0; capability < Capabilities; ++capability)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
}

std::string try_to_enter() {
  try {
    unshare_network();
    bring_up_loopback();
    allow_ping_sockets();
  } catch (const std::system_error& error) {
    return std::string("no network namespace of our own: ") + error.what();
  }
  return {};
}

}  // namespace

const std::string& enter_private_network() {
  static const std::string problem = try_to_enter();
  return problem;
}

void enter_new_network() {
  checked(unshare(CLONE_NEWNET), "unshare");
  bring_up_loopback();
}

void drop_capabilities_of_thread() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> none{};
  checked(static_cast<int>(syscall(SYS_capset, &header, none.data())), "capset");
}

void in_network_of(pid_t pid, const std::function<void()>& body) {
  const std::string path = "/proc/" + std::to_string(pid) + "/ns/net";
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  checked(fd.get(), "open");
  std::async(std::launch::async, [&] {
    checked(setns(fd.get(), CLONE_NEWNET), "setns");
    body();
  }).get();
}

bool run_with_rights(const std::string& command) {
  pass_on_capabilities();
  const bool worked = std::system(command.c_str()) == 0;
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  return worked;
}

void write_kernel_file(const std::string& path, const std::string& text) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd) throw std::system_error(errno, std::generic_category(), "open " + path);
  if (write(fd.get(), text.data(), text.size()) < 0)
    throw std::system_error(errno, std::generic_category(), "write " + path);
}

}  // namespace sockutils::test
