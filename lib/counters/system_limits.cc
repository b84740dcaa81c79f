#include "counters/system_limits.h"

#include <elf.h>

#include <algorithm>
#include <string>

#include "common/parse_number.h"
#include "common/text.h"

namespace sockutils {
namespace {

/// Calls `visit` with each line until it returns true.
template <class Visit>
void find_line(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (visit(text.substr(0, end))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// `9000-9010` or `8080`.
std::optional<std::pair<std::uint16_t, std::uint16_t>> parse_span(std::string_view text) {
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto first = parse_number<std::uint16_t>(text.substr(0, dash));
  if (!first || dash == text.size()) return first ? std::optional(std::pair(*first, *first)) : std::nullopt;
  const auto last = parse_number<std::uint16_t>(text.substr(dash + 1));
  return last && *first <= *last ? std::optional(std::pair(*first, *last)) : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> sockstat_value(std::string_view text, std::string_view section,
                                            std::string_view name) {
  std::optional<std::uint64_t> value;
  find_line(text, [&](std::string_view line) {
    const auto words = split_words(line);
    if (words.empty() || words[0] != std::string(section) + ":") return false;
    for (std::size_t i = 1; i + 1 < words.size() && !value; i += 2)
      if (words[i] == name) value = parse_number<std::uint64_t>(words[i + 1]);
    return true;
  });
  return value;
}

std::vector<std::uint64_t> parse_numbers(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  for (const std::string_view word : split_words(text)) {
    const auto number = parse_number<std::uint64_t>(word);
    if (!number) break;
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<std::uint64_t> parse_open_files_limit(std::string_view text) {
  constexpr std::string_view Title = "Max open files ";
  std::optional<std::uint64_t> limit;
  find_line(text, [&](std::string_view line) {
    if (!line.starts_with(Title)) return false;
    const auto words = split_words(line.substr(Title.size()));
    if (!words.empty()) limit = parse_number<std::uint64_t>(words[0]);
    return true;
  });
  return limit;
}

std::optional<std::uint64_t> parse_page_size(ByteView auxv) {
  constexpr std::size_t Word = sizeof(unsigned long);
  for (std::size_t offset = 0; offset + 2 * Word <= auxv.size(); offset += 2 * Word) {
    const auto type = load<unsigned long>(auxv, offset);
    if (type == AT_NULL) break;
    if (type == AT_PAGESZ) return load<unsigned long>(auxv, offset + Word);
  }
  return std::nullopt;
}

std::optional<PortRange> PortRange::parse(std::string_view range, std::string_view reserved) {
  const auto ends = split_words(range);
  if (ends.size() != 2) return std::nullopt;
  const auto first = parse_number<std::uint16_t>(ends[0]);
  const auto last = parse_number<std::uint16_t>(ends[1]);
  if (!first || !last || *first > *last) return std::nullopt;
  PortRange ports;
  ports.range_ = {*first, *last};
  const auto words = split_words(reserved);
  std::string_view list = words.empty() ? std::string_view{} : words[0];
  std::vector<Span> spans;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (const auto span = parse_span(list.substr(0, comma));
        span && span->second >= *first && span->first <= *last)
      spans.emplace_back(std::max(span->first, *first), std::min(span->second, *last));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  std::sort(spans.begin(), spans.end());
  for (const Span& span : spans) {
    if (ports.reserved_.empty() || span.first > ports.reserved_.back().second)
      ports.reserved_.push_back(span);
    else
      ports.reserved_.back().second = std::max(ports.reserved_.back().second, span.second);
  }
  return ports;
}

bool PortRange::contains(std::uint64_t port) const {
  if (port < range_.first || port > range_.second) return false;
  return std::none_of(reserved_.begin(), reserved_.end(),
                      [=](const Span& span) { return port >= span.first && port <= span.second; });
}

std::uint64_t PortRange::size() const {
  const auto length = [](const Span& span) { return std::uint64_t{span.second} - span.first + 1; };
  std::uint64_t size = length(range_);
  for (const Span& span : reserved_) size -= length(span);
  return size;
}

TimeWaitReuse TimeWaitReuse::parse(std::string_view reuse, std::string_view delay,
                                   std::string_view timestamps) {
  constexpr std::uint64_t Length = 60'000;  // TCP_TIMEWAIT_LEN, in milliseconds
  constexpr std::uint64_t UsualDelay = 1'000;
  const auto first = [](std::string_view text, std::uint64_t otherwise) {
    const auto numbers = parse_numbers(text);
    return numbers.empty() ? otherwise : numbers.front();
  };
  TimeWaitReuse result;
  // Without TCP time stamps the kernel cannot recognise old segments, and reuses nothing.
  if (first(timestamps, 1) == 0) return result;
  const std::uint64_t mode = first(reuse, 0);
  if (mode == 1) result.where_ = Where::Everywhere;
  if (mode == 2) result.where_ = Where::Loopback;
  result.longest_rest_ = (Length - std::min(first(delay, UsualDelay), Length)) * 1000;
  return result;
}

bool TimeWaitReuse::gives_port(bool loopback, std::uint64_t expires) const {
  if (where_ == Where::Nowhere || (where_ == Where::Loopback && !loopback)) return false;
  return expires < longest_rest_;
}

}  // namespace sockutils
