#include "model/socket.h"

namespace sockutils {

void Socket::clear() {
  state.reset();
  local_address.reset();
  peer_address.reset();
  local_port.reset();
  peer_port.reset();
  v6_only.reset();
  recv_queue.reset();
  send_queue.reset();
  inode.reset();
  cookie.reset();
  part = 0;
  netns.reset();
  uid.reset();
  interface.reset();
  kernel_owned = false;
  unbound.reset();
  facts.clear();
}

}  // namespace sockutils
