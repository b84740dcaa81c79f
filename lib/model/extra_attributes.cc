#include "model/extra_attributes.h"

#include <algorithm>
#include <cstring>

#include "common/packing.h"

namespace sockutils {
namespace {

/// Of a pointer to a key.
constexpr std::size_t KeySize = sizeof(void*);

}  // namespace

void ExtraAttributes::clear() {
  entries_.clear();
  buffer_.clear();
}

void ExtraAttributes::set_number(const AttributeKey& key, std::uint64_t value) {
  entries_.push_back({&key, value, 0, 0});
}

void ExtraAttributes::set_bytes(const AttributeKey& key, std::string_view bytes) {
  entries_.push_back({&key, 0, buffer_.size(), bytes.size()});
  buffer_.append(bytes);
}

void ExtraAttributes::add_missing(const ExtraAttributes& other) {
  for (const Entry& entry : other.entries_) {
    if (find(*entry.key) != nullptr) continue;
    const auto bytes = std::string_view(other.buffer_).substr(entry.offset, entry.length);
    entries_.push_back({entry.key, entry.number, buffer_.size(), bytes.size()});
    buffer_.append(bytes);
  }
}

void ExtraAttributes::pack(std::string& out) const {
  for (const Entry& entry : entries_) {
    // What is found is the one that was set last.
    if (find(*entry.key) != &entry) continue;
    const AttributeKey* const key = entry.key;
    out.append(reinterpret_cast<const char*>(&key), KeySize);
    pack_number(out, entry.number);
    pack_bytes(out, std::string_view(buffer_).substr(entry.offset, entry.length));
  }
}

void ExtraAttributes::unpack(std::string_view packed) {
  clear();
  for (Unpacker from(packed); !from.at_end();) {
    const AttributeKey* key = nullptr;
    std::memcpy(&key, from.raw(KeySize).data(), KeySize);
    const std::uint64_t number = from.number();
    const std::size_t offset = buffer_.size();
    from.bytes(buffer_);
    entries_.push_back({key, number, offset, buffer_.size() - offset});
  }
}

const ExtraAttributes::Entry* ExtraAttributes::find(const AttributeKey& key) const {
  const auto found =
      std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) { return entry.key == &key; });
  return found != entries_.rend() ? &*found : nullptr;
}

std::optional<std::uint64_t> ExtraAttributes::number(const AttributeKey& key) const {
  const Entry* const entry = find(key);
  return entry != nullptr ? std::optional(entry->number) : std::nullopt;
}

std::optional<std::string_view> ExtraAttributes::bytes(const AttributeKey& key) const {
  const Entry* const entry = find(key);
  if (entry == nullptr) return std::nullopt;
  return std::string_view(buffer_).substr(entry->offset, entry->length);
}

std::optional<TextList> ExtraAttributes::list(const AttributeKey& key) const {
  const auto packed = bytes(key);
  return packed ? std::optional(TextList(*packed)) : std::nullopt;
}

}  // namespace sockutils
