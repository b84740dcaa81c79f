// What a listing shows while sockets and processes come and go.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "support/catch.h"
#include "support/child.h"
#include "support/listing.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::churn_test {
namespace {

/// Nothing comes and goes for longer, whatever becomes of the test.
constexpr auto LongestChurn = std::chrono::minutes(5);

template <class Step>
void churn(const Step& step) {
  const auto end = std::chrono::steady_clock::now() + LongestChurn;
  while (std::chrono::steady_clock::now() < end) step();
}

/// Connections that a reset ends: they leave no TIME_WAIT behind that would use up the ports.
void come_and_go() {
  const UniqueFd listener = make_tcp_listener(AF_INET, 16);
  const SocketAddress address = SocketAddress::local_of(listener.get());
  churn([&] {
    const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
    connect_to(client, address);
    const UniqueFd server = accept_from(listener);
    set_option(client, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
  });
}

/// Processes that make a socket and end.
void start_and_end() {
  churn([] {
    const pid_t pid = fork();
    if (pid == 0) {
      const UniqueFd listener = make_tcp_listener(AF_INET, 1);
      _exit(0);
    }
    if (pid > 0) waitpid(pid, nullptr, 0);
  });
}

/// Sockets that stay, by inode, with the descriptor that this process alone has.
class Kept {
 public:
  explicit Kept(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      TcpConnection made = make_tcp_connection(i % 2 == 0 ? AF_INET : AF_INET6);
      for (UniqueFd* fd : {&made.listener, &made.client, &made.server}) {
        fds_.emplace(std::to_string(inode_of(*fd)), fd->get());
        keep_.push_back(std::move(*fd));
      }
    }
  }

  /// Checks that a listing has each once, and that whoever else is shown belongs to `strangers`. Returns the
  /// number of other sockets.
  std::size_t check(const Listing& listing, pid_t strangers = 0) const {
    std::set<std::string> cookies;
    std::size_t kept = 0;
    std::size_t twice = 0;
    std::size_t wrong = 0;
    for (const SocketRow& row : listing.rows()) {
      if (row.has("cookie") && !cookies.insert(row["cookie"]).second) ++twice;
      const auto mine = fds_.find(row["inode"]);
      if (mine != fds_.end()) ++kept;
      if (!is_owner_right(row, mine == fds_.end() ? strangers : getpid(),
                          mine == fds_.end() ? -1 : mine->second)) {
        UNSCOPED_INFO("owner: " << row.to_string());
        ++wrong;
      }
    }
    CHECK(kept == fds_.size());
    CHECK(twice == 0);
    CHECK(wrong == 0);
    for (const Warning& warning : listing.report().warnings) UNSCOPED_INFO("warning: " << warning.message);
    CHECK_FALSE(listing.report().sockets_missing());
    return listing.rows().size() - kept;
  }

 private:
  /// One that came meanwhile may have no owner yet, or no more. Of process 0 anything is right.
  static bool is_owner_right(const SocketRow& row, pid_t pid, int fd) {
    if (fd < 0 && (row.holders().empty() || pid == 0)) return true;
    return row.holders().size() == 1 && row.holders()[0].process.pid == pid &&
           (fd < 0 || row.holders()[0].fd == fd);
  }

  std::map<std::string, int> fds_;
  std::vector<UniqueFd> keep_;
};

Query query_from(Source source, ProcessSource owners) {
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  query.source = source;
  query.process_source = owners;
  for (const char* name : {"inode", "cookie", "state", "local", "peer", "processes", "command_line"})
    query.fields.push_back(find_field(name));
  return query;
}

/// Lists as `query` says again and again, and checks each time. Returns how many sockets came and went.
std::size_t list_often(const Kept& kept, const Query& query, pid_t strangers, int rounds) {
  std::size_t seen = 0;
  for (int i = 0; i < rounds; ++i) seen += kept.check(Listing::take_fields(query), strangers);
  return seen;
}

/// Of this process, in bytes; nothing where a sanitizer keeps what was freed.
std::optional<std::size_t> resident_memory() {
#ifdef SOCKUTILS_SANITIZED
  return std::nullopt;
#else
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
#endif
}

bool is_long() { return std::getenv("SOCKUTILS_TEST_LONG") != nullptr; }
int rounds() { return is_long() ? 1000 : 20; }

/// Whether this process may have so many files open.
bool allow_files(rlim_t count) {
  rlimit most{};
  if (getrlimit(RLIMIT_NOFILE, &most) != 0 || most.rlim_max < count) return false;
  most.rlim_cur = std::max(most.rlim_cur, count);
  return setrlimit(RLIMIT_NOFILE, &most) == 0;
}

TEST_CASE("while connections come and go, those that stay are listed once each, with their owner") {
  REQUIRE_PRIVATE_NETWORK();
  const Child churner([] {}, come_and_go);
  const Kept kept(150);
  list_often(kept, query_from(Source::Netlink, ProcessSource::Auto), churner.pid(), 3);
  const auto memory = resident_memory();
  std::size_t seen = 0;
  for (const auto owners : {ProcessSource::Auto, ProcessSource::Proc})
    seen += list_often(kept, query_from(Source::Netlink, owners), churner.pid(), rounds());
  CHECK(seen > 0);
  // As much as the files may take that all other programs of the machine opened meanwhile.
  constexpr std::size_t Growth = 64u << 20;
  if (memory) CHECK(*resident_memory() < *memory + Growth);
}

TEST_CASE(
    "where owners are read beside the dump, connections that stay have theirs while others come and go") {
  REQUIRE_PRIVATE_NETWORK();
  // So many files are enough for that; three for each connection.
  constexpr std::size_t Connections = 2'000;
  if (!allow_files(4 * Connections)) SKIP_OUT_LOUD("this process may not have 8000 files open");
  const Child churner([] {}, come_and_go);
  const Kept kept(Connections);
  for (const auto owners : {ProcessSource::Auto, ProcessSource::Proc})
    list_often(kept, query_from(Source::Netlink, owners), churner.pid(), is_long() ? 50 : 2);
}

TEST_CASE("while processes start and end, sockets that stay have their owner") {
  REQUIRE_PRIVATE_NETWORK();
  const Child churner([] {}, start_and_end);
  const Kept kept(50);
  for (const auto owners : {ProcessSource::Auto, ProcessSource::Proc})
    list_often(kept, query_from(Source::Netlink, owners), 0, rounds());
  CHECK(waitpid(churner.pid(), nullptr, WNOHANG) == 0);
}

}  // namespace
}  // namespace sockutils::test::churn_test
