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

/// Identifies a socket. The namespace and the cookie are the identity; the kernel needs the two ends to find
/// it.
struct SocketIdentity {
  Family family = Family::Inet;
  Protocol protocol = Protocol::Tcp;
  /// SO_COOKIE. The kernel closes only the socket with this cookie, so a newer socket with the same addresses
  /// is safe.
  std::uint64_t cookie = 0;
  /// Inode number of the network namespace, if known.
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

/// The fields that an identity consists of, for `Query::fields`.
SOCKUTILS_EXPORT std::span<const Field* const> identity_fields();

/// Makes an identity from the values of `identity_fields()`, in their order. No value when there is no cookie
/// (rows from /proc/net have none) or it is not an internet socket. Thread safety: pure.
SOCKUTILS_EXPORT std::optional<SocketIdentity> identity_of(Values values);

/// Whether the kernel can close sockets of this kind: TCP and UDP.
SOCKUTILS_EXPORT bool can_be_closed(Family family, Protocol protocol);

/// Closes a socket of the calling thread's network namespace. A TCP connection is reset, and its process gets
/// ECONNABORTED. The process of a UDP socket gets it too; the socket stays bound if it was bound explicitly.
///
/// Errors: EPERM without CAP_NET_ADMIN over the namespace; EOPNOTSUPP when the kernel was built without
/// CONFIG_INET_DIAG_DESTROY or cannot close this kind; ENOENT when the socket no longer exists; EXDEV when it
/// is in another namespace; EINVAL without a cookie.
/// Thread safety: may run in several threads at once. Source: inet_diag.c, tcp_diag.c and udp_diag.c of
/// Linux, 4.5 and later.
SOCKUTILS_EXPORT Result<void> close_socket(const SocketIdentity& identity);

}  // namespace sockutils
