/// Standard output with one large buffer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sockutils/error.h"

namespace tools {

/// Opens /dev/null for each standard descriptor that is closed. Otherwise the first socket would get its
/// number, and output would be written into that socket.
void fill_closed_descriptors();

/// Ends the program by SIGPIPE, even if its parent made it ignore the signal.
void die_of_broken_pipe();

/// What was appended since the last flush is lost without `flush()`: the caller reports if a listing ends
/// with an error.
class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}
  /// Keeps everything in `text()`, for output that goes elsewhere afterwards.
  Output() : fd_(-1) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Append here, then call `commit()`.
  std::string& text() { return buffer_; }
  /// Writes when enough is buffered. Call it between records.
  void commit() {
    if (fd_ >= 0 && buffer_.size() >= FlushAt) flush();
  }
  /// Writes everything. If the reader is gone, ends the program silently, as SIGPIPE does.
  void flush();
  /// Sets what to do before that. This needs SIGPIPE to be ignored, which is done here.
  void set_last_act(std::function<void()> act);

  /// The first error of writing; nothing is written after it.
  const std::optional<sockutils::Error>& error() const { return error_; }

 private:
  static constexpr std::size_t FlushAt = 64 * 1024;

  int fd_;
  std::string buffer_;
  std::optional<sockutils::Error> error_;
  std::function<void()> last_act_;
};

}  // namespace tools
