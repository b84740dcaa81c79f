#include "sockutils/value.h"

#include <arpa/inet.h>

#include <algorithm>

namespace sockutils {
namespace {

constexpr std::array<std::uint8_t, 12> MappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool bits_equal(const std::uint8_t* a, const std::uint8_t* b, unsigned length) {
  const unsigned whole = length / 8;
  if (!std::equal(a, a + whole, b)) return false;
  const unsigned rest = length % 8;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

}  // namespace

bool Address::is_wildcard() const {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool Address::is_v4_mapped() const {
  return is_v6 && std::equal(MappedPrefix.begin(), MappedPrefix.end(), bytes.begin());
}

bool Address::is_loopback() const {
  if (!is_v6) return bytes[0] == 127;
  if (is_v4_mapped()) return bytes[12] == 127;
  return bytes[15] == 1 && std::all_of(bytes.begin(), bytes.end() - 1, [](auto byte) { return byte == 0; });
}

bool Address::is_link_local() const {
  if (!is_v6) return bytes[0] == 169 && bytes[1] == 254;
  return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

std::string Address::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v6 ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size());
  return text.data();
}

std::optional<Address> Address::parse(std::string_view text) {
  Address address;
  address.is_v6 = text.find(':') != std::string_view::npos;
  const std::string copy(text);
  // A NUL would end the text early and hide what follows it.
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  if (inet_pton(address.is_v6 ? AF_INET6 : AF_INET, copy.c_str(), address.bytes.data()) != 1)
    return std::nullopt;
  return address;
}

Address Address::v4(std::array<std::uint8_t, 4> octets) {
  Address address;
  std::copy(octets.begin(), octets.end(), address.bytes.begin());
  return address;
}

bool matches_prefix(const Address& address, const Address& prefix, unsigned length) {
  if (address.is_v6 == prefix.is_v6) return bits_equal(address.bytes.data(), prefix.bytes.data(), length);
  if (prefix.is_v6 || !address.is_v4_mapped()) return false;
  return bits_equal(address.bytes.data() + MappedPrefix.size(), prefix.bytes.data(), length);
}

}  // namespace sockutils
