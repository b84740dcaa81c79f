#include "os/sender_sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cstddef>

#include "common/last_error.h"

namespace sockutils {
namespace {

void set_option_number(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

}  // namespace

std::string saved_syn(int fd) {
  std::string packet(512, '\0');
  auto size = static_cast<socklen_t>(packet.size());
  if (::getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, packet.data(), &size) != 0) return {};
  packet.resize(size);
  return packet;
}

std::optional<std::uint16_t> advertised_mss(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  constexpr std::size_t End = offsetof(tcp_info, tcpi_advmss) + sizeof info.tcpi_advmss;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < End) return std::nullopt;
  // Once both ends use timestamps, the kernel takes their twelve bytes off (tcp_rcv_synsent_state_process).
  constexpr std::uint32_t SizeOfTimestamps = 12;
  const bool timestamps = (info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0;
  return static_cast<std::uint16_t>(info.tcpi_advmss + (timestamps ? SizeOfTimestamps : 0));
}

void set_tos(int fd, bool is_v6, std::uint8_t tos) {
  set_option_number(fd, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? IPV6_TCLASS : IP_TOS, tos);
}

void set_ttl(int fd, bool is_v6, std::uint8_t ttl) {
  set_option_number(fd, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? IPV6_UNICAST_HOPS : IP_TTL, ttl);
}

void forbid_fragments(int fd, bool is_v6) {
  if (is_v6)
    set_option_number(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
  else
    set_option_number(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
}

std::optional<std::uint32_t> route_mtu(int fd, bool is_v6) {
  int mtu = 0;
  socklen_t size = sizeof mtu;
  const int level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
  if (::getsockopt(fd, level, is_v6 ? IPV6_MTU : IP_MTU, &mtu, &size) != 0 || mtu <= 0) return std::nullopt;
  return static_cast<std::uint32_t>(mtu);
}

void request_ttl(int fd, bool is_v6) {
  set_option_number(fd, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? IPV6_RECVHOPLIMIT : IP_RECVTTL, 1);
}

Result<UniqueFd> open_ticker(std::chrono::milliseconds period) {
  UniqueFd fd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!fd) return tl::unexpected(last_error("open", "timer"));
  const timespec time{period.count() / 1000, period.count() % 1000 * 1'000'000};
  const itimerspec timer{time, time};
  if (::timerfd_settime(fd.get(), 0, &timer, nullptr) != 0) return tl::unexpected(last_error("set", "timer"));
  return fd;
}

void take_ticks(int fd) {
  std::uint64_t count = 0;
  // Nothing to be done about an error: it stays readable, and the next tick is early.
  [[maybe_unused]] const ssize_t size = ::read(fd, &count, sizeof count);
}

std::uint64_t steady_microseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace sockutils
