/// Tables of fields: every fact about a row of some kind (a socket, an event, a probe result), declared once.
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
#include <vector>

#include "sockutils/export.h"
#include "sockutils/value.h"

namespace sockutils {

/// The argument of a field's `get`. Each kind of row derives its own type from this one. A table of fields is
/// for rows of one kind: asking a field for the value of a row of another kind is undefined.
struct Row {
 protected:
  Row() = default;
  Row(const Row&) = default;
  Row& operator=(const Row&) = default;
  ~Row() = default;
};

/// A row that makes some of its values on request and keeps them as long as it lives. Not for use by several
/// threads at once.
class SOCKUTILS_EXPORT ComposedRow : public Row {
 public:
  /// Keeps the text of a value; an empty text is an absent value.
  OptionalValue keep(std::string text) const;
  /// Keeps the list of a value; a list without elements is an absent value.
  OptionalValue keep(std::span<const std::string> list) const;

 private:
  /// A deque, because it does not move its elements: values refer to them.
  mutable std::deque<std::string> texts_;
};

/// What has to be acquired before a field has a value, beyond the basic record of the socket. A set of bits.
enum class Needs : std::uint64_t {
  Nothing = 0,
  // Attributes of sock_diag(7) that the kernel sends only on request.
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
  /// Takes two dumps instead of one, each filtered by the kernel.
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
  /// The control groups of a process, and what follows from them: its unit and the id of its container.
  ProcessGroups = 1ull << 40,
  /// Names and pods of containers, from the files of the container runtimes.
  Containers = 1ull << 41,
  /// The names of network namespaces.
  NamespaceNames = 1ull << 42,
  /// The owners of the other end: needs the sockets of every network namespace.
  PeerOwners = 1ull << 43,
  /// The end that a docker-proxy forwards to.
  ProxyTargets = 1ull << 44,
  /// The security label of each socket, read one by one.
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

/// The alignment of cells in their column.
enum class Align : std::uint8_t {
  ByType,  ///< the usual one of the field's type, see `alignment()`
  Left,
  Right,
};

/// How a field relates to the others.
enum class Role : std::uint8_t {
  Fact,       ///< a value of its own; in JSON by default when it costs nothing extra
  Composite,  ///< made of other fields, for people (`local` is address and port)
  PerOwner,   ///< one value per owner; JSON has them inside `processes`
};

/// One fact about a row.
struct Field {
  /// Part of the contract: snake_case, the same everywhere.
  std::string_view name;
  /// The heading in tables.
  std::string_view title;
  Type type;
  /// A pure function. No value: the kernel did not say, or the field does not apply to this row.
  OptionalValue (*get)(const Row& row);
  Needs needs = Needs::Nothing;
  Role role = Role::Fact;
  Align align = Align::ByType;
  /// The first kernel version that provides it; empty when that is older than 2.6.
  std::string_view kernel = {};
  /// Other names that the filter, `--columns` and `--sort` take; separated by spaces.
  std::string_view aliases = {};
  /// One sentence without a full stop.
  std::string_view doc;
  /// Order in which a table drops columns on a narrow terminal: the largest first, 0 last.
  std::uint8_t drop = 5;
  /// The place in JSON when it is inside other objects: `tls.certificate.subject`. `hops[].ttl` is a member
  /// of the objects of a list, to which each row adds one object. Empty: under its name.
  std::string_view json = {};
  /// The subject, see `subject()`; empty: `socket`.
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

/// Makes a field's `get` from a function or a lambda that takes its own kind of row:
///
///     OptionalValue port(const ProbeRow& row);
///     constexpr Field Port{.name = "port", ..., .get = getter<port>, ...};
template <auto Get>
inline constexpr OptionalValue (*getter)(const Row&) = &detail::Getter<+Get>::get;

/// The fields of one kind of row. Immutable once made.
class SOCKUTILS_EXPORT FieldTable {
 public:
  /// `kind` is the plural noun for the rows: `sockets`. The fields must outlive the table.
  FieldTable(std::string_view kind, const std::vector<std::span<const Field>>& parts);

  std::string_view kind() const { return kind_; }
  /// In the order of the documentation.
  std::span<const Field* const> fields() const { return fields_; }
  /// The field with this name or alias, or null.
  const Field* find(std::string_view name) const;
  /// The name most similar to a misspelt one, or empty when none is similar enough.
  std::string_view suggest(std::string_view name) const;

 private:
  std::string_view kind_;
  std::vector<const Field*> fields_;
};

/// The fields of sockets, the main subject of this library.
SOCKUTILS_EXPORT const FieldTable& socket_fields();

/// Shorthands for `socket_fields()`.
inline std::span<const Field* const> fields() { return socket_fields().fields(); }
inline const Field* find_field(std::string_view name) { return socket_fields().find(name); }
inline std::string_view suggest_field(std::string_view name) { return socket_fields().suggest(name); }

/// The values of a row, one for each of `fields`. They live as long as the row.
SOCKUTILS_EXPORT std::vector<OptionalValue> values_of(const Row& row, std::span<const Field* const> fields);

/// The subject of a field: `socket`, `ends`, `process`, `tcp`, `memory`, ... Used to show many fields in
/// groups.
SOCKUTILS_EXPORT std::string_view subject(const Field& field);

/// The part of a cell that matters most and is kept when the cell is cut.
enum class Keep : std::uint8_t {
  Start,      ///< `systemd-resol…`
  Port,       ///< `2001:db8:…:443`; of a path, its end: `/run/…/socket`
  ProcessId,  ///< `chromium-b…/4242 +3`
};

/// Widths of a column, in terminal columns.
struct ColumnWidths {
  /// Values still read well at this width; `Whole` for types that lose their meaning when cut.
  std::size_t comfortable;
  /// Values can still be recognised at this width.
  std::size_t minimum;

  static constexpr std::size_t Whole = SIZE_MAX;
};

/// How values of a type are presented: one row of the table of types.
struct TypeInfo {
  Type type;
  /// The name that `--list-fields` prints: `bytes`, `flag`, ...
  std::string_view name;
  /// The unit of the plain numbers in JSON and CSV: `bytes`, `bytes/s`, `microseconds`, or empty.
  std::string_view unit = {};
  /// The largest values are the most interesting: a sort by them starts descending.
  bool largest_first = false;
  /// The plain form is a JSON number rather than a text.
  bool plain_is_number = false;
  /// The alignment when the field does not set one.
  Align align = Align::Left;
  Keep keep = Keep::Start;
  ColumnWidths table{ColumnWidths::Whole, 4};
  /// The widths in the monitor, which shows more columns at once.
  ColumnWidths screen{ColumnWidths::Whole, 4};
  /// In output that is written line by line: the initial width of a column, and the limit to which it may
  /// grow.
  std::size_t log_width = 1;
  std::size_t log_limit = 16;
};

/// The row of a type.
SOCKUTILS_EXPORT const TypeInfo& type_info(Type type);

inline std::string_view name(Type type) { return type_info(type).name; }
inline std::string_view unit(Type type) { return type_info(type).unit; }

/// The alignment of a field's cells: `Left` or `Right`.
inline Align alignment(const Field& field) {
  return field.align == Align::ByType ? type_info(field.type).align : field.align;
}

}  // namespace sockutils
