// Ports as written on a command line.

#include <algorithm>
#include <bitset>
#include <memory>
#include <optional>

#include "common/format_text.h"
#include "common/parse_number.h"
#include "common/text.h"
#include "sockutils/probe.h"

namespace sockutils {
namespace {

constexpr std::uint16_t LastPort = 65535;

tl::unexpected<Error> refuse_port(std::string_view text, std::string detail) {
  return tl::unexpected(Error{0, "port", std::string(text), std::move(detail)});
}

bool is_numeric(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Keeps the order, and the ports that are already there.
class PortAdder {
 public:
  explicit PortAdder(std::vector<ProbePort>& ports) : ports_(ports), known_(std::make_unique<Known>()) {
    for (const ProbePort& port : ports) known_->set(bit_of(port));
  }

  void add(ProbePort port) {
    if (known_->test(bit_of(port))) return;
    known_->set(bit_of(port));
    ports_.push_back(port);
  }

 private:
  using Known = std::bitset<2 * 65536>;
  static std::size_t bit_of(ProbePort port) {
    return port.port + (port.protocol == Protocol::Udp ? std::size_t{65536} : 0);
  }

  std::vector<ProbePort>& ports_;
  std::unique_ptr<Known> known_;
};

Result<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_number<std::uint16_t>(text);
  if (number && *number != 0) return *number;
  return refuse_port(text, "ports are 1 to 65535");
}

struct PortRange {
  std::uint16_t first;
  std::uint16_t last;
};

/// No value when the text does not have the form of a range.
std::optional<Result<PortRange>> parse_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view first = text.substr(0, dash);
  const std::string_view last = text.substr(dash + 1);
  if (first.empty() && last.empty()) return refuse_port(text, "an empty range");
  const bool numbers = (first.empty() || is_numeric(first)) && (last.empty() || is_numeric(last));
  if (!numbers) return std::nullopt;
  if (first.empty() || last.empty()) return refuse_port(text, "a range needs both ends, as in 8000-8010");
  const auto low = parse_port(first);
  if (!low) return tl::unexpected(low.error());
  const auto high = parse_port(last);
  if (!high) return tl::unexpected(high.error());
  if (*low > *high)
    return refuse_port(text, format_text("a range begins with the lower end: {}-{}", *high, *low));
  return PortRange{*low, *high};
}

Result<void> add_one(PortAdder& adder, Protocol protocol, std::string_view text, const Services& services) {
  if (text.empty()) return refuse_port(text, "an empty port");
  if (const auto range = parse_range(text)) {
    if (!*range) return tl::unexpected(range->error());
    for (unsigned port = (*range)->first; port <= (*range)->last; ++port)
      adder.add({protocol, static_cast<std::uint16_t>(port)});
    return {};
  }
  if (is_numeric(text)) {
    const auto port = parse_port(text);
    if (!port) return tl::unexpected(port.error());
    adder.add({protocol, *port});
    return {};
  }
  if (text == "all") {
    for (unsigned port = 1; port <= LastPort; ++port) adder.add({protocol, static_cast<std::uint16_t>(port)});
    return {};
  }
  const auto named = services.ports(text, name(protocol));
  if (named.empty())
    return refuse_port(text, format_text("no service of {} in /etc/services", name(protocol)));
  for (const std::uint16_t port : named) adder.add({protocol, port});
  return {};
}

}  // namespace

Result<void> add_probe_ports(std::vector<ProbePort>& ports, std::string_view text, const Services& services) {
  PortAdder adder(ports);
  Protocol protocol = Protocol::Tcp;
  for (std::string_view rest = text;;) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view word = rest.substr(0, comma);
    if (const std::size_t slash = word.find('/'); slash != std::string_view::npos) {
      const std::string prefix = to_lower(word.substr(0, slash));
      if (prefix != "tcp" && prefix != "udp") return refuse_port(word, "the prefix is tcp/ or udp/");
      protocol = prefix == "tcp" ? Protocol::Tcp : Protocol::Udp;
      word.remove_prefix(slash + 1);
    }
    if (auto added = add_one(adder, protocol, word, services); !added) return added;
    if (comma == rest.size()) return {};
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace sockutils
