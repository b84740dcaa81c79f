#include "family/tipc.h"

#include <linux/tipc_netlink.h>
#include <linux/tipc_sockets_diag.h>
#include <sys/socket.h>

#include <array>

#include "common/text.h"
#include "family/attributes.h"
#include "family/shared.h"
#include "model/registry.h"

namespace sockutils::tipc {
namespace {

constexpr AttributeKey LocalNode{"tipc_node"};
constexpr AttributeKey LocalPort{"tipc_port"};
constexpr AttributeKey PeerNode{"tipc_peer_node"};
constexpr AttributeKey PeerPort{"tipc_peer_port"};
constexpr AttributeKey ServiceType{"tipc_service_type"};
constexpr AttributeKey ServiceInstance{"tipc_service_instance"};
constexpr AttributeKey Published{"tipc_published"};
constexpr AttributeKey LinkCongested{"tipc_link_congested"};
constexpr AttributeKey PeerCongested{"tipc_peer_congested"};
constexpr AttributeKey Group{"tipc_group"};
constexpr AttributeKey GroupInstance{"tipc_group_instance"};
constexpr AttributeKey GroupScope{"tipc_group_scope"};
constexpr AttributeKey GroupOpen{"tipc_group_open"};

/// What the attributes say before it is known what kind of socket they are about.
struct Told {
  std::optional<std::uint32_t> node;
  std::optional<std::uint32_t> port;
  std::optional<std::uint32_t> peer_node;
  std::optional<std::uint32_t> peer_port;
  std::optional<std::uint32_t> type;
  std::optional<std::uint32_t> state;
};

template <class T>
bool take(std::optional<T>& into, ByteView value) {
  into = load<T>(value);
  return into.has_value();
}

bool take_flag(Socket& socket, const AttributeKey& key) {
  socket.facts.set_number(key, 1);
  return true;
}

/// Walks attributes and those nested in them.
class Reader {
 public:
  explicit Reader(Socket& socket) : socket_(socket) {}

  bool read(ByteView message) {
    return walk(message, [this](unsigned type, ByteView value) {
      return type != TIPC_NLA_SOCK ||
             walk(value, [this](unsigned t, ByteView v) { return take_socket(t, v); });
    });
  }
  const Told& told() const { return told_; }

 private:
  template <class Take>
  static bool walk(ByteView attributes, const Take& take) {
    bool complete = true;
    const bool intact = for_each_attribute(
        attributes, [&](unsigned type, ByteView value) { complete = take(type, value) && complete; });
    return intact && complete;
  }

  bool take_socket(unsigned type, ByteView value) {
    switch (type) {
      case TIPC_NLA_SOCK_ADDR:
        return take(told_.node, value);
      case TIPC_NLA_SOCK_REF:
        return take(told_.port, value);
      case TIPC_NLA_SOCK_CON:
        return walk(value, [this](unsigned t, ByteView v) { return take_connection(t, v); });
      case TIPC_NLA_SOCK_HAS_PUBL:
        return take_flag(socket_, Published);
      case TIPC_NLA_SOCK_STAT:
        return walk(value, [this](unsigned t, ByteView v) { return take_counters(t, v); });
      case TIPC_NLA_SOCK_GROUP:
        return walk(value, [this](unsigned t, ByteView v) { return take_group(t, v); });
      case TIPC_NLA_SOCK_TYPE:
        return take(told_.type, value);
      case TIPC_NLA_SOCK_TIPC_STATE:
        return take(told_.state, value);
      default:
        return take_identity(type, value);
    }
  }

  bool take_identity(unsigned type, ByteView value) {
    switch (type) {
      case TIPC_NLA_SOCK_INO: {
        const auto inode = load<std::uint32_t>(value);
        if (inode && *inode != 0) socket_.inode = *inode;
        return inode.has_value();
      }
      case TIPC_NLA_SOCK_UID:
        return take(socket_.uid, value);
      case TIPC_NLA_SOCK_COOKIE:
        return take(socket_.cookie, value);
      default:
        return true;
    }
  }

  bool take_connection(unsigned type, ByteView value) {
    switch (type) {
      case TIPC_NLA_CON_NODE:
        return take(told_.peer_node, value);
      case TIPC_NLA_CON_SOCK:
        return take(told_.peer_port, value);
      case TIPC_NLA_CON_TYPE:
        return take_number<std::uint32_t>(socket_, ServiceType, value);
      case TIPC_NLA_CON_INST:
        return take_number<std::uint32_t>(socket_, ServiceInstance, value);
      default:
        return true;
    }
  }

  bool take_counters(unsigned type, ByteView value) {
    std::optional<std::uint32_t> number = load<std::uint32_t>(value);
    switch (type) {
      case TIPC_NLA_SOCK_STAT_RCVQ:
        socket_.recv_queue = number;
        return number.has_value();
      case TIPC_NLA_SOCK_STAT_SENDQ:
        socket_.send_queue = number;
        return number.has_value();
      case TIPC_NLA_SOCK_STAT_LINK_CONG:
        return take_flag(socket_, LinkCongested);
      case TIPC_NLA_SOCK_STAT_CONN_CONG:
        return take_flag(socket_, PeerCongested);
      case TIPC_NLA_SOCK_STAT_DROP:
        return take_number<std::uint32_t>(socket_, Drops, value);
      default:
        return true;
    }
  }

  bool take_group(unsigned type, ByteView value) {
    switch (type) {
      case TIPC_NLA_SOCK_GROUP_ID:
        return take_number<std::uint32_t>(socket_, Group, value);
      case TIPC_NLA_SOCK_GROUP_INSTANCE:
        return take_number<std::uint32_t>(socket_, GroupInstance, value);
      case TIPC_NLA_SOCK_GROUP_OPEN:
        return take_flag(socket_, GroupOpen);
      case TIPC_NLA_SOCK_GROUP_NODE_SCOPE:
        socket_.facts.set_bytes(GroupScope, "node");
        return true;
      case TIPC_NLA_SOCK_GROUP_CLUSTER_SCOPE:
        socket_.facts.set_bytes(GroupScope, "cluster");
        return true;
      default:
        return true;
    }
  }

  Socket& socket_;
  Told told_;
};

struct Side {
  const AttributeKey& node;
  const AttributeKey& port;
  const AttributeKey& name;
};

/// Nodes are written in hexadecimal, as tipc(8) does.
void set_end(Socket& socket, const Side& side, std::optional<std::uint32_t> node,
             std::optional<std::uint32_t> port) {
  if (!node || !port) return;
  const std::string text = to_hex(*node);
  socket.facts.set_bytes(side.node, text);
  socket.facts.set_number(side.port, *port);
  socket.facts.set_bytes(side.name, text + ':' + std::to_string(*port));
}

/// A flag that the kernel sends only when it is set.
template <const AttributeKey& Key>
OptionalValue flag(const SocketRow& row) {
  if (row.socket.family != Family::Tipc) return std::nullopt;
  return row.socket.facts.number(Key).has_value();
}

OptionalValue group_open(const SocketRow& row) {
  return row.socket.facts.number(Group) ? flag<GroupOpen>(row) : std::nullopt;
}

constexpr Field number_field(std::string_view name, std::string_view title, OptionalValue (*get)(const Row&),
                             std::string_view doc) {
  return {.name = name, .title = title, .type = Type::Identifier, .get = get, .kernel = "4.17", .doc = doc};
}

constexpr Field text_field(std::string_view name, std::string_view title, Type type,
                           OptionalValue (*get)(const Row&), std::string_view doc) {
  return {.name = name, .title = title, .type = type, .get = get, .kernel = "4.17", .doc = doc};
}

constexpr std::array Fields{
    text_field("tipc_node", "NODE", Type::Text, getter<kept_text<LocalNode>>,
               "Node of a TIPC socket, in hexadecimal as tipc(8) writes it"),
    number_field("tipc_port", "REF", getter<kept_number<LocalPort>>, "Number of a TIPC socket on its node"),
    text_field("tipc_peer_node", "PEER-NODE", Type::Text, getter<kept_text<PeerNode>>,
               "Node of the other end"),
    number_field("tipc_peer_port", "PEER-REF", getter<kept_number<PeerPort>>,
                 "Number of the other end on its node"),
    number_field("tipc_service_type", "SERVICE-TYPE", getter<kept_number<ServiceType>>,
                 "Type of the service address that a TIPC socket has connected to"),
    number_field("tipc_service_instance", "INSTANCE", getter<kept_number<ServiceInstance>>,
                 "Instance of that service address"),
    text_field("tipc_published", "PUBLISHED", Type::Flag, getter<flag<Published>>,
               "The TIPC socket has a service address that others find it by; not told of a connection"),
    text_field("tipc_link_congested", "LINK-CONG", Type::Flag, getter<flag<LinkCongested>>,
               "The TIPC socket waits for a link to take more"),
    text_field("tipc_peer_congested", "PEER-CONG", Type::Flag, getter<flag<PeerCongested>>,
               "The TIPC socket waits for the other end to take more"),
    number_field("tipc_group", "GROUP", getter<kept_number<Group>>,
                 "Communication group that a TIPC socket is in"),
    number_field("tipc_group_instance", "GROUP-INST", getter<kept_number<GroupInstance>>,
                 "The socket's member number in that group"),
    text_field("tipc_group_scope", "GROUP-SCOPE", Type::Text, getter<kept_text<GroupScope>>,
               "How far that group reaches: node, cluster"),
    text_field("tipc_group_open", "GROUP-OPEN", Type::Flag, getter<group_open>,
               "The socket may send to that group"),
};

}  // namespace

void append_request(std::string& out, const SocketKind&, const DumpRequest& request) {
  tipc_sock_diag_req message{};
  message.sdiag_family = AF_TIPC;
  message.tidiag_states = kernel_states(request.states);
  append_object(out, message);
}

Decode decode(ByteView payload, const SocketKind& kind, Socket& socket) {
  Reader reader(socket);
  const bool complete = reader.read(payload);
  const Told& told = reader.told();
  const auto protocol = told.type ? protocol_of_type(*told.type) : std::nullopt;
  if (!protocol) return Decode::Malformed;
  socket.family = kind.family;
  socket.protocol = *protocol;
  if (told.state) socket.state = state_of_number(*protocol, *told.state);
  set_end(socket, {LocalNode, LocalPort, LocalName}, told.node, told.port);
  set_end(socket, {PeerNode, PeerPort, PeerName}, told.peer_node, told.peer_port);
  return complete ? Decode::Complete : Decode::Partial;
}

std::span<const Field> fields() {
  static constexpr auto Table = about("tipc", Fields);
  return Table;
}

}  // namespace sockutils::tipc
