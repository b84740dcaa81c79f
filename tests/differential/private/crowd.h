/// A few hundred sockets of every kind, made at random from a seed.
#pragma once

#include <deque>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/child.h"
#include "support/sockets.h"

namespace sockutils::test {

class Crowd {
 public:
  struct Options {
    unsigned seed = 1;
    /// How often one of the makers is called, each of which makes one to four sockets.
    std::size_t scenes = 200;
    /// Unix names with blanks, newlines and escape sequences; `ss` output cannot be read with them.
    bool odd_names = false;
  };
  explicit Crowd(const Options& options);

  /// Inodes of all sockets that a descriptor here holds and that the kernel tells of.
  std::set<std::string> inodes() const;

  // What makers use.
  unsigned random(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(engine_); }
  bool toss() { return random(2) == 1; }
  int random_family() { return toss() ? AF_INET6 : AF_INET; }
  /// A loopback or wildcard address.
  SocketAddress random_address(int family);
  /// A name that no other socket has: a path or an abstract one.
  std::string random_name();
  std::string random_bytes(unsigned limit) { return std::string(1 + random(limit), 'x'); }
  const UniqueFd& keep(UniqueFd fd);

 private:
  void give_some_away();

  std::mt19937 engine_;
  Options options_;
  TemporaryFolder folder_;
  /// References to its elements stay valid.
  std::deque<UniqueFd> sockets_;
  std::size_t names_ = 0;
};

/// The seeds to try: SOCKUTILS_TEST_SEED when it is set.
std::vector<unsigned> crowd_seeds();

}  // namespace sockutils::test
