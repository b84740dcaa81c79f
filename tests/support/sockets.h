/// Making real sockets, and asking the system what they are.
///
/// What the system refuses throws std::system_error, which fails the test case.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "common/unique_fd.h"

namespace sockutils::test {

/// `result`, unless it says that `call` failed.
int checked(int result, const char* call);

UniqueFd make_socket(int family, int type, int protocol = 0);

/// A socket address of any family.
class SocketAddress {
 public:
  static SocketAddress v4(const char* host, std::uint16_t port = 0);
  static SocketAddress v6(const char* host, std::uint16_t port = 0, unsigned scope = 0);
  /// sun_path as it is: an abstract name begins with a NUL.
  static SocketAddress unix_name(std::string_view sun_path);
  static SocketAddress packet(std::uint16_t ether_type, int interface);
  static SocketAddress netlink(std::uint32_t port_id, std::uint32_t groups);
  /// getsockname(2).
  static SocketAddress local_of(int fd);
  /// getpeername(2); no value without a peer.
  static std::optional<SocketAddress> peer_of(int fd);

  int family() const { return as<sockaddr>().sa_family; }
  /// As inet_ntop(3) writes it.
  std::string host() const;
  std::uint16_t port() const;
  /// As the system gives it, without the NUL that ends a path.
  std::string sun_path() const;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(bytes_.data()); }
  socklen_t size() const { return size_; }
  template <class T>
  T as() const {
    static_assert(sizeof(T) <= sizeof(sockaddr_storage));
    T address;
    std::memcpy(&address, bytes_.data(), sizeof address);
    return address;
  }

 private:
  template <class T>
  explicit SocketAddress(const T& address, std::size_t size = sizeof(T))
      : size_(static_cast<socklen_t>(size)) {
    std::memcpy(bytes_.data(), &address, sizeof address);
  }

  alignas(sockaddr_storage) std::array<std::byte, sizeof(sockaddr_storage)> bytes_{};
  socklen_t size_;
};

void bind_to(const UniqueFd& fd, const SocketAddress& address);
void listen_on(const UniqueFd& fd, int backlog);
void connect_to(const UniqueFd& fd, const SocketAddress& address);
/// Begins a connection that nobody will answer.
void begin_connecting(const UniqueFd& fd, const SocketAddress& address);
/// Waits at most some seconds.
UniqueFd accept_from(const UniqueFd& listener);
/// Sends all of `text`.
void send_text(const UniqueFd& fd, std::string_view text);
void shut_down_sending(const UniqueFd& fd);
std::pair<UniqueFd, UniqueFd> make_socketpair(int type);

template <class T>
T option(const UniqueFd& fd, int level, int name) {
  T value{};
  socklen_t size = sizeof value;
  checked(getsockopt(fd.get(), level, name, &value, &size), "getsockopt");
  return value;
}
/// An option that is bytes: as many as the kernel has.
std::string option_bytes(const UniqueFd& fd, int level, int name);
template <class T>
void set_option(const UniqueFd& fd, int level, int name, const T& value) {
  checked(setsockopt(fd.get(), level, name, &value, sizeof value), "setsockopt");
}
void set_option_text(const UniqueFd& fd, int level, int name, std::string_view text);

/// Makes a socket deaf: whatever arrives is dropped before the protocol sees it, so that the other end
/// waits for an answer.
void make_deaf(const UniqueFd& fd);
void make_hear(const UniqueFd& fd);

std::uint64_t inode_of(const UniqueFd& fd);
std::uint64_t cookie_of(const UniqueFd& fd);
/// Bytes that wait to be read, and bytes that wait to be acknowledged: SIOCINQ and SIOCOUTQ.
int unread_bytes(const UniqueFd& fd);
int unacknowledged_bytes(const UniqueFd& fd);

/// Whether `condition` comes true before a few seconds are over.
template <class Condition>
bool eventually(const Condition& condition, std::chrono::milliseconds limit = std::chrono::seconds(5)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

/// Listener, and both ends of a connection to it.
struct TcpConnection {
  UniqueFd listener;
  UniqueFd client;
  UniqueFd server;
};
TcpConnection make_tcp_connection(int family = AF_INET);
/// A socket of this family that listens on the loopback address.
UniqueFd make_tcp_listener(int family, int backlog);
SocketAddress loopback(int family, std::uint16_t port = 0);

}  // namespace sockutils::test
