/// The typed values that fields give.
///
/// All are small, trivially copyable views: text, lists of text and owner lists stay valid as long as
/// the row, or the `Snapshot`, that gave them.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "sockutils/address.h"
#include "sockutils/process.h"
#include "sockutils/text_list.h"
#include "sockutils/types.h"

namespace sockutils {

/// What a field's values are: alone decides how they print, compare, sort and parse. Since: 0.1
enum class Type : std::uint8_t {
  Count,           ///< uint64: how many
  Identifier,      ///< uint64: a number that names something (pid, inode); never grouped or scaled
  Mask,            ///< uint64: a set of bits, hexadecimal in tables and text
  Bytes,           ///< uint64
  BytesPerSecond,  ///< uint64
  Microseconds,    ///< uint64
  Time,            ///< uint64: a point in time, in microseconds since 1970-01-01 00:00 UTC
  Port,            ///< uint64: 1 to 65535; the filter also takes service names
  Flag,            ///< bool
  Text,            ///< string_view; any bytes
  Address,         ///< Address
  Endpoint,        ///< Endpoint
  Family,          ///< Family
  Protocol,        ///< Protocol
  State,           ///< State
  Owners,          ///< span of Owner; an empty one: the kernel, and no process, holds the socket
  List,            ///< TextList: several texts, any of which a filter may match
};

/// One end of a socket, for people: address and port, or whatever the family has instead. Since: 0.1
struct Endpoint {
  /// Set for the internet families.
  std::optional<Address> address;
  std::optional<std::uint16_t> port;
  /// A host name or a scope's interface, when names were asked for; else empty.
  std::string_view host;
  std::string_view scope;
  /// Index of the interface, written when `scope` holds no name; 0 when there is none.
  std::uint32_t scope_id = 0;
  /// Instead of address and port: a path, a netlink port id, an Ethernet protocol.
  std::string_view text;
  /// The wildcard of a socket that takes IPv4 and IPv6.
  bool dual_stack = false;
  /// Nothing is there: the peer of a listener. Prints as `*`.
  bool any = false;
};

struct Value;

/// One value per owner, in the owners' order: what `pid`, `fd`, `process` ... give. Since: 0.1
struct PerOwner {
  std::span<const Owner> owners;
  std::optional<Value> (*get)(const Owner&) = nullptr;
};

/// A value of one of the types of `Type`. Since: 0.1
struct Value : std::variant<bool, std::uint64_t, std::string_view, Address, Endpoint, Family, Protocol, State,
                            std::span<const Owner>, PerOwner, TextList> {
  using variant::variant;
};

/// What a field gives: absent is not zero.
using OptionalValue = std::optional<Value>;

/// The values of one row, in the order of the query's fields.
using Values = std::span<const OptionalValue>;

}  // namespace sockutils
