/// Real daemons of the distribution, started on loopback for the length of a test.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/unique_fd.h"
#include "support/child.h"

namespace sockutils::test {

/// How to start one in the foreground. In all texts PORT, FOLDER and USER are replaced: a port of 127.0.0.1,
/// a folder that goes with the daemon, and the name of who runs it.
struct DaemonKind {
  std::string program;
  std::vector<std::string> arguments = {};
  /// A configuration file, FOLDER/conf.
  std::string configuration = {};
  /// What has to be run before, in a shell, by the one who runs the daemon.
  std::string preparation = {};
  /// It does not want to run as root: a test of root's runs it as nobody.
  bool refuses_root = false;
  /// Nobody but root can start it.
  bool needs_root = false;

  /// Its file name.
  std::string name() const;
  bool is_installed() const;
};

/// A daemon that is being started, and goes with the object.
class Daemon {
 public:
  /// In the network of process `network`, where any user may have any port; 0: in that of the caller.
  Daemon(const DaemonKind& kind, std::uint16_t port, pid_t network = 0);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon();

  /// Whether it comes to listen on its port, before it ends or half a minute is over.
  bool listens() const;
  /// What it wrote, and its log, on one line, for messages.
  std::string words() const;
  pid_t pid() const { return child_->pid(); }
  std::uint16_t port() const { return port_; }
  const DaemonKind& kind() const { return kind_; }

 private:
  bool accepts() const;

  const DaemonKind& kind_;
  std::uint16_t port_;
  pid_t network_;
  TemporaryFolder folder_;
  std::unique_ptr<Child> child_;
};

/// A port of 127.0.0.1 that nobody has, for now.
std::uint16_t free_port();

}  // namespace sockutils::test
