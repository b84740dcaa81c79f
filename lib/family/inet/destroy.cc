#include "family/inet/destroy.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <netinet/in.h>

#include <cstring>

#include "family/attributes.h"
#include "family/inet/inet.h"

namespace sockutils::inet {
namespace {

constexpr std::uint64_t HalfMask = 0xffffffff;

void put_address(__be32 (&words)[4], const Address& address) {
  std::memcpy(words, address.bytes.data(), address.is_v6 ? 16 : 4);
}

std::optional<Protocol> protocol_of(ByteView payload) {
  std::optional<Protocol> protocol;
  for_each_attribute(after(payload, sizeof(inet_diag_msg)), [&](unsigned type, ByteView value) {
    if (type != INET_DIAG_PROTOCOL) return;
    const auto number = load<std::uint8_t>(value);
    if (number == IPPROTO_TCP) protocol = Protocol::Tcp;
    if (number == IPPROTO_UDP) protocol = Protocol::Udp;
  });
  return protocol;
}

}  // namespace

void append_destroy_request(std::string& out, const SocketIdentity& identity) {
  inet_diag_req_v2 message{};
  message.sdiag_family = identity.family == Family::Inet6 ? AF_INET6 : AF_INET;
  message.sdiag_protocol = identity.protocol == Protocol::Udp ? IPPROTO_UDP : IPPROTO_TCP;
  message.idiag_states = ~0u;
  message.id.idiag_sport = htons(identity.local_port);
  message.id.idiag_dport = htons(identity.peer_port);
  put_address(message.id.idiag_src, identity.local_address);
  put_address(message.id.idiag_dst, identity.peer_address);
  message.id.idiag_if = identity.interface;
  message.id.idiag_cookie[0] = static_cast<std::uint32_t>(identity.cookie & HalfMask);
  message.id.idiag_cookie[1] = static_cast<std::uint32_t>(identity.cookie >> 32);
  append_object(out, message);
}

Decode decode_destroyed(ByteView payload, Socket& socket) {
  const auto protocol = protocol_of(payload);
  if (!protocol) return Decode::Malformed;
  const Decode decoded = decode(payload, {Family::Inet, protocol}, socket);
  // In a dump the kernel's number would mean "bound and inactive", or of UDP "without a peer".
  socket.state = State::Closed;
  // What UDP has allocated is one less than counted, and nothing is counted any more (sk_wmem_alloc_get()).
  constexpr std::uint32_t NothingLeft = UINT32_MAX;
  if (socket.send_queue == NothingLeft) socket.send_queue = 0;
  return decoded;
}

}  // namespace sockutils::inet
