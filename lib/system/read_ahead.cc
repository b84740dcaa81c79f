#include "system/read_ahead.h"

#include <linux/netlink.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sockutils {
namespace {

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
    : channel_(channel), sequence_(sequence), most_bytes_(most_bytes), thread_([this] { run(); }) {}

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
  changed_.wait(lock, [&] { return stop_ || bytes_ < most_bytes_; });
  if (stop_) return false;
  bytes_ += item ? item->size() : 0;
  items_.push_back(std::move(item));
  lock.unlock();
  changed_.notify_all();
  return true;
}

Result<ByteView> ReadAhead::receive() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !items_.empty() || finished_; });
  if (items_.empty()) return tl::unexpected(Error{EIO, "receive", "netlink dump", "it has ended"});
  Item item = std::move(items_.front());
  items_.pop_front();
  bytes_ -= item ? item->size() : 0;
  if (!item) return tl::unexpected(item.error());
  spare_.push_back(std::exchange(current_, std::move(*item)));
  lock.unlock();
  changed_.notify_all();
  return as_bytes(current_);
}

}  // namespace sockutils
