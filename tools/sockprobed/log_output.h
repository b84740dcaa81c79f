/// Where a log goes that nobody may read in time: a server does not wait for that.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sockutils/error.h"

namespace tools::sockprobed {

class LogOutput {
 public:
  /// Makes the line that says how many were lost, with its newline.
  using LossLine = std::function<std::string(std::size_t lines)>;

  /// `fd` stays the caller's, and blocks others as it did before.
  LogOutput(int fd, LossLine loss_line);
  ~LogOutput();
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;

  /// A line with its newline. What finds no room any more is lost, and told of once there is room again.
  void write(std::string_view line);
  /// Writes what waits, as far as there is room.
  void flush();
  /// Lines wait: `flush()` shall be called when `descriptor()` becomes writable.
  bool is_behind() const { return !waiting_.empty(); }
  int descriptor() const { return own_fd_ >= 0 ? own_fd_ : fd_; }

  /// Waits for the reader, so long at most. Lines that are lost for good.
  std::size_t finish(std::chrono::milliseconds limit);
  /// Why writing failed last, other than for want of room.
  const std::optional<sockutils::Error>& error() const { return error_; }

 private:
  enum class Kind { Other, Socket, Stream };

  /// Bytes written, or the negated errno.
  long write_some(std::string_view bytes) const;
  void tell_losses();
  void give_up(int error);
  std::size_t lost_in_all() const;

  int fd_;
  LossLine loss_line_;
  Kind kind_ = Kind::Other;
  /// The same pipe or terminal, opened once more: that it does not block is no matter of others then.
  int own_fd_ = -1;
  std::string waiting_;
  std::size_t lost_ = 0;
  /// Those that a line in `waiting_` tells of.
  std::size_t told_ = 0;
  std::optional<sockutils::Error> error_;
};

}  // namespace tools::sockprobed
