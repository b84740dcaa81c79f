/// The syntax tree of the filter language. All names in it are resolved: ports, addresses, interfaces and
/// users are numbers, and fields are pointers to `Field`. So evaluation needs no look-ups, and tests that the
/// kernel can evaluate (hosts, ports, states, interfaces, marks) are nodes of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "filter/filter_pattern.h"
#include "sockutils/field.h"
#include "sockutils/filter.h"

namespace sockutils::filter {

using NodePointer = std::shared_ptr<const Filter::Node>;

enum class Relation : std::uint8_t { Equal, Less, LessEqual, Greater, GreaterEqual, Match };

/// A comparison operator: `!=` is Equal and negated, `!~` is Match and negated.
struct Operator {
  Relation relation = Relation::Equal;
  bool negated = false;
};

/// The end of the socket that a test applies to.
enum class Side : std::uint8_t { Local, Peer, Either };

struct Prefix {
  Address address;
  /// In bits of the address's own family.
  unsigned length = 0;
};

/// Tests the family, address, port and interface of an endpoint; members without a value are not tested.
struct InternetPattern {
  std::optional<Family> family;
  std::optional<Prefix> prefix;
  std::optional<std::uint16_t> port;
  /// For the local end the interface that the socket is bound to, for the peer the scope of its address.
  std::optional<std::uint32_t> interface = {};
  /// `port` is an IP protocol, and only raw sockets match.
  bool raw = false;
};

/// A shell pattern, in lower case, matched against the name of a unix socket in any case, as in `ss`. An
/// empty pattern matches sockets without a name.
struct PathPattern {
  std::string glob;
};

/// A packet(7) socket's Ethernet protocol and interface.
struct LinkPattern {
  std::optional<std::uint16_t> protocol;
  std::optional<std::uint32_t> interface;
};

struct NetlinkPattern {
  std::optional<Protocol> protocol;
  std::optional<std::uint32_t> port;
};

/// A vsock(7) socket's context id and port.
struct VsockPattern {
  std::optional<std::uint32_t> cid;
  std::optional<std::uint32_t> port;
};

/// One host condition. `monostate` is `*`: no condition.
using HostPattern =
    std::variant<std::monostate, InternetPattern, PathPattern, LinkPattern, NetlinkPattern, VsockPattern>;

/// The empty filter.
struct Everything {};

struct And {
  std::vector<NodePointer> parts;
};

struct Or {
  std::vector<NodePointer> parts;
};

struct Not {
  NodePointer part;
};

/// True for every socket when `states` holds all states, even for a socket without a state.
struct StateTest {
  StateSet states;
};

/// `has FIELD`; for `port` and `address`, either side is enough.
struct Presence {
  const Field* field;
  const Field* other_side = nullptr;
};

/// `src`, `dst`, `address`: any pattern matches, or none when negated.
struct HostTest {
  Side side;
  bool negated = false;
  std::vector<HostPattern> patterns;
};

/// `sport`, `dport`, `port`. With `Family::Netlink` and `Family::Vsock`, their 32-bit ports.
struct PortTest {
  Side side;
  Operator op;
  std::optional<Family> family;
  std::vector<std::uint32_t> ports;
};

/// `dev`
struct InterfaceTest {
  bool negated = false;
  std::vector<std::uint32_t> indexes;
};

/// Equal when the masked bits equal `value`, as the kernel compares marks.
struct MaskedNumber {
  std::uint64_t value;
  std::uint64_t mask;
};

/// The values that a field is compared with: any of them may match.
using Operand = std::variant<std::vector<std::uint64_t>, std::vector<MaskedNumber>, std::vector<std::string>,
                             std::vector<double>, std::vector<bool>, std::vector<Family>,
                             std::vector<Protocol>, std::vector<Prefix>, Pattern>;

struct Comparison {
  const Field* field;
  Operator op;
  Operand operand;
};

NodePointer make_node(Filter::Node node);

/// Whether all sockets are known to match.
bool matches_everything(const Filter::Node& node);

/// Whether the socket of `row` matches.
bool evaluate(const Filter::Node& node, const Row& row);

/// The states that a matching socket can be in.
StateSet possible_states(const Filter::Node& node);

/// Appends each field that the tree refers to, once.
void collect_fields(const Filter::Node& node, std::vector<const Field*>& fields);

/// The canonical form, which parses to an equal tree without looking up names.
std::string print(const Filter::Node& node);

}  // namespace sockutils::filter

namespace sockutils {

struct Filter::Node : std::variant<filter::Everything, filter::And, filter::Or, filter::Not,
                                   filter::StateTest, filter::Presence, filter::HostTest, filter::PortTest,
                                   filter::InterfaceTest, filter::Comparison> {
  using variant::variant;
};

}  // namespace sockutils
