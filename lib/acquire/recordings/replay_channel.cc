#include "acquire/recordings/replay_channel.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "family/attributes.h"

namespace sockutils {
namespace {

/// About what a kernel puts into one datagram.
constexpr std::size_t DatagramSize = 32 * 1024;

}  // namespace

/// The dumps of one family, whole or in its halves. False when there is none.
///
/// Both halves are what the listing of everything asked for, with all that the kernel tells; a whole dump
/// beside them was taken to find the other ends of sockets, and has no more than their addresses.
bool ReplayChannel::collect(record::DumpKey key, Choice& choice) const {
  const auto dump_of = [&](std::uint8_t half) {
    key.half = half;
    const auto found = dumps_.find(key);
    return found != dumps_.end() ? &found->second : nullptr;
  };
  const std::uint8_t asked = key.half;
  const record::Dump* const whole = dump_of(asked);
  const record::Dump* const first = asked == 0 ? dump_of(1) : nullptr;
  const record::Dump* const second = asked == 0 ? dump_of(2) : nullptr;
  const bool in_halves = (first != nullptr && second != nullptr) || whole == nullptr;
  if (!in_halves) choice.dumps.push_back(whole);
  for (const record::Dump* const half : {first, second})
    if (in_halves && half != nullptr) choice.dumps.push_back(half);
  return whole != nullptr || first != nullptr || second != nullptr;
}

ReplayChannel::Choice ReplayChannel::choose(const record::DumpKey& wanted) const {
  Choice choice;
  if (collect(wanted, choice)) return choice;
  const auto of_family = [&](std::uint8_t family) {
    return record::DumpKey{family, wanted.half, wanted.protocol};
  };
  if (record::is_internet(wanted.family)) {
    choice.family = wanted.family;
    collect(of_family(AF_UNSPEC), choice);
    return choice;
  }
  // Half an answer is none: the kinds are asked for one by one then.
  const bool both = wanted.family == AF_UNSPEC && collect(of_family(AF_INET), choice) &&
                    collect(of_family(AF_INET6), choice);
  return both ? choice : Choice{};
}

Result<void> ReplayChannel::send(ByteView message) {
  const auto header = load<nlmsghdr>(message);
  const auto key =
      header ? record::dump_key(header->nlmsg_type, message.subspan(sizeof(nlmsghdr))) : std::nullopt;
  sequence_ = header ? header->nlmsg_seq : 0;
  choice_ = key ? choose(*key) : Choice{};
  dump_ = message_ = 0;
  refusal_.reset();
  if (!choice_.dumps.empty()) return {};
  const bool without_half = key && key->half != 0 && !choose({key->family, 0, key->protocol}).dumps.empty();
  refusal_ = without_half ? EINVAL : ENOENT;
  return {};
}

void ReplayChannel::append_message(ByteView message, std::uint16_t flags) {
  auto header = *load<nlmsghdr>(message);
  header.nlmsg_len = static_cast<std::uint32_t>(message.size());
  header.nlmsg_seq = sequence_;
  header.nlmsg_pid = PortId;
  header.nlmsg_flags = static_cast<std::uint16_t>(header.nlmsg_flags | flags);
  append_object(buffer_, header);
  buffer_ += as_text(message.subspan(sizeof header));
  buffer_.resize(align4(buffer_.size()));
}

void ReplayChannel::append_end(int error) {
  std::string message;
  append_object(message, nlmsghdr{sizeof(nlmsghdr) + sizeof(int), NLMSG_DONE, NLM_F_MULTI, 0, 0});
  append_object(message, -error);
  const bool interrupted = std::any_of(choice_.dumps.begin(), choice_.dumps.end(),
                                       [](const auto* dump) { return dump->interrupted; });
  append_message(as_bytes(message), interrupted ? NLM_F_DUMP_INTR : 0);
}

Result<std::optional<ByteView>> ReplayChannel::receive_within(std::chrono::milliseconds) {
  return tl::unexpected(Error{EOPNOTSUPP, "wait for events", "recording", {}});
}

Result<void> ReplayChannel::subscribe(unsigned) {
  return tl::unexpected(Error{EOPNOTSUPP, "wait for events", "recording", {}});
}

Result<ByteView> ReplayChannel::receive() {
  buffer_.clear();
  if (refusal_) {
    append_end(*refusal_);
    return as_bytes(buffer_);
  }
  while (dump_ < choice_.dumps.size() && buffer_.size() < DatagramSize) {
    const record::Dump& dump = *choice_.dumps[dump_];
    if (message_ < dump.messages.size()) {
      const ByteView message = dump.messages[message_++];
      const auto family = load<std::uint8_t>(message, sizeof(nlmsghdr));
      if (choice_.family == 0 || family == choice_.family) append_message(message, 0);
      continue;
    }
    if (!dump.error)
      return tl::unexpected(Error{EIO, "read", "recording", "the dump was broken off when it was recorded"});
    if (*dump.error != 0) {
      append_end(*dump.error);
      return as_bytes(buffer_);
    }
    message_ = 0;
    ++dump_;
  }
  if (dump_ == choice_.dumps.size()) append_end(0);
  return as_bytes(buffer_);
}

}  // namespace sockutils
