#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <future>
#include <thread>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::process_sources_test {
namespace {

/// The rows of every TCP socket, in words, with who holds it.
struct Owners {
  std::vector<std::string> rows;
  /// Why BPF did not tell of them; empty when it did, or was not asked.
  std::string missing;
};

Owners owners_from(ProcessSource source) {
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  query.process_source = source;
  const Listing listing = Listing::take(query);
  Owners owners;
  for (const Warning& warning : listing.report().warnings)
    if (warning.message.find("BPF program") != std::string::npos) owners.missing = warning.message;
  for (const SocketRow& row : listing.rows()) {
    // What earlier tests have left in TIME_WAIT has no owner, and goes meanwhile.
    if (!row.has("inode")) continue;
    owners.rows.push_back(row["inode"] + ": " + row["pid"] + " " + row["tid"] + " " + row["fd"] + " " +
                          row["process"] + " " + row["command_line"]);
  }
  std::sort(owners.rows.begin(), owners.rows.end());
  return owners;
}

/// A listener in a thread's own table of descriptors, as long as this lives.
class ThreadWithOwnFiles {
 public:
  ThreadWithOwnFiles() : thread_([this] { hold(); }) { ready_.get_future().wait(); }
  ~ThreadWithOwnFiles() {
    done_.set_value();
    thread_.join();
  }

 private:
  void hold() {
    checked(unshare(CLONE_FILES), "unshare");
    const UniqueFd listener = make_tcp_listener(AF_INET, 1);
    ready_.set_value();
    done_.get_future().wait();
  }

  std::promise<void> ready_;
  std::promise<void> done_;
  std::thread thread_;
};

TEST_CASE("BPF and /proc name the same owners") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd shared = make_tcp_listener(AF_INET, 1);
  const UniqueFd again(checked(dup(shared.get()), "dup"));
  const Child child([] {});
  const TcpConnection connection = make_tcp_connection();
  const ThreadWithOwnFiles thread;
  const Owners told = owners_from(ProcessSource::Bpf);
  if (!told.missing.empty()) SKIP_OUT_LOUD(told.missing);
  const Owners read = owners_from(ProcessSource::Proc);
  CHECK(told.rows == read.rows);
  CHECK(told.rows.size() >= 4);
  const auto with_child = std::count_if(told.rows.begin(), told.rows.end(), [&](const std::string& row) {
    return row.find(std::to_string(child.pid())) != std::string::npos;
  });
  CHECK(with_child == 1);
}

TEST_CASE("a process in a pid namespace of its own is named as /proc names it") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  if (const Owners told = owners_from(ProcessSource::Bpf); !told.missing.empty()) SKIP_OUT_LOUD(told.missing);
  // The next child of this one is the first process of a new namespace.
  const Child parent([] {},
                     [] {
                       if (unshare(CLONE_NEWPID) == 0 && fork() == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
                     });
  const std::string inode = std::to_string(inode_of(listener)) + ": ";
  Owners read;
  CHECK(eventually([&] {
    read = owners_from(ProcessSource::Proc);
    const auto row = std::find_if(read.rows.begin(), read.rows.end(),
                                  [&](const std::string& candidate) { return candidate.starts_with(inode); });
    // Three processes, so two commas in each of five columns.
    return row != read.rows.end() && std::count(row->begin(), row->end(), ',') >= 8;
  }));
  CHECK(owners_from(ProcessSource::Bpf).rows == read.rows);
}

}  // namespace
}  // namespace sockutils::test::process_sources_test
