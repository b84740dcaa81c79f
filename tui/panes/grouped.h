/// Shared code of panes whose rows are groups of sockets.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tui/collect/frame.h"

namespace tui {

/// A column of a group: its `get` is null.
constexpr sockutils::Field group_field(std::string_view name, std::string_view title, sockutils::Type type,
                                       std::string_view doc, std::uint8_t drop = 1) {
  return {.name = name, .title = title, .type = type, .get = nullptr, .doc = doc, .drop = drop};
}

/// The sum over the sockets of a group.
struct Sum {
  std::uint64_t sockets = 0;
  std::uint64_t established = 0;
  std::uint64_t listening = 0;
  std::optional<double> in;
  std::optional<double> out;
  std::optional<double> retransmits;
  std::optional<std::uint64_t> least_rtt;
  std::vector<float> trend;

  void add(const SocketRow& row) {
    // A closed socket does not count; its totals are not a rate.
    if (row.mark == Mark::Closed) return;
    ++sockets;
    if (row.state == sockutils::State::Established) ++established;
    if (row.state == sockutils::State::Listen) ++listening;
    add(in, row.rates.bytes_in);
    add(out, row.rates.bytes_out);
    add(retransmits, row.rates.retransmits);
    if (row.rtt && (!least_rtt || *row.rtt < *least_rtt)) least_rtt = row.rtt;
    add_trend(row.trend);
  }

 private:
  static void add(std::optional<double>& sum, CompactOptional<float> more) {
    if (more) sum = sum.value_or(0) + static_cast<double>(*more);
  }
  /// Both trends end at the current time.
  void add_trend(const std::vector<float>& more) {
    if (more.size() > trend.size()) trend.insert(trend.begin(), more.size() - trend.size(), 0.0F);
    for (std::size_t i = 0; i < more.size(); ++i) trend[trend.size() - more.size() + i] += more[i];
  }
};

inline std::optional<std::uint64_t> whole(const std::optional<double>& rate) {
  return rate ? std::optional(static_cast<std::uint64_t>(std::llround(*rate))) : std::nullopt;
}

/// One cell of a row.
class RowCell {
 public:
  RowCell(TableRow& row, std::size_t column) : row_(row), column_(column) {}

  void number(std::optional<std::uint64_t> number) const { row_.cells.set_number(column_, number); }
  void text(std::string_view text) const { row_.cells.set_text(column_, text); }
  void value(const sockutils::OptionalValue& value) const { row_.cells.set(column_, value); }
  void owners(const std::shared_ptr<const OwnerList>& owners) const {
    row_.cells.set_owners(column_, owners);
  }
  /// Also sets the number by which it sorts.
  void trend(const std::vector<float>& trend) const {
    row_.trend = trend;
    if (!trend.empty()) number(activity_of(trend));
  }

 private:
  TableRow& row_;
  std::size_t column_;
};

/// A socket below the row of its group.
struct Member {
  const SocketRow& socket;
  /// The table of sockets that it is from.
  const Table& sockets;
  const RowKey& group;
  /// The sums of this socket alone.
  Sum sum;
};

/// A column of a pane whose rows are groups.
template <class Group>
struct PaneColumn {
  const sockutils::Field* field;
  void (*fill)(RowCell cell, const Group& group);
  /// Null: the column is empty for a single socket.
  void (*fill_member)(RowCell cell, const Member& member) = nullptr;
};

/// Sets a cell to a number of the sum.
template <auto Number, class Summed>
void sum_of(RowCell cell, const Summed& summed) {
  cell.number(summed.sum.*Number);
}
template <auto Rate, class Summed>
void rate_of(RowCell cell, const Summed& summed) {
  cell.number(whole(summed.sum.*Rate));
}
template <class Summed>
void retransmit_rate(RowCell cell, const Summed& summed) {
  const auto& rate = summed.sum.retransmits;
  if (rate) cell.number(static_cast<std::uint64_t>(std::ceil(*rate)));
}
template <class Summed>
void trend(RowCell cell, const Summed& summed) {
  cell.trend(summed.sum.trend);
}
inline void member_rtt(RowCell cell, const Member& member) { cell.number(member.socket.rtt); }

template <class Group, std::size_t Count>
using PaneColumns = const PaneColumn<Group> (&)[Count];

template <class Group, std::size_t Count>
constexpr std::size_t place_of(PaneColumns<Group, Count> columns, const sockutils::Field& field) {
  std::size_t place = 0;
  while (columns[place].field != &field) ++place;
  return place;
}

/// A table without rows; `tree` is the column that shows the tree.
template <class Group, std::size_t Count>
std::shared_ptr<Table> table_of(PaneColumns<Group, Count> columns, const sockutils::Field& tree) {
  auto table = std::make_shared<Table>();
  for (const auto& column : columns) table->columns.push_back(column.field);
  table->tree_column = place_of(columns, tree);
  return table;
}

template <class Group, std::size_t Count>
std::shared_ptr<TableRow> row_of_group(PaneColumns<Group, Count> columns, const RowKey& key,
                                       const Group& group) {
  auto row = std::make_shared<TableRow>();
  row->key = key;
  row->cells = CompactRow(Count);
  for (std::size_t i = 0; i < Count; ++i) columns[i].fill({*row, i}, group);
  return row;
}

inline const SocketRow& socket_of(const std::shared_ptr<const TableRow>& row) {
  return static_cast<const SocketRow&>(*row);
}

}  // namespace tui
