#include "os/read_ahead.h"

#include <linux/netlink.h>
#include <sched.h>

#include <system_error>
#include <utility>

namespace sockutils {
namespace {

/// Waking the other thread takes longer than reading one datagram.
constexpr std::size_t DatagramsAtOnce = 8;

/// Whether a datagram holds the end of the dump.
bool ends_dump(ByteView datagram, std::uint32_t sequence) {
  for (;;) {
    const auto header = load<nlmsghdr>(datagram);
    if (!header || header->nlmsg_len < sizeof(nlmsghdr)) return false;
    const bool ends = header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR;
    if (ends && header->nlmsg_seq == sequence) return true;
    const std::size_t length = NLMSG_ALIGN(std::size_t{header->nlmsg_len});
    if (length >= datagram.size()) return false;
    datagram = datagram.subspan(length);
  }
}

/// Moves the calling thread off a processor, where it may run on another. Threads that wake each other are
/// left together on one by the kernel when it believes that no cache is shared (wake_affine() in
/// kernel/sched/fair.c), and then neither saves the other any time.
void leave_processor(int processor) {
  cpu_set_t allowed;
  if (processor < 0 || ::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  cpu_set_t others = allowed;
  CPU_CLR(static_cast<std::size_t>(processor), &others);
  if (::sched_setaffinity(0, sizeof others, &others) == 0) ::sched_setaffinity(0, sizeof allowed, &allowed);
}

}  // namespace

std::unique_ptr<ReadAhead> ReadAhead::start(NetlinkChannel& channel, std::uint32_t sequence,
                                            std::size_t most_bytes) {
  try {
    return std::unique_ptr<ReadAhead>(new ReadAhead(channel, sequence, most_bytes));
  } catch (const std::system_error&) {
    return nullptr;
  }
}

ReadAhead::ReadAhead(NetlinkChannel& channel, std::uint32_t sequence, std::size_t most_bytes)
    : channel_(channel),
      sequence_(sequence),
      most_bytes_(most_bytes),
      thread_([this, here = ::sched_getcpu()] {
        leave_processor(here);
        run();
      }) {}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ReadAhead::run() {
  receive_all();
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  changed_.notify_all();
}

void ReadAhead::receive_all() {
  for (;;) {
    const auto datagram = channel_.receive();
    if (!datagram) {
      put(tl::unexpected(datagram.error()));
      return;
    }
    std::string copy = take_buffer();
    copy.assign(as_text(*datagram));
    const bool ended = ends_dump(as_bytes(copy), sequence_);
    if (!put(std::move(copy)) || ended) return;
  }
}

std::string ReadAhead::take_buffer() {
  const std::lock_guard lock(mutex_);
  if (spare_.empty()) return {};
  std::string buffer = std::move(spare_.front());
  spare_.pop_front();
  return buffer;
}

bool ReadAhead::put(Item item) {
  std::unique_lock lock(mutex_);
  if (is_full()) changed_.wait(lock, [&] { return stop_ || has_room(); });
  if (stop_) return false;
  bytes_ += item ? item->size() : 0;
  items_.push_back(std::move(item));
  if (is_worth_reading()) changed_.notify_all();
  return true;
}

bool ReadAhead::is_full() const { return bytes_ >= most_bytes_; }
bool ReadAhead::has_room() const { return bytes_ <= most_bytes_ / 2; }
bool ReadAhead::is_worth_reading() const {
  return items_.size() >= DatagramsAtOnce || is_full() || finished_;
}

Result<ByteView> ReadAhead::receive() {
  std::unique_lock lock(mutex_);
  if (items_.empty()) changed_.wait(lock, [&] { return is_worth_reading(); });
  if (items_.empty()) return tl::unexpected(Error{EIO, "receive", "netlink dump", "it has ended"});
  Item item = std::move(items_.front());
  items_.pop_front();
  bytes_ -= item ? item->size() : 0;
  if (!item) return tl::unexpected(item.error());
  spare_.push_back(std::exchange(current_, std::move(*item)));
  if (has_room()) changed_.notify_all();
  return as_bytes(current_);
}

}  // namespace sockutils
