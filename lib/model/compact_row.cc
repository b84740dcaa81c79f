#include "sockutils/compact_row.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "common/packing.h"

namespace sockutils {
namespace {

/// No value, or the alternative of a value.
enum Kind : std::uint8_t {
  Absent,
  FlagCell,
  NumberCell,
  TextCell,
  AddressCell,
  EndpointCell,
  FamilyCell,
  ProtocolCell,
  StateCell,
  OwnersCell,
  PerOwnerCell,
  ListCell,
  RealCell,
};

template <Kind Of, class T>
constexpr bool Holds = std::is_same_v<std::variant_alternative_t<Of - 1, Value::variant>, T>;
static_assert(Holds<FlagCell, bool> && Holds<NumberCell, std::uint64_t> &&
              Holds<TextCell, std::string_view> && Holds<AddressCell, Address> &&
              Holds<EndpointCell, Endpoint> && Holds<FamilyCell, Family> && Holds<ProtocolCell, Protocol> &&
              Holds<StateCell, State> && Holds<OwnersCell, std::span<const Owner>> &&
              Holds<PerOwnerCell, PerOwner> && Holds<ListCell, TextList> && Holds<RealCell, double>);

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
  HasPortName = 1 << 10,
};

std::uint64_t parts_of(const Endpoint& end) {
  std::uint64_t parts = 0;
  const auto set = [&](bool there, EndPart part) {
    if (there) parts |= part;
  };
  set(end.address.has_value(), HasAddress);
  set(end.address && end.address->is_v6, IsV6);
  set(end.address && end.address->scope_id != 0, HasScopedAddress);
  set(end.port.has_value(), HasPort);
  set(!end.host.empty(), HasHost);
  set(!end.scope.empty(), HasScope);
  set(end.scope_id != 0, HasScopeId);
  set(!end.text.empty(), HasText);
  set(end.dual_stack, IsDualStack);
  set(end.any, IsAny);
  set(!end.port_name.empty(), HasPortName);
  return parts;
}

/// Appends what follows the kind of a cell. `list_of` says by which number a list of owners is known; 0 is a
/// list without owners.
template <class ListOf>
struct Packer {
  std::string& out;
  const ListOf& list_of;

  void text(std::string_view text) const {
    pack_number(out, text.size());
    out += text;
  }
  void address(const Address& address) const {
    out.append(address.bytes.begin(), address.bytes.begin() + (address.is_v6 ? 16 : 4));
  }

  void operator()(bool value) const { pack_number(out, value ? 1 : 0); }
  void operator()(std::uint64_t value) const { pack_number(out, value); }
  void operator()(double value) const {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof bytes);
  }
  void operator()(Family value) const { pack_number(out, static_cast<std::uint64_t>(value)); }
  void operator()(Protocol value) const { pack_number(out, static_cast<std::uint64_t>(value)); }
  void operator()(State value) const { pack_number(out, static_cast<std::uint64_t>(value)); }
  void operator()(std::string_view value) const { text(value); }
  void operator()(std::span<const Owner> value) const { pack_number(out, list_of(value)); }
  /// The function is one of the program's, and needs no room for what it gives.
  void operator()(const PerOwner& value) const {
    pack_number(out, list_of(value.owners));
    char bytes[sizeof value.get];
    std::memcpy(bytes, &value.get, sizeof value.get);
    out.append(bytes, sizeof bytes);
  }
  void operator()(const TextList& value) const {
    std::string packed;
    for (const std::string_view element : value) append_element(packed, element);
    text(packed);
  }
  void operator()(const Address& value) const {
    pack_number(out, value.is_v6 ? 1 : 0);
    pack_number(out, value.scope_id);
    address(value);
  }
  void operator()(const Endpoint& value) const {
    const std::uint64_t parts = parts_of(value);
    pack_number(out, parts);
    if (value.address) address(*value.address);
    if ((parts & HasScopedAddress) != 0) pack_number(out, value.address->scope_id);
    if (value.port) pack_number(out, *value.port);
    if ((parts & HasScopeId) != 0) pack_number(out, value.scope_id);
    if ((parts & HasHost) != 0) text(value.host);
    if ((parts & HasScope) != 0) text(value.scope);
    if ((parts & HasText) != 0) text(value.text);
    if ((parts & HasPortName) != 0) text(value.port_name);
  }
};

template <class ListOf>
void pack(std::string& out, const OptionalValue& value, const ListOf& list_of) {
  if (!value) return out.push_back(static_cast<char>(Absent));
  out += static_cast<char>(value->index() + 1);
  std::visit(Packer<ListOf>{out, list_of}, *value);
}

/// Reads what a packer wrote.
class Reader : public Unpacker {
 public:
  using Unpacker::Unpacker;

  Kind kind() { return static_cast<Kind>(raw(1).front()); }
  std::uint32_t number32() { return static_cast<std::uint32_t>(number()); }
  std::string_view text() {
    const std::uint64_t size = number();
    return raw(size);
  }
  Address address(bool is_v6) {
    Address address;
    address.is_v6 = is_v6;
    const std::string_view bytes = raw(is_v6 ? 16 : 4);
    std::memcpy(address.bytes.data(), bytes.data(), bytes.size());
    return address;
  }
  Address scoped_address() {
    const bool is_v6 = number() != 0;
    const std::uint32_t scope = number32();
    Address found = address(is_v6);
    found.scope_id = scope;
    return found;
  }
  Endpoint end() {
    Endpoint end;
    const std::uint64_t parts = number();
    if ((parts & HasAddress) != 0) end.address = address((parts & IsV6) != 0);
    if ((parts & HasScopedAddress) != 0) end.address->scope_id = number32();
    if ((parts & HasPort) != 0) end.port = static_cast<std::uint16_t>(number());
    if ((parts & HasScopeId) != 0) end.scope_id = number32();
    if ((parts & HasHost) != 0) end.host = text();
    if ((parts & HasScope) != 0) end.scope = text();
    if ((parts & HasText) != 0) end.text = text();
    if ((parts & HasPortName) != 0) end.port_name = text();
    end.dual_stack = (parts & IsDualStack) != 0;
    end.any = (parts & IsAny) != 0;
    return end;
  }
  double real() {
    double value = 0;
    std::memcpy(&value, raw(sizeof value).data(), sizeof value);
    return value;
  }
  std::span<const Owner> owners(const OwnerList* lists) {
    const std::uint64_t list = number();
    return list != 0 && lists != nullptr ? lists->get(list - 1) : std::span<const Owner>();
  }
  PerOwner per_owner(const OwnerList* lists) {
    PerOwner value{owners(lists)};
    std::memcpy(&value.get, raw(sizeof value.get).data(), sizeof value.get);
    return value;
  }

  OptionalValue value(const OwnerList* lists) {
    switch (kind()) {
      case Absent:
        break;
      case FlagCell:
        return number() != 0;
      case NumberCell:
        return number();
      case TextCell:
        return text();
      case AddressCell:
        return scoped_address();
      case EndpointCell:
        return end();
      case FamilyCell:
        return static_cast<Family>(number());
      case ProtocolCell:
        return static_cast<Protocol>(number());
      case StateCell:
        return static_cast<State>(number());
      case OwnersCell:
        return owners(lists);
      case PerOwnerCell:
        return per_owner(lists);
      case ListCell:
        return TextList(text());
      case RealCell:
        return real();
    }
    return std::nullopt;
  }

  void skip() {
    switch (kind()) {
      case Absent:
        return;
      case FlagCell:
      case NumberCell:
      case FamilyCell:
      case ProtocolCell:
      case StateCell:
      case OwnersCell:
        number();
        return;
      case TextCell:
      case ListCell:
        text();
        return;
      case AddressCell:
        scoped_address();
        return;
      case EndpointCell:
        end();
        return;
      case PerOwnerCell:
        per_owner(nullptr);
        return;
      case RealCell:
        real();
        return;
    }
  }
};

}  // namespace

CompactRow::CompactRow(std::size_t columns) {
  pack_number(cells_, columns);
  cells_.append(columns, static_cast<char>(Absent));
}

std::size_t CompactRow::size() const { return cells_.empty() ? 0 : Reader(cells_).number(); }

/// What follows from there on.
std::string_view CompactRow::find(std::size_t column) const {
  Reader reader(cells_);
  reader.number();
  for (; column > 0; --column) reader.skip();
  return reader.rest();
}

bool CompactRow::has(std::size_t column) const { return find(column).front() != Absent; }

OptionalValue CompactRow::value(std::size_t column) const {
  return Reader(find(column)).value(owners_.get());
}

std::optional<std::uint64_t> CompactRow::number(std::size_t column) const {
  Reader reader(find(column));
  return reader.kind() == NumberCell ? std::optional(reader.number()) : std::nullopt;
}

void CompactRow::put(std::size_t column, std::string_view cell) {
  const std::string_view rest = find(column);
  Reader reader(rest);
  reader.skip();
  cells_.replace(cells_.size() - rest.size(), rest.size() - reader.rest().size(), cell);
}

void CompactRow::clear(std::size_t column) { put(column, std::string_view("\0", 1)); }

void CompactRow::set(std::size_t column, const OptionalValue& value) {
  bool is_known = true;
  const auto list_of = [&](std::span<const Owner> owners) -> std::uint64_t {
    if (owners.empty()) return 0;
    for (std::size_t i = 0; owners_ && i < owners_->lists(); ++i)
      if (owners_->get(i).data() == owners.data()) return i + 1;
    is_known = false;
    return 0;
  };
  std::string cell;
  pack(cell, value, list_of);
  is_known ? put(column, cell) : clear(column);
}

void CompactRow::set_number(std::size_t column, std::optional<std::uint64_t> number) {
  set(column, number ? OptionalValue(*number) : std::nullopt);
}

void CompactRow::set_owners(std::size_t column, std::shared_ptr<const OwnerList> owners) {
  owners_ = std::move(owners);
  set(column, owners_ ? OptionalValue(owners_->get()) : std::nullopt);
}

void CompactRow::Builder::begin(std::size_t columns, std::span<const Owner> owners) {
  cells_.clear();
  pack_number(cells_, columns);
  owners_.assign(1, owners);
}

void CompactRow::Builder::add(const OptionalValue& value) {
  pack(cells_, value, [this](std::span<const Owner> owners) -> std::uint64_t {
    if (owners.empty()) return 0;
    auto found = std::find_if(owners_.begin(), owners_.end(),
                              [&](const auto& known) { return known.data() == owners.data(); });
    if (found == owners_.end()) found = owners_.insert(owners_.end(), owners);
    return static_cast<std::uint64_t>(found - owners_.begin()) + 1;
  });
}

CompactRow CompactRow::Builder::finish(std::shared_ptr<const OwnerList> owners) const {
  CompactRow row;
  row.cells_ = cells_;
  row.owners_ = std::move(owners);
  return row;
}

}  // namespace sockutils
