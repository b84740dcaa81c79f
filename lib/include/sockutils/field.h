/// Tables of fields: every fact about a row of some kind (a socket, an event, the result of a probe),
/// declared once.
///
/// The same declaration serves tables, JSON, CSV, the filter, sorting, the man page and completion.
/// Tables of fields are constant; all functions are safe from any thread.
///
///     const Field* const field = find_field("rtt");
///     std::cout << field->name << ": " << unit(field->type) << '\n';  // prints: tcp_rtt: microseconds
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sockutils/export.h"
#include "sockutils/value.h"

namespace sockutils {

/// What a field's `get` looks at. Each kind of row derives its own from it, and each table of fields is for
/// rows of one kind: to ask a field for the value of a row of another kind is undefined.
struct Row {
 protected:
  Row() = default;
  Row(const Row&) = default;
  Row& operator=(const Row&) = default;
  ~Row() = default;
};

/// A row that makes some of its values when they are asked for: they live as long as the row does. Not for
/// several threads at once.
class SOCKUTILS_EXPORT ComposedRow : public Row {
 public:
  /// Keeps a text that a field gives; an empty one is absent.
  OptionalValue keep(std::string text) const;
  /// Keeps a list; one without elements is absent.
  OptionalValue keep(std::span<const std::string> list) const;

 private:
  /// Does not move what it holds.
  mutable std::deque<std::string> texts_;
};

/// What has to be acquired before a field has a value, beyond the plain record of the socket. A set
/// of bits.
enum class Needs : std::uint64_t {
  Nothing = 0,
  // Attributes of sock_diag(7) that the kernel sends on request.
  MemInfo = 1ull << 0,
  TcpInfo = 1ull << 1,
  Congestion = 1ull << 2,
  Tos = 1ull << 3,
  TrafficClass = 1ull << 4,
  ClassId = 1ull << 5,
  UnixPeer = 1ull << 6,
  UnixPending = 1ull << 7,
  UnixVfs = 1ull << 8,
  NetlinkGroups = 1ull << 9,
  CongestionInfo = 1ull << 10,
  BpfStorages = 1ull << 11,
  PacketRings = 1ull << 20,
  PacketFanout = 1ull << 21,
  PacketMembers = 1ull << 22,
  PacketFilter = 1ull << 23,
  NetlinkFlags = 1ull << 24,
  XdpRings = 1ull << 25,
  XdpStats = 1ull << 26,
  // /proc/PID/comm of the process that a netlink port id may name.
  NetlinkProcess = 1ull << 27,
  /// Two dumps where one would do, each of them filtered by the kernel.
  Autobound = 1ull << 31,
  // /proc
  Owners = 1ull << 32,
  CommandLine = 1ull << 33,
  Executable = 1ull << 34,
  ProcessDetail = 1ull << 35,
  WorkingDirectory = 1ull << 36,
  Ancestry = 1ull << 37,
  ProcessTimes = 1ull << 38,
  SecurityContext = 1ull << 39,
  /// The control groups of a process, and what they tell: its unit, the id of its container.
  ProcessGroups = 1ull << 40,
  /// What the runtimes' files say of containers: names and pods.
  Containers = 1ull << 41,
  /// The names of network namespaces.
  NamespaceNames = 1ull << 42,
  /// Who holds the other end: the sockets of every network namespace.
  PeerOwners = 1ull << 43,
  /// What stands behind a docker-proxy.
  ProxyTargets = 1ull << 44,
  /// The security labels of sockets, one by one.
  SocketContext = 1ull << 45,
  // Names
  Services = 1ull << 48,
  Users = 1ull << 49,
  Interfaces = 1ull << 50,
  HostNames = 1ull << 51,
  ControlGroups = 1ull << 52,
};

constexpr Needs operator|(Needs a, Needs b) {
  return static_cast<Needs>(static_cast<std::uint64_t>(a) | static_cast<std::uint64_t>(b));
}
constexpr Needs operator&(Needs a, Needs b) {
  return static_cast<Needs>(static_cast<std::uint64_t>(a) & static_cast<std::uint64_t>(b));
}
constexpr Needs operator~(Needs a) { return static_cast<Needs>(~static_cast<std::uint64_t>(a)); }
/// Whether `set` holds any of `what`.
constexpr bool needs_any(Needs set, Needs what) { return (set & what) != Needs::Nothing; }

/// The side of its column on which a cell stands.
enum class Align : std::uint8_t {
  ByType,  ///< as the values of its type usually do, see `alignment()`
  Left,
  Right,
};

/// How a field relates to the others.
enum class Role : std::uint8_t {
  Fact,       ///< stands for itself; in JSON by default when it costs nothing extra
  Composite,  ///< made of other fields, for people (`local` is address and port)
  PerOwner,   ///< one value per owner; JSON has them inside `processes`
};

/// One fact about a row.
struct Field {
  /// The contract: snake_case, the same everywhere.
  std::string_view name;
  /// A table's heading.
  std::string_view title;
  Type type;
  /// Pure. No value: the kernel did not say, or the field does not apply to this row.
  OptionalValue (*get)(const Row& row);
  Needs needs = Needs::Nothing;
  Role role = Role::Fact;
  Align align = Align::ByType;
  /// First kernel that tells; empty when it is older than 2.6.
  std::string_view kernel = {};
  /// Other names that the filter, `--columns` and `--sort` take; separated by spaces.
  std::string_view aliases = {};
  /// One sentence without a full stop.
  std::string_view doc;
  /// What a table gives up first when its terminal is narrow: 0 is dropped last.
  std::uint8_t drop = 5;
  /// Where JSON has it when that is inside of other objects: `tls.certificate.subject`. `hops[].ttl` is a
  /// member of the objects of a list, to which each row adds one. Empty: under its name.
  std::string_view json = {};
  /// What it is about, see `subject()`; empty: `socket`.
  std::string_view subject = {};
};

namespace detail {
template <auto Get>
struct Getter;
template <class R, class V, V (*Get)(const R&)>
struct Getter<Get> {
  static OptionalValue get(const Row& row) { return Get(static_cast<const R&>(row)); }
};
}  // namespace detail

/// A field's `get`, made of a function or a lambda that takes its own kind of row:
///
///     OptionalValue port(const ProbeRow& row);
///     constexpr Field Port{.name = "port", ..., .get = getter<port>, ...};
template <auto Get>
inline constexpr OptionalValue (*getter)(const Row&) = &detail::Getter<+Get>::get;

/// The fields of one kind of row. Immutable once made.
class SOCKUTILS_EXPORT FieldTable {
 public:
  /// `kind` says in the plural what the rows are: `sockets`. The fields must outlive the table.
  FieldTable(std::string_view kind, const std::vector<std::span<const Field>>& parts);

  std::string_view kind() const { return kind_; }
  /// In the order of documentation.
  std::span<const Field* const> fields() const { return fields_; }
  /// The field with this name or alias, or null.
  const Field* find(std::string_view name) const;
  /// The name most like a misspelt one, or empty when none is near.
  std::string_view suggest(std::string_view name) const;

 private:
  std::string_view kind_;
  std::vector<const Field*> fields_;
  std::unordered_map<std::string_view, const Field*> by_name_;
  /// In the order of documentation, so that of two names that are equally near always the same is meant.
  std::vector<std::string_view> names_;
};

/// The fields of sockets, which most of the library is about.
SOCKUTILS_EXPORT const FieldTable& socket_fields();

/// `socket_fields()`, in short.
inline std::span<const Field* const> fields() { return socket_fields().fields(); }
inline const Field* find_field(std::string_view name) { return socket_fields().find(name); }
inline std::string_view suggest_field(std::string_view name) { return socket_fields().suggest(name); }

/// The values of a row, one for each of `fields`. They live as long as the row.
SOCKUTILS_EXPORT std::vector<OptionalValue> values_of(const Row& row, std::span<const Field* const> fields);

/// What a field is about: `socket`, `ends`, `process`, `tcp`, `memory`, ... For showing many fields in
/// groups.
SOCKUTILS_EXPORT std::string_view subject(const Field& field);

/// Which part of a cell says most, and is kept when the cell is cut.
enum class Keep : std::uint8_t {
  Start,      ///< `systemd-resol…`
  Port,       ///< `2001:db8:…:443`; of a path the end: `/run/…/socket`
  ProcessId,  ///< `chromium-b…/4242 +3`
};

/// How wide a column is, in columns of a terminal.
struct ColumnWidths {
  /// In which values still read well; `Whole` for types that lose their meaning when they are cut.
  std::size_t comfortable;
  /// In which values can be recognised.
  std::size_t minimum;

  static constexpr std::size_t Whole = SIZE_MAX;
};

/// What a type of values is to those who show it: one row of the table of types.
struct TypeInfo {
  Type type;
  /// As `--list-fields` prints it: `bytes`, `flag`, ...
  std::string_view name;
  /// The unit of the plain numbers in JSON and CSV: `bytes`, `bytes/s`, `microseconds`, or empty.
  std::string_view unit = {};
  /// What is worth seeing first is large: a sort by it begins descending.
  bool largest_first = false;
  /// The plain form is a number as JSON writes it, rather than a text.
  bool plain_is_number = false;
  /// Left or right, where its field does not say.
  Align align = Align::Left;
  Keep keep = Keep::Start;
  ColumnWidths table{ColumnWidths::Whole, 4};
  /// In the monitor, which has more columns to show at once.
  ColumnWidths screen{ColumnWidths::Whole, 4};
  /// In lines that are written as they come: what a column has from the start, and how far it widens.
  std::size_t log_width = 1;
  std::size_t log_limit = 16;
};

/// The row of a type.
SOCKUTILS_EXPORT const TypeInfo& type_info(Type type);

inline std::string_view name(Type type) { return type_info(type).name; }
inline std::string_view unit(Type type) { return type_info(type).unit; }

/// Left or right: where the cells of a field stand in their column.
inline Align alignment(const Field& field) {
  return field.align == Align::ByType ? type_info(field.type).align : field.align;
}

}  // namespace sockutils
