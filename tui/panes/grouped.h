/// What panes of groups have in common: sockets added up.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tui/collect/frame.h"

namespace tui {

/// A column of a group: its `get` is null.
constexpr sockutils::Field group_field(std::string_view name, std::string_view title, sockutils::Type type,
                                       std::string_view doc, std::uint8_t drop = 1) {
  return {.name = name, .title = title, .type = type, .get = nullptr, .doc = doc, .drop = drop};
}

/// What the sockets of a group have together.
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
    // What has closed is of the past; its totals are not a rate.
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
  static void add(std::optional<double>& sum, Maybe<float> more) {
    if (more) sum = sum.value_or(0) + static_cast<double>(*more);
  }
  /// Both end now.
  void add_trend(const std::vector<float>& more) {
    if (more.size() > trend.size()) trend.insert(trend.begin(), more.size() - trend.size(), 0.0F);
    for (std::size_t i = 0; i < more.size(); ++i) trend[trend.size() - more.size() + i] += more[i];
  }
};

inline std::optional<std::uint64_t> whole(const std::optional<double>& rate) {
  return rate ? std::optional(static_cast<std::uint64_t>(std::llround(*rate))) : std::nullopt;
}

/// Puts rates into cells that begin at `column`: in, out, retransmits.
inline void set_rates(CompactRow& cells, std::size_t column, const Sum& sum) {
  cells.set_number(column, whole(sum.in));
  cells.set_number(column + 1, whole(sum.out));
  if (sum.retransmits) cells.set_number(column + 2, static_cast<std::uint64_t>(std::ceil(*sum.retransmits)));
}

/// What a trend sorts by.
inline void set_trend(TableRow& row, std::size_t column, const Sum& sum) {
  row.trend = sum.trend;
  if (!sum.trend.empty()) row.cells.set_number(column, activity_of(sum.trend));
}

inline const SocketRow& socket_of(const std::shared_ptr<const TableRow>& row) {
  return static_cast<const SocketRow&>(*row);
}

}  // namespace tui
