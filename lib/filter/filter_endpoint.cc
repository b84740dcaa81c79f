/// Comparisons of hosts, addresses and ports.
#include <algorithm>

#include "filter/filter_draft.h"
#include "filter/filter_host.h"

namespace sockutils::filter {
namespace {

bool is_link(std::string_view text) {
  const auto prefix = split_family(text);
  return prefix && prefix->family == Family::Packet;
}

ValueResult<HostPattern> read_link_port(std::string_view text, const FilterNames& names) {
  if (!is_link(text)) return tl::unexpected(ValueFault{text, "the ports of one list must be of one family"});
  const std::string_view port = text.substr(text.find(':') + 1);
  if (port == "*") return HostPattern(LinkPattern{});
  const auto interface = read_interface(port, names);
  return interface.map([](std::uint32_t index) { return HostPattern(LinkPattern{{}, index}); });
}

/// `sport = link:eth0`: in `ss`, the port of a packet socket is its interface.
Parsed make_link_port(const Draft& draft) {
  if (const auto error = refuse_unless(draft, false)) return tl::unexpected(*error);
  auto patterns =
      read_all<HostPattern>(draft, [&](std::string_view text) { return read_link_port(text, draft.names); });
  if (!patterns) return tl::unexpected(patterns.error());
  return make_node(HostTest{draft.subject.side, draft.op().negated, std::move(*patterns)});
}

/// `sport = :icmp`: a raw socket has an IP protocol instead of a port.
Parsed make_raw_port(const Draft& draft, const PortTest& others, const std::vector<std::uint32_t>& raw) {
  if (const auto error = refuse_unless(draft, false)) return tl::unexpected(*error);
  HostTest test{draft.subject.side, draft.op().negated, {}};
  const auto add = [&](const std::vector<std::uint32_t>& numbers, bool is_raw) {
    for (const std::uint32_t number : numbers)
      test.patterns.emplace_back(
          InternetPattern{others.family, {}, static_cast<std::uint16_t>(number), {}, is_raw});
  };
  add(others.ports, false);
  add(raw, true);
  return make_node(std::move(test));
}

HostPattern any_port(std::optional<Family> family) {
  if (!family) return std::monostate{};
  if (family == Family::Netlink) return NetlinkPattern{};
  if (family == Family::Vsock) return VsockPattern{};
  return InternetPattern{family, {}, {}};
}

/// `sport = *`: any port, optionally of one family.
Parsed make_any_port(const Draft& draft, std::optional<Family> family) {
  if (draft.op().negated || draft.op().relation != Relation::Equal)
    return tl::unexpected(error_at(draft.use.token, "* is any port: expected ="));
  return make_node(HostTest{draft.subject.side, false, {any_port(family)}});
}

}  // namespace

Parsed make_host(const Draft& draft) {
  if (const auto error = refuse_unless(draft, false)) return tl::unexpected(*error);
  auto patterns =
      read_all<HostPattern>(draft, [&](std::string_view text) { return read_host(text, draft.names); });
  if (!patterns) return tl::unexpected(patterns.error());
  const bool any = std::any_of(patterns->begin(), patterns->end(), [](const HostPattern& pattern) {
    return std::holds_alternative<std::monostate>(pattern);
  });
  if (any && draft.op().negated)
    return tl::unexpected(error_at(draft.values.front(), "every host is any host: nothing would match"));
  return make_node(HostTest{draft.subject.side, draft.op().negated, std::move(*patterns)});
}

Parsed make_address(const Draft& draft) {
  if (const auto error = refuse_unless(draft, false)) return tl::unexpected(*error);
  const auto prefixes =
      read_all<Prefix>(draft, [&](std::string_view text) { return read_address(text, draft.names); });
  if (!prefixes) return tl::unexpected(prefixes.error());
  HostTest test{draft.subject.side, draft.op().negated, {}};
  for (const Prefix& prefix : *prefixes) test.patterns.emplace_back(InternetPattern{{}, prefix, {}});
  return make_node(std::move(test));
}

Parsed make_port(const Draft& draft) {
  if (const auto error = refuse_unless(draft, true)) return tl::unexpected(*error);
  if (is_link(draft.values.front().text)) return make_link_port(draft);
  PortTest test{draft.subject.side, draft.op(), {}, {}};
  std::vector<std::uint32_t> raw;
  for (const Token& token : draft.values) {
    const auto value = read_port_condition(token.text, draft.names);
    if (!value) return tl::unexpected(error_in(token, value.error()));
    if (&token != draft.values.data() && (value->any || value->family != test.family))
      return tl::unexpected(error_at(token, "the ports of one list must be of one family"));
    if (value->any) return make_any_port(draft, value->family);
    test.family = value->family;
    append(test.ports, value->ports);
    append(raw, value->raw);
  }
  if (const auto error = refuse_several(draft, test.ports.size() + raw.size())) return tl::unexpected(*error);
  if (!raw.empty()) return make_raw_port(draft, test, raw);
  return make_node(std::move(test));
}

}  // namespace sockutils::filter
