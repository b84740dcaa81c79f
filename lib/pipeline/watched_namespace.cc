#include "pipeline/watched_namespace.h"

#include <linux/sock_diag.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "acquire/namespaces/namespaces.h"

namespace sockutils {
namespace {

struct DestroyGroup {
  SocketKind kind;
  unsigned group;
};

const std::array<DestroyGroup, 4>& destroy_groups() {
  static const std::array<DestroyGroup, 4> groups{{
      {{Family::Inet, Protocol::Tcp}, SKNLGRP_INET_TCP_DESTROY},
      {{Family::Inet6, Protocol::Tcp}, SKNLGRP_INET6_TCP_DESTROY},
      {{Family::Inet, Protocol::Udp}, SKNLGRP_INET_UDP_DESTROY},
      {{Family::Inet6, Protocol::Udp}, SKNLGRP_INET6_UDP_DESTROY},
  }};
  return groups;
}

}  // namespace

WatchedNamespace::WatchedNamespace(const System& system, NetworkNamespace where, Source source,
                                   SocketTracker::Rules rules)
    : system_(system), where_(std::move(where)), source_(source), reader_(system, source), tracker_([&] {
        rules.kernel_tells = [this](const Socket& socket) { return kernel_tells(socket); };
        return std::move(rules);
      }()) {}

Result<void> WatchedNamespace::enter(const std::function<void()>& work) const {
  if (where_.path.empty()) {
    work();
    return {};
  }
  bool is_there = false;
  auto entered = system_.in_network_namespace(where_.path, [&] {
    const auto inode = system_.file_inode(OwnNetworkNamespace);
    is_there = !inode || where_.inode == 0 || *inode == where_.inode;
    if (is_there) work();
  });
  if (entered && !is_there)
    return tl::unexpected(Error{0, "enter", where_.path, "its last process has ended"});
  return entered;
}

void WatchedNamespace::subscribe(const std::vector<SocketKind>& kinds) {
  if (source_ == Source::Proc) return;
  auto channel = system_.open_sock_diag();
  if (!channel) return refuse(channel.error());
  bool any = false;
  for (const DestroyGroup& row : destroy_groups()) {
    if (std::find(kinds.begin(), kinds.end(), row.kind) == kinds.end()) continue;
    if (const auto joined = (*channel)->subscribe(row.group); !joined) return refuse(joined.error());
    any = true;
  }
  if (any) channel_ = std::move(*channel);
}

void WatchedNamespace::refuse(Error error) {
  kernel_refusal_ = std::move(error);
  channel_.reset();
}

bool WatchedNamespace::kernel_tells(const Socket& socket) const {
  return channel_ && socket.cookie &&
         std::any_of(destroy_groups().begin(), destroy_groups().end(), [&](const DestroyGroup& row) {
           return row.kind.family == socket.family && row.kind.protocol == socket.protocol;
         });
}

bool WatchedNamespace::read(const Plan& plan, const std::vector<DumpGroup>& dump_groups,
                            const SocketSink& sink) {
  const std::size_t before = reader_.kinds_read();
  reader_.forget_unread();
  for (const DumpGroup& group : dump_groups)
    if (const auto request = plan.request_for(plan.passes.front(), group))
      reader_.read(group, *request, sink);
  return reader_.kinds_read() > before || reader_.warnings().empty();
}

}  // namespace sockutils
