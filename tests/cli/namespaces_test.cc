// Network namespaces on the command line.

#include <rapidjson/document.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/program.h"
#include "support/catch.h"
#include "support/skip.h"

using Catch::Matchers::Contains;
using cli::sockls;

namespace namespaces_test {
namespace {

void check_refused(const std::string& word, const std::string& message) {
  const cli::Result result = sockls({"-N", word});
  INFO("sockls -N " << word);
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains(message));
}

}  // namespace

TEST_CASE("a word that is no network namespace is refused, with what it is") {
  check_refused("no such", "--netns no such: no network namespace, container or process is called so");
  check_refused("4294967295", "there is no process 4294967295");
  check_refused("/no/such/file", "no such file");
  check_refused("/etc/passwd", "not a namespace");
  check_refused("/proc/self/ns/mnt", "not a network namespace but a mount namespace");
  check_refused("/tmp", "not a namespace");
  check_refused("", "the name is empty");
}

TEST_CASE("a fifo is refused as well, not waited for") {
  const std::string fifo = "/tmp/sockutils-fifo-" + std::to_string(::getpid());
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  check_refused(fifo, "not a namespace");
  CHECK(::unlink(fifo.c_str()) == 0);
}

TEST_CASE("escape sequences in the name of a namespace do not reach the terminal") {
  const cli::Result result = sockls({"-N", "\x1b[31m"});
  CHECK(result.status == 2);
  CHECK(result.err.find('\x1b') == std::string::npos);
}

TEST_CASE("one's own namespace can be named, by anyone") {
  const cli::Listener listener;
  const std::string pid = std::to_string(::getpid());
  for (const std::string& word : {pid, "/proc/" + pid + "/ns/net"}) {
    const cli::Result result = sockls({"-N", word, "-Hn", "--columns=lport", listener.filter()});
    CHECK(result.status == 0);
    CHECK(result.out == std::to_string(listener.port()) + "\n");
  }
}

TEST_CASE("the column with the namespace is there when there can be several") {
  const cli::Listener listener;
  const cli::Result all = sockls({"--netns=all", listener.filter()});
  CHECK_THAT(cli::lines(all.out).front(), Contains("NAMESPACE"));
  CHECK_THAT(all.out, Contains(std::to_string(listener.port())));
  const cli::Result one = sockls({"-N", std::to_string(::getpid()), listener.filter()});
  CHECK(one.out.find("NAMESPACE") == std::string::npos);
  rapidjson::Document document;
  document.Parse(sockls({"-N", "all", "--json", listener.filter()}).out.c_str());
  REQUIRE_FALSE(document.HasParseError());
  CHECK(document["sockets"][0].HasMember("netns"));
  CHECK(document["sockets"][0].HasMember("netns_name"));
}

TEST_CASE("another user's namespace is out of reach, and what would help is said") {
  if (const std::string why = cli::nobody_cannot_run(); !why.empty()) SKIP_OUT_LOUD(why);
  const std::string pid = std::to_string(::getpid());
  const cli::Result result = sockls({"-N", pid}, {.wrapper = cli::AsNobody});
  CHECK(result.status == 3);
  CHECK_THAT(result.err, Contains("CAP_SYS_PTRACE"));
}

}  // namespace namespaces_test
