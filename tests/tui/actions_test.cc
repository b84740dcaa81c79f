#include "tui/collect/actions.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>

#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"
#include "tests/tui/sample.h"
#include "tests/tui/terminal.h"

namespace tui::test::actions_test {
namespace {

using namespace sockutils::test;

/// A process that waits to be ended.
class Sleeper {
 public:
  Sleeper() : pid_(::fork()) {
    if (pid_ == 0)
      for (;;) ::pause();
  }
  ~Sleeper() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

TEST_CASE("a process that is held gets the signal") {
  const Sleeper sleeper;
  const auto actions = machine_actions();
  REQUIRE(actions->hold({sleeper.pid(), {}, "sleeper"}));
  REQUIRE(actions->signal(SIGSTOP).at(0));
  int status = 0;
  REQUIRE(::waitpid(sleeper.pid(), &status, WUNTRACED) == sleeper.pid());
  CHECK(WIFSTOPPED(status));
}

TEST_CASE("all that are held get the signal, and each is accounted for") {
  const Sleeper first;
  const Sleeper second;
  const auto actions = machine_actions();
  REQUIRE(actions->hold({first.pid(), {}, "first"}));
  {
    const Sleeper gone;
    REQUIRE(actions->hold({gone.pid(), {}, "gone"}));
  }
  REQUIRE(actions->hold({second.pid(), {}, "second"}));
  const auto results = actions->signal(SIGSTOP);
  REQUIRE(results.size() == 3);
  CHECK(results[0]);
  CHECK(results[1].error().code == ESRCH);
  CHECK(results[2]);
  for (const Sleeper* const sleeper : {&first, &second}) {
    int status = 0;
    REQUIRE(::waitpid(sleeper->pid(), &status, WUNTRACED) == sleeper->pid());
    CHECK(WIFSTOPPED(status));
  }
}

TEST_CASE("a process that began at another time is another process") {
  const Sleeper sleeper;
  const auto actions = machine_actions();
  const auto held = actions->hold({sleeper.pid(), 1, "sleeper"});
  REQUIRE_FALSE(held);
  CHECK(held.error().code == ESRCH);
  CHECK(actions->signal(SIGKILL).empty());
  CHECK(::kill(sleeper.pid(), 0) == 0);
}

TEST_CASE("a process that has ended is not signalled, whoever has its number by then") {
  const auto actions = machine_actions();
  {
    const Sleeper sleeper;
    REQUIRE(actions->hold({sleeper.pid(), {}, "sleeper"}));
  }
  CHECK(actions->signal(SIGTERM).at(0).error().code == ESRCH);
  actions->let_go();
  CHECK(actions->signal(SIGTERM).empty());
}

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("rows are written as CSV or JSON, and never over a file that is there") {
  const TemporaryFolder folder;
  SampleBook book;
  const Frame frame = book.look({SampleSocket(1).owner(42, "curl, the \"one\"")});
  const std::vector<const TableRow*> rows{frame.sockets->rows.front().get()};
  const auto actions = machine_actions();
  const std::string csv = folder.path() + "/a.csv";
  REQUIRE(actions->write(csv, frame.sockets->columns, rows));
  CHECK_THAT(content_of(csv), Catch::Matchers::Contains("protocol,state,") &&
                                  Catch::Matchers::Contains("tcp,established,") &&
                                  Catch::Matchers::Contains("\"curl, the \"\"one\"\"/42/3\""));
  const std::string json = folder.path() + "/a.json";
  REQUIRE(actions->write(json, frame.sockets->columns, rows));
  CHECK_THAT(content_of(json),
             Catch::Matchers::StartsWith("{\"rows\": [") && Catch::Matchers::Contains("\"pid\":42"));
  CHECK(actions->write(csv, frame.sockets->columns, rows).error().code == EEXIST);
  CHECK(actions->write(folder.path() + "/no/such", frame.sockets->columns, rows).error().code == ENOENT);
}

TEST_CASE("the monitor closes the connection that it was told to, and no other") {
  REQUIRE_PRIVATE_NETWORK();
  const auto other = make_tcp_connection();
  const auto target = make_tcp_connection();
  const std::string port = std::to_string(SocketAddress::local_of(target.client.get()).port());
  Terminal terminal({"-i", "0.2", "local_port", "=", port});
  REQUIRE(terminal.shows(":" + port));
  terminal.press("K");
  REQUIRE(terminal.shows("close this socket?"));
  terminal.press("y");
  const bool agreed = terminal.shows("agreed");
  terminal.press("q");
  CHECK(terminal.end() == 0);
  if (!agreed) {
    CHECK_THAT(terminal.written(), Catch::Matchers::Contains("CAP_NET_ADMIN"));
    SKIP_OUT_LOUD("closing sockets takes CAP_NET_ADMIN");
  }
  char byte = 0;
  CHECK(::read(target.client.get(), &byte, 1) == -1);
  CHECK(errno == ECONNABORTED);
  send_text(other.client, "x");
  CHECK(::read(other.server.get(), &byte, 1) == 1);
}

}  // namespace
}  // namespace tui::test::actions_test
