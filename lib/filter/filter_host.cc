#include "filter/filter_host.h"

#include "common/parse_number.h"
#include "common/text.h"
#include "filter/filter_address.h"
#include "filter/filter_link.h"

namespace sockutils::filter {
namespace {

/// Words that mean "any", and the empty text.
bool is_wildcard(std::string_view text) {
  return text.empty() || text == "*" || text == "any" || text == "all" || text == "default";
}

/// An address, an interface and a port, separated.
struct HostText {
  AddressText address;
  std::optional<std::string_view> interface;
  std::string_view port;
};

/// Removes `%eth0` from the start of `text`. Names of interfaces hold neither a colon nor a slash
/// (dev_valid_name() in net/core/dev.c).
std::optional<std::string_view> take_interface(std::string_view& text) {
  if (!text.starts_with('%')) return std::nullopt;
  const std::size_t end = std::min(text.find_first_of("/:"), text.size());
  const std::string_view interface = text.substr(1, end - 1);
  text.remove_prefix(end);
  return interface;
}

/// `[v6]`, `[v6]:port`, `[v6]/64:port`, `[v6/64]:port`, `[v6]%eth0:port`
ValueResult<HostText> split_bracketed(std::string_view text) {
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) return fault(text, "this \"[\" is never closed");
  HostText host{split_length(text.substr(1, close - 1)), {}, {}};
  if (host.address.address.empty())
    return fault(text.substr(0, close + 1), "expected an address in the brackets");
  std::string_view rest = text.substr(close + 1);
  host.interface = take_interface(rest);
  if (rest.starts_with('/') && !host.address.slash) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    host.address.length = rest.substr(1, end - 1);
    host.address.slash = true;
    rest = rest.substr(end);
  }
  if (!rest.empty() && !rest.starts_with(':'))
    return fault(rest, "expected a colon and a port, found " + quoted(rest));
  host.port = rest.substr(rest.empty() ? 0 : 1);
  return host;
}

/// Without brackets the colon between an IPv6 address and its port is ambiguous, so the whole text is the
/// address if it can be one.
HostText split_plain(std::string_view text, const FilterNames& names) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos && read_v6(text, names)) return {{text, {}, false}, {}, {}};
  const std::size_t colon = slash == std::string_view::npos ? text.rfind(':') : text.find(':', slash);
  const std::string_view port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  HostText host{split_length(text.substr(0, colon)), {}, port};
  const std::size_t percent = host.address.address.find('%');
  // The interface of an IPv6 address is parsed with the address.
  if (percent == std::string_view::npos || host.address.address.find(':') < percent) return host;
  host.interface = host.address.address.substr(percent + 1);
  host.address.address = host.address.address.substr(0, percent);
  return host;
}

ValueResult<HostText> split_host(std::string_view text, const FilterNames& names) {
  if (text.starts_with('[')) return split_bracketed(text);
  return split_plain(text, names);
}

ValueResult<std::vector<std::optional<PortNumber>>> read_port_part(std::string_view text,
                                                                   const FilterNames& names) {
  if (text.empty() || text == "*") return std::vector<std::optional<PortNumber>>{std::nullopt};
  const auto ports = read_ports_or_protocol(text, names);
  if (!ports) return tl::unexpected(ports.error());
  return std::vector<std::optional<PortNumber>>(ports->begin(), ports->end());
}

ValueResult<std::vector<std::optional<Prefix>>> read_address_part(const AddressText& text,
                                                                  std::optional<Family> family,
                                                                  const FilterNames& names) {
  if (is_wildcard(text.address) && !text.slash) return std::vector<std::optional<Prefix>>{std::nullopt};
  const auto prefixes = read_prefixes(text, family, names);
  if (!prefixes) return tl::unexpected(prefixes.error());
  return std::vector<std::optional<Prefix>>(prefixes->begin(), prefixes->end());
}

ValueResult<std::optional<std::uint32_t>> read_interface_part(std::optional<std::string_view> text,
                                                              const FilterNames& names) {
  if (!text) return std::nullopt;
  const auto index = read_interface(*text, names);
  if (!index) return tl::unexpected(index.error());
  return *index;
}

InternetPattern internet_pattern(std::optional<Family> family, const std::optional<Prefix>& prefix,
                                 const std::optional<PortNumber>& port,
                                 std::optional<std::uint32_t> interface) {
  InternetPattern pattern{family, prefix, {}, interface, port && port->raw};
  if (port) pattern.port = port->number;
  return pattern;
}

ValueResult<std::vector<HostPattern>> read_internet(std::string_view text, std::optional<Family> family,
                                                    const FilterNames& names) {
  const auto host = split_host(text, names);
  if (!host) return tl::unexpected(host.error());
  const auto prefixes = read_address_part(host->address, family, names);
  if (!prefixes) return tl::unexpected(prefixes.error());
  const auto ports = read_port_part(host->port, names);
  if (!ports) return tl::unexpected(ports.error());
  const auto interface = read_interface_part(host->interface, names);
  if (!interface) return tl::unexpected(interface.error());
  std::vector<HostPattern> patterns;
  for (const auto& prefix : *prefixes) {
    for (const auto& port : *ports) {
      if (!family && !prefix && !port && !*interface)
        patterns.emplace_back(std::monostate{});
      else
        patterns.emplace_back(internet_pattern(family, prefix, port, *interface));
    }
  }
  return patterns;
}

template <class Pattern>
ValueResult<std::vector<HostPattern>> one(const ValueResult<Pattern>& pattern) {
  if (!pattern) return tl::unexpected(pattern.error());
  return std::vector<HostPattern>{*pattern};
}

}  // namespace

ValueResult<FamilyPrefix> split_family(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return FamilyPrefix{std::nullopt, text};
  const std::string_view word = text.substr(0, colon);
  if (word == "tipc" || word == "xdp")
    return fault(word, "the ends of " + quoted(word) + " sockets are compared by their own fields: " +
                           (word == "xdp" ? "interface, xdp_queue" : "tipc_node, tipc_port"));
  if (const auto family = parse_family(word)) return FamilyPrefix{family, text.substr(colon + 1)};
  return FamilyPrefix{std::nullopt, text};
}

ValueResult<std::vector<HostPattern>> read_host(std::string_view text, const FilterNames& names) {
  if (text.empty()) return fault(text, "expected a host, found nothing");
  const auto prefix = split_family(text);
  if (!prefix) return tl::unexpected(prefix.error());
  if (prefix->family == Family::Unix) return std::vector<HostPattern>{PathPattern{to_lower(prefix->rest)}};
  if (prefix->family == Family::Packet) return one(read_link(prefix->rest, names));
  if (prefix->family == Family::Netlink) return one(read_netlink(prefix->rest));
  if (prefix->family == Family::Vsock) return one(read_vsock(prefix->rest));
  if (!prefix->family && (text[0] == '/' || text[0] == '@'))
    return std::vector<HostPattern>{PathPattern{to_lower(text)}};
  auto patterns = read_internet(prefix->rest, prefix->family, names);
  // Shell patterns match only names of unix sockets.
  if (!patterns && !prefix->family && patterns.error().part.find_first_of("*?") != std::string_view::npos)
    return fault(text, std::move(patterns.error().message), "unix:" + std::string(text));
  return patterns;
}

ValueResult<std::vector<Prefix>> read_address(std::string_view text, const FilterNames& names) {
  const auto host = split_host(text, names);
  if (!host) return tl::unexpected(host.error());
  if (!host->port.empty())
    return fault(host->port, "this field is an address alone: a port has no place here");
  if (host->interface) return fault(*host->interface, "this field is an address alone: its interface is dev");
  return read_prefixes(host->address, std::nullopt, names);
}

ValueResult<PortValue> read_port_condition(std::string_view text, const FilterNames& names) {
  const auto prefix = split_family(text);
  if (!prefix) return tl::unexpected(prefix.error());
  std::string_view port = prefix->rest;
  if (port.starts_with("*:")) port.remove_prefix(2);
  if (port.starts_with(':')) port.remove_prefix(1);
  if (port == "*") return PortValue{prefix->family, {}, true};
  if (prefix->family == Family::Netlink) {
    const auto id = read_netlink_port(port);
    if (!id) return tl::unexpected(id.error());
    return PortValue{prefix->family, {*id}};
  }
  if (prefix->family == Family::Vsock) {
    const auto number = read_vsock_number(port);
    if (!number) return tl::unexpected(number.error());
    return PortValue{prefix->family, {*number}};
  }
  if (prefix->family == Family::Unix || prefix->family == Family::Packet)
    return fault(text, "sockets of the family " + quoted(name(*prefix->family)) + " have no ports");
  const auto ports = read_ports_or_protocol(port, names);
  if (!ports) return tl::unexpected(ports.error());
  PortValue value{prefix->family, {}};
  for (const PortNumber& one : *ports) (one.raw ? value.raw : value.ports).push_back(one.number);
  return value;
}

}  // namespace sockutils::filter
