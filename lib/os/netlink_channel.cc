#include <libmnl/libmnl.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "os/real_system.h"

namespace sockutils::real {
namespace {

/// What the kernel fills at most for one receive of a dump (netlink_dump() in af_netlink.c).
constexpr std::size_t ReceiveBuffer = 32 * 1024;

/// An event takes some 2 KiB of it; what the kernel grants without CAP_NET_ADMIN holds a few hundred.
constexpr int EventBuffer = 32 * 1024 * 1024;

struct CloseSocket {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};

class MnlChannel final : public NetlinkChannel {
 public:
  explicit MnlChannel(mnl_socket* socket) : socket_(socket) {}

  std::uint32_t port_id() const override { return mnl_socket_get_portid(socket_.get()); }

  int fd() const override { return mnl_socket_get_fd(socket_.get()); }

  Result<void> send(ByteView message) override {
    if (mnl_socket_sendto(socket_.get(), message.data(), message.size()) < 0)
      return tl::unexpected(last_error("send", "sock_diag"));
    return {};
  }

  Result<ByteView> receive() override {
    ssize_t length = -1;
    do {
      length = mnl_socket_recvfrom(socket_.get(), buffer_.data(), buffer_.size());
    } while (length < 0 && errno == EINTR);
    if (length < 0) return tl::unexpected(last_error("receive", "sock_diag"));
    return ByteView(buffer_.data(), static_cast<std::size_t>(length));
  }

  Result<std::optional<ByteView>> receive_within(std::chrono::milliseconds limit) override {
    pollfd waiting{mnl_socket_get_fd(socket_.get()), POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(limit.count()));
    if (ready == 0 || (ready < 0 && errno == EINTR)) return std::nullopt;
    if (ready < 0) return tl::unexpected(last_error("wait for", "sock_diag"));
    const auto datagram = receive();
    if (!datagram) return tl::unexpected(datagram.error());
    return std::optional(*datagram);
  }

  Result<void> subscribe(unsigned group) override {
    const int fd = mnl_socket_get_fd(socket_.get());
    // The forced size is for the privileged of the first user namespace; others get what they may have.
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &EventBuffer, sizeof EventBuffer) != 0)
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &EventBuffer, sizeof EventBuffer);
    if (mnl_socket_setsockopt(socket_.get(), NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0)
      return tl::unexpected(last_error("subscribe to", "sock_diag"));
    return {};
  }

 private:
  std::unique_ptr<mnl_socket, CloseSocket> socket_;
  alignas(nlmsghdr) std::array<std::byte, ReceiveBuffer> buffer_;
};

}  // namespace

Result<std::unique_ptr<NetlinkChannel>> open_sock_diag() { return open_netlink(NETLINK_SOCK_DIAG); }

Result<std::unique_ptr<NetlinkChannel>> open_netlink(int protocol) {
  mnl_socket* const socket = mnl_socket_open2(protocol, SOCK_CLOEXEC);
  if (socket == nullptr) return tl::unexpected(last_error("open", "netlink socket"));
  auto channel = std::make_unique<MnlChannel>(socket);
  if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
    return tl::unexpected(last_error("bind", "netlink socket"));
  return channel;
}

}  // namespace sockutils::real
