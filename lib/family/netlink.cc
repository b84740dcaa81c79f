#include "family/netlink.h"

#include <linux/netlink_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>

#include "common/parse_number.h"
#include "common/text.h"
#include "family/attributes.h"
#include "family/shared.h"
#include "model/registry.h"
#include "model/row.h"

namespace sockutils::netlink {
namespace {

constexpr AttributeKey PortId{"netlink_port_id"};
/// The first 32 as bits, and all as a list.
constexpr AttributeKey Groups{"netlink_groups"};
constexpr AttributeKey GroupList{"netlink_group_list"};
constexpr AttributeKey Flags{"netlink_flags"};
constexpr AttributeKey Destination{"netlink_destination"};
constexpr AttributeKey DestinationGroup{"netlink_destination_group"};

/// Port id 0 is the kernel's own end (netlink(7)).
std::string port_id_text(std::uint32_t port_id) { return port_id == 0 ? "kernel" : std::to_string(port_id); }

void set_port_id(Socket& socket, std::uint32_t port_id) {
  socket.facts.set_number(PortId, port_id);
  socket.kernel_owned = port_id == 0;
  socket.facts.set_bytes(LocalName, port_id_text(port_id));
}

/// 0 is the kernel and no group: where every socket sends that was not connected.
void set_destination(Socket& socket, const netlink_diag_msg& message) {
  if (message.ndiag_dst_portid != 0) {
    socket.facts.set_number(Destination, message.ndiag_dst_portid);
    socket.facts.set_bytes(PeerName, port_id_text(message.ndiag_dst_portid));
  }
  if (message.ndiag_dst_group != 0) socket.facts.set_number(DestinationGroup, message.ndiag_dst_group);
}

void set_group_list(Socket& socket, ByteView bitmap) {
  std::string list;
  for (std::size_t bit = 0; bit < bitmap.size() * 8; ++bit)
    if ((std::to_integer<unsigned>(bitmap[bit / 8]) >> bit % 8 & 1) != 0)
      append_element(list, std::to_string(bit + 1));
  socket.facts.set_list(GroupList, list);
}

/// A bitmap of longs. Bit 0 is group 1 (af_netlink.c, netlink_realloc_groups).
bool take_groups(ByteView value, Socket& socket) {
  // The longs of a big-endian machine have their first group in their last byte.
  if constexpr (std::endian::native == std::endian::little) set_group_list(socket, value);
  return take_number<std::uint32_t>(socket, Groups, value);
}

bool take_attribute(unsigned type, ByteView value, Socket& socket) {
  switch (type) {
    case NETLINK_DIAG_MEMINFO:
      return take_meminfo_as_queue(socket, value);
    case NETLINK_DIAG_GROUPS:
      return take_groups(value, socket);
    case NETLINK_DIAG_FLAGS:
      return take_number<std::uint32_t>(socket, Flags, value);
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

OptionalValue flags(const SocketRow& row) {
  // NDIAG_FLAG_CB_RUNNING and those that follow it, linux/netlink_diag.h.
  static constexpr std::array<std::string_view, 6> Names{"cb-running", "pktinfo",         "broadcast-error",
                                                         "no-enobufs", "listen-all-nsid", "cap-ack"};
  const auto bits = row.socket.facts.number(Flags);
  return bits ? OptionalValue(TextList(*bits, Names)) : std::nullopt;
}

/// The process that a port id stands for: one of the owners, or, where those are not known, whoever has
/// that pid. The kernel takes the pid for the first socket that a process does not bind itself (netlink(7)).
OptionalValue process(const SocketRow& row) {
  const auto port_id = row.socket.facts.number(PortId);
  if (!port_id || *port_id == 0 || *port_id > INT32_MAX) return std::nullopt;
  const auto pid = static_cast<std::uint32_t>(*port_id);
  const auto is_meant = [&](const Owner& owner) {
    return static_cast<std::uint32_t>(owner.process->pid) == pid;
  };
  if (!row.owners.empty() && std::none_of(row.owners.begin(), row.owners.end(), is_meant))
    return std::nullopt;
  const std::string_view name = row.names.process(pid);
  return name.empty() ? std::nullopt : OptionalValue(name);
}

constexpr std::array Fields{
    Field{.name = "netlink_port_id",
          .title = "PORT-ID",
          .type = Type::Identifier,
          .get = getter<kept_number<PortId>>,
          .aliases = "portid",
          .doc = "Address of a netlink socket: often, but not always, the process's pid; 0 is the kernel"},
    Field{.name = "netlink_groups",
          .title = "GROUPS",
          .type = Type::Mask,
          .get = getter<kept_number<Groups>>,
          .needs = Needs::NetlinkGroups,
          .doc = "The first 32 multicast groups that a netlink socket has joined"},
    Field{.name = "netlink_group_list",
          .title = "GROUP-LIST",
          .type = Type::List,
          .get = getter<kept_list<GroupList>>,
          .needs = Needs::NetlinkGroups,
          .kernel = "3.10",
          .doc = "All multicast groups that a netlink socket has joined, by number, from 1"},
    Field{.name = "netlink_flags",
          .title = "NETLINK-FLAGS",
          .type = Type::List,
          .get = getter<flags>,
          .needs = Needs::NetlinkFlags,
          .kernel = "4.7",
          .doc = "Switches of a netlink socket: cb-running (the kernel is answering a dump), pktinfo, "
                 "broadcast-error, no-enobufs, listen-all-nsid, cap-ack"},
    Field{.name = "netlink_destination",
          .title = "DEST",
          .type = Type::Identifier,
          .get = getter<kept_number<Destination>>,
          .kernel = "3.10",
          .doc = "Port id that a netlink socket is connected to; absent when that is the kernel"},
    Field{.name = "netlink_destination_group",
          .title = "DEST-GROUP",
          .type = Type::Identifier,
          .get = getter<kept_number<DestinationGroup>>,
          .kernel = "3.10",
          .doc = "Multicast group that a netlink socket is connected to"},
    Field{.name = "netlink_process",
          .title = "PORT-PROCESS",
          .type = Type::Text,
          .get = getter<process>,
          .needs = Needs::NetlinkProcess | Needs::Owners,
          .doc = "Process whose pid is the port id, which is most often, not always, who holds the socket; "
                 "absent when another is known to hold it",
          .subject = "process"},
};

}  // namespace

void append_request(std::string& out, const SocketKind& kind, const DumpRequest& request) {
  netlink_diag_req message{};
  message.sdiag_family = AF_NETLINK;
  message.sdiag_protocol = NDIAG_PROTO_ALL;
  if (kind.protocol)
    message.sdiag_protocol = static_cast<std::uint8_t>(static_cast<unsigned>(*kind.protocol) -
                                                       static_cast<unsigned>(Protocol::NetlinkBase));
  message.ndiag_show = NDIAG_SHOW_MEMINFO;
  if (needs_any(request.needs, Needs::NetlinkGroups)) message.ndiag_show |= NDIAG_SHOW_GROUPS;
  if (needs_any(request.needs, Needs::NetlinkFlags)) message.ndiag_show |= NDIAG_SHOW_FLAGS;
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
  set_destination(socket, *message);
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

std::span<const Field> fields() {
  static constexpr auto Table = about("netlink", Fields);
  return Table;
}

}  // namespace sockutils::netlink
