/// Walking netlink attributes (struct nlattr, RFC 3549) inside bytes that may be cut or hostile.
/// libmnl's walkers take whole messages from a socket and live in system/; decoders are pure and get
/// a span.
#pragma once

#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "common/bytes.h"

namespace sockutils {

/// Messages and attributes start at multiples of four (NLMSG_ALIGNTO, NLA_ALIGNTO).
constexpr std::size_t align4(std::size_t length) { return (length + 3) & ~std::size_t{3}; }

/// What follows a fixed part of `length` bytes; empty when nothing does.
inline ByteView after(ByteView bytes, std::size_t length) {
  return bytes.subspan(align4(length) < bytes.size() ? align4(length) : bytes.size());
}

/// Calls `visit(type, payload)` for each attribute. False when the bytes end inside one, or a length
/// makes no sense; the attributes before it have been visited.
template <class Visit>
bool for_each_attribute(ByteView bytes, const Visit& visit) {
  while (!bytes.empty()) {
    const auto header = load<nlattr>(bytes);
    if (!header || header->nla_len < sizeof(nlattr) || header->nla_len > bytes.size()) return false;
    visit(static_cast<unsigned>(header->nla_type & NLA_TYPE_MASK),
          bytes.subspan(sizeof(nlattr), header->nla_len - sizeof(nlattr)));
    bytes = after(bytes, header->nla_len);
  }
  return true;
}

/// The payload of the first attribute of this type.
inline std::optional<ByteView> find_attribute(ByteView bytes, unsigned wanted) {
  std::optional<ByteView> found;
  for_each_attribute(bytes, [&](unsigned type, ByteView payload) {
    if (type == wanted && !found) found = payload;
  });
  return found;
}

/// Whether the bytes are attributes to their end.
inline bool are_attributes(ByteView bytes) {
  return for_each_attribute(bytes, [](unsigned, ByteView) {});
}

/// The start of an attribute that holds others, which are appended next; `end_nest()` takes its result.
inline std::size_t begin_nest(std::string& out, std::uint16_t type) {
  const std::size_t start = out.size();
  append_object(out, nlattr{sizeof(nlattr), static_cast<std::uint16_t>(type | NLA_F_NESTED)});
  return start;
}
inline void end_nest(std::string& out, std::size_t start) {
  const auto length = static_cast<std::uint16_t>(out.size() - start);
  std::memcpy(out.data() + start + offsetof(nlattr, nla_len), &length, sizeof length);
}

}  // namespace sockutils
