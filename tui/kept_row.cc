#include "tui/kept_row.h"

#include <cstring>

#include "sockutils/format.h"

namespace tui {

using sockutils::Address;
using sockutils::Endpoint;
using sockutils::OptionalValue;
using sockutils::Type;
using sockutils::Value;

namespace {

/// Addresses in the order of their numbers, ports after them.
std::string order_of_end(const std::optional<Address>& address, std::optional<std::uint16_t> port) {
  std::string key;
  if (!address) return key;
  key += address->is_v6 ? '6' : '4';
  for (const std::uint8_t byte : address->bytes) key += static_cast<char>(byte);
  key += static_cast<char>(port.value_or(0) >> 8);
  key += static_cast<char>(port.value_or(0) & 0xff);
  return key;
}

template <class T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

/// Puts a value into its cell.
struct KeptRow::Visitor {
  KeptRow& row;
  std::size_t column;
  Type type;

  void operator()(bool value) const { number(Kind::Flag, value ? 1 : 0); }
  void operator()(std::uint64_t value) const { number(Kind::Number, value); }
  void operator()(sockutils::Family value) const { number(Kind::Family, static_cast<std::uint64_t>(value)); }
  void operator()(sockutils::Protocol value) const {
    number(Kind::Protocol, static_cast<std::uint64_t>(value));
  }
  void operator()(sockutils::State value) const { number(Kind::State, static_cast<std::uint64_t>(value)); }
  void operator()(std::string_view value) const { row.set_bytes(column, Kind::Text, {}, value); }
  void operator()(const Address& value) const {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    row.set_bytes(column, Kind::Address, order_of_end(value, {}), {bytes, sizeof bytes});
  }
  void operator()(const Endpoint& value) const {
    std::string text;
    append_value(text, value, Type::Endpoint, sockutils::Style::Human);
    row.set_bytes(column, Kind::Text, order_of_end(value.address, value.port), text);
  }
  void operator()(std::span<const sockutils::Owner>) const { number(Kind::Owners, 0); }
  void operator()(const sockutils::PerOwner& value) const {
    std::string text;
    append_value(text, value, type, sockutils::Style::Human);
    row.set_bytes(column, Kind::Text, {}, text);
  }
  void operator()(const sockutils::TextList& value) const {
    std::string packed;
    for (const std::string_view element : value) sockutils::append_element(packed, element);
    row.set_bytes(column, Kind::List, {}, packed);
  }

  void number(Kind kind, std::uint64_t value) const {
    Cell& cell = row.cells_[column];
    cell.kind = kind;
    cell.number = value;
  }
};

void KeptRow::set(std::size_t column, const OptionalValue& value, Type type) {
  if (value) std::visit(Visitor{*this, column, type}, *value);
}

void KeptRow::set_number(std::size_t column, std::optional<std::uint64_t> number) {
  if (number) Visitor{*this, column, Type::Count}(*number);
}

void KeptRow::set_text(std::size_t column, std::string_view text) { set_bytes(column, Kind::Text, {}, text); }

void KeptRow::set_bytes(std::size_t column, Kind kind, std::string_view key, std::string_view text) {
  Cell& cell = cells_[column];
  cell.kind = kind;
  cell.begin = static_cast<std::uint32_t>(text_.size());
  cell.key_length = static_cast<std::uint16_t>(key.size());
  cell.number = text.size();
  text_ += key;
  text_ += text;
}

std::string_view KeptRow::text_of(const Cell& cell) const {
  return std::string_view(text_).substr(cell.begin + cell.key_length, cell.number);
}

std::string_view KeptRow::order_of(const Cell& cell) const {
  return std::string_view(text_).substr(cell.begin, cell.key_length + cell.number);
}

Address KeptRow::address_of(const Cell& cell) const {
  Address address;
  const std::string_view bytes = text_of(cell);
  std::memcpy(&address, bytes.data(), sizeof address);
  return address;
}

OptionalValue KeptRow::value(std::size_t column) const {
  const Cell& cell = cells_[column];
  switch (cell.kind) {
    case Kind::Absent:
      return std::nullopt;
    case Kind::Flag:
      return cell.number != 0;
    case Kind::Number:
      return cell.number;
    case Kind::Family:
      return static_cast<sockutils::Family>(cell.number);
    case Kind::Protocol:
      return static_cast<sockutils::Protocol>(cell.number);
    case Kind::State:
      return static_cast<sockutils::State>(cell.number);
    case Kind::Text:
      return text_of(cell);
    case Kind::Address:
      return address_of(cell);
    case Kind::Owners:
      return owners_ ? std::span<const sockutils::Owner>(owners_->owners)
                     : std::span<const sockutils::Owner>();
    case Kind::List:
      return sockutils::TextList(text_of(cell));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> KeptRow::number(std::size_t column) const {
  const Cell& cell = cells_[column];
  return cell.kind == Kind::Number ? std::optional(cell.number) : std::nullopt;
}

void KeptRow::append_text(std::string& out, std::size_t column, Type type) const {
  const OptionalValue held = value(column);
  if (!held) {
    out += '-';
    return;
  }
  std::string plain;
  append_value(plain, *held, type, sockutils::Style::Human);
  if (plain.empty()) plain = "\"\"";
  sockutils::append_escaped(out, plain);
}

int KeptRow::compare(const KeptRow& a, const KeptRow& b, std::size_t column, bool descending) {
  const Cell& left = a.cells_[column];
  const Cell& right = b.cells_[column];
  const bool has_left = left.kind != Kind::Absent;
  const bool has_right = right.kind != Kind::Absent;
  if (!has_left || !has_right) return three_way(!has_left, !has_right);
  int result = 0;
  if (left.kind == Kind::Owners && right.kind == Kind::Owners) {
    std::string mine;
    std::string other;
    a.append_text(mine, column, Type::Owners);
    b.append_text(other, column, Type::Owners);
    result = three_way(mine, other);
  } else if (left.kind >= Kind::Text && right.kind >= Kind::Text) {
    result = three_way(a.order_of(left), b.order_of(right));
  } else {
    result = three_way(left.number, right.number);
  }
  return descending ? -result : result;
}

}  // namespace tui
