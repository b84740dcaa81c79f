/// Real daemons of the distribution, started on loopback for the length of a test.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/child.h"

namespace sockutils::test {

/// A daemon that runs in the foreground, listens on 127.0.0.1, and goes with the object.
class Daemon {
 public:
  /// `program` as in the table of daemons.cc.
  explicit Daemon(const std::string& program);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon();

  const std::string& program() const { return program_; }
  /// What it calls itself.
  std::string name() const;
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return child_->pid(); }

 private:
  std::string program_;
  std::uint16_t port_;
  TemporaryFolder folder_;
  std::unique_ptr<Child> child_;
};

/// Those of the table that are installed.
std::vector<std::string> installed_daemons();
/// All of the table, for messages.
std::string known_daemons();

}  // namespace sockutils::test
