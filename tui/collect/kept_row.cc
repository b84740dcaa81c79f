#include "tui/collect/kept_row.h"

#include <algorithm>
#include <cstring>

#include "render/cell_text.h"
#include "sockutils/value.h"

namespace tui {

using sockutils::Address;
using sockutils::Endpoint;
using sockutils::OptionalValue;
using sockutils::Owner;
using sockutils::Type;

namespace {

/// What an end has, and what follows in this order.
enum EndPart : std::uint16_t {
  HasAddress = 1 << 0,
  IsV6 = 1 << 1,
  HasScopedAddress = 1 << 2,
  HasPort = 1 << 3,
  HasHost = 1 << 4,
  HasScope = 1 << 5,
  HasScopeId = 1 << 6,
  HasText = 1 << 7,
  IsDualStack = 1 << 8,
  IsAny = 1 << 9,
};

template <class T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

/// The first eight bytes, in the order of the text.
std::uint64_t first_bytes(std::string_view text) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i)
    number = number << 8 | (i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0U);
  return number;
}

/// Those of IPv4 first, then in the order of their numbers.
int compare_addresses(const Address& a, const Address& b) {
  if (a.is_v6 != b.is_v6) return a.is_v6 ? 1 : -1;
  return three_way(a.bytes, b.bytes);
}

std::uint64_t sort_number_of(const Address& address, std::uint16_t port) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 7; ++i) number = number << 8 | address.bytes[i];
  if (address.is_v6) return number | 1ull << 63;
  return ((number >> 24) << 16 | port) << 8;
}

/// Names come before addresses, which come by their numbers and ports.
int compare_ends(const Endpoint& a, const Endpoint& b) {
  if (a.address.has_value() != b.address.has_value()) return a.address ? 1 : -1;
  if (a.address) {
    if (const int order = compare_addresses(*a.address, *b.address); order != 0) return order;
    if (const int order = three_way(a.port.value_or(0), b.port.value_or(0)); order != 0) return order;
  }
  return three_way(a.text, b.text);
}

}  // namespace

void KeptOwners::add(std::shared_ptr<const sockutils::Process> process, const Owner& owner) {
  const Owner kept{process.get(), owner.tid, owner.fd};
  if (!first_process_) {
    first_ = kept;
    first_process_ = std::move(process);
    return;
  }
  if (!several_) {
    several_ = std::make_unique<Several>();
    several_->owners.push_back(first_);
  }
  several_->owners.push_back(kept);
  several_->processes.push_back(std::move(process));
}

std::span<const Owner> KeptOwners::get() const {
  if (several_) return several_->owners;
  return first_process_ ? std::span(&first_, 1) : std::span<const Owner>();
}

/// Makes the bytes of a cell.
struct KeptRow::Packer {
  Type type;
  std::string& cell;

  void kind(Kind kind) { cell += static_cast<char>(kind); }
  /// Seven bits in a byte, the low ones first; the eighth says that more follows.
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) cell += static_cast<char>(value | 0x80);
    cell += static_cast<char>(value);
  }
  void text(std::string_view text) {
    number(text.size());
    cell += text;
  }
  void address(const Address& address) {
    cell.append(address.bytes.begin(), address.bytes.begin() + (address.is_v6 ? 16 : 4));
  }
  template <class T>
  void named(Kind of, T value) {
    kind(of);
    number(static_cast<std::uint64_t>(value));
  }

  void operator()(bool value) { named(Kind::Flag, value); }
  void operator()(std::uint64_t value) { named(Kind::Number, value); }
  void operator()(sockutils::Family value) { named(Kind::Family, value); }
  void operator()(sockutils::Protocol value) { named(Kind::Protocol, value); }
  void operator()(sockutils::State value) { named(Kind::State, value); }
  void operator()(std::span<const Owner>) { kind(Kind::Owners); }
  void operator()(std::string_view value) {
    kind(Kind::Text);
    text(value);
  }
  void operator()(const sockutils::PerOwner& value) { words_of(value); }
  void operator()(double value) { words_of(value); }
  void words_of(const sockutils::Value& value) {
    std::string words;
    append_value(words, value, type, sockutils::Style::Human);
    (*this)(std::string_view(words));
  }
  void operator()(const sockutils::TextList& value) {
    std::string packed;
    for (const std::string_view element : value) sockutils::append_element(packed, element);
    kind(Kind::List);
    text(packed);
  }
  void operator()(const Address& value) {
    kind(Kind::Address);
    number(value.is_v6);
    number(value.scope_id);
    address(value);
  }
  void operator()(const Endpoint& value) {
    std::uint16_t parts = 0;
    const auto set = [&](bool there, EndPart part) {
      parts = static_cast<std::uint16_t>(parts | (there ? part : 0));
    };
    set(value.address.has_value(), HasAddress);
    set(value.address && value.address->is_v6, IsV6);
    set(value.address && value.address->scope_id != 0, HasScopedAddress);
    set(value.port.has_value(), HasPort);
    set(!value.host.empty(), HasHost);
    set(!value.scope.empty(), HasScope);
    set(value.scope_id != 0, HasScopeId);
    set(!value.text.empty(), HasText);
    set(value.dual_stack, IsDualStack);
    set(value.any, IsAny);
    kind(Kind::Endpoint);
    number(parts);
    if (value.address) address(*value.address);
    if ((parts & HasScopedAddress) != 0) number(value.address->scope_id);
    if (value.port) number(*value.port);
    if ((parts & HasScopeId) != 0) number(value.scope_id);
    if ((parts & HasHost) != 0) text(value.host);
    if ((parts & HasScope) != 0) text(value.scope);
    if ((parts & HasText) != 0) text(value.text);
  }
};

/// Reads what a packer wrote.
struct KeptRow::Reader {
  const std::string& cells;
  std::size_t at;

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(cells[at++]);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  std::string_view text() {
    const auto length = number();
    at += length;
    return std::string_view(cells).substr(at - length, length);
  }
  Address address(bool is_v6) {
    Address address;
    address.is_v6 = is_v6;
    std::memcpy(address.bytes.data(), cells.data() + at, is_v6 ? 16 : 4);
    at += is_v6 ? 16 : 4;
    return address;
  }
  Address scoped_address() {
    const bool is_v6 = number() != 0;
    const auto scope = static_cast<std::uint32_t>(number());
    Address found = address(is_v6);
    found.scope_id = scope;
    return found;
  }
  Endpoint end() {
    Endpoint end;
    const std::uint64_t parts = number();
    if ((parts & HasAddress) != 0) end.address = address((parts & IsV6) != 0);
    if ((parts & HasScopedAddress) != 0) end.address->scope_id = static_cast<std::uint32_t>(number());
    if ((parts & HasPort) != 0) end.port = static_cast<std::uint16_t>(number());
    if ((parts & HasScopeId) != 0) end.scope_id = static_cast<std::uint32_t>(number());
    if ((parts & HasHost) != 0) end.host = text();
    if ((parts & HasScope) != 0) end.scope = text();
    if ((parts & HasText) != 0) end.text = text();
    end.dual_stack = (parts & IsDualStack) != 0;
    end.any = (parts & IsAny) != 0;
    return end;
  }
  void skip_end() {
    const std::uint64_t parts = number();
    if ((parts & HasAddress) != 0) at += (parts & IsV6) != 0 ? 16 : 4;
    for (const EndPart part : {HasScopedAddress, HasPort, HasScopeId})
      if ((parts & part) != 0) number();
    for (const EndPart part : {HasHost, HasScope, HasText})
      if ((parts & part) != 0) text();
  }
  void skip(Kind kind) {
    switch (kind) {
      case Kind::Absent:
      case Kind::Owners:
        return;
      case Kind::Flag:
      case Kind::Number:
      case Kind::Family:
      case Kind::Protocol:
      case Kind::State:
        number();
        return;
      case Kind::Text:
      case Kind::List:
        text();
        return;
      case Kind::Address:
        scoped_address();
        return;
      case Kind::Endpoint:
        skip_end();
        return;
    }
  }
};

/// How many there are comes first.
KeptRow::KeptRow(std::size_t columns) {
  Packer{Type::Count, cells_}.number(columns);
  cells_.append(columns, static_cast<char>(Kind::Absent));
}

std::size_t KeptRow::size() const { return cells_.empty() ? 0 : Reader{cells_, 0}.number(); }

std::size_t KeptRow::find(std::size_t column) const {
  Reader reader{cells_, 0};
  reader.number();
  for (; column > 0; --column) reader.at = end_of(reader.at);
  return reader.at;
}

std::size_t KeptRow::end_of(std::size_t place) const {
  Reader reader{cells_, place + 1};
  reader.skip(kind_of(place));
  return reader.at;
}

void KeptRow::put(std::size_t column, std::string_view cell) {
  const std::size_t place = find(column);
  cells_.replace(place, end_of(place) - place, cell);
}

void KeptRow::clear(std::size_t column) { put(column, std::string_view("\0", 1)); }

void KeptRow::set(std::size_t column, const OptionalValue& value, Type type) {
  if (!value) return;
  std::string cell;
  std::visit(Packer{type, cell}, *value);
  put(column, cell);
}

void KeptRow::set_number(std::size_t column, std::optional<std::uint64_t> number) {
  if (number) set(column, *number, Type::Count);
}

void KeptRow::set_text(std::size_t column, std::string_view text) { set(column, text, Type::Text); }

void KeptRow::Builder::begin(std::size_t columns) {
  cells_.clear();
  Packer{Type::Count, cells_}.number(columns);
}

void KeptRow::Builder::add(const OptionalValue& value, Type type) {
  if (value)
    std::visit(Packer{type, cells_}, *value);
  else
    cells_ += static_cast<char>(Kind::Absent);
}

KeptRow KeptRow::Builder::finish(std::shared_ptr<const KeptOwners> owners) const {
  KeptRow row;
  row.cells_ = cells_;
  row.owners_ = std::move(owners);
  return row;
}

OptionalValue KeptRow::value(std::size_t column) const {
  const std::size_t place = find(column);
  Reader reader{cells_, place + 1};
  switch (kind_of(place)) {
    case Kind::Absent:
      return std::nullopt;
    case Kind::Flag:
      return reader.number() != 0;
    case Kind::Number:
      return reader.number();
    case Kind::Family:
      return static_cast<sockutils::Family>(reader.number());
    case Kind::Protocol:
      return static_cast<sockutils::Protocol>(reader.number());
    case Kind::State:
      return static_cast<sockutils::State>(reader.number());
    case Kind::Text:
      return reader.text();
    case Kind::List:
      return sockutils::TextList(reader.text());
    case Kind::Address:
      return reader.scoped_address();
    case Kind::Endpoint:
      return reader.end();
    case Kind::Owners:
      return owners_ ? owners_->get() : std::span<const Owner>();
  }
  return std::nullopt;
}

std::optional<std::uint64_t> KeptRow::number(std::size_t column) const {
  const std::size_t place = find(column);
  if (kind_of(place) != Kind::Number) return std::nullopt;
  return Reader{cells_, place + 1}.number();
}

void KeptRow::append_text(std::string& out, std::size_t column, Type type) const {
  tools::append_cell_text(out, value(column), type);
}

std::uint64_t KeptRow::rank_of(Kind kind, std::size_t column, std::size_t place) const {
  Reader reader{cells_, place + 1};
  if (kind < Kind::Owners) return reader.number();
  if (kind == Kind::Text || kind == Kind::List) return first_bytes(reader.text());
  if (kind == Kind::Address) return sort_number_of(reader.scoped_address(), 0);
  if (kind == Kind::Endpoint) {
    const Endpoint end = reader.end();
    return end.address ? sort_number_of(*end.address, end.port.value_or(0)) | 1 : 0;
  }
  std::string text;
  append_text(text, column, Type::Owners);
  return first_bytes(text);
}

std::optional<KeptRow::Rank> KeptRow::rank(std::size_t column) const {
  const std::size_t place = find(column);
  const Kind kind = kind_of(place);
  if (kind == Kind::Absent) return std::nullopt;
  return Rank{static_cast<std::uint8_t>(kind), rank_of(kind, column, place)};
}

int KeptRow::compare(const KeptRow& a, const KeptRow& b, std::size_t column, bool descending) {
  const std::size_t left = a.find(column);
  const std::size_t right = b.find(column);
  const bool has_left = a.kind_of(left) != Kind::Absent;
  const bool has_right = b.kind_of(right) != Kind::Absent;
  if (!has_left || !has_right) return three_way(!has_left, !has_right);
  Reader mine{a.cells_, left + 1};
  Reader other{b.cells_, right + 1};
  const Kind kind = a.kind_of(left);
  int result = 0;
  if (kind != b.kind_of(right)) {
    // A number that a total has taken the place of.
    result = three_way(kind, b.kind_of(right));
  } else if (kind == Kind::Text || kind == Kind::List) {
    result = three_way(mine.text(), other.text());
  } else if (kind == Kind::Address) {
    result = compare_addresses(mine.scoped_address(), other.scoped_address());
  } else if (kind == Kind::Endpoint) {
    result = compare_ends(mine.end(), other.end());
  } else if (kind == Kind::Owners) {
    std::string text;
    std::string more;
    a.append_text(text, column, Type::Owners);
    b.append_text(more, column, Type::Owners);
    result = three_way(text, more);
  } else {
    result = three_way(mine.number(), other.number());
  }
  return descending ? -result : result;
}

}  // namespace tui
