#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>
#include <system_error>

#include "common/last_error.h"
#include "common/parse_number.h"
#include "common/text.h"
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

/// `/proc/712/fd/9` or `/proc/712/task/714/fd/9`.
struct Descriptor {
  std::int32_t pid;
  std::int32_t tid;
  std::int32_t fd;
};
std::optional<Descriptor> parse_descriptor(std::string path) {
  std::replace(path.begin(), path.end(), '/', ' ');
  const auto words = split_words(path);
  const auto number = [&](std::size_t index) { return parse_number<std::uint32_t>(words[index]); };
  const bool of_process = words.size() == 4 && words[0] == "proc" && words[2] == "fd";
  const bool of_thread = words.size() == 6 && words[0] == "proc" && words[2] == "task" && words[4] == "fd";
  if (!of_process && !of_thread) return std::nullopt;
  const auto pid = number(1), tid = number(of_thread ? 3 : 1), fd = number(words.size() - 1);
  if (!pid || !tid || !fd) return std::nullopt;
  return Descriptor{static_cast<std::int32_t>(*pid), static_cast<std::int32_t>(*tid),
                    static_cast<std::int32_t>(*fd)};
}

/// The socket itself, as pidfd_getfd(2) copies it (5.6); of a thread with descriptors of its own since 6.9.
Result<UniqueFd> copy_socket(const std::string& path) {
  const auto from = parse_descriptor(path);
  if (!from) return tl::unexpected(Error{ENXIO, "open", path, {}});
  constexpr unsigned Thread = O_EXCL;  // PIDFD_THREAD of linux/pidfd.h
  const UniqueFd process(
      static_cast<int>(syscall(SYS_pidfd_open, from->tid, from->tid != from->pid ? Thread : 0)));
  if (!process) return tl::unexpected(last_error("open process of", path));
  UniqueFd copy(static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), from->fd, 0)));
  if (!copy) return tl::unexpected(last_error("copy descriptor", path));
  return copy;
}

/// SO_NETNS_COOKIE of socket(7) (5.14), which takes no privilege. 0 when the kernel is too old.
std::uint64_t namespace_cookie(const UniqueFd& socket) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  return getsockopt(socket.get(), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

/// The namespace of a socket that somebody holds, which need not be that of a process. Errors: EPERM without
/// CAP_NET_ADMIN there, unless it is that of the calling thread.
Result<UniqueFd> namespace_of_socket(const std::string& path) {
  const auto socket = copy_socket(path);
  if (!socket) return tl::unexpected(socket.error());
  UniqueFd found(ioctl(socket->get(), SIOCGSKNS));
  if (found) return found;
  const Error refusal = last_error("ask for the namespace of", path);
  const UniqueFd own(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const std::uint64_t cookie = own ? namespace_cookie(own) : 0;
  if (cookie == 0 || cookie != namespace_cookie(*socket)) return tl::unexpected(refusal);
  UniqueFd here(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!here) return tl::unexpected(last_error("open", "/proc/thread-self/ns/net"));
  return here;
}

/// The same path can lead to a fifo, or to a file that is no namespace at all.
Result<UniqueFd> open_namespace(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  // open(2): a socket cannot be opened.
  if (!fd && errno == ENXIO) {
    auto of_socket = namespace_of_socket(path);
    if (!of_socket) return of_socket;
    fd = std::move(*of_socket);
  }
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
