/// Receives a dump on a thread of its own, so that the kernel fills the next datagram while this one is read.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "os/system.h"

namespace sockutils {

/// Reads on from a channel until the dump with the given sequence number ends, or so many bytes wait. Nobody
/// else may use the channel as long as this lives. Its destructor waits for the datagram that is being
/// received, which comes at once: the kernel makes the next part of a dump when it is asked for.
class ReadAhead {
 public:
  /// Null when no thread is to be had.
  static std::unique_ptr<ReadAhead> start(NetlinkChannel& channel, std::uint32_t sequence,
                                          std::size_t most_bytes);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// As `NetlinkChannel::receive()`. Errors: EIO besides, after the dump's last datagram.
  Result<ByteView> receive();

 private:
  using Item = Result<std::string>;

  ReadAhead(NetlinkChannel& channel, std::uint32_t sequence, std::size_t most_bytes);
  void run();
  void receive_all();
  /// False when nobody wants more.
  bool put(Item item);
  // Each for those who hold the mutex. Either thread that waits is woken for much, not for every datagram.
  bool is_full() const;
  bool has_room() const;
  bool is_worth_reading() const;
  /// A buffer that was read, or a new one.
  std::string take_buffer();

  NetlinkChannel& channel_;
  std::uint32_t sequence_;
  std::size_t most_bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;
  /// Of all items.
  std::size_t bytes_ = 0;
  std::deque<std::string> spare_;
  std::string current_;
  bool stop_ = false;
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace sockutils
