/// Numbers with units.
#include <array>
#include <limits>
#include <numeric>
#include <span>

#include "common/parse_number.h"
#include "common/text.h"
#include "filter/filter_value.h"

namespace sockutils::filter {
namespace {

/// One `name` is `numerator / denominator` base units.
struct Unit {
  std::string_view name;
  std::uint64_t numerator;
  std::uint64_t denominator = 1;
};

constexpr std::uint64_t Kibi = 1024;
constexpr std::uint64_t Mebi = Kibi * Kibi;
constexpr std::uint64_t Gibi = Kibi * Mebi;
constexpr std::uint64_t Tebi = Kibi * Gibi;
constexpr std::uint64_t Kilo = 1000;
constexpr std::uint64_t Mega = Kilo * Kilo;
constexpr std::uint64_t Giga = Kilo * Mega;
constexpr std::uint64_t Tera = Kilo * Giga;

/// To microseconds. Both code points that look like the micro sign.
constexpr std::array<Unit, 9> TimeUnits{{
    {"ns", 1, Kilo},
    {"us", 1},
    {"\u00b5s", 1},
    {"\u03bcs", 1},
    {"ms", Kilo},
    {"s", Mega},
    {"m", 60 * Mega},
    {"h", 3600 * Mega},
    {"d", 24 * 3600 * Mega},
}};

constexpr std::array<Unit, 13> ByteUnits{{
    {"B", 1},
    {"K", Kibi},
    {"M", Mebi},
    {"G", Gibi},
    {"T", Tebi},
    {"KiB", Kibi},
    {"MiB", Mebi},
    {"GiB", Gibi},
    {"TiB", Tebi},
    {"KB", Kilo},
    {"MB", Mega},
    {"GB", Giga},
    {"TB", Tera},
}};

/// To bytes: links are sold, and `ss` prints, in bits. Eight of them are one byte.
constexpr std::array<Unit, 5> BitUnits{{
    {"bit", 1, 8},
    {"kbit", Kilo, 8},
    {"Mbit", Mega, 8},
    {"Gbit", Giga, 8},
    {"Tbit", Tera, 8},
}};

constexpr std::array<Unit, 5> BitsPerSecondUnits{{
    {"bps", 1, 8},
    {"kbps", Kilo, 8},
    {"Mbps", Mega, 8},
    {"Gbps", Giga, 8},
    {"Tbps", Tera, 8},
}};

struct Quantity {
  std::uint64_t whole = 0;
  /// What follows the point, as `fraction / scale`.
  std::uint64_t fraction = 0;
  std::uint64_t scale = 1;
};

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units)
    if (equal_ignoring_case(unit.name, name)) return &unit;
  return nullptr;
}

const Unit* find_unit(std::string_view name, Type type) {
  if (type == Type::Microseconds) return find_unit(TimeUnits, name);
  if (type != Type::BytesPerSecond) return find_unit(ByteUnits, name);
  if (const Unit* const unit = find_unit(BitsPerSecondUnits, name)) return unit;
  if (name.ends_with("/s")) name.remove_suffix(2);
  const Unit* const unit = find_unit(ByteUnits, name);
  return unit != nullptr ? unit : find_unit(BitUnits, name);
}

std::string_view unit_examples(Type type) {
  if (type == Type::Microseconds) return "us, ms, s, m, h";
  if (type == Type::BytesPerSecond) return "B/s, KiB/s, MB/s, kbit/s, Mbit/s";
  return "B, KiB, MiB, GiB, KB, MB, GB";
}

bool has_units(Type type) {
  return type == Type::Microseconds || type == Type::Bytes || type == Type::BytesPerSecond;
}

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

/// No value: a fraction is left over, or the result does not fit.
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

ValueResult<std::uint64_t> read_with_unit(std::string_view text, Type type) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view unit_name = text.substr(end);
  const auto quantity = read_decimal(text.substr(0, end));
  if (!quantity)
    return tl::unexpected(
        ValueFault{text, "expected a number, with or without a unit, found " + quoted(text)});
  const Unit* const unit = unit_name.empty() ? nullptr : find_unit(unit_name, type);
  if (unit == nullptr && !unit_name.empty()) {
    return tl::unexpected(ValueFault{unit_name, quoted(unit_name) + " is not a unit of this field: try " +
                                                    std::string(unit_examples(type))});
  }
  if (const auto value = convert(*quantity, unit != nullptr ? *unit : Unit{"", 1})) return *value;
  return tl::unexpected(ValueFault{
      text, quoted(text) + " is too large or no whole number of " + std::string(sockutils::unit(type))});
}

}  // namespace

ValueResult<std::uint64_t> read_quantity(std::string_view text, Type type) {
  if (type == Type::Time) return read_time(text);
  if (has_units(type)) return read_with_unit(text, type);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const auto value =
      hexadecimal ? parse_number<std::uint64_t>(text.substr(2), 16) : parse_number<std::uint64_t>(text);
  if (value) return *value;
  return tl::unexpected(ValueFault{text, "expected a whole number, found " + quoted(text)});
}

}  // namespace sockutils::filter
