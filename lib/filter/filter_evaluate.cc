/// Evaluates a filter for a row. Nothing here allocates, except for patterns and very long unix names.
#include <algorithm>

#include "filter/filter_match.h"
#include "filter/filter_node.h"
#include "model/row.h"

namespace sockutils::filter {
namespace {

template <class T>
bool holds(const T& left, Relation relation, const T& right) {
  switch (relation) {
    case Relation::Equal:
      return left == right;
    case Relation::Less:
      return left < right;
    case Relation::LessEqual:
      return left <= right;
    case Relation::Greater:
      return left > right;
    case Relation::GreaterEqual:
      return left >= right;
    case Relation::Match:
      break;
  }
  return false;
}

Match compare_port(std::optional<std::uint32_t> port, bool family_fits, const PortTest& test) {
  if (!port) return Match::Absent;
  return match_if(family_fits && std::any_of(test.ports.begin(), test.ports.end(), [&](std::uint32_t wanted) {
                    return holds(*port, test.op.relation, wanted);
                  }));
}

Match match_port(const PortTest& test, const SocketRow& row, Side side) {
  const Socket& socket = row.socket;
  if (test.family == Family::Netlink) return compare_port(netlink_port(socket, side), true, test);
  if (test.family == Family::Vsock) return compare_port(vsock_port(socket, side), true, test);
  const auto& port = side == Side::Local ? socket.local_port : socket.peer_port;
  return compare_port(port, !test.family || socket.family == *test.family, test);
}

/// Compares one value with the operand.
class ValueMatcher {
 public:
  ValueMatcher(const Value& value, Relation relation) : value_(value), relation_(relation) {}

  Match operator()(const std::vector<std::uint64_t>& list) const {
    return any_of<std::uint64_t>(list,
                                 [this](std::uint64_t a, std::uint64_t b) { return holds(a, relation_, b); });
  }
  Match operator()(const std::vector<MaskedNumber>& list) const {
    return any_of<std::uint64_t>(list, [](std::uint64_t number, const MaskedNumber& wanted) {
      return (number & wanted.mask) == wanted.value;
    });
  }
  Match operator()(const std::vector<std::string>& list) const {
    return any_text([&](std::string_view text) {
      return std::any_of(list.begin(), list.end(), [&](const std::string& wanted) {
        return holds(text, relation_, std::string_view(wanted));
      });
    });
  }
  Match operator()(const std::vector<double>& list) const {
    return any_of<double>(list, [this](double a, double b) { return holds(a, relation_, b); });
  }
  Match operator()(const std::vector<bool>& list) const { return any_of<bool>(list, std::equal_to<>()); }
  Match operator()(const std::vector<Family>& list) const { return any_of<Family>(list, std::equal_to<>()); }
  Match operator()(const std::vector<Protocol>& list) const {
    return any_of<Protocol>(list, std::equal_to<>());
  }
  Match operator()(const std::vector<Prefix>& list) const {
    return any_of<Address>(list, [](const Address& a, const Prefix& b) { return is_within(a, b); });
  }
  Match operator()(const Pattern& pattern) const {
    return any_text([&](std::string_view text) { return pattern.found_in(text); });
  }

 private:
  /// A text, or any text of a list.
  template <class Test>
  Match any_text(const Test& test) const {
    if (const auto* const text = std::get_if<std::string_view>(&value_)) return match_if(test(*text));
    const auto* const list = std::get_if<TextList>(&value_);
    return list != nullptr ? match_if(std::any_of(list->begin(), list->end(), test)) : Match::Absent;
  }

  template <class T, class List, class Test>
  Match any_of(const List& list, const Test& test) const {
    const T* const value = std::get_if<T>(&value_);
    if (value == nullptr) return Match::Absent;
    return match_if(
        std::any_of(list.begin(), list.end(), [&](const auto& wanted) { return test(*value, wanted); }));
  }

  const Value& value_;
  Relation relation_;
};

Match match_value(const Comparison& comparison, const Value& value) {
  return std::visit(ValueMatcher(value, comparison.op.relation), comparison.operand);
}

Match match_owners(const Comparison& comparison, const PerOwner& values) {
  Match match = Match::Absent;
  for (const Owner& owner : values.owners) {
    if (match == Match::Yes) break;
    if (const OptionalValue value = values.get(owner)) match = either(match, match_value(comparison, *value));
  }
  return match;
}

/// Evaluates a node of each kind.
class Evaluator {
 public:
  explicit Evaluator(const Row& row) : row_(row) {}

  bool operator()(const Everything&) const { return true; }
  bool operator()(const And& node) const {
    return std::all_of(node.parts.begin(), node.parts.end(),
                       [this](const auto& part) { return evaluate(*part, row_); });
  }
  bool operator()(const Or& node) const {
    return std::any_of(node.parts.begin(), node.parts.end(),
                       [this](const auto& part) { return evaluate(*part, row_); });
  }
  bool operator()(const Not& node) const { return !evaluate(*node.part, row_); }
  bool operator()(const StateTest& test) const {
    if (test.states == StateSet::all()) return true;
    return socket_row().socket.state && test.states.contains(*socket_row().socket.state);
  }
  bool operator()(const Presence& test) const {
    return test.field->get(row_) || (test.other_side != nullptr && test.other_side->get(row_));
  }
  bool operator()(const HostTest& test) const {
    return decide(on_sides(test.side, [&](Side side) { return match_host(test, side); }), test.negated);
  }
  bool operator()(const PortTest& test) const {
    return decide(on_sides(test.side, [&](Side side) { return match_port(test, socket_row(), side); }),
                  test.op.negated);
  }
  bool operator()(const InterfaceTest& test) const {
    const auto& index = socket_row().socket.interface;
    if (!index) return false;
    return (std::find(test.indexes.begin(), test.indexes.end(), *index) != test.indexes.end()) !=
           test.negated;
  }
  bool operator()(const Comparison& comparison) const {
    const OptionalValue value = comparison.field->get(row_);
    if (!value) return false;
    const auto* const per_owner = std::get_if<PerOwner>(&*value);
    const Match match =
        per_owner != nullptr ? match_owners(comparison, *per_owner) : match_value(comparison, *value);
    return decide(match, comparison.op.negated);
  }

 private:
  /// State, host, port and interface nodes occur only in filters of sockets.
  const SocketRow& socket_row() const { return static_cast<const SocketRow&>(row_); }

  static bool decide(Match match, bool negated) {
    return match != Match::Absent && (match == Match::Yes) != negated;
  }

  template <class Test>
  static Match on_sides(Side side, const Test& test) {
    if (side != Side::Either) return test(side);
    return either(test(Side::Local), test(Side::Peer));
  }

  Match match_host(const HostTest& test, Side side) const {
    Match match = Match::Absent;
    for (const HostPattern& pattern : test.patterns)
      match = either(match, match_pattern(pattern, socket_row().socket, side));
    return match;
  }

  const Row& row_;
};

}  // namespace

bool evaluate(const Filter::Node& node, const Row& row) { return std::visit(Evaluator(row), node); }

}  // namespace sockutils::filter
