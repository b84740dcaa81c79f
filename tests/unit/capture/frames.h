/// Packets for tests, byte by byte.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "common/bytes.h"
#include "sockutils/value.h"

namespace sockutils::test {

/// Numbers in network order.
class Bytes {
 public:
  Bytes& u8(unsigned value) {
    text_ += static_cast<char>(value);
    return *this;
  }
  Bytes& u16(unsigned value) { return u8(value >> 8).u8(value & 0xff); }
  Bytes& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xffff); }
  Bytes& add(const std::string& text) {
    text_ += text;
    return *this;
  }
  Bytes& zeros(std::size_t count) { return add(std::string(count, '\0')); }
  Bytes& address(const Address& address) {
    text_.append(address.bytes.begin(), address.bytes.begin() + (address.is_v6 ? 16 : 4));
    return *this;
  }
  const std::string& text() const { return text_; }
  ByteView view() const { return as_bytes(text_); }

 private:
  std::string text_;
};

inline Address address_of(const char* text) { return *Address::parse(text); }

struct Ends {
  Address source = address_of("192.0.2.1");
  Address destination = address_of("192.0.2.2");
};

/// An IPv4 packet. `total`: what its header says, when that is not the truth.
inline std::string ip4(unsigned protocol, const std::string& payload, const Ends& ends = {},
                       unsigned fragment = 0, int total = -1, unsigned option_words = 0) {
  const auto length = static_cast<unsigned>(20 + 4 * option_words + payload.size());
  Bytes bytes;
  bytes.u8(0x45 + option_words).u8(0).u16(total < 0 ? length : static_cast<unsigned>(total)).u16(7);
  bytes.u16(fragment).u8(64).u8(protocol).u16(0).address(ends.source).address(ends.destination);
  return bytes.zeros(4 * std::size_t{option_words}).add(payload).text();
}

inline const Ends& ends6() {
  static const Ends ends{address_of("2001:db8::1"), address_of("2001:db8::2")};
  return ends;
}

inline std::string ip6(unsigned next, const std::string& payload, const Ends& ends = ends6(),
                       int length = -1) {
  Bytes bytes;
  bytes.u32(0x60000000)
      .u16(length < 0 ? static_cast<unsigned>(payload.size()) : static_cast<unsigned>(length));
  return bytes.u8(next).u8(64).address(ends.source).address(ends.destination).add(payload).text();
}

inline std::string udp(std::size_t size, unsigned from = 1000, unsigned to = 53) {
  return Bytes().u16(from).u16(to).u16(static_cast<unsigned>(size) + 8).u16(0).zeros(size).text();
}

inline std::string tcp(std::size_t size, unsigned from = 1000, unsigned to = 80) {
  return Bytes().u16(from).u16(to).u32(1).u32(2).u8(0x80).u8(0x10).u16(9).u32(0).zeros(12 + size).text();
}

inline std::string echo(bool v6, bool request, unsigned identifier, std::size_t size = 56) {
  const unsigned type = v6 ? (request ? 128 : 129) : (request ? 8 : 0);
  return Bytes().u8(type).u8(0).u16(0).u16(identifier).u16(1).zeros(size).text();
}

/// As packets of `any` begin: which way (0 in, 1 broadcast, 3 other host, 4 out), which interface.
inline std::string cooked(unsigned way, unsigned ether_type, const std::string& payload,
                          unsigned interface = 3) {
  return Bytes()
      .u16(ether_type)
      .u16(0)
      .u32(interface)
      .u16(1)
      .u8(way)
      .u8(6)
      .add("\x02\x02\x02\x02\x02\x02")
      .u16(0)
      .add(payload)
      .text();
}
inline constexpr unsigned Four = 0x0800;
inline constexpr unsigned Six = 0x86dd;
inline constexpr unsigned In = 0;
inline constexpr unsigned Broadcast = 1;
inline constexpr unsigned OtherHost = 3;
inline constexpr unsigned Out = 4;

}  // namespace sockutils::test
