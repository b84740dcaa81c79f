/// Something to list: TCP connections in a network namespace of their own, held by as many processes as asked
/// for.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace bench {

struct LoadSize {
  /// Each connection has two, both of them here.
  std::size_t sockets = 0;
  std::size_t processes = 1;
};

/// Moves this process into a network namespace of its own, with loopback up, as root or through a user
/// namespace. Ends the program when neither is allowed.
void enter_private_network();

/// Holds the sockets as long as it lives. Ends the program when they cannot be opened.
class Load {
 public:
  explicit Load(LoadSize size);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  const std::vector<pid_t>& processes() const { return processes_; }

 private:
  std::vector<pid_t> processes_;
  /// The processes end when this end of their pipe is closed, however that comes.
  int hold_ = -1;
};

/// TCP ports of 127.0.0.1 that accept, spread over all of them, as long as it lives. Ends the program when
/// they cannot be opened.
class Listeners {
 public:
  explicit Listeners(unsigned count);
  ~Listeners();
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;

 private:
  std::vector<int> sockets_;
};

[[noreturn]] void fail(const char* what, int error);

}  // namespace bench
