/// Closing sockets of other processes, as `ss -K` does: SOCK_DESTROY of sock_diag(7).
///
///     SocketIdentity nobodys{.cookie = 1};
///     nobodys.local_address = nobodys.peer_address = *Address::parse("192.0.2.1");
///     const auto closed = close_socket(nobodys);
///     std::cout << closed.error().message() << '\n';  // prints: close ...
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/field.h"
#include "sockutils/value.h"

namespace sockutils {

/// Which socket is meant: the namespace and the cookie say it, the kernel wants the ends to find it by.
struct SocketIdentity {
  Family family = Family::Inet;
  Protocol protocol = Protocol::Tcp;
  /// SO_COOKIE. The kernel closes nothing whose cookie is another, so a socket that took the same
  /// addresses meanwhile is safe.
  std::uint64_t cookie = 0;
  /// Inode number of the network namespace, when it is known.
  std::optional<std::uint64_t> netns;
  Address local_address;
  Address peer_address;
  /// 0: none.
  std::uint16_t local_port = 0;
  std::uint16_t peer_port = 0;
  /// Index of the interface that the socket is bound to; 0: none.
  std::uint32_t interface = 0;

  friend bool operator==(const SocketIdentity&, const SocketIdentity&) = default;
};

/// The fields from which an identity is made, for `Query::fields`.
SOCKUTILS_EXPORT std::span<const Field* const> identity_fields();

/// The identity in the values of `identity_fields()`, in their order. No value when there is no cookie
/// (rows that come from /proc/net have none) or no internet socket. Thread safety: pure.
SOCKUTILS_EXPORT std::optional<SocketIdentity> identity_of(Values values);

/// Whether the kernel has a way to close sockets of this kind: TCP and UDP.
SOCKUTILS_EXPORT bool can_be_closed(Family family, Protocol protocol);

/// Closes a socket of the calling thread's network namespace. A TCP connection is reset, and its process
/// reads ECONNABORTED; so does that of a UDP socket, which stays bound when it was bound by hand.
///
/// Errors: EPERM without CAP_NET_ADMIN over the namespace; EOPNOTSUPP when the kernel was built without
/// CONFIG_INET_DIAG_DESTROY or cannot close this kind; ENOENT when there is no such socket any more; EXDEV
/// when it is in another namespace; EINVAL without a cookie.
/// Thread safety: may run in several threads at once. Source: inet_diag.c, tcp_diag.c and udp_diag.c of
/// Linux, 4.5 and later.
SOCKUTILS_EXPORT Result<void> close_socket(const SocketIdentity& identity);

}  // namespace sockutils
