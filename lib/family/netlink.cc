#include "family/netlink.h"

#include <fmt/format.h>
#include <linux/netlink_diag.h>
#include <sys/socket.h>

#include <array>

#include "base/parse_number.h"
#include "base/text.h"
#include "family/attributes.h"
#include "family/shared.h"
#include "model/row.h"

namespace sockutils::netlink {
namespace {

constexpr FactKey PortId{"netlink_port_id"};
constexpr FactKey Groups{"netlink_groups"};

/// Port id 0 is the kernel's own end (netlink(7)).
std::string port_id_text(std::uint32_t port_id) {
  return port_id == 0 ? "kernel" : fmt::format("{}", port_id);
}

void set_port_id(Socket& socket, std::uint32_t port_id) {
  socket.facts.set_number(PortId, port_id);
  socket.kernel_owned = port_id == 0;
  socket.facts.set_bytes(LocalName, port_id_text(port_id));
}

bool take_attribute(unsigned type, ByteView value, Socket& socket) {
  switch (type) {
    case NETLINK_DIAG_MEMINFO:
      return take_meminfo_as_queue(socket, value);
    // A bitmap of longs, of which /proc knows the first 32 bits.
    case NETLINK_DIAG_GROUPS:
      return take_number<std::uint32_t>(socket, Groups, value);
    default:
      return true;
  }
}

// Columns of /proc/net/netlink (af_netlink.c, netlink_native_seq_show).
enum Column : std::size_t {
  Pointer,
  ProtocolNumber,
  Pid,
  GroupMask,
  ReceiveMemory,
  SendMemory,
  Dump,
  Locks,
  DropCount,
  Inode
};

template <const FactKey& Key>
OptionalValue number(const Row& row) {
  return row.socket.facts.number(Key);
}

constexpr std::array Fields{
    Field{.name = "netlink_port_id",
          .title = "PORT-ID",
          .type = Type::Identifier,
          .get = number<PortId>,
          .align = Align::Right,
          .aliases = "portid",
          .doc = "Address of a netlink socket: often, but not always, the process's pid; 0 is the kernel"},
    Field{.name = "netlink_groups",
          .title = "GROUPS",
          .type = Type::Mask,
          .get = number<Groups>,
          .needs = Acquire::NetlinkGroups,
          .align = Align::Right,
          .doc = "The first 32 multicast groups that a netlink socket has joined"},
};

}  // namespace

void append_request(std::string& out, const SocketKind&, const DumpRequest& request) {
  netlink_diag_req message{};
  message.sdiag_family = AF_NETLINK;
  message.sdiag_protocol = NDIAG_PROTO_ALL;
  message.ndiag_show = NDIAG_SHOW_MEMINFO;
  if (needs_any(request.needs, Acquire::NetlinkGroups)) message.ndiag_show |= NDIAG_SHOW_GROUPS;
  append_object(out, message);
}

Decode decode(ByteView payload, const SocketKind& kind, Socket& socket) {
  const auto message = load<netlink_diag_msg>(payload);
  if (!message || message->ndiag_protocol >= NetlinkProtocols) return Decode::Malformed;
  socket.family = kind.family;
  socket.protocol = netlink_protocol(message->ndiag_protocol);
  socket.state = State::Unconnected;
  if (message->ndiag_ino != 0) socket.inode = message->ndiag_ino;
  socket.cookie = join_cookie(message->ndiag_cookie);
  set_port_id(socket, message->ndiag_portid);
  if (message->ndiag_dst_portid != 0)
    socket.facts.set_bytes(PeerName, port_id_text(message->ndiag_dst_portid));
  bool complete = true;
  const bool intact = for_each_attribute(
      after(payload, sizeof(netlink_diag_msg)),
      [&](unsigned type, ByteView value) { complete = take_attribute(type, value, socket) && complete; });
  return intact && complete ? Decode::Complete : Decode::Partial;
}

Decode parse_line(std::string_view line, const SocketKind& kind, Socket& socket) {
  const std::vector<std::string_view> columns = split_words(line);
  if (columns.size() <= Inode) return Decode::Malformed;
  const auto protocol = parse_number<std::uint16_t>(columns[ProtocolNumber]);
  const auto port_id = parse_number<std::uint32_t>(columns[Pid]);
  const auto groups = parse_number<std::uint32_t>(columns[GroupMask], 16);
  const auto receive = parse_number<std::uint64_t>(columns[ReceiveMemory]);
  const auto send = parse_number<std::uint64_t>(columns[SendMemory]);
  const auto drops = parse_number<std::uint64_t>(columns[DropCount]);
  const auto inode = parse_number<std::uint64_t>(columns[Inode]);
  if (!protocol || *protocol >= NetlinkProtocols || !port_id || !groups || !receive || !send || !drops ||
      !inode)
    return Decode::Malformed;
  socket.family = kind.family;
  socket.protocol = netlink_protocol(*protocol);
  socket.state = State::Unconnected;
  socket.recv_queue = *receive;
  socket.send_queue = *send;
  if (*inode != 0) socket.inode = *inode;
  socket.facts.set_number(Groups, *groups);
  socket.facts.set_number(Drops, *drops);
  set_port_id(socket, *port_id);
  return Decode::Complete;
}

std::span<const Field> fields() { return Fields; }

}  // namespace sockutils::netlink
