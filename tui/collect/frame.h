/// A frame: all that is known at one moment, passed from the collector to the view. Constant once made.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/compact_row.h"
#include "sockutils/count.h"
#include "sockutils/kill.h"
#include "tui/collect/compact_optional.h"
#include "tui/collect/playback.h"
#include "tui/view/columns.h"

namespace tui {

using sockutils::CompactRow;
using sockutils::OwnerList;
using Clock = std::chrono::steady_clock;

/// A row's identity across frames.
struct RowKey {
  std::uint64_t number = 0;
  std::uint64_t group = 0;
  /// For a row that appears under several others: the one that it is under.
  std::uint64_t under = 0;
  friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

/// What `number` is in the key of a socket. Sockets with neither cookie nor inode, which are few, are
/// identified by their ends.
enum class IdentityKind : std::uint64_t { Cookie, Inode, Ends };
/// The group of that key; `netns` is 0 when unknown.
std::uint64_t key_group(IdentityKind kind, sockutils::Family family, std::uint64_t netns);
inline std::uint64_t netns_of(const RowKey& key) { return key.group & 0xffffffff; }

/// The sort value of a sparkline: its mean in two significant digits, so that rows with similar traffic do
/// not keep swapping places.
std::uint64_t activity_of(const std::vector<float>& trend);

struct RowKeyHash {
  std::size_t operator()(const RowKey& key) const {
    return std::hash<std::uint64_t>{}(key.number ^ ((key.group ^ key.under) * 0x9e3779b97f4a7c15u));
  }
};

enum class Mark : std::uint8_t { Same, New, Changed, Closed };

/// A row of any pane.
struct TableRow {
  RowKey key;
  Mark mark = Mark::Same;
  CompactRow cells;
  /// It receives traffic on all addresses.
  bool exposed = false;
  /// The data of the sparkline: bytes per second, the latest last. May be empty.
  std::vector<float> trend;
};

/// One interval of a socket's history. Negative means absent.
struct Moment {
  float in = -1;
  float out = -1;
  float rtt = -1;
};

/// The rates of a socket's counters, per second.
struct CompactRates {
  CompactOptional<float> bytes_in;
  CompactOptional<float> bytes_out;
  CompactOptional<float> retransmits;
  friend bool operator==(const CompactRates&, const CompactRates&) = default;
};

/// A socket, with the values that other panes and actions need. There may be hundreds of thousands.
struct SocketRow : TableRow {
  sockutils::Family family{};
  sockutils::Protocol protocol{};
  std::optional<sockutils::State> state;
  /// Whether `key` is a cookie.
  bool has_cookie = false;
  std::uint16_t local_port = 0;
  std::uint16_t peer_port = 0;
  /// Index of the interface that it is bound to; 0: none.
  std::uint32_t interface = 0;
  std::optional<sockutils::Address> local_address;
  std::optional<sockutils::Address> peer_address;
  CompactRates rates;
  CompactOptional<std::uint64_t> recv_queue;
  CompactOptional<std::uint64_t> send_queue;
  CompactOptional<std::uint64_t> rtt;
  Clock::time_point first_seen{};
  /// From where it can be reached; empty if it is not a listener. A string literal or equally permanent.
  std::string_view exposure;

  /// What is needed to close the socket; only for internet sockets that were read by netlink.
  std::optional<sockutils::SocketIdentity> identity() const;
};

/// Whether the rows below a row are visible.
enum class Fold : std::uint8_t { Nothing, Closed, Open };

/// The position of a row in a tree.
struct Branch {
  static constexpr std::uint32_t NoParent = UINT32_MAX;
  /// Index of an earlier row.
  std::uint32_t parent = NoParent;
  std::uint8_t depth = 0;
  Fold fold = Fold::Nothing;
  /// The socket that the row shows; null: it shows several.
  std::shared_ptr<const SocketRow> socket;
};

/// Rows with the same columns.
struct Table {
  Fields columns;
  std::vector<std::shared_ptr<const TableRow>> rows;
  /// All rows are of type `SocketRow`.
  bool of_sockets = false;
  /// One for each row; empty: the table is not a tree.
  std::vector<Branch> branches;
  /// The column that shows the tree.
  std::size_t tree_column = 0;

  /// The socket that a row shows, or null.
  std::shared_ptr<const SocketRow> socket(std::size_t row) const {
    if (of_sockets) return std::static_pointer_cast<const SocketRow>(rows[row]);
    return branches.empty() ? nullptr : branches[row].socket;
  }
};

/// Calls `visit(row, index)` for each row, in order. The rows are scattered in memory: prefetching the next
/// ones makes this several times as fast.
template <class Visit>
void visit_rows(const Table& table, const Visit& visit) {
  constexpr std::size_t FarAhead = 16;
  constexpr std::size_t Ahead = 8;
  constexpr std::size_t CacheLine = 64;
  const auto& rows = table.rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i + FarAhead < rows.size())
      for (std::size_t line = 0; line < sizeof(SocketRow); line += CacheLine)
        __builtin_prefetch(reinterpret_cast<const char*>(rows[i + FarAhead].get()) + line);
    if (i + Ahead < rows.size()) rows[i + Ahead]->cells.prefetch();
    visit(rows[i], i);
  }
}

/// What all sockets together did since the previous frame.
struct Totals {
  sockutils::CounterChange change;
  std::size_t opened = 0;
  std::size_t closed = 0;
  /// Number of sockets by the value of `sockutils::State`; closed ones are not counted.
  std::array<std::size_t, 16> states{};
};

/// Packets counted since the previous frame, in bytes as interfaces count them.
struct PacketAccount {
  struct Sum {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
  };
  /// Packets are counted; else `refusal` says why not. If both are set, some namespaces are counted.
  bool counting = false;
  std::string refusal;
  /// Attributed to UDP, raw and other sockets without counters.
  Sum claimed;
  /// Attributed to one of several sockets that share a port, without knowing which.
  Sum ambiguous;
  /// From or to an address of this machine, but of no socket: the kernel's own, refused, or translated (NAT).
  Sum unclaimed;
  /// Neither from nor to this machine.
  Sum forwarded;
  /// Packets that are in none of these sums.
  std::uint64_t lost = 0;
};

struct Frame {
  std::uint64_t number = 0;
  std::chrono::system_clock::time_point wall{};
  /// Time since the previous frame; no value in the first.
  std::optional<Clock::duration> elapsed;
  std::shared_ptr<const Table> sockets;
  Totals totals;
  PacketAccount packets;
  /// Incoming and outgoing bytes per second of all sockets, the latest last.
  std::vector<Moment> history;
  std::optional<sockutils::MachineCounters> machine;
  std::optional<sockutils::MachineCounters> machine_before;
  /// What is missing, and why.
  std::vector<sockutils::Warning> warnings;
  /// Why nothing could be read this time; empty when something was.
  std::string failure;
  /// The CPU time used for this frame, and the current interval between frames.
  Clock::duration cost{};
  std::chrono::milliseconds interval{};
  /// The interval was lengthened because frames take long.
  bool stretched = false;
  /// The frame was recorded.
  bool recording = false;
  /// For a recording: the position in it.
  std::optional<ReplayPlace> replay;
};

}  // namespace tui
