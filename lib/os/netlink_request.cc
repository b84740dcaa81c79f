#include "os/netlink_request.h"

#include <libmnl/libmnl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>

#include "os/netlink_dump.h"

namespace sockutils {
namespace {

constexpr std::size_t LargestRequest = 4096;

/// Far from those of dumps, which count from 1.
std::uint32_t next_sequence() {
  static std::atomic<std::uint32_t> last{0x40000000};
  return ++last;
}

}  // namespace

Result<void> netlink_request(NetlinkChannel& channel, std::uint16_t type, ByteView payload,
                             std::string_view operation, std::string_view subject) {
  const auto fail = [&](int code) {
    return tl::unexpected(Error{code, std::string(operation), std::string(subject), {}});
  };
  alignas(nlmsghdr) std::array<char, LargestRequest> buffer{};
  if (payload.size() > LargestRequest - sizeof(nlmsghdr)) return fail(EMSGSIZE);
  nlmsghdr* const header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  header->nlmsg_seq = next_sequence();
  std::ranges::copy(payload, static_cast<std::byte*>(mnl_nlmsg_put_extra_header(header, payload.size())));
  if (const auto sent = channel.send(std::as_bytes(std::span(buffer.data(), header->nlmsg_len))); !sent)
    return tl::unexpected(sent.error());

  DumpReader reader(header->nlmsg_seq, channel.port_id());
  for (;;) {
    const auto datagram = channel.receive();
    if (!datagram) return tl::unexpected(datagram.error());
    const auto progress = reader.feed(*datagram, [](std::uint16_t, ByteView) { return true; });
    if (progress == DumpReader::Progress::Done) break;
  }
  return reader.error() == 0 ? Result<void>{} : fail(reader.error());
}

}  // namespace sockutils
