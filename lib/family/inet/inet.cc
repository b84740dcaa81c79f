#include "family/inet/inet.h"

namespace sockutils::inet {
namespace {

bool is_mini_socket(State state) { return state == State::TimeWait || state == State::SynRecv; }

}  // namespace

bool has_tcp_states(Protocol protocol) {
  return protocol == Protocol::Tcp || protocol == Protocol::Mptcp || protocol == Protocol::Dccp;
}

std::optional<State> state_of(Protocol protocol, unsigned number) {
  if (number == KernelClose && !has_tcp_states(protocol)) return State::Unconnected;
  // Past it DCCP has states of its own, under numbers that have changed (include/linux/dccp.h).
  if (number > KernelNewSynRecv && protocol == Protocol::Dccp) return std::nullopt;
  if (number == KernelNewSynRecv) return State::SynRecv;
  const bool known = number != 0 && number < 32 && StateSet::all().contains(static_cast<State>(number));
  return known ? std::optional(static_cast<State>(number)) : std::nullopt;
}

void set_ownership(Socket& socket, const Ownership& ownership) {
  // TIME_WAIT and SYN_RECV have no struct sock of their own, and an orphan no file: what the kernel
  // reports then is uid 0, which is nobody's and not root's (inet_diag.c, tcp_ipv4.c).
  if (ownership.inode == 0 && (ownership.uid == 0 || (socket.state && is_mini_socket(*socket.state)))) return;
  socket.uid = ownership.uid;
  if (ownership.inode != 0) socket.inode = ownership.inode;
}

void set_endpoints(Socket& socket, const Address& local, std::uint16_t local_port, const Address& peer,
                   std::uint16_t peer_port) {
  socket.local_address = local;
  if (local_port != 0) socket.local_port = local_port;
  if (!peer.is_wildcard() || peer_port != 0) socket.peer_address = peer;
  if (peer_port != 0) socket.peer_port = peer_port;
}

void set_timer(Socket& socket, unsigned timer, std::uint64_t expires_microseconds, unsigned retransmits) {
  if (timer == 0) return;
  socket.facts.set_number(Timer, timer);
  socket.facts.set_number(TimerExpires, expires_microseconds);
  socket.facts.set_number(TimerRetransmits, retransmits);
}

}  // namespace sockutils::inet
