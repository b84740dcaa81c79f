/// A program in a terminal of its own, and what it costs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Ends with the object.
class Watched {
 public:
  /// A terminal of 120 columns and 40 lines.
  explicit Watched(const std::vector<std::string>& command);
  ~Watched();
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

  /// Reads what it writes, for so long; how many bytes.
  std::size_t read_for(std::chrono::milliseconds time);
  /// Whether it comes to write something within this time.
  bool wait_for_output(std::chrono::milliseconds limit) const;
  void press(std::string_view keys) const;
  bool alive() const;

  /// Of a processor, since it began.
  std::chrono::nanoseconds processor_time() const;
  /// Resident now.
  double mib() const;

 private:
  pid_t pid_ = -1;
  int fd_ = -1;
};

}  // namespace bench
