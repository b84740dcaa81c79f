#include "os/netlink_dump.h"

#include <libmnl/libmnl.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <vector>

#include "os/read_ahead.h"

namespace sockutils {
namespace {

/// The kernel takes what fits its send buffer, which holds more than this.
constexpr std::size_t LargestDumpRequest = 64 * 1024;
/// Most dumps are over before a thread would have started.
constexpr int DatagramsAlone = 8;
/// Thirty-two datagrams, of which the kernel fills 32 KiB each.
constexpr std::size_t LittleAhead = 1024 * 1024;

/// NLMSG_DONE and NLMSG_ERROR both begin with an int: 0, or an errno value made negative.
int error_of(ByteView payload) {
  constexpr std::int32_t LargestErrno = 4095;  // MAX_ERRNO of include/linux/err.h
  const auto code = load<std::int32_t>(payload);
  if (!code || *code >= 0) return 0;
  return *code >= -LargestErrno ? -*code : EBADMSG;
}

/// libmnl takes a length past INT_MAX for a small one.
bool is_whole(const nlmsghdr* message, int rest) {
  return rest >= static_cast<int>(sizeof(nlmsghdr)) &&
         message->nlmsg_len <= static_cast<std::uint32_t>(rest) && mnl_nlmsg_ok(message, rest);
}

std::uint32_t next_dump_sequence() {
  static std::atomic<std::uint32_t> last{0};
  return ++last;
}

Result<void> send_request(NetlinkChannel& channel, std::uint16_t type, std::uint32_t sequence,
                          ByteView payload) {
  if (payload.size() > LargestDumpRequest - sizeof(nlmsghdr))
    return tl::unexpected(Error{EMSGSIZE, "request", "netlink dump", {}});
  // Aligned for any object, and filled with zeros.
  std::vector<char> buffer(sizeof(nlmsghdr) + payload.size() + MNL_ALIGNTO);
  nlmsghdr* const header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header->nlmsg_seq = sequence;
  std::ranges::copy(payload, static_cast<std::byte*>(mnl_nlmsg_put_extra_header(header, payload.size())));
  return channel.send(std::as_bytes(std::span(buffer.data(), header->nlmsg_len)));
}

}  // namespace

DumpReader::Progress DumpReader::feed(ByteView datagram, const MessageSink& sink) {
  int rest = static_cast<int>(datagram.size());
  const auto* message = reinterpret_cast<const nlmsghdr*>(datagram.data());
  for (; is_whole(message, rest); message = mnl_nlmsg_next(message, &rest)) {
    // An answer to somebody else, or to an earlier request that was given up.
    if (message->nlmsg_seq != sequence_ || message->nlmsg_pid != port_id_) continue;
    interrupted_ = interrupted_ || (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    const ByteView payload(static_cast<const std::byte*>(mnl_nlmsg_get_payload(message)),
                           mnl_nlmsg_get_payload_len(message));
    if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) {
      error_ = error_of(payload);
      return Progress::Done;
    }
    if (message->nlmsg_type < NLMSG_MIN_TYPE) continue;
    if (!sink(message->nlmsg_type, payload)) return Progress::Stopped;
  }
  if (rest > 0) ++malformed_;
  return Progress::More;
}

Result<DumpOutcome> netlink_dump(NetlinkChannel& channel, std::uint16_t type, ByteView payload,
                                 const MessageSink& sink, std::size_t bytes_ahead) {
  const std::uint32_t sequence = next_dump_sequence();
  if (const auto sent = send_request(channel, type, sequence, payload); !sent)
    return tl::unexpected(sent.error());
  DumpReader reader(sequence, channel.port_id());
  DumpReader::Progress progress = DumpReader::Progress::More;
  std::unique_ptr<ReadAhead> ahead;
  for (int count = 0; progress == DumpReader::Progress::More; ++count) {
    if (count == (bytes_ahead != 0 ? 0 : DatagramsAlone))
      ahead = ReadAhead::start(channel, sequence, std::max(bytes_ahead, LittleAhead));
    const auto datagram = ahead ? ahead->receive() : channel.receive();
    if (!datagram) return tl::unexpected(datagram.error());
    progress = reader.feed(*datagram, sink);
  }
  return DumpOutcome{reader.error(), reader.interrupted(), progress == DumpReader::Progress::Stopped,
                     reader.malformed()};
}

}  // namespace sockutils
