#include "family/vsock.h"

#include <linux/vm_sockets_diag.h>
#include <sys/socket.h>

#include <array>
#include <string>

#include "family/shared.h"
#include "model/registry.h"

namespace sockutils::vsock {
namespace {

constexpr AttributeKey LocalCid{"vsock_cid"};
constexpr AttributeKey LocalPort{"vsock_port"};
constexpr AttributeKey PeerCid{"vsock_peer_cid"};
constexpr AttributeKey PeerPort{"vsock_peer_port"};

/// VMADDR_CID_ANY and VMADDR_PORT_ANY of linux/vm_sockets.h.
constexpr std::uint32_t Any = 0xffffffff;

struct Side {
  const AttributeKey& cid;
  const AttributeKey& port;
  const AttributeKey& name;
};

std::string number_text(std::uint32_t number) { return number == Any ? "*" : std::to_string(number); }

/// The end of a socket that is not bound, or has no peer, is any address at any port.
void set_end(Socket& socket, const Side& side, std::uint32_t cid, std::uint32_t port) {
  if (cid == Any && port == Any) return;
  socket.facts.set_number(side.cid, cid);
  if (port != Any) socket.facts.set_number(side.port, port);
  socket.facts.set_bytes(side.name, number_text(cid) + ':' + number_text(port));
}

constexpr Field number_field(std::string_view name, std::string_view title, OptionalValue (*get)(const Row&),
                             std::string_view doc) {
  return {.name = name, .title = title, .type = Type::Identifier, .get = get, .kernel = "4.14", .doc = doc};
}

constexpr std::array Fields{
    number_field("vsock_cid", "CID", getter<kept_number<LocalCid>>,
                 "Context id of a vsock socket: the machine that it is on; 4294967295 takes any"),
    number_field("vsock_port", "VPORT", getter<kept_number<LocalPort>>, "Port of a vsock socket, of 32 bits"),
    number_field("vsock_peer_cid", "PEER-CID", getter<kept_number<PeerCid>>,
                 "Context id of the other end: 2 is the host, 1 this machine itself"),
    number_field("vsock_peer_port", "PEER-VPORT", getter<kept_number<PeerPort>>, "Port of the other end"),
};

}  // namespace

void append_request(std::string& out, const SocketKind&, const DumpRequest& request) {
  vsock_diag_req message{};
  message.sdiag_family = AF_VSOCK;
  message.vdiag_states = kernel_states(request.states);
  append_object(out, message);
}

Decode decode(ByteView payload, const SocketKind& kind, Socket& socket) {
  const auto message = load<vsock_diag_msg>(payload);
  if (!message) return Decode::Malformed;
  const auto protocol = protocol_of_type(message->vdiag_type);
  if (!protocol) return Decode::Malformed;
  socket.family = kind.family;
  socket.protocol = *protocol;
  socket.state = state_of_number(*protocol, message->vdiag_state);
  if (message->vdiag_ino != 0) socket.inode = message->vdiag_ino;
  socket.cookie = join_cookie(message->vdiag_cookie);
  socket.facts.set_number(Shutdown, message->vdiag_shutdown);
  set_end(socket, {LocalCid, LocalPort, LocalName}, message->vdiag_src_cid, message->vdiag_src_port);
  set_end(socket, {PeerCid, PeerPort, PeerName}, message->vdiag_dst_cid, message->vdiag_dst_port);
  return Decode::Complete;
}

std::span<const Field> fields() {
  static constexpr auto Table = about("vsock", Fields);
  return Table;
}

}  // namespace sockutils::vsock
