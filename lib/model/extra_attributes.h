/// What only some sockets have: a small bag that family files fill and their fields read, so that a
/// new family needs no new member in `Socket`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/value.h"

namespace sockutils {

/// Names one kind of fact; its address is its identity, so each is one `inline constexpr` object.
struct AttributeKey {
  const char* name;
};

/// Facts of one socket. Clearing keeps the memory, so a decoder that reuses one allocates nothing.
class ExtraAttributes {
 public:
  void clear();
  /// What is set again replaces what was there.
  void set_number(const AttributeKey& key, std::uint64_t value);
  /// Copies the bytes.
  void set_bytes(const AttributeKey& key, std::string_view bytes);
  /// Copies a packed list; see `append_element()`.
  void set_list(const AttributeKey& key, std::string_view packed) { set_bytes(key, packed); }

  /// As bytes, for keeping many, and back. Only for the program that packed them.
  void pack(std::string& out) const;
  void unpack(std::string_view packed);

  /// Takes over what `other` has and this has not.
  void add_missing(const ExtraAttributes& other);

  std::optional<std::uint64_t> number(const AttributeKey& key) const;
  /// Valid until the next change.
  std::optional<std::string_view> bytes(const AttributeKey& key) const;
  std::optional<TextList> list(const AttributeKey& key) const;

 private:
  struct Entry {
    const AttributeKey* key;
    std::uint64_t number;
    std::size_t offset;
    std::size_t length;
  };
  const Entry* find(const AttributeKey& key) const;

  std::vector<Entry> entries_;
  std::string buffer_;
};

}  // namespace sockutils
