/// The table of types: what a type of values is, in one row. How a filter reads such values, which may take
/// names, is one case in lib/filter/filter_comparison.cc; the compiler asks for it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/number_text.h"
#include "sockutils/field.h"

namespace sockutils {

/// One `name` is `numerator / denominator` base units.
struct Unit {
  std::string_view name;
  std::uint64_t numerator;
  std::uint64_t denominator = 1;
};

/// The units that the filter takes, in any case; the first that fits is meant.
struct Units {
  std::span<const Unit> list = {};
  /// Those that may have `/s` behind them.
  std::span<const Unit> per_second = {};
  /// For messages.
  std::string_view examples = {};

  bool empty() const { return list.empty(); }
  /// Null: there is no such unit.
  const Unit* find(std::string_view name) const;
};

/// What may be reckoned with the values of a type.
enum class Arithmetic : std::uint8_t {
  None,
  Extremes,  ///< numbers that name something: a least and a greatest one
  Sums,      ///< quantities: sums, averages, percentiles
};

/// Appends a number.
using AppendNumber = void (*)(std::string& out, std::uint64_t number);

/// What the library needs to know of a type. Values are variants, and what their alternative says of them is
/// not said again: how a protocol prints stands with protocols, how it compares in `compare()`. A row says
/// what the alternative does not.
struct TypeRow {
  TypeInfo info;
  /// What a filter's message says is expected.
  std::string_view noun = "a value";
  /// The filter takes `<` and `>`.
  bool ordered = false;
  /// The filter takes `~`.
  bool has_patterns = false;
  Arithmetic arithmetic = Arithmetic::None;
  Units units = {};
  /// How its numbers print for people and for programs.
  AppendNumber human = append_decimal;
  AppendNumber plain = append_decimal;
};

const TypeRow& type_row(Type type);

}  // namespace sockutils
