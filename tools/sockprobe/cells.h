/// What rows of results are made of.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "sockutils/field.h"
#include "sockutils/probe.h"

namespace tools::sockprobe {

constexpr sockutils::Field text_field(std::string_view name, std::string_view title, std::uint8_t drop) {
  return {
      .name = name, .title = title, .type = sockutils::Type::Text, .get = nullptr, .doc = "", .drop = drop};
}

/// One that programs read.
constexpr sockutils::Field csv_field(std::string_view name, sockutils::Type type = sockutils::Type::Text) {
  return {.name = name, .title = "", .type = type, .get = nullptr, .doc = ""};
}

constexpr sockutils::Field time_field(std::string_view name, std::string_view title) {
  return {.name = name,
          .title = title,
          .type = sockutils::Type::Microseconds,
          .get = nullptr,
          .align = sockutils::Align::Right,
          .doc = ""};
}

template <std::size_t N>
std::array<const sockutils::Field*, N> pointers(const std::array<sockutils::Field, N>& fields) {
  std::array<const sockutils::Field*, N> result{};
  for (std::size_t i = 0; i < N; ++i) result[i] = &fields[i];
  return result;
}

/// Absent when it is empty.
inline sockutils::OptionalValue text(std::string_view value) {
  return value.empty() ? std::nullopt : sockutils::OptionalValue(value);
}

inline sockutils::OptionalValue time(const std::optional<std::chrono::microseconds>& value) {
  return value ? sockutils::OptionalValue(static_cast<std::uint64_t>(value->count())) : std::nullopt;
}

/// `1.6ms`
std::string duration_of(std::chrono::microseconds time);
/// `localhost (127.0.0.1)`, or a path.
std::string end_of(const sockutils::ProbeResult& result);
/// `tcp/22`, or `unix`.
std::string port_of(const sockutils::ProbeResult& result);
/// `ssh, OpenSSH 9.2p1`
std::string identity_of(const sockutils::ProbeResult& result);

}  // namespace tools::sockprobe
