#include "support/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace sockutils::test {
namespace {

constexpr int PatienceInMilliseconds = 5000;

void wait_until_readable(int fd) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  if (checked(poll(&entry, 1, PatienceInMilliseconds), "poll") == 0)
    throw std::system_error(ETIMEDOUT, std::generic_category(), "poll");
}

void attach_filter(const UniqueFd& fd, sock_filter code) {
  const sock_fprog program{.len = 1, .filter = &code};
  set_option(fd, SOL_SOCKET, SO_ATTACH_FILTER, program);
}

}  // namespace

int checked(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), call);
  return result;
}

UniqueFd make_socket(int family, int type, int protocol) {
  return UniqueFd(checked(socket(family, type | SOCK_CLOEXEC, protocol), "socket"));
}

SocketAddress SocketAddress::v4(const char* host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host, &address.sin_addr);
  return SocketAddress(address);
}

SocketAddress SocketAddress::v6(const char* host, std::uint16_t port, unsigned scope) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_scope_id = scope;
  inet_pton(AF_INET6, host, &address.sin6_addr);
  return SocketAddress(address);
}

SocketAddress SocketAddress::unix_name(std::string_view sun_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length = sun_path.copy(address.sun_path, sizeof address.sun_path);
  return SocketAddress(address, offsetof(sockaddr_un, sun_path) + length);
}

SocketAddress SocketAddress::packet(std::uint16_t ether_type, int interface) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ether_type);
  address.sll_ifindex = interface;
  return SocketAddress(address);
}

SocketAddress SocketAddress::netlink(std::uint32_t port_id, std::uint32_t groups) {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_pid = port_id;
  address.nl_groups = groups;
  return SocketAddress(address);
}

SocketAddress SocketAddress::local_of(int fd) {
  SocketAddress address{sockaddr_storage{}};
  checked(getsockname(fd, reinterpret_cast<sockaddr*>(address.bytes_.data()), &address.size_), "getsockname");
  return address;
}

std::optional<SocketAddress> SocketAddress::peer_of(int fd) {
  SocketAddress address{sockaddr_storage{}};
  if (getpeername(fd, reinterpret_cast<sockaddr*>(address.bytes_.data()), &address.size_) != 0)
    return std::nullopt;
  return address;
}

std::string SocketAddress::host() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto v4 = as<sockaddr_in>();
  const auto v6 = as<sockaddr_in6>();
  const void* bytes = family() == AF_INET6 ? static_cast<const void*>(&v6.sin6_addr) : &v4.sin_addr;
  return inet_ntop(family(), bytes, text.data(), text.size());
}

std::uint16_t SocketAddress::port() const {
  return ntohs(family() == AF_INET6 ? as<sockaddr_in6>().sin6_port : as<sockaddr_in>().sin_port);
}

std::string SocketAddress::sun_path() const {
  const auto address = as<sockaddr_un>();
  // A path of the full size is given with a NUL after it, for which there is no room (unix(7), BUGS).
  const std::size_t length = std::min(size_ - offsetof(sockaddr_un, sun_path), sizeof address.sun_path);
  const std::string_view path(address.sun_path, length);
  if (path.empty() || path.front() == '\0') return std::string(path);
  return std::string(path.substr(0, path.find('\0')));
}

void bind_to(const UniqueFd& fd, const SocketAddress& address) {
  checked(bind(fd.get(), address.get(), address.size()), "bind");
}

void listen_on(const UniqueFd& fd, int backlog) { checked(listen(fd.get(), backlog), "listen"); }

void connect_to(const UniqueFd& fd, const SocketAddress& address) {
  checked(connect(fd.get(), address.get(), address.size()), "connect");
}

void begin_connecting(const UniqueFd& fd, const SocketAddress& address) {
  checked(fcntl(fd.get(), F_SETFL, O_NONBLOCK), "fcntl");
  if (connect(fd.get(), address.get(), address.size()) != 0 && errno == EINPROGRESS) return;
  throw std::system_error(EISCONN, std::generic_category(), "a connection that should have had to wait");
}

UniqueFd accept_from(const UniqueFd& listener) {
  wait_until_readable(listener.get());
  return UniqueFd(checked(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept"));
}

void send_text(const UniqueFd& fd, std::string_view text) {
  const int sent = checked(static_cast<int>(send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL)), "send");
  if (static_cast<std::size_t>(sent) != text.size())
    throw std::system_error(EMSGSIZE, std::generic_category(), "send");
}

void shut_down_sending(const UniqueFd& fd) { checked(shutdown(fd.get(), SHUT_WR), "shutdown"); }

std::pair<UniqueFd, UniqueFd> make_socketpair(int type) {
  std::array<int, 2> ends{};
  checked(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

std::string option_bytes(const UniqueFd& fd, int level, int name) {
  std::array<char, 512> buffer{};
  socklen_t size = buffer.size();
  checked(getsockopt(fd.get(), level, name, buffer.data(), &size), "getsockopt");
  return {buffer.data(), size};
}

void set_option_text(const UniqueFd& fd, int level, int name, std::string_view text) {
  checked(setsockopt(fd.get(), level, name, text.data(), static_cast<socklen_t>(text.size())), "setsockopt");
}

// A filter that accepts 0 bytes of each packet: socket(7), SO_ATTACH_FILTER.
void make_deaf(const UniqueFd& fd) { attach_filter(fd, BPF_STMT(BPF_RET | BPF_K, 0)); }

void make_hear(const UniqueFd& fd) { set_option(fd, SOL_SOCKET, SO_DETACH_FILTER, 0); }

std::uint64_t inode_of(const UniqueFd& fd) {
  struct stat status {};
  checked(fstat(fd.get(), &status), "fstat");
  return status.st_ino;
}

std::uint64_t cookie_of(const UniqueFd& fd) { return option<std::uint64_t>(fd, SOL_SOCKET, SO_COOKIE); }

int unread_bytes(const UniqueFd& fd) {
  int bytes = 0;
  checked(ioctl(fd.get(), SIOCINQ, &bytes), "SIOCINQ");
  return bytes;
}

int unacknowledged_bytes(const UniqueFd& fd) {
  int bytes = 0;
  checked(ioctl(fd.get(), SIOCOUTQ, &bytes), "SIOCOUTQ");
  return bytes;
}

SocketAddress loopback(int family, std::uint16_t port) {
  return family == AF_INET6 ? SocketAddress::v6("::1", port) : SocketAddress::v4("127.0.0.1", port);
}

UniqueFd make_tcp_listener(int family, int backlog) {
  UniqueFd listener = make_socket(family, SOCK_STREAM);
  bind_to(listener, loopback(family));
  listen_on(listener, backlog);
  return listener;
}

TcpConnection make_tcp_connection(int family) {
  TcpConnection connection;
  connection.listener = make_tcp_listener(family, 5);
  connection.client = make_socket(family, SOCK_STREAM);
  connect_to(connection.client, SocketAddress::local_of(connection.listener.get()));
  connection.server = accept_from(connection.listener);
  return connection;
}

}  // namespace sockutils::test
