/// Numbers with units.
#include <limits>
#include <numeric>

#include "common/parse_number.h"
#include "common/text.h"
#include "filter/filter_value.h"
#include "model/type_table.h"

namespace sockutils::filter {
namespace {

struct Quantity {
  std::uint64_t whole = 0;
  /// The fractional part, as `fraction / scale`.
  std::uint64_t fraction = 0;
  std::uint64_t scale = 1;
};

std::optional<Quantity> read_decimal(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto whole = parse_number<std::uint64_t>(text.substr(0, point));
  if (!whole) return std::nullopt;
  Quantity quantity{*whole};
  if (point == std::string_view::npos) return quantity;
  std::string_view digits = text.substr(point + 1);
  const auto fraction = parse_number<std::uint32_t>(digits);
  if (!fraction || digits.size() > 9) return std::nullopt;
  quantity.fraction = *fraction;
  for (std::size_t i = 0; i < digits.size(); ++i) quantity.scale *= 10;
  return quantity;
}

/// No value: the result has a fraction or does not fit.
std::optional<std::uint64_t> convert(const Quantity& quantity, const Unit& unit) {
  const std::uint64_t common = std::gcd(unit.numerator, unit.denominator);
  const std::uint64_t numerator = unit.numerator / common;
  const std::uint64_t denominator = unit.denominator / common;
  if (quantity.whole % denominator != 0 || (denominator > 1 && quantity.fraction != 0)) return std::nullopt;
  const std::uint64_t part = std::gcd(numerator, quantity.scale);
  const std::uint64_t rest = quantity.scale / part;
  if (quantity.fraction % rest != 0) return std::nullopt;
  const std::uint64_t whole = quantity.whole / denominator;
  const std::uint64_t added = quantity.fraction / rest * (numerator / part);
  if (whole > (std::numeric_limits<std::uint64_t>::max() - added) / numerator) return std::nullopt;
  return whole * numerator + added;
}

ValueResult<std::uint64_t> read_with_unit(std::string_view text, const TypeRow& type) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view unit_name = text.substr(end);
  const auto quantity = read_decimal(text.substr(0, end));
  if (!quantity)
    return tl::unexpected(
        ValueFault{text, "expected a number, with or without a unit, found " + quoted(text)});
  const Unit* const unit = unit_name.empty() ? nullptr : type.units.find(unit_name);
  if (unit == nullptr && !unit_name.empty()) {
    return tl::unexpected(ValueFault{unit_name, quoted(unit_name) + " is not a unit of this field: try " +
                                                    std::string(type.units.examples)});
  }
  if (const auto value = convert(*quantity, unit != nullptr ? *unit : Unit{"", 1})) return *value;
  return tl::unexpected(
      ValueFault{text, quoted(text) + " is too large or no whole number of " + std::string(type.info.unit)});
}

}  // namespace

ValueResult<std::uint64_t> read_quantity(std::string_view text, Type type) {
  const TypeRow& row = type_row(type);
  if (!row.units.empty()) return read_with_unit(text, row);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const auto value =
      hexadecimal ? parse_number<std::uint64_t>(text.substr(2), 16) : parse_number<std::uint64_t>(text);
  if (value) return *value;
  return tl::unexpected(ValueFault{text, "expected a whole number, found " + quoted(text)});
}

}  // namespace sockutils::filter
