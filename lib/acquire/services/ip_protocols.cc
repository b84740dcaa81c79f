#include "acquire/services/ip_protocols.h"

#include <algorithm>

#include "common/parse_number.h"
#include "common/text.h"

namespace sockutils {

IpProtocols IpProtocols::parse(std::string_view text) {
  IpProtocols protocols;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto words = split_words(line.substr(0, line.find('#')));
    const auto number = words.size() > 1 ? parse_number<std::uint8_t>(words[1]) : std::nullopt;
    if (!number) continue;
    Entry& entry = protocols.entries_.emplace_back(Entry{*number, {std::string(words[0])}});
    entry.names.insert(entry.names.end(), words.begin() + 2, words.end());
  }
  return protocols;
}

std::string_view IpProtocols::name(std::uint16_t number) const {
  for (const Entry& entry : entries_)
    if (entry.number == number) return entry.names.front();
  return {};
}

std::optional<std::uint8_t> IpProtocols::number(std::string_view name) const {
  for (const Entry& entry : entries_)
    for (const std::string& known : entry.names)
      if (equal_ignoring_case(known, name)) return entry.number;
  return std::nullopt;
}

}  // namespace sockutils
