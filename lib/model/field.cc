#include "sockutils/field.h"

#include <algorithm>
#include <array>

namespace sockutils {
namespace {

struct TypeRow {
  Type type;
  std::string_view name;
  std::string_view unit = {};
};

constexpr std::array<TypeRow, 16> Types{{
    {Type::Count, "count"},
    {Type::Identifier, "identifier"},
    {Type::Mask, "mask"},
    {Type::Bytes, "bytes", "bytes"},
    {Type::BytesPerSecond, "bytes_per_second", "bytes/s"},
    {Type::Microseconds, "microseconds", "microseconds"},
    {Type::Time, "time", "microseconds since 1970"},
    {Type::Port, "port"},
    {Type::Flag, "flag"},
    {Type::Text, "text"},
    {Type::Address, "address"},
    {Type::Endpoint, "endpoint"},
    {Type::Family, "family"},
    {Type::Protocol, "protocol"},
    {Type::State, "state"},
    {Type::Owners, "processes"},
    {Type::List, "list"},
}};

const TypeRow& row_of(Type type) {
  return *std::find_if(Types.begin(), Types.end(), [=](const TypeRow& row) { return row.type == type; });
}

}  // namespace

std::string_view name(Type type) { return row_of(type).name; }

std::string_view unit(Type type) { return row_of(type).unit; }

}  // namespace sockutils
