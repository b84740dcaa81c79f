/// Fields that are members of structures which the kernel sends whole. Such a structure grows at its end
/// from kernel to kernel: a member is there when the answer is long enough, whatever this machine's
/// own headers know.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "family/inet/inet.h"
#include "model/row.h"

namespace sockutils::inet {

/// The member at `Offset` of the structure that the decoder kept under `Key`.
template <const AttributeKey& Key, std::size_t Offset, class T>
std::optional<T> member_of(const SocketRow& row) {
  const auto bytes = row.socket.facts.bytes(Key);
  return bytes ? load<T>(as_bytes(*bytes), Offset) : std::nullopt;
}

template <const AttributeKey& Key, std::size_t Offset, class T, std::uint64_t Scale = 1>
OptionalValue number_at(const SocketRow& row) {
  const auto value = member_of<Key, Offset, T>(row);
  return value ? OptionalValue(std::uint64_t{*value} * Scale) : std::nullopt;
}

/// A member in which the kernel writes `Unknown` for "there is none".
template <const AttributeKey& Key, std::size_t Offset, class T, std::uint64_t Unknown>
OptionalValue number_unless_at(const SocketRow& row) {
  const auto value = member_of<Key, Offset, T>(row);
  return value && *value != Unknown ? OptionalValue(std::uint64_t{*value}) : std::nullopt;
}

/// A number that is true or false.
template <const AttributeKey& Key, std::size_t Offset, class T>
OptionalValue flag_at(const SocketRow& row) {
  const auto value = member_of<Key, Offset, T>(row);
  return value ? OptionalValue(*value != 0) : std::nullopt;
}

/// A number that stands for one of `Names`.
template <const AttributeKey& Key, std::size_t Offset, class T, const auto& Names>
OptionalValue name_at(const SocketRow& row) {
  const auto value = member_of<Key, Offset, T>(row);
  return value && *value < Names.size() ? OptionalValue(Names[*value]) : std::nullopt;
}

/// A list that the decoder kept under `Key`.
template <const AttributeKey& Key>
OptionalValue list_of(const SocketRow& row) {
  const auto elements = row.socket.facts.list(Key);
  return elements ? OptionalValue(*elements) : std::nullopt;
}

struct Spelling {
  std::string_view name;
  std::string_view title;
  std::string_view aliases = {};
};

/// What all fields of one structure have in common.
struct MemberTable {
  Needs needs;
  std::string_view kernel;
  std::string_view subject = {};

  constexpr Field operator()(const Spelling& spelling, Type type, OptionalValue (*get)(const Row&),
                             std::string_view doc, std::string_view since = {}) const {
    return {.name = spelling.name,
            .title = spelling.title,
            .type = type,
            .get = get,
            .needs = needs,
            .kernel = since.empty() ? kernel : since,
            .aliases = spelling.aliases,
            .doc = doc,
            .subject = subject};
  }
};

}  // namespace sockutils::inet
