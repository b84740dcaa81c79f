#include "os/probe_sockets.h"

#include <dirent.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "common/last_error.h"
#include "common/unique_fd.h"
#include "os/server_sockets.h"
#include "os/socket_name.h"
#include "sockutils/capture.h"

namespace sockutils {
namespace {

/// From linux/in.h and linux/in6.h, which do not go together with those of the C library.
constexpr int RecvErr4 = 11;
constexpr int RecvErr6 = 25;
constexpr int MtuDiscover4 = 10;
constexpr int MtuDiscover6 = 23;
constexpr int ProbeMtu = 3;

bool set_number(int fd, int level, int name, int value) {
  return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

Result<void> set_near_end(int fd, bool is_v6, const NearEnd& near) {
  if (!near.interface.empty() && ::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, near.interface.c_str(),
                                              static_cast<socklen_t>(near.interface.size() + 1)) != 0)
    return tl::unexpected(last_error("use interface", near.interface));
  const int level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
  if (near.ttl && !set_number(fd, level, is_v6 ? IPV6_UNICAST_HOPS : IP_TTL, *near.ttl))
    return tl::unexpected(last_error("set", "TTL"));
  if (near.dscp && !set_number(fd, level, is_v6 ? IPV6_TCLASS : IP_TOS, *near.dscp << 2))
    return tl::unexpected(last_error("set", "DSCP"));
  if (!near.source) return {};
  set_number(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  // Ports are chosen when the other end is known, so that each may be used towards many ends.
  if (near.source_port == 0) set_number(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  const SocketName name(*near.source, near.source_port);
  if (::bind(fd, name.get(), name.size()) != 0)
    return tl::unexpected(last_error("bind to", near.source->to_string()));
  return {};
}

std::optional<IcmpError> read_error(const cmsghdr* header) {
  const bool is_v4 = header->cmsg_level == IPPROTO_IP && header->cmsg_type == RecvErr4;
  const bool is_v6 = header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == RecvErr6;
  if ((!is_v4 && !is_v6) || header->cmsg_len < CMSG_LEN(sizeof(sock_extended_err))) return std::nullopt;
  sock_extended_err error{};
  std::memcpy(&error, CMSG_DATA(header), sizeof error);
  // The interface has no room for it: the same as when a router says so.
  if (error.ee_origin == SO_EE_ORIGIN_LOCAL && error.ee_errno == EMSGSIZE)
    return is_v4 ? IcmpError{false, 3, 4, {}, error.ee_info} : IcmpError{true, 2, 0, {}, error.ee_info};
  if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6) return std::nullopt;
  IcmpError icmp{error.ee_origin == SO_EE_ORIGIN_ICMP6, error.ee_type, error.ee_code, {}, 0};
  if (error.ee_errno == EMSGSIZE) icmp.mtu = error.ee_info;
  const std::size_t room = header->cmsg_len - CMSG_LEN(sizeof error);
  icmp.from = address_from(CMSG_DATA(header) + sizeof error, room);
  return icmp;
}

/// The first ICMP error in the queue; what else is in it is taken out.
std::optional<IcmpError> take_error(int fd) {
  std::optional<IcmpError> found;
  for (;;) {
    alignas(cmsghdr) std::array<char, 512> control;
    std::array<char, 1> data;
    iovec piece{data.data(), data.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return found;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header))
      if (!found) found = read_error(header);
  }
}

int open_descriptors() {
  int count = 0;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
  while (folder && ::readdir(folder.get()) != nullptr) ++count;
  return count;
}

class RealProbeSockets final : public ProbeSockets {
 public:
  RealProbeSockets(UniqueFd epoll, std::shared_ptr<CaptureFlows> flows)
      : epoll_(std::move(epoll)), flows_(std::move(flows)) {}

  Clock::time_point now() const override { return Clock::now(); }

  std::size_t descriptors_left() override {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
    const auto open = static_cast<rlim_t>(open_descriptors());
    return limit.rlim_cur > open ? limit.rlim_cur - open : 0;
  }

  Result<int> open(const FarEnd& end, const NearEnd& near) override {
    const bool is_unix = !end.path.empty();
    const int family = is_unix ? AF_UNIX : end.address.is_v6 ? AF_INET6 : AF_INET;
    const int type = end.protocol == Protocol::Udp ? SOCK_DGRAM : SOCK_STREAM;
    UniqueFd fd(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return tl::unexpected(last_error("open", "socket"));
    if (!is_unix) {
      const bool is_v6 = end.address.is_v6;
      set_number(fd.get(), is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? RecvErr6 : RecvErr4, 1);
      if (auto set = set_near_end(fd.get(), is_v6, near); !set) return tl::unexpected(set.error());
    }
    return fd.release();
  }

  Outcome connect(int socket, const FarEnd& end) override {
    const SocketName name = end.path.empty() ? SocketName(end.address, end.port) : SocketName(end.path);
    const bool connected = ::connect(socket, name.get(), name.size()) == 0;
    const int first_error = errno;
    // Before the next call, which takes the port away from a connection that was refused.
    if (flows_ && end.path.empty()) tell_port(socket, end.protocol);
    errno = first_error;
    if (connected) return {};
    // On this machine the answer is there already, but only the next call is told (the socket was locked).
    if (errno == EINPROGRESS && ::connect(socket, name.get(), name.size()) == 0) return {};
    const int error = errno == EALREADY ? EINPROGRESS : errno;
    if (error == EINPROGRESS || !end.path.empty()) return {error, {}};
    return {error, take_error(socket)};
  }

  Outcome outcome(int socket) override {
    Outcome result;
    result.icmp = take_error(socket);
    socklen_t size = sizeof result.error;
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &result.error, &size) != 0) result.error = errno;
    if (result.error != 0 || result.icmp) return result;
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &length) != 0) result.error = EINPROGRESS;
    return result;
  }

  bool met_itself(int socket) override {
    sockaddr_storage ours{};
    sockaddr_storage theirs{};
    socklen_t our_size = sizeof ours;
    socklen_t their_size = sizeof theirs;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&ours), &our_size) != 0) return false;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&theirs), &their_size) != 0) return false;
    return our_size == their_size && std::memcmp(&ours, &theirs, our_size) == 0;
  }

  void forbid_fragments(int socket, bool is_v6) override {
    set_number(socket, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? MtuDiscover6 : MtuDiscover4, ProbeMtu);
  }

  Result<std::size_t> send(int socket, std::string_view bytes) override {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return tl::unexpected(last_error("send", ""));
    return static_cast<std::size_t>(sent);
  }

  Result<std::size_t> receive(int socket, std::string& into, std::size_t limit) override {
    const std::size_t before = into.size();
    into.resize(before + limit);
    const ssize_t length = ::recv(socket, into.data() + before, limit, 0);
    into.resize(before + static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    if (length < 0) return tl::unexpected(last_error("receive", ""));
    return static_cast<std::size_t>(length);
  }

  void watch(int socket, std::uint64_t tag, Interest interest) override {
    epoll_event event{};
    event.events = (interest.readable ? EPOLLIN | EPOLLRDHUP : 0u) | (interest.writable ? EPOLLOUT : 0u);
    event.data.u64 = tag;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &event) != 0 && errno == EEXIST)
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, socket, &event);
  }

  void close(int socket) override { ::close(socket); }

  void abort(int socket) override {
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket);
  }

  const std::vector<std::uint64_t>& wait(std::chrono::microseconds limit) override {
    std::array<epoll_event, 256> events;
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(std::max(limit, limit.zero()));
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(),
                                   static_cast<int>(std::min<std::int64_t>(milliseconds.count(), 60'000)));
    ready_.clear();
    for (int i = 0; i < count; ++i) {
      // A copy: on x86-64 the structure is packed, and a reference into it would not be aligned.
      const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
      ready_.push_back(tag);
    }
    return ready_;
  }

 private:
  void tell_port(int socket, Protocol protocol) const {
    if (const auto local = local_end(socket)) flows_->add_near_port(protocol, local->port);
  }

  UniqueFd epoll_;
  /// Null when nobody wants to know.
  std::shared_ptr<CaptureFlows> flows_;
  std::vector<std::uint64_t> ready_;
};

}  // namespace

Result<std::unique_ptr<ProbeSockets>> open_probe_sockets(std::shared_ptr<CaptureFlows> flows) {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return tl::unexpected(last_error("open", "epoll"));
  return std::make_unique<RealProbeSockets>(std::move(epoll), std::move(flows));
}

}  // namespace sockutils
