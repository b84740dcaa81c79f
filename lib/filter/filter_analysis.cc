/// Properties of a filter that do not depend on a row.
#include <algorithm>

#include "filter/filter_node.h"

namespace sockutils::filter {
namespace {

/// The states in which a test can be true, and those in which it can be false.
struct Outcomes {
  StateSet true_in = StateSet::all();
  StateSet false_in = StateSet::all();
};

class StateAnalysis {
 public:
  Outcomes operator()(const Everything&) const { return {StateSet::all(), {}}; }
  Outcomes operator()(const StateTest& test) const { return {test.states, StateSet::all() - test.states}; }
  Outcomes operator()(const Not& node) const {
    const Outcomes inner = std::visit(*this, *node.part);
    return {inner.false_in, inner.true_in};
  }
  Outcomes operator()(const And& node) const {
    Outcomes result{StateSet::all(), {}};
    for (const NodePointer& part : node.parts) {
      const Outcomes inner = std::visit(*this, *part);
      result = {result.true_in & inner.true_in, result.false_in | inner.false_in};
    }
    return result;
  }
  Outcomes operator()(const Or& node) const {
    Outcomes result{{}, StateSet::all()};
    for (const NodePointer& part : node.parts) {
      const Outcomes inner = std::visit(*this, *part);
      result = {result.true_in | inner.true_in, result.false_in & inner.false_in};
    }
    return result;
  }
  template <class Test>
  Outcomes operator()(const Test&) const {
    return {};
  }
};

bool is_any(const HostPattern& pattern) { return std::holds_alternative<std::monostate>(pattern); }

class EverythingAnalysis {
 public:
  bool operator()(const Everything&) const { return true; }
  bool operator()(const StateTest& test) const { return test.states == StateSet::all(); }
  bool operator()(const HostTest& test) const {
    return !test.negated && std::any_of(test.patterns.begin(), test.patterns.end(), is_any);
  }
  bool operator()(const And& node) const {
    return std::all_of(node.parts.begin(), node.parts.end(),
                       [](const auto& part) { return matches_everything(*part); });
  }
  bool operator()(const Or& node) const {
    return std::any_of(node.parts.begin(), node.parts.end(),
                       [](const auto& part) { return matches_everything(*part); });
  }
  template <class Test>
  bool operator()(const Test&) const {
    return false;
  }
};

class FieldCollector {
 public:
  explicit FieldCollector(std::vector<const Field*>& fields) : fields_(fields) {}

  void operator()(const Everything&) const {}
  void operator()(const And& node) const { visit_parts(node.parts); }
  void operator()(const Or& node) const { visit_parts(node.parts); }
  void operator()(const Not& node) const { collect_fields(*node.part, fields_); }
  void operator()(const StateTest&) const { add("state"); }
  void operator()(const Presence& test) const {
    add(test.field);
    add(test.other_side);
  }
  void operator()(const Comparison& test) const { add(test.field); }
  void operator()(const InterfaceTest&) const { add("interface_index"); }
  void operator()(const PortTest& test) const {
    if (test.family) add("family");
    if (test.family == Family::Netlink)
      add("netlink_port_id");
    else if (test.family == Family::Vsock)
      add_sides(test.side, "vsock_port", "vsock_peer_port");
    else
      add_sides(test.side, "local_port", "peer_port");
  }
  void operator()(const HostTest& test) const {
    for (const HostPattern& pattern : test.patterns)
      std::visit([&](const auto& kind) { add_pattern(kind, test.side); }, pattern);
  }

 private:
  void visit_parts(const std::vector<NodePointer>& parts) const {
    for (const NodePointer& part : parts) collect_fields(*part, fields_);
  }
  void add_pattern(std::monostate, Side) const {}
  void add_pattern(const InternetPattern& pattern, Side side) const {
    if (pattern.family) add("family");
    if (pattern.prefix) add_sides(side, "local_address", "peer_address");
    if (pattern.port) add_sides(side, "local_port", "peer_port");
    if (pattern.raw) add("protocol");
    if (pattern.interface) add_sides(side, "interface_index", "peer_address");
  }
  void add_pattern(const PathPattern&, Side side) const { add_sides(side, "path", "peer_path"); }
  void add_pattern(const LinkPattern& pattern, Side) const {
    if (pattern.protocol) add("packet_protocol");
    if (pattern.interface) add("interface_index");
  }
  void add_pattern(const NetlinkPattern& pattern, Side) const {
    if (pattern.protocol) add("protocol");
    if (pattern.port) add("netlink_port_id");
  }
  void add_pattern(const VsockPattern& pattern, Side side) const {
    if (pattern.cid) add_sides(side, "vsock_cid", "vsock_peer_cid");
    if (pattern.port) add_sides(side, "vsock_port", "vsock_peer_port");
  }
  void add_sides(Side side, std::string_view local, std::string_view peer) const {
    if (side != Side::Peer) add(local);
    if (side != Side::Local) add(peer);
  }
  void add(std::string_view name) const { add(find_field(name)); }
  void add(const Field* field) const {
    if (field != nullptr && std::find(fields_.begin(), fields_.end(), field) == fields_.end())
      fields_.push_back(field);
  }

  std::vector<const Field*>& fields_;
};

}  // namespace

StateSet possible_states(const Filter::Node& node) { return std::visit(StateAnalysis(), node).true_in; }

bool matches_everything(const Filter::Node& node) { return std::visit(EverythingAnalysis(), node); }

void collect_fields(const Filter::Node& node, std::vector<const Field*>& fields) {
  std::visit(FieldCollector(fields), node);
}

}  // namespace sockutils::filter
