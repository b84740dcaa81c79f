#include "model/type_table.h"

#include <array>

#include "common/text.h"

namespace sockutils {
namespace {

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

/// To bytes. Links are sold, and `ss` prints, in bits: eight of them are one byte.
constexpr std::array<Unit, 18> SizeUnits{{
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
    {"bit", 1, 8},
    {"kbit", Kilo, 8},
    {"Mbit", Mega, 8},
    {"Gbit", Giga, 8},
    {"Tbit", Tera, 8},
}};
constexpr std::span<const Unit> ByteUnits = std::span(SizeUnits).first<13>();

constexpr std::array<Unit, 5> BitsPerSecondUnits{{
    {"bps", 1, 8},
    {"kbps", Kilo, 8},
    {"Mbps", Mega, 8},
    {"Gbps", Giga, 8},
    {"Tbps", Tera, 8},
}};

/// In the order of their enumerators.
constexpr std::array<TypeRow, 18> Types{{
    {.info = {.type = Type::Count,
              .name = "count",
              .largest_first = true,
              .plain_is_number = true,
              .align = Align::Right},
     .noun = "a number",
     .ordered = true,
     .arithmetic = Arithmetic::Sums},
    {.info = {.type = Type::Identifier, .name = "identifier", .plain_is_number = true, .align = Align::Right},
     .noun = "a number",
     .ordered = true,
     .arithmetic = Arithmetic::Extremes},
    {.info = {.type = Type::Mask, .name = "mask", .plain_is_number = true, .align = Align::Right},
     .noun = "a number",
     .arithmetic = Arithmetic::Extremes,
     .human = append_hexadecimal},
    {.info = {.type = Type::Bytes,
              .name = "bytes",
              .unit = "bytes",
              .largest_first = true,
              .plain_is_number = true,
              .align = Align::Right},
     .noun = "a size, as in 64KiB",
     .ordered = true,
     .arithmetic = Arithmetic::Sums,
     .units = {ByteUnits, {}, "B, KiB, MiB, GiB, KB, MB, GB"},
     .human = append_bytes},
    {.info = {.type = Type::BytesPerSecond,
              .name = "bytes_per_second",
              .unit = "bytes/s",
              .largest_first = true,
              .plain_is_number = true,
              .align = Align::Right},
     .noun = "a rate, as in 10Mbit/s",
     .ordered = true,
     .arithmetic = Arithmetic::Sums,
     .units = {BitsPerSecondUnits, SizeUnits, "B/s, KiB/s, MB/s, kbit/s, Mbit/s"},
     .human = append_rate},
    {.info = {.type = Type::Microseconds,
              .name = "microseconds",
              .unit = "microseconds",
              .largest_first = true,
              .plain_is_number = true,
              .align = Align::Right},
     .noun = "a time, as in 50ms",
     .ordered = true,
     .arithmetic = Arithmetic::Sums,
     .units = {TimeUnits, {}, "us, ms, s, m, h"},
     .human = append_duration},
    {.info = {.type = Type::Time, .name = "time"},
     .noun = "a date, as in 2026-11-25 or 2026-11-25T10:30",
     .ordered = true,
     .human = append_date,
     .plain = append_time_stamp},
    {.info = {.type = Type::Port, .name = "port", .plain_is_number = true, .align = Align::Right},
     .noun = "a port",
     .ordered = true,
     .arithmetic = Arithmetic::Extremes},
    {.info = {.type = Type::Real,
              .name = "real",
              .largest_first = true,
              .plain_is_number = true,
              .align = Align::Right},
     .noun = "a number",
     .ordered = true},
    {.info = {.type = Type::Flag, .name = "flag", .largest_first = true}, .noun = "true or false"},
    {.info = {.type = Type::Text, .name = "text", .table = {10, 5}, .screen = {8, 4}},
     .ordered = true,
     .has_patterns = true},
    {.info = {.type = Type::Address, .name = "address", .table = {15, 8}, .screen = {15, 8}},
     .noun = "an address"},
    // 255.255.255.255:65535; a log has the room of a loopback address with its port from the start.
    {.info = {.type = Type::Endpoint,
              .name = "endpoint",
              .keep = Keep::Port,
              .table = {21, 9},
              .screen = {15, 8},
              .log_width = 15,
              .log_limit = 21}},
    {.info = {.type = Type::Family, .name = "family"}, .noun = "a family"},
    {.info = {.type = Type::Protocol, .name = "protocol"}, .noun = "a protocol"},
    {.info = {.type = Type::State,
              .name = "state",
              .table = {ColumnWidths::Whole, 5},
              .log_width = std::string_view("TIME-WAIT").size()},
     .noun = "a state"},
    {.info = {.type = Type::Owners,
              .name = "processes",
              .keep = Keep::ProcessId,
              .table = {14, 8},
              .screen = {12, 6},
              .log_width = 12}},
    {.info = {.type = Type::List, .name = "list", .table = {10, 5}, .screen = {8, 4}},
     .ordered = true,
     .has_patterns = true},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < Types.size(); ++i)
    if (Types[i].info.type != static_cast<Type>(i)) return false;
  return true;
}
static_assert(is_in_order());

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units)
    if (equal_ignoring_case(unit.name, name)) return &unit;
  return nullptr;
}

}  // namespace

const Unit* Units::find(std::string_view name) const {
  if (const Unit* const unit = find_unit(list, name)) return unit;
  if (name.ends_with("/s")) name.remove_suffix(2);
  return find_unit(per_second, name);
}

const TypeRow& type_row(Type type) { return Types[static_cast<std::size_t>(type)]; }

const TypeInfo& type_info(Type type) { return type_row(type).info; }

}  // namespace sockutils
