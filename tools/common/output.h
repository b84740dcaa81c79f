/// Standard output: one large buffer, written straight to the descriptor.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sockutils/error.h"

namespace tools {

/// Opens something harmless in place of a standard descriptor that is closed. Else the first socket
/// that is opened would take its number, and the listing would be written into it.
void fill_closed_descriptors();

/// Ends the program as one that left SIGPIPE alone, also when its parent made it ignore the signal.
void die_of_broken_pipe();

/// What was appended since the last flush is lost unless `flush()` is called: a listing that ends in
/// an error says so itself.
class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}
  /// Keeps everything in `text()`: for what goes elsewhere afterwards.
  Output() : fd_(-1) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Append here, then call `commit()`.
  std::string& text() { return buffer_; }
  /// Writes when enough has gathered. Call it between records.
  void commit() {
    if (fd_ >= 0 && buffer_.size() >= FlushAt) flush();
  }
  /// Writes all. A reader that went away ends the program, silently, as SIGPIPE does.
  void flush();
  /// What is to be done before that. SIGPIPE has to be ignored for it, which is done here.
  void set_last_act(std::function<void()> act);

  /// Why writing failed, once it has; nothing is written after that.
  const std::optional<sockutils::Error>& error() const { return error_; }

 private:
  static constexpr std::size_t FlushAt = 64 * 1024;

  int fd_;
  std::string buffer_;
  std::optional<sockutils::Error> error_;
  std::function<void()> last_act_;
};

}  // namespace tools
