/// What the collector hands to the view: all that is known at one moment. Constant once made.
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

/// Who a row is, from one frame to the next.
struct RowKey {
  std::uint64_t number = 0;
  std::uint64_t group = 0;
  /// Of a row that stands under several others: under which.
  std::uint64_t under = 0;
  friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

/// What the number of a socket's key is. What is not one of these is known by its ends, which are few.
enum class IdentityKind : std::uint64_t { Cookie, Inode, Ends };
/// The other half of that key; `netns` is 0 when it is not known.
std::uint64_t key_group(IdentityKind kind, sockutils::Family family, std::uint64_t netns);
inline std::uint64_t netns_of(const RowKey& key) { return key.group & 0xffffffff; }

/// What a trend sorts by: its mean, in two figures, so that rows which do the same do not jump about.
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
  /// It takes traffic on every address.
  bool exposed = false;
  /// What the trend draws: bytes a second, the latest last. May be empty.
  std::vector<float> trend;
};

/// One interval of a socket's history. Absent is negative.
struct Moment {
  float in = -1;
  float out = -1;
  float rtt = -1;
};

/// A second's worth of what a socket's counters gained.
struct CompactRates {
  CompactOptional<float> bytes_in;
  CompactOptional<float> bytes_out;
  CompactOptional<float> retransmits;
  friend bool operator==(const CompactRates&, const CompactRates&) = default;
};

/// A socket, with what the other panes and actions need of it. There may be hundreds of thousands.
struct SocketRow : TableRow {
  sockutils::Family family{};
  sockutils::Protocol protocol{};
  std::optional<sockutils::State> state;
  /// `key` has the cookie.
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
  /// From where it can be reached; empty when it is no listener. Lives as long as the program.
  std::string_view exposure;

  /// Of internet sockets that netlink told of: what closing it takes.
  std::optional<sockutils::SocketIdentity> identity() const;
};

/// Whether what is under a row shows.
enum class Fold : std::uint8_t { Nothing, Closed, Open };

/// Where a row stands in a table of which some rows stand under others.
struct Branch {
  static constexpr std::uint32_t NoParent = UINT32_MAX;
  /// The place of a row before this one.
  std::uint32_t parent = NoParent;
  std::uint8_t depth = 0;
  Fold fold = Fold::Nothing;
  /// That the row tells of; null: it tells of several.
  std::shared_ptr<const SocketRow> socket;
};

/// Rows with the same columns.
struct Table {
  Fields columns;
  std::vector<std::shared_ptr<const TableRow>> rows;
  /// All rows are `SocketRow`s.
  bool of_sockets = false;
  /// One for each row, or none: no row stands under another.
  std::vector<Branch> branches;
  /// The column that shows what stands under what.
  std::size_t tree_column = 0;

  /// That a row tells of, or null.
  std::shared_ptr<const SocketRow> socket(std::size_t row) const {
    if (of_sockets) return std::static_pointer_cast<const SocketRow>(rows[row]);
    return branches.empty() ? nullptr : branches[row].socket;
  }
};

/// Calls `visit(row, place)` for each row, in order. They lie about in memory: those that come next are
/// fetched meanwhile, which makes it several times as fast.
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

/// What all sockets together did since the frame before.
struct Totals {
  sockutils::CounterChange change;
  std::size_t opened = 0;
  std::size_t closed = 0;
  /// By the number of `sockutils::State`; closed ones not counted.
  std::array<std::size_t, 16> states{};
};

/// What was counted by packets since the frame before, in bytes as interfaces count them.
struct PacketAccount {
  struct Sum {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
  };
  /// Packets are counted; else `refusal` says why not. Both: in some of the namespaces.
  bool counting = false;
  std::string refusal;
  /// Of sockets of UDP, raw and others without counters.
  Sum claimed;
  /// Of one of several sockets that share a port: there is no telling which.
  Sum ambiguous;
  /// From or to an address of this machine, and of no socket: the kernel's own, refused, or translated (NAT).
  Sum unclaimed;
  /// Neither from nor to this machine.
  Sum forwarded;
  /// Packets that are in none of these sums.
  std::uint64_t lost = 0;
};

struct Frame {
  std::uint64_t number = 0;
  std::chrono::system_clock::time_point wall{};
  /// Since the frame before; no value in the first.
  std::optional<Clock::duration> elapsed;
  std::shared_ptr<const Table> sockets;
  Totals totals;
  PacketAccount packets;
  /// Bytes a second in and out of all sockets, the latest last.
  std::vector<Moment> history;
  std::optional<sockutils::MachineCounters> machine;
  std::optional<sockutils::MachineCounters> machine_before;
  /// What is missing, and why.
  std::vector<sockutils::Warning> warnings;
  /// Why nothing could be read this time; empty when something was.
  std::string failure;
  /// What it took to make this frame, and how far apart frames are now.
  Clock::duration cost{};
  std::chrono::milliseconds interval{};
  /// The interval was made longer, because a frame takes so long.
  bool stretched = false;
  /// It went into a file.
  bool recording = false;
  /// Of a recording: where in it.
  std::optional<ReplayPlace> replay;
};

}  // namespace tui
