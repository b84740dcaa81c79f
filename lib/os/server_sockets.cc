#include "os/server_sockets.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "common/last_error.h"
#include "os/socket_name.h"

namespace sockutils {
namespace {

bool switch_on(int fd, int level, int name) {
  const int on = 1;
  return ::setsockopt(fd, level, name, &on, sizeof on) == 0;
}

std::uint16_t port_in(const sockaddr_storage& name) {
  in_port_t port = 0;
  // sin_port and sin6_port stand at the same place.
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  std::memcpy(&port, reinterpret_cast<const char*>(&name) + offsetof(sockaddr_in, sin_port), sizeof port);
  return ntohs(port);
}

Sockaddr end_in(const sockaddr_storage& name, socklen_t size) {
  return {address_from(&name, size).value_or(Address{}), port_in(name)};
}

Result<UniqueFd> open_bound(const Sockaddr& at, int type) {
  const bool is_v6 = at.address.is_v6;
  UniqueFd fd(::socket(is_v6 ? AF_INET6 : AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return tl::unexpected(last_error("open", "socket"));
  if (is_v6) switch_on(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  // For TCP it lets a port be bound that old connections still linger on; for UDP it would share the port.
  if (type == SOCK_STREAM) switch_on(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  const SocketName name(at.address, at.port);
  if (::bind(fd.get(), name.get(), name.size()) != 0)
    return tl::unexpected(last_error("bind to", to_string(at)));
  return fd;
}

template <class T>
std::optional<T> control_value(const cmsghdr* header) {
  T value;
  if (header->cmsg_len < CMSG_LEN(sizeof value)) return std::nullopt;
  std::memcpy(&value, CMSG_DATA(header), sizeof value);
  return value;
}

/// TOS comes as one byte (IPv4) or as a number.
std::optional<std::uint8_t> control_byte(const cmsghdr* header) {
  if (header->cmsg_len < CMSG_LEN(sizeof(int))) return control_value<std::uint8_t>(header);
  return static_cast<std::uint8_t>(*control_value<int>(header));
}

void read_ipv4_control(const cmsghdr* header, DatagramHead& head) {
  if (header->cmsg_type == IP_TTL) head.ttl = control_byte(header);
  if (header->cmsg_type == IP_TOS) head.tos = control_byte(header);
  if (header->cmsg_type != IP_PKTINFO) return;
  const auto info = control_value<in_pktinfo>(header);
  if (!info) return;
  // ip(7): the address in the packet, and the one of ours that answers for it.
  head.is_broadcast = info->ipi_addr.s_addr != info->ipi_spec_dst.s_addr;
  head.to.emplace();
  std::memcpy(head.to->bytes.data(), &info->ipi_spec_dst, sizeof info->ipi_spec_dst);
}

void read_ipv6_control(const cmsghdr* header, DatagramHead& head) {
  if (header->cmsg_type == IPV6_HOPLIMIT) head.ttl = control_byte(header);
  if (header->cmsg_type == IPV6_TCLASS) head.tos = control_byte(header);
  if (header->cmsg_type != IPV6_PKTINFO) return;
  const auto info = control_value<in6_pktinfo>(header);
  if (!info) return;
  head.is_broadcast = IN6_IS_ADDR_MULTICAST(&info->ipi6_addr);
  head.to.emplace();
  head.to->is_v6 = true;
  std::memcpy(head.to->bytes.data(), &info->ipi6_addr, sizeof info->ipi6_addr);
}

template <class T>
void set_control(msghdr& message, std::span<char> room, int level, int type, const T& value) {
  message.msg_control = room.data();
  message.msg_controllen = CMSG_SPACE(sizeof value);
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(header), &value, sizeof value);
}

void set_source(msghdr& message, std::span<char> room, const Address& from) {
  if (from.is_v6) {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, from.bytes.data(), sizeof info.ipi6_addr);
    set_control(message, room, IPPROTO_IPV6, IPV6_PKTINFO, info);
  } else {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, from.bytes.data(), sizeof info.ipi_spec_dst);
    set_control(message, room, IPPROTO_IP, IP_PKTINFO, info);
  }
}

}  // namespace

Result<UniqueFd> open_listener(const Sockaddr& at, bool save_syn) {
  auto fd = open_bound(at, SOCK_STREAM);
  if (!fd) return fd;
  if (save_syn && !switch_on(fd->get(), IPPROTO_TCP, TCP_SAVE_SYN))
    return tl::unexpected(last_error("save SYN packets of", to_string(at)));
  constexpr int Backlog = 1024;
  if (::listen(fd->get(), Backlog) != 0) return tl::unexpected(last_error("listen on", to_string(at)));
  return fd;
}

Result<UniqueFd> adopt_listener(int fd) {
  int listens = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0)
    return tl::unexpected(Error{EINVAL, "adopt", "socket", "it does not listen"});
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!copy || ::fcntl(copy.get(), F_SETFL, O_NONBLOCK) != 0)
    return tl::unexpected(last_error("adopt", "socket"));
  return copy;
}

Result<UniqueFd> open_datagram_socket(const Sockaddr& at) {
  auto fd = open_bound(at, SOCK_DGRAM);
  if (!fd) return fd;
  const int level = at.address.is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
  switch_on(fd->get(), level, at.address.is_v6 ? IPV6_RECVPKTINFO : IP_PKTINFO);
  switch_on(fd->get(), level, at.address.is_v6 ? IPV6_RECVHOPLIMIT : IP_RECVTTL);
  switch_on(fd->get(), level, at.address.is_v6 ? IPV6_RECVTCLASS : IP_RECVTOS);
  return fd;
}

Result<Sockaddr> local_end(int fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0)
    return tl::unexpected(last_error("name", "socket"));
  return end_in(name, size);
}

Result<AcceptedConnection> accept_connection(int listener) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  UniqueFd fd(::accept4(listener, reinterpret_cast<sockaddr*>(&name), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) return tl::unexpected(last_error("accept", ""));
  return AcceptedConnection{std::move(fd), end_in(name, size)};
}

Result<std::size_t> receive_bytes(int fd, std::span<char> room) {
  const ssize_t size = ::recv(fd, room.data(), room.size(), MSG_DONTWAIT);
  if (size < 0) return tl::unexpected(last_error("receive", ""));
  return static_cast<std::size_t>(size);
}

Result<std::size_t> send_bytes(int fd, std::string_view bytes) {
  const ssize_t size = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (size < 0) return tl::unexpected(last_error("send", ""));
  return static_cast<std::size_t>(size);
}

void end_sending(int fd) { ::shutdown(fd, SHUT_WR); }

Result<DatagramHead> receive_datagram(int fd, std::span<char> room) {
  sockaddr_storage name{};
  alignas(cmsghdr) std::array<char, 256> control;
  iovec piece{room.data(), room.size()};
  msghdr message{};
  message.msg_name = &name;
  message.msg_namelen = sizeof name;
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = ::recvmsg(fd, &message, MSG_DONTWAIT);
  if (size < 0) return tl::unexpected(last_error("receive", ""));
  DatagramHead head;
  head.size = static_cast<std::size_t>(size);
  head.from = end_in(name, message.msg_namelen);
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == IPPROTO_IP) read_ipv4_control(header, head);
    if (header->cmsg_level == IPPROTO_IPV6) read_ipv6_control(header, head);
  }
  return head;
}

Result<void> send_datagram(int fd, std::string_view bytes, const Sockaddr& to,
                           const std::optional<Address>& from) {
  SocketName name(to.address, to.port);
  alignas(cmsghdr) std::array<char, 64> control{};
  std::string copy(bytes);
  iovec piece{copy.data(), copy.size()};
  msghdr message{};
  sockaddr_storage storage{};
  std::memcpy(&storage, name.get(), name.size());
  message.msg_name = &storage;
  message.msg_namelen = name.size();
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  if (from) set_source(message, control, *from);
  if (::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    return tl::unexpected(last_error("send to", to_string(to)));
  return {};
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
  rlim_t open = 0;
  while (folder && ::readdir(folder.get()) != nullptr) ++open;
  return limit.rlim_cur > open ? limit.rlim_cur - open : 0;
}

}  // namespace sockutils
