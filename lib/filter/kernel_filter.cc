#include "filter/kernel_filter.h"

#include <algorithm>
#include <limits>

#include "filter/filter_node.h"

namespace sockutils {
namespace {

using filter::Relation;
using filter::Side;
using kernel::Condition;
using kernel::End;

constexpr StateSet MiniSockets{State::TimeWait, State::SynRecv};

/// The direction in which a condition may err if the kernel cannot decide: `Above` is true for every socket
/// that the node matches, `Below` is false for every socket that it does not match. Negation swaps them.
enum class Bound : std::uint8_t { Above, Below };

constexpr Bound opposite(Bound bound) { return bound == Bound::Above ? Bound::Below : Bound::Above; }

std::vector<End> ends_of(Side side) {
  if (side == Side::Either) return {End::Local, End::Peer};
  return {side == Side::Local ? End::Local : End::Peer};
}

Condition has_port(End end) { return kernel::port_at_least(end, 1); }

/// Compares ports, of which 0 means none.
Condition compare_port(End end, Relation relation, std::uint32_t wanted) {
  constexpr std::uint32_t Highest = std::numeric_limits<std::uint16_t>::max();
  const bool beyond = wanted > Highest;
  const auto port = static_cast<std::uint16_t>(std::min(wanted, Highest));
  switch (relation) {
    case Relation::Equal:
      return beyond || port == 0 ? kernel::never() : kernel::port_is(end, port);
    case Relation::Less:
      if (beyond) return has_port(end);
      return kernel::all_of({has_port(end), kernel::negation(kernel::port_at_least(end, port))});
    case Relation::LessEqual:
      return kernel::all_of({has_port(end), kernel::port_at_most(end, port)});
    case Relation::Greater:
      return beyond ? kernel::never() : kernel::negation(kernel::port_at_most(end, port));
    case Relation::GreaterEqual:
      return beyond ? kernel::never() : kernel::all_of({has_port(end), kernel::port_at_least(end, port)});
    case Relation::Match:
      break;
  }
  return kernel::never();
}

/// A test, and whether the value that it looks at exists: see filter_match.h.
struct Sides {
  std::vector<Condition> matches;
  std::vector<Condition> present;
};

class Compiler {
 public:
  Compiler(const KernelTarget& target, std::optional<bool> autobound, Bound bound)
      : target_(target), autobound_(autobound), bound_(bound) {}

  Condition compile(const Filter::Node& node) const { return std::visit(*this, node); }

  Condition operator()(const filter::Everything&) const { return kernel::always(); }
  Condition operator()(const filter::And& node) const { return kernel::all_of(parts_of(node.parts)); }
  Condition operator()(const filter::Or& node) const { return kernel::any_of(parts_of(node.parts)); }
  Condition operator()(const filter::Not& node) const {
    return kernel::negation(other_side().compile(*node.part));
  }

  /// There is no opcode for states, but the requested states are known.
  Condition operator()(const filter::StateTest& test) const {
    if (test.states == StateSet::all() || (target_.states - test.states).empty()) return kernel::always();
    return (target_.states & test.states).empty() ? kernel::never() : unknown();
  }

  Condition operator()(const filter::Presence& test) const {
    std::vector<Condition> any{presence_of(*test.field)};
    if (test.other_side != nullptr) any.push_back(presence_of(*test.other_side));
    return kernel::any_of(std::move(any));
  }

  Condition operator()(const filter::HostTest& test) const {
    return decide(test.negated, [&](const Compiler& compiler) { return compiler.host_sides(test); });
  }

  Condition operator()(const filter::PortTest& test) const {
    return decide(test.op.negated, [&](const Compiler& compiler) { return compiler.port_sides(test); });
  }

  Condition operator()(const filter::InterfaceTest& test) const {
    std::vector<Condition> any;
    for (const std::uint32_t index : test.indexes) any.push_back(match_interface(index, End::Local));
    return decide(test.negated, {kernel::any_of(std::move(any)), has_interface()});
  }

  Condition operator()(const filter::Comparison& test) const {
    if (test.op.relation != Relation::Equal) return unknown();
    if (const auto* const list = std::get_if<std::vector<Family>>(&test.operand))
      return decide_known(test, list, [&](Family family) { return is_family(family); });
    if (const auto* const list = std::get_if<std::vector<Protocol>>(&test.operand))
      return decide_known(test, list,
                          [&](Protocol protocol) { return kernel::constant(protocol == target_.protocol); });
    if (const auto* const list = std::get_if<std::vector<bool>>(&test.operand))
      return test.field == find_field("autobound") ? compare_autobound(test, *list) : unknown();
    if (const auto* const list = std::get_if<std::vector<filter::MaskedNumber>>(&test.operand))
      return test.field == find_field("mark") ? compare_mark(test, *list) : unknown();
    if (const auto* const list = std::get_if<std::vector<std::uint64_t>>(&test.operand))
      return test.field == find_field("cgroup_id") ? compare_cgroup(test, *list) : unknown();
    return unknown();
  }

 private:
  struct Outcome {
    Condition matches;
    Condition present;
  };

  Compiler other_side() const { return Compiler(target_, autobound_, opposite(bound_)); }
  Condition unknown() const { return kernel::constant(bound_ == Bound::Above); }

  std::vector<Condition> parts_of(const std::vector<filter::NodePointer>& nodes) const {
    std::vector<Condition> parts;
    parts.reserve(nodes.size());
    for (const filter::NodePointer& node : nodes) parts.push_back(compile(*node));
    return parts;
  }

  /// An absent value is not unequal.
  static Condition decide(bool negated, Outcome outcome) {
    if (!negated) return std::move(outcome.matches);
    return kernel::all_of({std::move(outcome.present), kernel::negation(std::move(outcome.matches))});
  }

  template <class MakeSides>
  Condition decide(bool negated, const MakeSides& make_sides) const {
    Sides sides = make_sides(negated ? other_side() : *this);
    return decide(
        negated, Outcome{kernel::any_of(std::move(sides.matches)), kernel::any_of(std::move(sides.present))});
  }

  /// For values that every socket has.
  template <class List, class Test>
  Condition decide_known(const filter::Comparison& test, const List* list, const Test& make) const {
    std::vector<Condition> any;
    for (const auto value : *list) any.push_back(make(value));
    if (test.field != find_field("family") && test.field != find_field("protocol")) return unknown();
    return decide(test.op.negated, {kernel::any_of(std::move(any)), kernel::always()});
  }

  Condition is_family(Family family) const {
    if (family == Family::Inet6)
      return target_.v4 ? only_if(target_.v6, kernel::is_inet6()) : kernel::always();
    if (family == Family::Inet)
      return target_.v6 ? only_if(target_.v4, kernel::negation(kernel::is_inet6())) : kernel::always();
    return kernel::never();
  }

  static Condition only_if(bool possible, Condition condition) {
    return possible ? std::move(condition) : kernel::never();
  }

  static Condition has_interface() { return kernel::negation(kernel::interface_is(0)); }

  /// The local address is always present, the peer's if it has an address or a port.
  Condition has_address(End end) const {
    if (end == End::Local) return kernel::always();
    std::vector<Condition> wildcards;
    if (target_.v6) wildcards.push_back(kernel::address_within(end, wildcard(true), 128));
    // 0.0.0.0/32 also covers ::ffff:0.0.0.0, which is not a wildcard.
    if (target_.v4)
      wildcards.push_back(
          kernel::all_of({is_family(Family::Inet), kernel::address_within(end, wildcard(false), 32)}));
    return kernel::any_of({has_port(end), kernel::negation(kernel::any_of(std::move(wildcards)))});
  }

  static Address wildcard(bool is_v6) {
    Address address;
    address.is_v6 = is_v6;
    return address;
  }

  Condition presence_of(const Field& field) const {
    if (field.name == "local_port") return has_port(End::Local);
    if (field.name == "peer_port") return has_port(End::Peer);
    if (field.name == "local_address") return has_address(End::Local);
    if (field.name == "peer_address") return has_address(End::Peer);
    if (field.name == "interface_index") return has_interface();
    return unknown();
  }

  Sides host_sides(const filter::HostTest& test) const {
    Sides sides;
    for (const End end : ends_of(test.side)) {
      for (const filter::HostPattern& pattern : test.patterns) {
        Outcome outcome = match_pattern(pattern, end);
        sides.matches.push_back(std::move(outcome.matches));
        sides.present.push_back(std::move(outcome.present));
      }
    }
    return sides;
  }

  Outcome match_pattern(const filter::HostPattern& pattern, End end) const {
    if (std::holds_alternative<std::monostate>(pattern)) return {kernel::always(), kernel::always()};
    const auto* const internet = std::get_if<filter::InternetPattern>(&pattern);
    // Patterns of other families never match.
    if (internet == nullptr) return {kernel::never(), kernel::never()};
    std::vector<Condition> present;
    std::vector<Condition> matches;
    if (internet->family) matches.push_back(is_family(*internet->family));
    if (internet->prefix) {
      present.push_back(has_address(end));
      matches.push_back(match_prefix(*internet->prefix, end));
    }
    if (internet->port) {
      present.push_back(has_port(end));
      matches.push_back(compare_port(end, Relation::Equal, *internet->port));
    }
    if (internet->raw) matches.push_back(kernel::constant(target_.protocol == Protocol::Raw));
    if (internet->interface) matches.push_back(match_interface(*internet->interface, end));
    Condition there = kernel::all_of(std::move(present));
    if (internet->prefix && may_be_wildcard(*internet->prefix)) matches.push_back(there);
    return {kernel::all_of(std::move(matches)), std::move(there)};
  }

  /// The kernel's programs cannot test the scope of a peer's address.
  Condition match_interface(std::uint32_t index, End end) const {
    if (end == End::Peer) return unknown();
    return index == 0 ? kernel::never() : kernel::interface_is(index);
  }

  static bool may_be_wildcard(const filter::Prefix& prefix) {
    return matches_prefix(wildcard(prefix.address.is_v6), prefix.address, prefix.length);
  }

  Condition match_prefix(const filter::Prefix& prefix, End end) const {
    if (!(prefix.address.is_v6 ? target_.v6 : target_.v4 || target_.v6)) return kernel::never();
    Condition within = kernel::address_within(end, prefix.address, prefix.length);
    // The link of a link-local address is checked in user space.
    if (prefix.address.scope_id != 0) return kernel::all_of({std::move(within), unknown()});
    return within;
  }

  Sides port_sides(const filter::PortTest& test) const {
    Sides sides;
    if (test.family == Family::Netlink) return sides;
    for (const End end : ends_of(test.side)) {
      std::vector<Condition> any;
      for (const std::uint32_t port : test.ports) any.push_back(compare_port(end, test.op.relation, port));
      Condition matches = kernel::any_of(std::move(any));
      if (test.family) matches = kernel::all_of({is_family(*test.family), std::move(matches)});
      sides.matches.push_back(std::move(matches));
      sides.present.push_back(has_port(end));
    }
    return sides;
  }

  /// Mini-sockets have no value, and are delivered with the sockets whose value is true.
  Condition compare_autobound(const filter::Comparison& test, const std::vector<bool>& list) const {
    if (!autobound_) return unknown();
    const bool holds = (std::find(list.begin(), list.end(), *autobound_) != list.end()) != test.op.negated;
    const bool mini = *autobound_ && !(target_.states & MiniSockets).empty();
    return holds && mini ? unknown() : kernel::constant(holds);
  }

  /// It is unknown whether the kernel reports the mark of TIME_WAIT sockets, which old kernels do not. Only a
  /// test that drops sockets in either case can be compiled.
  Condition compare_mark(const filter::Comparison& test,
                         const std::vector<filter::MaskedNumber>& list) const {
    if (bound_ == Bound::Below) return unknown();
    std::vector<Condition> any;
    for (const auto& [value, mask] : list) {
      constexpr std::uint64_t Highest = std::numeric_limits<std::uint32_t>::max();
      any.push_back(value > Highest ? kernel::never()
                                    : kernel::mark_is(static_cast<std::uint32_t>(value),
                                                      static_cast<std::uint32_t>(mask & Highest)));
    }
    return decide(test.op.negated, {kernel::any_of(std::move(any)), kernel::always()});
  }

  /// For the kernel, mini-sockets are in group 0, which means none.
  Condition compare_cgroup(const filter::Comparison& test, const std::vector<std::uint64_t>& list) const {
    std::vector<Condition> any;
    for (const std::uint64_t id : list) any.push_back(id == 0 ? kernel::never() : kernel::cgroup_is(id));
    return decide(test.op.negated, {kernel::any_of(std::move(any)), kernel::negation(kernel::cgroup_is(0))});
  }

  const KernelTarget& target_;
  std::optional<bool> autobound_;
  Bound bound_;
};

}  // namespace

Condition kernel_condition(const Filter& filter, const KernelTarget& target, std::optional<bool> autobound) {
  return Compiler(target, autobound, Bound::Above).compile(*filter.root());
}

}  // namespace sockutils
