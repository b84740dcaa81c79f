#include "tui/collect/frame.h"

#include <numeric>

namespace tui {

std::uint64_t activity_of(const std::vector<float>& trend) {
  if (trend.empty()) return 0;
  const double sum = std::accumulate(trend.begin(), trend.end(), 0.0);
  auto mean = static_cast<std::uint64_t>(sum / static_cast<double>(trend.size()));
  std::uint64_t unit = 1;
  for (; mean >= 100; mean /= 10) unit *= 10;
  return mean * unit;
}

std::uint64_t key_group(IdentityKind kind, sockutils::Family family, std::uint64_t netns) {
  return static_cast<std::uint64_t>(kind) << 48 | static_cast<std::uint64_t>(family) << 40 |
         (netns & 0xffffffff);
}

std::optional<sockutils::SocketIdentity> SocketRow::identity() const {
  if (!has_cookie || (family != sockutils::Family::Inet && family != sockutils::Family::Inet6))
    return std::nullopt;
  sockutils::SocketIdentity identity{family, protocol,   key.number, std::nullopt, {},
                                     {},     local_port, peer_port,  interface};
  if (const std::uint64_t netns = netns_of(key); netns != 0) identity.netns = netns;
  identity.local_address = local_address.value_or(sockutils::Address{});
  identity.peer_address = peer_address.value_or(sockutils::Address{});
  identity.local_address.is_v6 = identity.peer_address.is_v6 = family == sockutils::Family::Inet6;
  return identity;
}

}  // namespace tui
