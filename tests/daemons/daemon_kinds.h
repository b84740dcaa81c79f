/// Daemons that are asked who they are.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sockutils/probe.h"
#include "support/daemon.h"

namespace sockutils::test {

/// What a daemon is to be recognised as, at one of its ports.
struct Recognisable {
  ProbePort port;
  std::string name;
  std::string product = {};
  /// Whether it tells its version, which is then to be found in what `KnownDaemon::version` prints.
  bool tells_version = false;
};

struct KnownDaemon {
  /// It is started at the port of the first of `ports`.
  DaemonKind kind;
  std::vector<Recognisable> ports;
  /// A shell command.
  std::string version = {};
  /// So much of a version counts: some protocols have numbers of their own beyond that.
  std::size_t version_length = std::string::npos;
};

std::span<const KnownDaemon> known_daemons_to_ask();

}  // namespace sockutils::test
