/// Starts the daemons that are installed of those that tests ask who they are, in the network namespace in
/// which it runs itself, and holds them until its standard input ends. Prints the port and name of each.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <set>
#include <vector>

#include "daemons/daemon_kinds.h"

int main() {
  using namespace sockutils::test;
  std::set<std::uint16_t> taken;
  std::vector<std::unique_ptr<Daemon>> daemons;
  std::vector<const KnownDaemon*> kinds;
  for (const KnownDaemon& known : known_daemons_to_ask()) {
    const std::uint16_t port = known.ports.front().port.port;
    const bool may_run = known.kind.is_installed() && (!known.kind.needs_root || ::geteuid() == 0);
    if (!may_run || !taken.insert(port).second) continue;
    daemons.push_back(std::make_unique<Daemon>(known.kind, port, ::getpid()));
    kinds.push_back(&known);
  }
  for (std::size_t i = 0; i < daemons.size(); ++i)
    if (daemons[i]->listens())
      for (const Recognisable& one : kinds[i]->ports)
        if (one.port.protocol == sockutils::Protocol::Tcp)
          std::printf("%u %s\n", one.port.port, kinds[i]->kind.name().c_str());
  std::printf("ready\n");
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) continue;
  return 0;
}
