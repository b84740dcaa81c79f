#include "acquire/names/unix_names.h"

#include "family/unix.h"

namespace sockutils {

void UnixNames::learn(const Socket& socket) {
  const auto path = unix_domain::own_path(socket);
  if (path && socket.inode) names_.insert_or_assign(*socket.inode, std::string(*path));
}

void UnixNames::complete(Socket& socket) const {
  if (names_.empty() || socket.family != Family::Unix) return;
  const auto peer = unix_domain::peer_inode(socket);
  const auto found = peer ? names_.find(*peer) : names_.end();
  if (found != names_.end()) unix_domain::set_peer_path(socket, found->second);
}

}  // namespace sockutils
