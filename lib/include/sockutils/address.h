/// Internet addresses.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sockutils/export.h"

namespace sockutils {

/// An IPv4 or IPv6 address. A plain value: cheap to copy, safe to share between threads. Since: 0.1
struct Address {
  /// Network byte order; an IPv4 address uses the first four bytes.
  std::array<std::uint8_t, 16> bytes{};
  bool is_v6 = false;
  /// Index of the interface that a link-local IPv6 address belongs to (RFC 4007); 0 when none.
  std::uint32_t scope_id = 0;

  /// `0.0.0.0` or `::`.
  SOCKUTILS_EXPORT bool is_wildcard() const;
  /// In 127.0.0.0/8 (also when v4-mapped), or `::1`.
  SOCKUTILS_EXPORT bool is_loopback() const;
  /// In 169.254.0.0/16 or fe80::/10.
  SOCKUTILS_EXPORT bool is_link_local() const;
  /// In ::ffff:0:0/96 (RFC 4291, 2.5.5.2).
  SOCKUTILS_EXPORT bool is_v4_mapped() const;

  /// The form of inet_ntop(3), without scope.
  SOCKUTILS_EXPORT std::string to_string() const;

  /// Reads what inet_pton(3) reads. No value: `text` is not an address.
  SOCKUTILS_EXPORT static std::optional<Address> parse(std::string_view text);
  /// From 4 bytes in network order.
  SOCKUTILS_EXPORT static Address v4(std::array<std::uint8_t, 4> bytes);

  friend auto operator<=>(const Address&, const Address&) = default;
};

/// Whether `address` begins with the first `length` bits of `prefix`, as the kernel compares in
/// INET_DIAG_BC_S_COND: an IPv4 prefix also covers v4-mapped IPv6 addresses, an IPv6 prefix no IPv4
/// address. Since: 0.1
SOCKUTILS_EXPORT bool matches_prefix(const Address& address, const Address& prefix, unsigned length);

}  // namespace sockutils
