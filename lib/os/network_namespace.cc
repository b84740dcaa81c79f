#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/nsfs.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <system_error>

#include "common/last_error.h"
#include "common/unique_fd.h"
#include "os/real_system.h"

namespace sockutils::real {
namespace {

std::string_view kind_of(int type) {
  switch (type) {
    case CLONE_NEWNS:
      return "a mount namespace";
    case CLONE_NEWPID:
      return "a process id namespace";
    case CLONE_NEWUSER:
      return "a user namespace";
    case CLONE_NEWUTS:
      return "a uts namespace";
    case CLONE_NEWIPC:
      return "an ipc namespace";
    case CLONE_NEWCGROUP:
      return "a cgroup namespace";
    default:
      return "another kind of namespace";
  }
}

/// The same path can lead to a fifo, or to a file that is no namespace at all.
Result<UniqueFd> open_namespace(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return tl::unexpected(last_error("open", path));
  // linux/nsfs.h: since 4.11.
  const int type = ioctl(fd.get(), NS_GET_NSTYPE);
  if (type == CLONE_NEWNET) return fd;
  std::string detail = type < 0 ? "not a namespace" : "not a network namespace but ";
  if (type >= 0) detail += kind_of(type);
  return tl::unexpected(Error{EINVAL, "enter", path, std::move(detail)});
}

std::optional<Address> address_of(const sockaddr* address) {
  Address found;
  if (address != nullptr && address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    std::memcpy(found.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
    return found;
  }
  if (address == nullptr || address->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, address, sizeof v6);
  std::memcpy(found.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  found.is_v6 = true;
  return found;
}

}  // namespace

Result<std::uint64_t> network_namespace(const std::string& path) {
  const auto fd = open_namespace(path);
  if (!fd) return tl::unexpected(fd.error());
  struct stat status {};
  if (fstat(fd->get(), &status) != 0) return tl::unexpected(last_error("stat", path));
  return status.st_ino;
}

Result<void> in_network_namespace(const std::string& path, const std::function<void()>& work) {
  const auto fd = open_namespace(path);
  if (!fd) return tl::unexpected(fd.error());
  const auto work_there = [&]() -> Result<void> {
    if (setns(fd->get(), CLONE_NEWNET) != 0) return tl::unexpected(last_error("enter", path));
    work();
    return {};
  };
  std::future<Result<void>> done;
  try {
    // A thread that has been elsewhere is no good for anything else: it ends here.
    done = std::async(std::launch::async, work_there);
  } catch (const std::system_error& error) {
    return tl::unexpected(Error{error.code().value(), "start a thread for", path, {}});
  }
  return done.get();
}

std::vector<Address> local_addresses() {
  std::vector<Address> addresses;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return addresses;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> list(first, freeifaddrs);
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next)
    if (const auto address = address_of(entry->ifa_addr)) addresses.push_back(*address);
  return addresses;
}

}  // namespace sockutils::real
