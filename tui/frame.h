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
#include <vector>

#include "sockutils/kill.h"
#include "sockutils/machine_counters.h"
#include "sockutils/rates.h"
#include "tui/columns.h"
#include "tui/kept_row.h"

namespace tui {

using Clock = std::chrono::steady_clock;

/// Who a row is, from one frame to the next.
struct RowKey {
  std::uint64_t number = 0;
  std::uint64_t group = 0;
  friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

/// What a trend sorts by: its mean, in two figures, so that rows which do the same do not jump about.
std::uint64_t activity_of(const std::vector<float>& trend);

struct RowKeyHash {
  std::size_t operator()(const RowKey& key) const {
    return std::hash<std::uint64_t>{}(key.number ^ (key.group * 0x9e3779b97f4a7c15u));
  }
};

enum class Mark : std::uint8_t { Same, New, Changed, Closed };

/// A row of any pane.
struct TableRow {
  RowKey key;
  Mark mark = Mark::Same;
  KeptRow cells;
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

/// A socket, with what the other panes and actions need of it.
struct SocketRow : TableRow {
  sockutils::Family family{};
  sockutils::Protocol protocol{};
  std::optional<sockutils::State> state;
  /// Of internet sockets that netlink told of: what closing it takes.
  std::optional<sockutils::SocketIdentity> identity;
  std::optional<sockutils::Address> local_address;
  std::optional<sockutils::Address> peer_address;
  std::uint16_t local_port = 0;
  std::optional<std::uint64_t> recv_queue;
  std::optional<std::uint64_t> send_queue;
  sockutils::CounterReading counters;
  sockutils::Rates rates;
  std::optional<std::uint64_t> rtt;
  Clock::time_point first_seen{};
  /// From where it can be reached; empty when it is no listener.
  std::string exposure;
  /// For a graph; empty while nothing ever passed.
  std::vector<Moment> history;
};

/// Rows with the same columns.
struct Table {
  Fields columns;
  std::vector<std::shared_ptr<const TableRow>> rows;
};

/// What all sockets together did since the frame before.
struct Totals {
  sockutils::CounterChange change;
  std::size_t opened = 0;
  std::size_t closed = 0;
  /// By the number of `sockutils::State`; closed ones not counted.
  std::array<std::size_t, 16> states{};
};

struct Frame {
  std::uint64_t number = 0;
  std::chrono::system_clock::time_point wall{};
  /// Since the frame before; no value in the first.
  std::optional<Clock::duration> elapsed;
  std::shared_ptr<const Table> sockets;
  Totals totals;
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
};

}  // namespace tui
