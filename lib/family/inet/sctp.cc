#include "family/inet/sctp.h"

#include <netinet/in.h>

#include <cstring>
#include <functional>

#include "family/inet/inet.h"

namespace sockutils::inet {
namespace {

std::optional<Address> read_address(ByteView bytes) {
  Address address;
  const auto family = load<sa_family_t>(bytes);
  if (family == AF_INET) {
    const auto v4 = load<sockaddr_in>(bytes);
    if (!v4) return std::nullopt;
    std::memcpy(address.bytes.data(), &v4->sin_addr, sizeof v4->sin_addr);
    return address;
  }
  const auto v6 = family == AF_INET6 ? load<sockaddr_in6>(bytes) : std::nullopt;
  if (!v6) return std::nullopt;
  address.is_v6 = true;
  std::memcpy(address.bytes.data(), &v6->sin6_addr, sizeof v6->sin6_addr);
  if (address.is_link_local()) address.scope_id = v6->sin6_scope_id;
  return address;
}

}  // namespace

std::optional<State> state_of_association(unsigned number) {
  constexpr State States[] = {
      State::Closed,       // CLOSED
      State::SynSent,      // COOKIE_WAIT: INIT was sent
      State::SynSent,      // COOKIE_ECHOED
      State::Established,  // ESTABLISHED
      State::FinWait1,     // SHUTDOWN_PENDING: data is still on its way
      State::FinWait2,     // SHUTDOWN_SENT
      State::CloseWait,    // SHUTDOWN_RECEIVED
      State::LastAck,      // SHUTDOWN_ACK_SENT
  };
  return number < std::size(States) ? std::optional(States[number]) : std::nullopt;
}

bool append_addresses(std::string& list, ByteView addresses) {
  for (; addresses.size() >= sizeof(sockaddr_storage);
       addresses = addresses.subspan(sizeof(sockaddr_storage))) {
    const auto address = read_address(addresses);
    if (!address) return false;
    std::string text = address->to_string();
    if (address->scope_id != 0) text += '%' + std::to_string(address->scope_id);
    append_element(list, text);
  }
  return addresses.empty();
}

void become_association(Socket& socket, unsigned state) {
  socket.state = state_of_association(state);
  socket.facts.set_number(SctpState, state);
  const std::string_view peers = socket.facts.bytes(PeerAddresses).value_or(std::string_view{});
  const std::uint64_t ports =
      std::uint64_t{socket.peer_port.value_or(0)} << 16 | socket.local_port.value_or(0);
  // The end point itself is part 0.
  socket.part = (std::hash<std::string_view>{}(peers) ^ ports) | 1;
}

}  // namespace sockutils::inet
