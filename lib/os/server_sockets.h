/// Sockets that others come to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/unique_fd.h"
#include "os/sockaddr.h"
#include "sockutils/error.h"
#include "sockutils/value.h"

namespace sockutils {

/// A socket that takes connections; none of it blocks. IPv6 alone where the address is `::`. With `save_syn`
/// `saved_syn()` works on what is accepted. Errors: as socket(2), bind(2), listen(2).
Result<UniqueFd> open_listener(const Sockaddr& at, bool save_syn = false);

/// A copy of a socket that listens for TCP already; none of it blocks. Errors: EINVAL when it does not
/// listen.
Result<UniqueFd> adopt_listener(int fd);

/// A socket for datagrams, which come with their TTL, TOS and the address they were sent to. Errors: as
/// socket(2), bind(2).
Result<UniqueFd> open_datagram_socket(const Sockaddr& at);

/// The address and port that a socket is bound to. Errors: as getsockname(2).
Result<Sockaddr> local_end(int fd);

struct AcceptedConnection {
  UniqueFd fd;
  Sockaddr peer;
};
/// Errors: as accept(2): EAGAIN when nobody waits.
Result<AcceptedConnection> accept_connection(int listener);

/// 0 at the end of the stream. Errors: as recv(2): EAGAIN when there is nothing.
Result<std::size_t> receive_bytes(int fd, std::span<char> room);
/// How many were taken. Errors: as send(2): EAGAIN when there is no room.
Result<std::size_t> send_bytes(int fd, std::string_view bytes);
/// Says that nothing more will be sent.
void end_sending(int fd);

/// What is known of a datagram beside its bytes.
struct DatagramHead {
  /// Bytes that were received.
  std::size_t size = 0;
  Sockaddr from;
  /// The address of ours that it was sent to.
  std::optional<Address> to;
  /// Sent to everybody rather than to us.
  bool is_broadcast = false;
  std::optional<std::uint8_t> ttl;
  /// DSCP and ECN.
  std::optional<std::uint8_t> tos;
};
/// Errors: as recvmsg(2): EAGAIN when there is nothing.
Result<DatagramHead> receive_datagram(int fd, std::span<char> room);
/// Sends from the address `from`, when there is one. Errors: as sendmsg(2).
Result<void> send_datagram(int fd, std::string_view bytes, const Sockaddr& to,
                           const std::optional<Address>& from);

/// Raises the limit of open files as far as it may; how many more may be opened then.
std::size_t raise_descriptor_limit();

}  // namespace sockutils
