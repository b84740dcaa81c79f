/// Log output that never makes the server wait for a slow reader.
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
  /// Makes the line that reports the number of lost lines, with a newline.
  using LossLine = std::function<std::string(std::size_t lines)>;

  /// `fd` remains the caller's, and stays blocking for others.
  LogOutput(int fd, LossLine loss_line);
  ~LogOutput();
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;

  /// Writes a line with its newline. A line for which there is no room is lost, which is reported once there
  /// is room again.
  void write(std::string_view line);
  /// Writes waiting lines, as far as there is room.
  void flush();
  /// Lines are waiting: call `flush()` when `descriptor()` becomes writable.
  bool is_behind() const { return !waiting_.empty(); }
  int descriptor() const { return own_fd_ >= 0 ? own_fd_ : fd_; }

  /// Waits for the reader, for at most `limit`. Returns the number of lines that are finally lost.
  std::size_t finish(std::chrono::milliseconds limit);
  /// The last error of writing, other than lack of room.
  const std::optional<sockutils::Error>& error() const { return error_; }

 private:
  enum class Kind { Other, Socket, Stream };

  /// Returns the bytes written, or the negated errno.
  long write_some(std::string_view bytes) const;
  void tell_losses();
  void give_up(int error);
  std::size_t lost_in_all() const;

  int fd_;
  LossLine loss_line_;
  Kind kind_ = Kind::Other;
  /// The same pipe or terminal, opened again: so making it non-blocking does not affect others.
  int own_fd_ = -1;
  std::string waiting_;
  std::size_t lost_ = 0;
  /// The number of lost lines that a line in `waiting_` reports.
  std::size_t told_ = 0;
  std::optional<sockutils::Error> error_;
};

}  // namespace tools::sockprobed
