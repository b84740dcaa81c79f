#include "family/inet/lists.h"

#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "family/attributes.h"
#include "sockutils/value.h"

namespace sockutils::inet {
namespace {

std::string host_of(const tcp_diag_md5sig& entry) {
  const bool is_v6 = entry.tcpm_family == AF_INET6;
  if (!is_v6 && entry.tcpm_family != AF_INET) return "family-" + std::to_string(entry.tcpm_family);
  Address address;
  address.is_v6 = is_v6;
  std::memcpy(address.bytes.data(), entry.tcpm_addr, is_v6 ? 16 : 4);
  return address.to_string();
}

std::string text_of(const tcp_diag_md5sig& entry, bool with_key) {
  std::string text = host_of(entry) + '/' + std::to_string(entry.tcpm_prefixlen);
  if (!with_key) return text;
  const std::size_t length = std::min<std::size_t>(entry.tcpm_keylen, sizeof entry.tcpm_key);
  return text += '=' + std::string(reinterpret_cast<const char*>(entry.tcpm_key), length);
}

void append_hex(std::string& text, ByteView bytes) {
  constexpr std::string_view Digits = "0123456789abcdef";
  for (const std::byte byte : bytes) {
    text += Digits[std::to_integer<std::size_t>(byte >> 4)];
    text += Digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
}

/// One map's part; false when it does not say which map it is.
bool append_storage(std::string& list, ByteView storage) {
  const auto id_bytes = find_attribute(storage, SK_DIAG_BPF_STORAGE_MAP_ID);
  const auto id = id_bytes ? load<std::uint32_t>(*id_bytes) : std::nullopt;
  if (!id) return false;
  std::string text = std::to_string(*id) + '=';
  if (const auto value = find_attribute(storage, SK_DIAG_BPF_STORAGE_MAP_VALUE)) append_hex(text, *value);
  append_element(list, text);
  return are_attributes(storage);
}

}  // namespace

bool append_md5_keys(std::string& list, ByteView payload, bool keys) {
  std::size_t offset = 0;
  for (; const auto entry = load<tcp_diag_md5sig>(payload, offset); offset += sizeof *entry)
    append_element(list, text_of(*entry, keys));
  return offset == payload.size();
}

bool append_bpf_storages(std::string& list, ByteView payload) {
  bool whole = true;
  const bool intact = for_each_attribute(payload, [&](unsigned type, ByteView storage) {
    if (type == SK_DIAG_BPF_STORAGE) whole = append_storage(list, storage) && whole;
  });
  return intact && whole;
}

}  // namespace sockutils::inet
