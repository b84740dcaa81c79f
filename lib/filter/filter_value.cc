#include "filter/filter_value.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "common/parse_number.h"
#include "common/text.h"

namespace sockutils::filter {
namespace {

constexpr std::uint32_t MaxPort = 65535;
constexpr std::string_view RawPrefix = "raw-";

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string quoted(std::string_view text) {
  constexpr std::size_t Longest = 60;
  if (text.size() <= Longest) return '"' + std::string(text) + '"';
  std::size_t cut = Longest;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  return '"' + std::string(text.substr(0, cut)) + "...\"";
}

std::optional<std::uint64_t> read_c_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X"))
    return parse_number<std::uint64_t>(text.substr(2), 16);
  const bool octal = text.size() > 1 && text[0] == '0';
  return parse_number<std::uint64_t>(text, octal ? 8 : 10);
}

ValueResult<MaskedNumber> read_masked(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view value_text = text.substr(0, slash);
  const auto value = read_c_number(value_text);
  if (!value) return fault(value_text, quoted(value_text) + " is not a number");
  if (slash == std::string_view::npos) return MaskedNumber{*value, std::numeric_limits<std::uint64_t>::max()};
  const std::string_view mask_text = text.substr(slash + 1);
  const auto mask = read_c_number(mask_text);
  if (!mask) return fault(mask_text, "expected a mask after the slash, found " + quoted(mask_text));
  return MaskedNumber{*value, *mask};
}

ValueResult<double> read_real(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const bool whole = error == std::errc{} && rest == end && std::isfinite(number);
  return whole ? ValueResult<double>(number) : fault(text, quoted(text) + " is not a number");
}

ValueResult<bool> read_flag(std::string_view text) {
  for (const std::string_view word : {"true", "yes", "on", "1"})
    if (equal_ignoring_case(text, word)) return true;
  for (const std::string_view word : {"false", "no", "off", "0"})
    if (equal_ignoring_case(text, word)) return false;
  return fault(text, quoted(text) + " is neither true nor false");
}

ValueResult<Family> read_family(std::string_view text) {
  if (const auto family = parse_family(text)) return *family;
  return fault(text, quoted(text) + " is not a family", nearest_word(text, family_names()));
}

ValueResult<Protocol> read_protocol(std::string_view text) {
  if (const auto protocol = parse_protocol(text)) return *protocol;
  return fault(text, quoted(text) + " is not a protocol", nearest_word(text, protocol_names()));
}

std::vector<std::string_view> state_words() {
  std::vector<std::string_view> words = state_names();
  // Words from `ss` and `netstat` that users are likely to write.
  words.insert(words.end(), {"listening", "estab", "unconn"});
  return words;
}

ValueResult<StateSet> read_states(std::string_view text) {
  if (const auto states = parse_states(text)) return *states;
  return fault(text, quoted(text) + " is not a state", nearest_word(text, state_words()));
}

ValueResult<std::uint64_t> read_cgroup(std::string_view text, const FilterNames& names) {
  if (const auto id = parse_number<std::uint64_t>(text)) return *id;
  if (names.cgroup) {
    if (const auto id = names.cgroup(text)) return *id;
  }
  return fault(text, quoted(text) + " is not a control group");
}

ValueResult<std::vector<std::uint16_t>> read_ports(std::string_view text, const FilterNames& names) {
  if (text.empty()) return fault(text, "expected a port");
  if (const auto port = read_c_number(text); port && *port <= MaxPort)
    return std::vector{static_cast<std::uint16_t>(*port)};
  if (text[0] == '-' || (text[0] >= '0' && text[0] <= '9' && (read_c_number(text) || is_number(text))))
    return fault(text, quoted(text) + " is not a port: the highest is 65535");
  std::vector<std::uint16_t> ports = names.service ? names.service(text) : std::vector<std::uint16_t>{};
  if (ports.empty()) return fault(text, quoted(text) + " is neither a port nor the name of a service");
  return ports;
}

ValueResult<std::vector<PortNumber>> read_ports_or_protocol(std::string_view text, const FilterNames& names) {
  const auto protocol = text.starts_with(RawPrefix)
                            ? parse_number<std::uint8_t>(text.substr(RawPrefix.size()))
                        : names.ip_protocol && !read_c_number(text) ? names.ip_protocol(text)
                                                                    : std::nullopt;
  const auto ports = read_ports(text, names);
  if (!ports && !protocol) return tl::unexpected(ports.error());
  std::vector<PortNumber> found;
  for (const std::uint16_t port : ports.value_or(std::vector<std::uint16_t>{})) found.push_back({port});
  if (protocol) found.push_back({*protocol, true});
  return found;
}

ValueResult<std::uint32_t> read_ip_protocol(std::string_view text, const FilterNames& names) {
  if (const auto number = read_c_number(text); number && *number <= std::numeric_limits<std::uint32_t>::max())
    return static_cast<std::uint32_t>(*number);
  if (names.ip_protocol) {
    if (const auto number = names.ip_protocol(text)) return *number;
  }
  return fault(text, quoted(text) + " is neither a number nor the name of an IP protocol");
}

ValueResult<std::uint32_t> read_interface(std::string_view text, const FilterNames& names) {
  // Names take precedence: an interface can be called `5`.
  if (names.interface) {
    if (const auto index = names.interface(text)) return *index;
  }
  if (const auto index = parse_number<std::uint32_t>(text)) return *index;
  return fault(text, quoted(text) + " is not an interface");
}

ValueResult<std::uint32_t> read_user(std::string_view text, const FilterNames& names) {
  if (const auto uid = parse_number<std::uint32_t>(text)) return *uid;
  if (names.user) {
    if (const auto uid = names.user(text)) return *uid;
  }
  return fault(text, quoted(text) + " is not a user");
}

}  // namespace sockutils::filter
