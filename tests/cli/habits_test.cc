// What users of ss and lsof stumble over.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "cli/program.h"
#include "support/catch.h"
#include "support/skip.h"

using Catch::Matchers::Contains;
using cli::sockls;

namespace habits_test {
namespace {

/// How many descriptors sockls closes under this limit of open files.
std::ptrdiff_t closes_under(rlim_t limit) {
  const std::string script =
      "ulimit -n " + std::to_string(limit) + " && exec strace -f -qq -e trace=close \"$@\"";
  // Whoever is traced cannot look for leaks.
  const cli::Result result = sockls(
      {"-tl", "-H"}, {.environment = {"ASAN_OPTIONS=detect_leaks=0"}, .wrapper = {"sh", "-c", script, "sh"}});
  INFO(result.err.substr(0, 400));
  CHECK(result.status == 0);
  const auto lines = cli::lines(result.err);
  return std::count_if(lines.begin(), lines.end(),
                       [](const std::string& line) { return line.find("close(") != std::string::npos; });
}

}  // namespace

TEST_CASE("a state is understood in every spelling, bare or after state, in a filter or as an option") {
  const cli::Listener listener;
  const std::string row = std::to_string(listener.port()) + "\n";
  for (const std::string word : {"listen", "listening", "LISTEN", "state listen", "state listening"}) {
    const cli::Result result = sockls({"-tHn", "--columns=lport", word, "and", listener.filter()});
    INFO(word);
    CHECK(result.status == 0);
    CHECK(result.out == row);
  }
  for (const std::string word : {"listen", "listening", "LISTEN"})
    CHECK(sockls({"-tHn", "--columns=lport", "--state", word, listener.filter()}).out == row);
}

TEST_CASE("sport is the port here and dport that of the other end") {
  const cli::Listener listener;
  const std::string port = std::to_string(listener.port());
  CHECK(sockls({"-q", "listening and sport = " + port}).status == 0);
  CHECK(sockls({"-q", "listening and dport = " + port}).status == 1);
  CHECK(sockls({"-q", "listening and local_port = " + port}).status == 0);
  CHECK(sockls({"-q", "listening and port " + port}).status == 0);
}

TEST_CASE("-B lists what is bound and inactive, and nothing that listens") {
  const cli::Listener listener;
  const cli::Result result = sockls({"-BHn", "--columns=state", listener.filter()});
  CHECK(result.status == 0);
  CHECK(result.out.empty());
  CHECK(sockls({"-B", "-l"}).status == 2);
}

TEST_CASE("a high limit of open files costs nothing") {
  constexpr rlim_t Low = 256;
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlim_t high = std::min<rlim_t>(limit.rlim_max, 1'000'000);
  if (high < 4 * Low) SKIP_OUT_LOUD("the limit of open files is too low to tell");
  if (cli::command({"strace", "-qq", "-o", "/dev/null", "true"}).status != 0)
    SKIP_OUT_LOUD("strace is not installed, or may not trace");
  const std::ptrdiff_t few = closes_under(Low);
  CHECK(few > 0);
  // One for each possible descriptor would be hundreds more.
  CHECK(closes_under(high) < few + 200);
}

}  // namespace habits_test
