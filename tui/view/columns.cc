#include "tui/view/columns.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/words.h"

namespace tui {

using sockutils::Align;
using sockutils::Field;
using sockutils::Type;

const Field InRate{.name = "in_rate",
                   .title = "IN",
                   .type = Type::BytesPerSecond,
                   .get = nullptr,
                   .doc =
                       "Bytes received each second; of TCP by its own counters, of others by their packets "
                       "where these may be counted"};
const Field OutRate{.name = "out_rate",
                    .title = "OUT",
                    .type = Type::BytesPerSecond,
                    .get = nullptr,
                    .doc =
                        "Bytes sent each second; of TCP those acknowledged, by its own counters, of others "
                        "by their packets where these may be counted"};
const Field RetransmitRate{.name = "retransmit_rate",
                           .title = "RETR/s",
                           .type = Type::Count,
                           .get = nullptr,
                           .doc = "Segments sent again each second, rounded up"};
const Field Sparkline{
    .name = "trend",
    .title = "TREND",
    .type = Type::BytesPerSecond,
    .get = nullptr,
    .align = Align::Left,
    .doc = "Bytes in both directions in each of the last intervals, the latest on the right"};
const Field SeenFor{.name = "seen_for",
                    .title = "SEEN",
                    .type = Type::Microseconds,
                    .get = nullptr,
                    .doc = "For how long the monitor has seen the socket"};

namespace {

constexpr std::array<const Field*, 5> Own{&InRate, &OutRate, &RetransmitRate, &Sparkline, &SeenFor};

/// In the monitor, peers and rates matter most.
constexpr std::array<std::pair<std::string_view, std::uint8_t>, 16> Ranks{{
    {"peer", 0},
    {"in_rate", 0},
    {"out_rate", 0},
    {"processes", 1},
    {"state", 2},
    {"local", 3},
    {"tcp_rtt", 4},
    {"protocol", 5},
    {"retransmit_rate", 6},
    {"recv_queue", 7},
    {"send_queue", 7},
    {"tcp_snd_cwnd", 8},
    {"trend", 9},
    {"user", 10},
    {"service", 10},
    {"netns_name", 3},
}};

tl::expected<const Field*, std::string> named_column(std::string_view name) {
  if (const Field* const field = find_column(name)) return field;
  const std::string_view meant = sockutils::suggest_field(name);
  return tl::unexpected("unknown column '" + std::string(name) + "'" +
                        (meant.empty() ? std::string("; sockls --list-fields names those of the sockets")
                                       : ", did you mean " + std::string(meant) + "?"));
}

}  // namespace

std::span<const Field* const> monitor_fields() { return Own; }

const Field* find_column(std::string_view name) {
  for (const Field* const field : Own)
    if (field->name == name) return field;
  return sockutils::find_field(name);
}

tl::expected<Fields, std::string> parse_columns(std::string_view list, const Fields& usual) {
  Fields chosen;
  bool first = true;
  for (std::string_view word : tools::split_list(list)) {
    const char sign = word.starts_with('+') || word.starts_with('-') ? word.front() : '\0';
    if (sign != '\0') word.remove_prefix(1);
    if (first && sign != '\0') chosen = usual;
    first = false;
    const auto field = named_column(word);
    if (!field) return tl::unexpected(field.error());
    std::erase(chosen, *field);
    if (sign != '-') chosen.push_back(*field);
  }
  if (chosen.empty()) return tl::unexpected(std::string("no column is left to show"));
  return chosen;
}

tl::expected<sockutils::SortKey, std::string> parse_order(std::string_view word) {
  const bool descending = word.starts_with('-');
  if (descending || word.starts_with('+')) word.remove_prefix(1);
  const auto field = named_column(word);
  if (!field) return tl::unexpected(field.error());
  return sockutils::SortKey{*field, descending};
}

std::string names_of(const Fields& columns) {
  std::string names;
  for (const Field* const column : columns) names += (names.empty() ? "" : ",") + std::string(column->name);
  return names;
}

Fields usual_columns() {
  Fields fields;
  for (const std::string_view name :
       {"protocol", "state", "recv_queue", "send_queue", "local", "peer", "in_rate", "out_rate", "tcp_rtt",
        "retransmit_rate", "trend", "service", "user", "processes"})
    if (const Field* const field = find_column(name)) fields.push_back(field);
  return fields;
}

std::uint8_t rank_of(const Field& field) {
  const auto* const found =
      std::find_if(Ranks.begin(), Ranks.end(), [&](const auto& row) { return row.first == field.name; });
  return found != Ranks.end() ? found->second : field.drop;
}

}  // namespace tui
