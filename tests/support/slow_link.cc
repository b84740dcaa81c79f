#include "support/slow_link.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test {
namespace {

/// The end of a line in the network of a process.
UniqueFd open_tunnel(pid_t network, const std::string& address) {
  UniqueFd tunnel;
  in_network_of(network, [&] {
    tunnel = UniqueFd(checked(open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK), "open /dev/net/tun"));
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::string("slow0").copy(request.ifr_name, IFNAMSIZ - 1);
    checked(ioctl(tunnel.get(), TUNSETIFF, &request), "TUNSETIFF");
    // The line loses packets, its ends do not.
    if (!run_with_rights("ip address add " + address +
                         "/24 dev slow0 && ip link set slow0 txqueuelen 20000 up"))
      throw std::runtime_error("ip cannot set up slow0");
  });
  return tunnel;
}

}  // namespace

SlowLink::SlowLink(pid_t near, pid_t far, const LinkQuality& quality)
    : quality_(quality), random_(quality.seed), stop_(checked(eventfd(0, EFD_CLOEXEC), "eventfd")) {
  near_.end = open_tunnel(near, "10.9.0.1");
  far_.end = open_tunnel(far, "10.9.0.2");
  thread_ = std::thread([this] { relay(); });
}

SlowLink::~SlowLink() {
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

void SlowLink::relay() {
  for (;;) {
    std::array<pollfd, 3> sources{pollfd{near_.end.get(), POLLIN, 0}, pollfd{far_.end.get(), POLLIN, 0},
                                  pollfd{stop_.get(), POLLIN, 0}};
    poll(sources.data(), sources.size(), milliseconds_to_wait());
    if (sources[2].revents != 0) return;
    take_in(near_);
    take_in(far_);
    deliver(near_, far_);
    deliver(far_, near_);
  }
}

void SlowLink::take_in(Way& way) {
  std::array<char, 2048> room{};
  std::uniform_real_distribution<> chance(0, 1);
  for (;;) {
    const ssize_t size = read(way.end.get(), room.data(), room.size());
    if (size <= 0) return;
    if (chance(random_) < quality_.loss || way.packets.size() >= quality_.queue) {
      ++lost_;
      continue;
    }
    const auto now = Clock::now();
    std::chrono::duration<double> turn(0);
    if (quality_.bits_per_second > 0)
      turn = std::chrono::duration<double>(8 * static_cast<double>(size) / quality_.bits_per_second);
    way.free_from = std::max(now, way.free_from) + std::chrono::duration_cast<Clock::duration>(turn);
    const auto jitter = std::chrono::duration_cast<Clock::duration>(chance(random_) * quality_.jitter);
    way.packets.push(
        {way.free_from + quality_.delay + jitter, std::string(room.data(), static_cast<std::size_t>(size))});
  }
}

void SlowLink::deliver(Way& from, const Way& to) {
  const auto now = Clock::now();
  while (!from.packets.empty() && from.packets.top().arrives <= now) {
    const std::string& bytes = from.packets.top().bytes;
    static_cast<void>(!write(to.end.get(), bytes.data(), bytes.size()));
    ++passed_;
    from.packets.pop();
  }
}

int SlowLink::milliseconds_to_wait() const {
  const auto now = Clock::now();
  auto wait = std::chrono::milliseconds(1000);
  for (const Way* way : {&near_, &far_})
    if (!way->packets.empty())
      wait = std::min(wait, std::chrono::ceil<std::chrono::milliseconds>(way->packets.top().arrives - now));
  return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
}

}  // namespace sockutils::test
