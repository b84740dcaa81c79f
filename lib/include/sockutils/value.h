/// The typed values that fields give, what they are made of, and how they become text.
///
/// Values are small, trivially copyable views: text, lists of text and owner lists stay valid as long as the
/// row, or the `Snapshot`, that gave them. Everything here is a plain value or a pure function: safe from any
/// thread.
///
///     std::string text;
///     append_value(text, Value(std::uint64_t{1536}), Type::Microseconds, Style::Human);
///     std::cout << text << '\n';                      // prints: 1.5ms
///     std::cout << escape_text("a\x1b[2Jb") << '\n';  // prints: a\x1b[2Jb
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sockutils/export.h"

namespace sockutils {

// ----------------------------------------------------------------------------------------------------
// Internet addresses.

/// An IPv4 or IPv6 address. A plain value: cheap to copy, safe to share between threads.
struct Address {
  /// Network byte order; an IPv4 address uses the first four bytes.
  std::array<std::uint8_t, 16> bytes{};
  bool is_v6 = false;
  /// Index of the interface that a link-local IPv6 address belongs to (RFC 4007); 0 when none.
  std::uint32_t scope_id = 0;

  /// `0.0.0.0` or `::`.
  SOCKUTILS_EXPORT bool is_wildcard() const;
  /// In 127.0.0.0/8 (also when v4-mapped), or `::1`.
  SOCKUTILS_EXPORT bool is_loopback() const;
  /// In 169.254.0.0/16 or fe80::/10.
  SOCKUTILS_EXPORT bool is_link_local() const;
  /// In ::ffff:0:0/96 (RFC 4291, 2.5.5.2).
  SOCKUTILS_EXPORT bool is_v4_mapped() const;

  /// The form of inet_ntop(3), without scope.
  SOCKUTILS_EXPORT std::string to_string() const;

  /// Reads what inet_pton(3) reads. No value: `text` is not an address.
  SOCKUTILS_EXPORT static std::optional<Address> parse(std::string_view text);
  /// From 4 bytes in network order.
  SOCKUTILS_EXPORT static Address v4(std::array<std::uint8_t, 4> bytes);

  friend auto operator<=>(const Address&, const Address&) = default;
};

/// Whether `address` begins with the first `length` bits of `prefix`, as the kernel compares in
/// INET_DIAG_BC_S_COND: an IPv4 prefix also covers v4-mapped IPv6 addresses, an IPv6 prefix no IPv4
/// address.
SOCKUTILS_EXPORT bool matches_prefix(const Address& address, const Address& prefix, unsigned length);

// ----------------------------------------------------------------------------------------------------
// The names of families, protocols and states: one table each, for printing and for parsing.
// Everything here is a plain value or a pure function; safe from any thread.

/// An address family, socket(2).
enum class Family : std::uint8_t { Inet, Inet6, Unix, Packet, Netlink, Vsock, Xdp, Tipc };

/// The protocol of a socket within its family. `Raw` and `Dgram` also name the two kinds of packet(7)
/// sockets, and `Stream` to `Rdm` name the socket types of unix(7), vsock(7) and TIPC. netlink(7) protocols
/// start at `NetlinkBase`, see `netlink_protocol(n)`.
enum class Protocol : std::uint16_t {
  Tcp,
  Udp,
  Udplite,
  Raw,
  Icmp,
  Stream,
  Dgram,
  Seqpacket,
  Mptcp,
  Sctp,
  Dccp,
  Rdm,
  NetlinkBase = 0x100,
};

/// The number of netlink protocols that a kernel can have (MAX_LINKS in linux/netlink.h).
inline constexpr unsigned NetlinkProtocols = 32;

/// The protocol of netlink(7) with the number `n`, which is below `NetlinkProtocols`.
constexpr Protocol netlink_protocol(unsigned n) {
  return static_cast<Protocol>(static_cast<unsigned>(Protocol::NetlinkBase) + n);
}

/// A socket's state: the TCP states under the kernel's numbers (include/net/tcp_states.h), and
/// `Unconnected` for datagram and raw sockets without a peer.
enum class State : std::uint8_t {
  Unconnected = 0,
  Established = 1,
  SynSent,
  SynRecv,
  FinWait1,
  FinWait2,
  TimeWait,
  Closed,
  CloseWait,
  LastAck,
  Listen,
  Closing,
  BoundInactive = 13,
};

/// A set of states.
class StateSet {
 public:
  constexpr StateSet() = default;
  constexpr StateSet(std::initializer_list<State> states) {
    for (State state : states) add(state);
  }
  static constexpr StateSet all() { return from_bits(0x2fff); }
  static constexpr StateSet from_bits(std::uint32_t bits) {
    StateSet set;
    set.bits_ = bits;
    return set;
  }

  constexpr void add(State state) { bits_ |= 1u << static_cast<unsigned>(state); }
  constexpr bool contains(State state) const { return (bits_ & (1u << static_cast<unsigned>(state))) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  /// Bit n stands for the state with the number n.
  constexpr std::uint32_t bits() const { return bits_; }

  friend constexpr StateSet operator&(StateSet a, StateSet b) { return from_bits(a.bits_ & b.bits_); }
  friend constexpr StateSet operator|(StateSet a, StateSet b) { return from_bits(a.bits_ | b.bits_); }
  friend constexpr StateSet operator-(StateSet a, StateSet b) { return from_bits(a.bits_ & ~b.bits_); }
  friend constexpr bool operator==(StateSet, StateSet) = default;

 private:
  std::uint32_t bits_ = 0;
};

/// The states that `-l` shows and that a plain listing puts first: listeners, and datagram sockets without a
/// peer, which receive from anyone.
inline constexpr StateSet ListeningStates{State::Listen, State::Unconnected};

/// `inet`, `inet6`, `unix`, `packet`, `netlink`, `vsock`, `xdp`, `tipc`.
SOCKUTILS_EXPORT std::string_view name(Family family);
/// `tcp`, `udp`, `raw`, `stream`, `route`, ...; `netlink-25` for a netlink protocol without a name.
SOCKUTILS_EXPORT std::string_view name(Protocol protocol);
/// `established`, `syn-sent`, `time-wait`, ...
SOCKUTILS_EXPORT std::string_view name(State state);
/// The name that other tools use, for tables: `ESTAB`, `LISTEN`, `UNCONN`, ...
SOCKUTILS_EXPORT std::string_view title(State state);

/// Reads a family's name, in any case; also `ipv4`, `ipv6`, `link` and the like.
SOCKUTILS_EXPORT std::optional<Family> parse_family(std::string_view text);
/// Reads a protocol's name, in any case; also the names that `ss` gives to netlink protocols.
SOCKUTILS_EXPORT std::optional<Protocol> parse_protocol(std::string_view text);
/// Reads a state, or one of the groups of ss(8) (`all`, `connected`, `synchronized`, `bucket`,
/// `big`), in any case and in the spelling of `ss` or `netstat`.
SOCKUTILS_EXPORT std::optional<StateSet> parse_states(std::string_view text);

/// The canonical names of all families, protocols and states, for suggestions and completion.
SOCKUTILS_EXPORT std::vector<std::string_view> family_names();
SOCKUTILS_EXPORT std::vector<std::string_view> protocol_names();
SOCKUTILS_EXPORT std::vector<std::string_view> state_names();

// ----------------------------------------------------------------------------------------------------
// Who holds a socket.

/// A process as /proc shows it, see proc(5). A member has no value when it was not asked for or could not be
/// read. A process is identified by `pid` and `start_time` together, because pids are reused.
struct Process {
  std::int32_t pid = 0;
  /// Clock ticks after boot, as in /proc/PID/stat.
  std::optional<std::uint64_t> start_time;
  /// /proc/PID/comm: up to 15 bytes, chosen by the process itself, so they can be any bytes.
  std::optional<std::string> name;
  /// The arguments, joined by spaces. Empty for a kernel thread.
  std::optional<std::string> command_line;
  /// The target of the link /proc/PID/exe.
  std::optional<std::string> executable;
  /// Effective user id.
  std::optional<std::uint32_t> uid;
  /// The name of the user `uid`.
  std::optional<std::string> user;
  /// The process that started it, or the one that has adopted it since.
  std::optional<std::int32_t> parent_pid = {};
  /// The start time in microseconds since 1970-01-01 00:00 UTC, and its age in microseconds when it was read.
  std::optional<std::uint64_t> started = {};
  std::optional<std::uint64_t> age = {};
  /// The target of the link /proc/PID/cwd.
  std::optional<std::string> working_directory = {};
  /// The names of its ancestors, the oldest first, and then its own: `sshd > bash > python3`. Process 1, the
  /// ancestor of all processes, is left out.
  std::optional<std::string> ancestry = {};
  /// /proc/PID/attr/current without its terminator: a label of SELinux, AppArmor or Smack.
  std::optional<std::string> security_context = {};
  /// The path of its control group, cgroups(7): the one of cgroup v2, unless only v1 has a path other than
  /// `/`.
  std::optional<std::string> cgroup = {};
  /// The systemd units that it runs in: of the system manager, and of a user's manager.
  std::optional<std::string> unit = {};
  std::optional<std::string> user_unit = {};
  std::optional<std::string> slice = {};
  /// The container that it runs in: the name that the runtime gives it, the runtime, the id, and in
  /// Kubernetes the pod as `namespace/name`, or the uid of the pod when no file names it.
  std::optional<std::string> container = {};
  std::optional<std::string> container_runtime = {};
  std::optional<std::string> container_id = {};
  std::optional<std::string> container_pod = {};

  friend bool operator==(const Process&, const Process&) = default;
};

/// One file descriptor through which a process holds a socket.
struct Owner {
  /// Never null; lives as long as the result that this owner came from.
  const Process* process = nullptr;
  /// The thread with the descriptor. It equals the pid unless that thread has a descriptor table of its own
  /// (clone(2) without CLONE_FILES), or the main thread has ended. Of several threads it is the one with the
  /// lowest number.
  std::int32_t tid = 0;
  std::int32_t fd = -1;
};

// ----------------------------------------------------------------------------------------------------
// A list of texts as a view: the values of fields of type `Type::List`.

/// Several texts of any bytes, in one of two forms: packed one after the other, or the names of the bits that
/// are set in a number. A view: valid as long as the memory that it refers to. Thread safety: constant.
class TextList {
 public:
  TextList() = default;
  /// Reads what `append_element()` wrote. In other input, an element that is cut off is left out.
  explicit TextList(std::string_view packed) : packed_(packed) {}
  /// Holds `names[i]` for each bit `i` of `bits`; bits without a name, or with an empty one, are left out.
  /// The names must be static.
  TextList(std::uint64_t bits, std::span<const std::string_view> names) : bits_(bits), names_(names) {}

  /// Walks the elements from first to last.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = std::string_view;

    Iterator() = default;
    Iterator(const TextList& list, std::size_t position) : list_(&list), position_(position) { settle(); }

    std::string_view operator*() const {
      if (!list_->names_.empty()) return list_->names_[position_];
      return list_->packed_.substr(position_ + sizeof(Length), list_->length_at(position_));
    }
    Iterator& operator++() {
      position_ += list_->names_.empty() ? sizeof(Length) + list_->length_at(position_) : 1;
      settle();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.position_ == b.position_; }

   private:
    /// Moves to the next element, or to the end.
    void settle() {
      const std::size_t end = list_->end_position();
      if (list_->names_.empty()) {
        if (!list_->is_whole(position_)) position_ = end;
      } else {
        while (position_ < end && !list_->has_name(position_)) ++position_;
      }
    }

    const TextList* list_ = nullptr;
    std::size_t position_ = 0;
  };

  /// The list must outlive its iterators.
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, end_position()}; }
  bool empty() const { return begin() == end(); }
  std::size_t size() const { return static_cast<std::size_t>(std::distance(begin(), end())); }

  /// The bytes of a packed list; empty for a set of names.
  std::string_view packed() const { return packed_; }

 private:
  using Length = std::uint32_t;
  friend void append_element(std::string& packed, std::string_view text);

  std::size_t end_position() const { return names_.empty() ? packed_.size() : names_.size(); }
  bool has_name(std::size_t bit) const { return bit < 64 && (bits_ >> bit & 1) != 0 && !names_[bit].empty(); }
  Length length_at(std::size_t position) const {
    Length length = 0;
    std::memcpy(&length, packed_.data() + position, sizeof length);
    return length;
  }
  bool is_whole(std::size_t position) const {
    const std::size_t left = packed_.size() - position;
    return left >= sizeof(Length) && left - sizeof(Length) >= length_at(position);
  }

  std::string_view packed_;
  std::uint64_t bits_ = 0;
  std::span<const std::string_view> names_;
};

/// Appends one text of at most 4 GiB to the packed form of a list.
inline void append_element(std::string& packed, std::string_view text) {
  const auto length = static_cast<TextList::Length>(text.size());
  char bytes[sizeof length];
  std::memcpy(bytes, &length, sizeof length);
  packed.append(bytes, sizeof length);
  packed += text;
}

// ----------------------------------------------------------------------------------------------------
// The typed values that fields give.
//
// All are small, trivially copyable views: text, lists of text and owner lists stay valid as long as
// the row, or the `Snapshot`, that gave them.

/// The type of a field's values. It alone decides how they are printed, compared, sorted and parsed. Each
/// type has a row in the table of types: `type_info()` in field.h.
enum class Type : std::uint8_t {
  Count,           ///< uint64: a number of things
  Identifier,      ///< uint64: a number that names something (pid, inode); never grouped or scaled
  Mask,            ///< uint64: a set of bits, hexadecimal in tables and text
  Bytes,           ///< uint64
  BytesPerSecond,  ///< uint64
  Microseconds,    ///< uint64
  Time,            ///< uint64: a point in time, in microseconds since 1970-01-01 00:00 UTC
  Port,            ///< uint64: 1 to 65535; the filter also takes service names
  Real,            ///< double: a number that may be negative or have a fraction
  Flag,            ///< bool
  Text,            ///< string_view; any bytes
  Address,         ///< Address
  Endpoint,        ///< Endpoint
  Family,          ///< Family
  Protocol,        ///< Protocol
  State,           ///< State
  Owners,          ///< span of Owner; an empty one means that the kernel holds the socket, and no process
  List,            ///< TextList: several texts, any of which a filter may match
};

/// One end of a socket, for people: address and port, or what the family has instead.
struct Endpoint {
  /// Set for the internet families.
  std::optional<Address> address;
  std::optional<std::uint16_t> port;
  /// The name of the IP protocol of a raw socket, when names were asked for; else empty. It is printed
  /// instead of `port`, which holds the protocol's number.
  std::string_view port_name;
  /// The host name, and the name of the interface, when names were asked for; else empty.
  std::string_view host;
  std::string_view scope;
  /// Index of the interface that the socket is bound to, or that a link-local peer is on. It is printed when
  /// `scope` holds no name, as in `[fe80::1]%2:22`. 0 when there is none.
  std::uint32_t scope_id = 0;
  /// Instead of address and port: a path, a netlink port id, an Ethernet protocol.
  std::string_view text;
  /// The wildcard address of a socket that receives both IPv4 and IPv6.
  bool dual_stack = false;
  /// There is no other end, as with the peer of a listener. Prints as `*`.
  bool any = false;
};

struct Value;

/// One value for each owner, in the owners' order: the value of `pid`, `fd`, `process` ...
struct PerOwner {
  std::span<const Owner> owners;
  std::optional<Value> (*get)(const Owner&) = nullptr;
};

/// A value of one of the types of `Type`.
struct Value : std::variant<bool, std::uint64_t, std::string_view, Address, Endpoint, Family, Protocol, State,
                            std::span<const Owner>, PerOwner, TextList, double> {
  using variant::variant;
};

/// What a field gives. An absent value is not zero.
using OptionalValue = std::optional<Value>;

/// The values of one row, in the order of the query's fields.
using Values = std::span<const OptionalValue>;

/// The value at `index` of a row as type `T`, as in `get<std::string_view>(row, 0)`. No value when it is
/// absent or of another type. Thread safety: pure.
template <class T>
std::optional<T> get(Values row, std::size_t index) {
  if (index >= row.size() || !row[index]) return std::nullopt;
  const T* const value = std::get_if<T>(&*row[index]);
  return value != nullptr ? std::optional<T>(*value) : std::nullopt;
}

// ----------------------------------------------------------------------------------------------------
// The order of values.

/// The one order of values, used by `--sort`, groups and the monitor. Ascending: numbers by size, flags with
/// false first, text by bytes, addresses as numbers (IPv4 before IPv6, then by scope), endpoints by address,
/// then port, then interface, with those that have a name or a path instead at the end; protocols by name,
/// families and states by the numbers of their enumerations; lists element by element, and lists of owners by
/// process name, pid and descriptor. Values of different alternatives of `Value`, which one field rarely
/// gives, are ordered by alternative. An absent value comes last, also when `descending`. Thread safety:
/// pure.
SOCKUTILS_EXPORT std::weak_ordering compare(const OptionalValue& a, const OptionalValue& b,
                                            bool descending = false);

/// The beginning of a value as a number: two prefixes that differ are ordered as their values are. Sorting
/// many rows by prefixes is faster than following each comparison to values that are scattered in memory.
struct SortPrefix {
  std::uint8_t alternative = 0;
  /// The prefix is the whole value: two equal prefixes with `whole` set mean equal values.
  bool whole = false;
  std::uint64_t number = 0;

  friend std::strong_ordering operator<=>(const SortPrefix& a, const SortPrefix& b) {
    return a.alternative != b.alternative ? a.alternative <=> b.alternative : a.number <=> b.number;
  }
};

/// The prefix of a value. Thread safety: pure.
SOCKUTILS_EXPORT SortPrefix sort_prefix(const Value& value);

// ----------------------------------------------------------------------------------------------------
// Values as text.

/// A time stamp in the one format of all programs: RFC 3339, UTC, microseconds, as in
/// `2026-11-30T01:40:46.375869Z`. It is the plain form of a value of `Type::Time`. Thread safety: pure.
SOCKUTILS_EXPORT std::string time_stamp(std::chrono::system_clock::time_point time);

/// How values are written.
enum class Style : std::uint8_t {
  Human,  ///< for tables: `1.2 MiB`, `34 ms`, `LISTEN`
  Plain,  ///< for programs: base units, contract names, time stamps as `time_stamp()` writes them
};

/// Appends a value of a field of type `type` to `out`: one line, unless its text holds a newline. Text from
/// other programs is appended as it is; pass what goes to a terminal through `escape_text()` afterwards. The
/// values of `PerOwner` are joined by commas, equal neighbours written once; those of `TextList` are joined
/// by commas, and an empty list is `none` in the style `Human`. Thread safety: pure.
SOCKUTILS_EXPORT void append_value(std::string& out, const Value& value, Type type, Style style);

/// Appends `text` with everything escaped that could control a terminal or break a line: control characters
/// (C0, C1, DEL), bytes that are not UTF-8, bidirectional controls, line separators, and the backslash
/// itself. The form is that of C: `\n`, `\x1b`, `\\`, `\u202e`. All hostile text is made harmless here and
/// nowhere else. Thread safety: pure.
SOCKUTILS_EXPORT void append_escaped(std::string& out, std::string_view text);

/// Escapes `text` in place from `begin` (at most its size) on, as `append_escaped()` does. Returns how many
/// terminal columns that part then takes, as `display_width()` counts them. Thread safety: pure.
SOCKUTILS_EXPORT std::size_t escape_from(std::string& text, std::size_t begin);

/// `append_escaped()` into a new string.
SOCKUTILS_EXPORT std::string escape_text(std::string_view text);

/// Appends `text` as valid UTF-8: bytes that are not UTF-8 become U+FFFD, all others stay. For JSON, which
/// cannot hold such bytes. Thread safety: pure.
SOCKUTILS_EXPORT void append_utf8(std::string& out, std::string_view text);

/// The number of terminal columns that `text` (valid UTF-8, as `append_escaped()` leaves it) takes: wide
/// characters take two, combining characters none. Does not depend on the locale, unlike wcwidth(3). Thread
/// safety: pure.
SOCKUTILS_EXPORT std::size_t display_width(std::string_view text);

}  // namespace sockutils
