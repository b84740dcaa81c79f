/// Runs the tools as a shell would.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cli {

/// What surrounds the program.
struct Surroundings {
  /// `NAME=value`, added to a small environment.
  std::vector<std::string> environment = {};
  /// Standard output is a terminal of that many columns; else a pipe.
  std::optional<unsigned short> terminal_width = {};
  /// Standard output is this file; else see above.
  std::string output_file = {};
  bool output_closed = false;
  /// Nobody reads standard output.
  bool output_unread = false;
  /// Its path; empty: sockls.
  std::string program = {};
  /// Words before the program's name: `setpriv ...`.
  std::vector<std::string> wrapper = {};
};

struct Result {
  /// The exit status, or the negated signal.
  int status = 0;
  std::string out;
  std::string err;
};

/// A program that runs.
class Program {
 public:
  explicit Program(const std::vector<std::string>& arguments, const Surroundings& surroundings = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  /// Reads standard output until `enough` of all that was read is true, no longer than `limit`; that text.
  const std::string& read_until(const std::function<bool(const std::string&)>& enough,
                                std::chrono::milliseconds limit = std::chrono::seconds(20));
  /// Until it holds `text`.
  const std::string& read_until(const std::string& text,
                                std::chrono::milliseconds limit = std::chrono::seconds(20));
  /// Reads all that it writes, and waits for its end.
  Result finish();

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string read_;
};

Result sockls(const std::vector<std::string>& arguments, const Surroundings& surroundings = {});

Result sockprobe(const std::vector<std::string>& arguments, const Surroundings& surroundings = {});
/// Their paths.
std::string sockprobe_program();
std::string sockprobed_program();
std::string sockmon_program();

/// Runs any program.
Result command(const std::vector<std::string>& words);

/// A sockprobed, which serves until it is ended.
class Server : public Program {
 public:
  explicit Server(const std::vector<std::string>& arguments);
};

/// A TCP socket that listens on 127.0.0.1.
class Listener {
 public:
  /// Any free port when `port` is 0.
  explicit Listener(unsigned short port = 0);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  unsigned short port() const { return port_; }
  /// Closed when a program is run, unless told otherwise.
  int fd() const { return fd_; }
  /// `port 4711`
  std::string filter() const { return "port " + std::to_string(port_); }
  /// Connects, accepts, and closes both ends, the client's first. False when that fails.
  bool take_a_connection() const;

 private:
  int fd_;
  unsigned short port_ = 0;
};

bool is_root();

/// A wrapper: without any privilege. Takes root.
extern const std::vector<std::string> AsNobody;
/// Why a test cannot become an ordinary user; empty when it can.
std::string nobody_cannot_run();

std::vector<std::string> lines(const std::string& text);

}  // namespace cli
