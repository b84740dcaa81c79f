#include "counters/machine_counters.h"

#include <algorithm>
#include <array>
#include <string>

#include "common/parse_number.h"
#include "common/text.h"

namespace sockutils {
namespace {

/// Removes the first line from `text` and returns it.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool is_of_section(std::string_view line, std::string_view section) {
  return line.starts_with(section) && line.substr(section.size()).starts_with(':');
}

/// Columns of /proc/net/dev after the name, as written by dev_seq_printf_stats() of Linux.
constexpr std::size_t ColumnsInEachDirection = 8;

std::optional<InterfaceTraffic> traffic_of(const std::vector<std::string_view>& words, std::size_t first) {
  std::array<std::uint64_t, 4> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = parse_number<std::uint64_t>(words[first + i]);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  return InterfaceTraffic{numbers[0], numbers[1], numbers[2], numbers[3]};
}

std::optional<InterfaceCounters> interface_of(std::string_view line) {
  // Interface aliases of old kernels contain colons.
  const std::size_t colon = line.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto name = split_words(line.substr(0, colon));
  const auto words = split_words(line.substr(colon + 1));
  if (name.size() != 1 || words.size() < 2 * ColumnsInEachDirection) return std::nullopt;
  const auto in = traffic_of(words, 0);
  const auto out = traffic_of(words, ColumnsInEachDirection);
  if (!in || !out) return std::nullopt;
  return InterfaceCounters{std::string(name[0]), *in, *out};
}

}  // namespace

std::optional<std::uint64_t> snmp_value(std::string_view text, std::string_view section,
                                        std::string_view name) {
  while (!text.empty()) {
    const std::string_view names = take_line(text);
    if (!is_of_section(names, section)) continue;
    const std::string_view numbers = take_line(text);
    if (!is_of_section(numbers, section)) return std::nullopt;
    const auto words = split_words(names);
    const auto found = std::find(words.begin(), words.end(), name);
    const auto values = split_words(numbers);
    const auto place = static_cast<std::size_t>(found - words.begin());
    return place < values.size() && found != words.end() ? parse_number<std::uint64_t>(values[place])
                                                         : std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> snmp6_value(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (!line.starts_with(name)) continue;
    const auto words = split_words(line);
    if (words.size() == 2 && words[0] == name) return parse_number<std::uint64_t>(words[1]);
  }
  return std::nullopt;
}

std::vector<InterfaceCounters> parse_interfaces(std::string_view text) {
  std::vector<InterfaceCounters> interfaces;
  while (!text.empty())
    if (auto interface = interface_of(take_line(text))) interfaces.push_back(std::move(*interface));
  return interfaces;
}

}  // namespace sockutils
