#include <algorithm>
#include <map>

#include "common/kinds.h"
#include "render/cell_style.h"
#include "sockls/summary.h"
#include "sockutils/value.h"

namespace tools::sockls {

using sockutils::Family;
using sockutils::Field;
using sockutils::State;
using sockutils::SummarySection;
using sockutils::Values;

namespace {

/// From here on, what is limited deserves a look.
constexpr std::uint64_t NearLimit = 80;

std::uint64_t number(const sockutils::OptionalValue& value) {
  const auto* const found = value ? std::get_if<std::uint64_t>(&*value) : nullptr;
  return found != nullptr ? *found : 0;
}

std::size_t column_of(std::span<const Field* const> fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [=](const Field* field) { return field->name == name; });
  return static_cast<std::size_t>(found - fields.begin());
}

std::uint64_t number_of(std::span<const Field* const> fields, Values row, std::string_view name) {
  const std::size_t column = column_of(fields, name);
  return column < row.size() ? number(row[column]) : 0;
}

/// A listener's queue of connections that wait, and how many may.
bool backlog_is_full(std::span<const Field* const> fields, Values row) {
  const std::size_t column = column_of(fields, "protocol");
  if (column >= row.size() || !row[column]) return false;
  const auto* const protocol = std::get_if<sockutils::Protocol>(&*row[column]);
  if (protocol == nullptr || *protocol != sockutils::Protocol::Tcp) return false;
  const std::uint64_t waiting = number_of(fields, row, "recv_queue");
  return waiting > 0 && waiting * 100 >= number_of(fields, row, "send_queue") * NearLimit;
}

/// The sockets of one protocol.
struct ProtocolCount {
  std::string label;
  std::uint64_t total = 0;
  std::uint64_t v6 = 0;
  std::map<std::optional<State>, std::uint64_t> states;
};

std::string label_of(Family family, sockutils::Protocol protocol) {
  const std::string word(name(protocol));
  return is_internet(family) ? word : std::string(name(family)) + " " + word;
}

std::vector<ProtocolCount> count_protocols(const SummarySection& section) {
  std::vector<ProtocolCount> counts;
  for (std::size_t i = 0; i < section.size(); ++i) {
    const Values row = section[i];
    const Family family = std::get<Family>(*row[0]);
    const std::string label = label_of(family, std::get<sockutils::Protocol>(*row[1]));
    auto found = std::find_if(counts.begin(), counts.end(),
                              [&](const ProtocolCount& known) { return known.label == label; });
    if (found == counts.end()) found = counts.insert(counts.end(), {label, 0, 0, {}});
    const std::uint64_t count = number(row[3]);
    found->total += count;
    if (family == Family::Inet6) found->v6 += count;
    found->states[row[2] ? std::optional(std::get<State>(*row[2])) : std::nullopt] += count;
  }
  std::stable_sort(counts.begin(), counts.end(),
                   [](const ProtocolCount& a, const ProtocolCount& b) { return a.total > b.total; });
  return counts;
}

/// `ESTAB 12`, the most frequent first, and how many of all are IPv6.
std::vector<std::string> pieces_of(const ProtocolCount& count) {
  std::vector<std::pair<std::optional<State>, std::uint64_t>> states(count.states.begin(),
                                                                     count.states.end());
  std::stable_sort(states.begin(), states.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> pieces;
  for (const auto& [state, number_in_it] : states)
    pieces.push_back(std::string(state ? title(*state) : "-") + " " + std::to_string(number_in_it));
  if (count.v6 > 0) pieces.push_back("(" + std::to_string(count.v6) + " of them IPv6)");
  return pieces;
}

/// Never breaks a line within a piece.
void write_pieces(const SectionSetup& setup, std::string line, const std::vector<std::string>& pieces) {
  std::string& text = setup.out.text();
  const std::size_t indent = line.size();
  for (const std::string& piece : pieces) {
    const bool fits = !setup.terminal.width || line.size() + 2 + piece.size() <= *setup.terminal.width;
    if (!fits && line.size() > indent) {
      text += line + '\n';
      line.assign(indent, ' ');
    }
    line += "  " + piece;
  }
  text += line + '\n';
}

}  // namespace

CellStyle summary_cell_style(std::span<const Field* const> fields, Values row, std::size_t column) {
  const std::string_view name = fields[column]->name;
  const bool marked = column == 0 || name == "used_percent";
  if (marked && number_of(fields, row, "used_percent") >= NearLimit) return CellStyle::Attention;
  if (name == "recv_queue" && backlog_is_full(fields, row)) return CellStyle::Attention;
  return CellStyle::Plain;
}

bool write_states(const SectionSetup& setup, const SummarySection& section) {
  if (section.name() != "states") return false;
  const std::vector<ProtocolCount> counts = count_protocols(section);
  std::uint64_t total = 0;
  std::size_t label_width = 0;
  for (const ProtocolCount& count : counts) {
    total += count.total;
    label_width = std::max(label_width, count.label.size());
  }
  append_heading(setup, std::string(section.title()) + ": " + std::to_string(total));
  const std::size_t number_width = std::to_string(total).size();
  for (const ProtocolCount& count : counts) {
    std::string line = "  " + count.label;
    line.resize(2 + label_width + 2, ' ');
    const std::string digits = std::to_string(count.total);
    line.append(number_width - digits.size(), ' ');
    write_pieces(setup, line + digits, pieces_of(count));
  }
  return true;
}

}  // namespace tools::sockls
