#include <libmnl/libmnl.h>
#include <linux/sock_diag.h>

#include <array>
#include <cerrno>

#include "system/real_system.h"

namespace sockutils::real {
namespace {

/// What the kernel fills at most for one receive of a dump (netlink_dump() in af_netlink.c).
constexpr std::size_t ReceiveBuffer = 32 * 1024;

struct CloseSocket {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};

class MnlChannel final : public NetlinkChannel {
 public:
  explicit MnlChannel(mnl_socket* socket) : socket_(socket) {}

  std::uint32_t port_id() const override { return mnl_socket_get_portid(socket_.get()); }

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

 private:
  std::unique_ptr<mnl_socket, CloseSocket> socket_;
  alignas(nlmsghdr) std::array<std::byte, ReceiveBuffer> buffer_;
};

}  // namespace

Result<std::unique_ptr<NetlinkChannel>> open_sock_diag() {
  mnl_socket* const socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
  if (socket == nullptr) return tl::unexpected(last_error("open", "netlink socket"));
  auto channel = std::make_unique<MnlChannel>(socket);
  if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
    return tl::unexpected(last_error("bind", "netlink socket"));
  return channel;
}

}  // namespace sockutils::real
