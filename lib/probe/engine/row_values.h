/// Values of fields that several kinds of results share.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sockutils/value.h"

namespace sockutils::rows {

/// An empty text is absent.
inline OptionalValue text(std::string_view value) {
  return value.empty() ? std::nullopt : OptionalValue(value);
}

inline OptionalValue address_of(const std::optional<Address>& address) {
  return address ? OptionalValue(*address) : std::nullopt;
}

template <std::unsigned_integral T>
OptionalValue number(const std::optional<T>& value) {
  return value ? OptionalValue(std::uint64_t{*value}) : std::nullopt;
}

/// For ports: 0 is absent.
inline OptionalValue number_unless_zero(std::uint64_t value) {
  return value != 0 ? OptionalValue(value) : std::nullopt;
}

inline OptionalValue duration(const std::optional<std::chrono::microseconds>& value) {
  return value ? OptionalValue(static_cast<std::uint64_t>(value->count())) : std::nullopt;
}

/// `localhost (127.0.0.1)`
inline std::string target_text(const std::string& host, const Address& address) {
  const std::string plain = address.to_string();
  return host == plain || host == "[" + plain + "]" ? plain : host + " (" + plain + ")";
}

/// `tcp/22`, or `unix`.
inline std::string port_text(Protocol protocol, std::uint16_t port) {
  return port == 0 ? "unix" : std::string(name(protocol)) + "/" + std::to_string(port);
}

}  // namespace sockutils::rows
