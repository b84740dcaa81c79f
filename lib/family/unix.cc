#include "family/unix.h"

#include <linux/unix_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "common/parse_number.h"
#include "common/text.h"
#include "family/attributes.h"
#include "family/shared.h"
#include "model/row.h"

namespace sockutils::unix_domain {
namespace {

constexpr AttributeKey Path{"path"};
constexpr AttributeKey Abstract{"abstract"};
constexpr AttributeKey PeerInode{"peer_inode"};
constexpr AttributeKey PeerPath{"peer_path"};
constexpr AttributeKey Pending{"pending"};
constexpr AttributeKey PendingInodes{"pending_inodes"};
constexpr AttributeKey VfsInode{"vfs_inode"};
constexpr AttributeKey VfsDevice{"vfs_device"};

/// A type that unix(7) has.
std::optional<Protocol> protocol_of(unsigned type) {
  const auto protocol = protocol_of_type(type);
  return protocol != Protocol::Rdm ? protocol : std::nullopt;
}

/// `name` is sun_path as the kernel holds it: a path, or a NUL and an abstract name of any bytes.
void set_name(Socket& socket, std::string_view name) {
  if (name.empty()) return;
  const bool is_abstract = name.front() == '\0';
  if (!is_abstract) name = name.substr(0, name.find('\0'));
  // Programs that pass sizeof(sun_path) to bind(2) pad the name with NULs.
  if (is_abstract) name = name.substr(0, std::max<std::size_t>(name.find_last_not_of('\0') + 1, 1));
  const std::string text = is_abstract ? "@" + std::string(name.substr(1)) : std::string(name);
  socket.facts.set_bytes(Path, text);
  socket.facts.set_number(Abstract, is_abstract ? 1 : 0);
  socket.facts.set_bytes(LocalName, text);
}

/// A socket without a name is known by its inode, in both directions: that is how the two ends of a
/// socketpair are matched by eye.
void stand_in(Socket& socket, const AttributeKey& key, std::uint64_t inode) {
  socket.facts.set_bytes(key, "inode:" + std::to_string(inode));
}

std::uint32_t show_flags(Needs needs) {
  std::uint32_t show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID;
  if (needs_any(needs, Needs::UnixVfs)) show |= UDIAG_SHOW_VFS;
  if (needs_any(needs, Needs::UnixPending)) show |= UDIAG_SHOW_ICONS;
  if (needs_any(needs, Needs::MemInfo)) show |= UDIAG_SHOW_MEMINFO;
  return show;
}

bool take_queues(ByteView value, Socket& socket) {
  const auto queues = load<unix_diag_rqlen>(value);
  if (!queues) return false;
  socket.recv_queue = queues->udiag_rqueue;
  socket.send_queue = queues->udiag_wqueue;
  return true;
}

bool take_vfs(ByteView value, Socket& socket) {
  const auto vfs = load<unix_diag_vfs>(value);
  if (!vfs) return false;
  socket.facts.set_number(VfsInode, vfs->udiag_vfs_ino);
  socket.facts.set_number(VfsDevice, vfs->udiag_vfs_dev);
  return true;
}

bool take_peer(ByteView value, Socket& socket) {
  const auto inode = load<std::uint32_t>(value);
  // Inode 0: the peer waits to be accepted, or is gone.
  if (inode && *inode != 0) {
    socket.facts.set_number(PeerInode, *inode);
    stand_in(socket, PeerStandIn, *inode);
  }
  return inode.has_value();
}

/// The sockets that have called connect(2); 0 where one is gone already.
bool take_pending(ByteView value, Socket& socket) {
  std::string list;
  std::size_t at = 0;
  for (; const auto inode = load<std::uint32_t>(value, at); at += sizeof *inode)
    append_element(list, std::to_string(*inode));
  socket.facts.set_number(Pending, at / sizeof(std::uint32_t));
  socket.facts.set_list(PendingInodes, list);
  return at == value.size();
}

bool take_uid(ByteView value, Socket& socket) {
  socket.uid = load<std::uint32_t>(value);
  return socket.uid.has_value();
}

bool take_attribute(unsigned type, ByteView value, Socket& socket) {
  switch (type) {
    case UNIX_DIAG_NAME:
      set_name(socket, as_text(value));
      return true;
    case UNIX_DIAG_VFS:
      return take_vfs(value, socket);
    case UNIX_DIAG_PEER:
      return take_peer(value, socket);
    case UNIX_DIAG_ICONS:
      return take_pending(value, socket);
    case UNIX_DIAG_RQLEN:
      return take_queues(value, socket);
    case UNIX_DIAG_MEMINFO:
      socket.facts.set_bytes(MemInfo, as_text(value));
      return true;
    case UNIX_DIAG_UID:
      return take_uid(value, socket);
    case UNIX_DIAG_SHUTDOWN:
      return take_number<std::uint8_t>(socket, Shutdown, value);
    default:
      return true;
  }
}

// Columns of /proc/net/unix (af_unix.c, unix_seq_show).
enum Column : std::size_t { Address, References, ProtocolNumber, Flags, SocketType, SocketState, Inode };

/// Flags and states there are those of linux/net.h, not those of sock_diag.
std::optional<State> proc_state(Protocol protocol, std::uint32_t flags, unsigned socket_state) {
  constexpr std::uint32_t AcceptsConnections = 0x10000;  // __SO_ACCEPTCON
  constexpr unsigned Connecting = 2;
  constexpr unsigned Connected = 3;
  if ((flags & AcceptsConnections) != 0) return State::Listen;
  if (socket_state == Connecting || socket_state == Connected) return State::Established;
  return state_of_number(protocol, KernelClose);
}

/// What follows the inode: one blank and the path, or nothing. The path may contain blanks and newlines. No
/// value when something else follows.
std::optional<std::string_view> path_of(std::string_view record, std::string_view inode_column) {
  const auto end = static_cast<std::size_t>(inode_column.data() - record.data()) + inode_column.size();
  if (end < record.size() && record[end] != ' ') return std::nullopt;
  return end + 1 < record.size() ? record.substr(end + 1) : std::string_view{};
}

void set_proc_name(Socket& socket, std::string_view path) {
  if (path.empty()) return;
  // The file writes an abstract name's first NUL as `@`; a path that begins so cannot be told apart.
  const std::string name = path.front() == '@' ? '\0' + std::string(path.substr(1)) : std::string(path);
  set_name(socket, name);
}

constexpr std::array Fields{
    Field{.name = "path",
          .title = "PATH",
          .type = Type::Text,
          .get = getter<kept_text<Path>>,
          .doc = "Name of a unix socket; an abstract one begins with @, and NULs at its end are left out"},
    Field{.name = "abstract",
          .title = "ABSTRACT",
          .type = Type::Flag,
          .get = getter<kept_flag<Abstract>>,
          .doc = "The name of the unix socket is abstract, not a path"},
    Field{.name = "peer_inode",
          .title = "PEER-INODE",
          .type = Type::Identifier,
          .get = getter<kept_number<PeerInode>>,
          .kernel = "3.3",
          .doc = "Inode number of the unix socket at the other end",
          .subject = "ends"},
    Field{.name = "peer_path",
          .title = "PEER-PATH",
          .type = Type::Text,
          .get = getter<kept_text<PeerPath>>,
          .needs = Needs::UnixPeer,
          .kernel = "3.3",
          .doc = "Name of the unix socket at the other end, when it has one; an abstract one begins with @",
          .subject = "ends"},
    Field{.name = "pending",
          .title = "PENDING",
          .type = Type::Count,
          .get = getter<kept_number<Pending>>,
          .needs = Needs::UnixPending,
          .kernel = "3.3",
          .doc = "Connections that wait to be accepted by a unix listener",
          .subject = "unix"},
    Field{.name = "pending_inodes",
          .title = "PENDING-INODES",
          .type = Type::List,
          .get = getter<kept_list<PendingInodes>>,
          .needs = Needs::UnixPending,
          .kernel = "3.3",
          .doc = "Inode numbers of the sockets whose connections wait there; 0 for one that is gone",
          .subject = "unix"},
    Field{.name = "vfs_inode",
          .title = "VFS-INODE",
          .type = Type::Identifier,
          .get = getter<kept_number<VfsInode>>,
          .needs = Needs::UnixVfs,
          .kernel = "3.3",
          .doc = "Inode of the file that a unix socket is bound to",
          .subject = "unix"},
    Field{.name = "vfs_device",
          .title = "VFS-DEV",
          .type = Type::Identifier,
          .get = getter<kept_number<VfsDevice>>,
          .needs = Needs::UnixVfs,
          .kernel = "3.3",
          .doc = "Device of that file, as the kernel numbers it",
          .subject = "unix"},
};

}  // namespace

void append_request(std::string& out, const SocketKind&, const DumpRequest& request) {
  unix_diag_req message{};
  message.sdiag_family = AF_UNIX;
  message.udiag_states = kernel_states(request.states);
  message.udiag_show = show_flags(request.needs);
  append_object(out, message);
}

Decode decode(ByteView payload, const SocketKind& kind, Socket& socket) {
  const auto message = load<unix_diag_msg>(payload);
  if (!message) return Decode::Malformed;
  const auto protocol = protocol_of(message->udiag_type);
  if (!protocol) return Decode::Malformed;
  socket.family = kind.family;
  socket.protocol = *protocol;
  socket.state = state_of_number(*protocol, message->udiag_state);
  socket.inode = message->udiag_ino;
  socket.cookie = join_cookie(message->udiag_cookie);

  bool complete = true;
  const bool intact = for_each_attribute(
      after(payload, sizeof(unix_diag_msg)),
      [&](unsigned type, ByteView value) { complete = take_attribute(type, value, socket) && complete; });
  stand_in(socket, LocalStandIn, message->udiag_ino);
  return intact && complete ? Decode::Complete : Decode::Partial;
}

bool begins_record(std::string_view line) {
  // "0000000020c4f53d: 00000003 00000000 00000000 0001 03 ": an address of 8 or 16 digits, or more in
  // future kernels. Very old kernels print no inode.
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon < 8 || line.substr(colon, 2) != ": ") return false;
  constexpr std::array<std::size_t, Inode> Digits{0, 8, 8, 8, 4, 2};
  const auto words = split_words(line);
  const auto is_hex = [](std::string_view text) { return parse_number<std::uint64_t>(text, 16).has_value(); };
  if (words.size() < Inode || !is_hex(line.substr(0, colon))) return false;
  for (std::size_t column = References; column < Inode; ++column)
    if (words[column].size() < Digits[column] || !is_hex(words[column])) return false;
  return true;
}

Decode parse_record(std::string_view record, const SocketKind& kind, Socket& socket) {
  const std::vector<std::string_view> columns = split_words(record.substr(0, record.find('\n')));
  if (columns.size() <= Inode) return Decode::Malformed;
  const auto flags = parse_number<std::uint32_t>(columns[Flags], 16);
  const auto type = parse_number<std::uint16_t>(columns[SocketType], 16);
  const auto socket_state = parse_number<std::uint8_t>(columns[SocketState], 16);
  const auto inode = parse_number<std::uint64_t>(columns[Inode]);
  if (!flags || !type || !socket_state || !inode) return Decode::Malformed;
  const auto protocol = protocol_of(*type);
  if (!protocol) return Decode::Malformed;
  socket.family = kind.family;
  socket.protocol = *protocol;
  socket.state = proc_state(*protocol, *flags, *socket_state);
  if (*inode != 0) socket.inode = *inode;
  const auto path = path_of(record, columns[Inode]);
  set_proc_name(socket, path.value_or(std::string_view{}));
  if (*inode != 0) stand_in(socket, LocalStandIn, *inode);
  return path ? Decode::Complete : Decode::Partial;
}

std::optional<std::uint64_t> peer_inode(const Socket& socket) { return socket.facts.number(PeerInode); }

std::optional<std::string_view> own_path(const Socket& socket) {
  return socket.family == Family::Unix ? socket.facts.bytes(Path) : std::nullopt;
}

void set_peer_path(Socket& socket, std::string_view path) {
  socket.facts.set_bytes(PeerPath, path);
  socket.facts.set_bytes(PeerName, path);
}

std::span<const Field> fields() { return Fields; }

}  // namespace sockutils::unix_domain
