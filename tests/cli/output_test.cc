// Where the output goes, and what happens when it cannot.

#include <array>
#include <csignal>

#include "cli/program.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

using Catch::Matchers::Contains;
using cli::sockls;

namespace output_test {
namespace {

using namespace sockutils::test;

std::size_t widest(const std::string& text) {
  std::size_t width = 0;
  for (const std::string& line : cli::lines(text)) width = std::max(width, sockutils::display_width(line));
  return width;
}

bool has_colours(const std::string& text) { return text.find('\x1b') != std::string::npos; }

}  // namespace

TEST_CASE("a reader that goes away ends the program without a word") {
  const cli::Result result = sockls({"--list-fields"}, {.output_unread = true});
  CHECK(result.status == -SIGPIPE);
  CHECK(result.err.empty());
}

TEST_CASE("a reader that goes away ends the program also where SIGPIPE is ignored") {
  const std::vector<std::string> wrapper{"sh", "-c", "trap '' PIPE; exec \"$@\"", "sh"};
  const cli::Result result = sockls({"-a"}, {.output_unread = true, .wrapper = wrapper});
  CHECK(result.status == -SIGPIPE);
  CHECK(result.err.empty());
}

TEST_CASE("a full disk is an error") {
  for (const char* option : {"-a", "--json", "--jsonl", "--csv", "--list-fields", "--help", "--version"}) {
    const cli::Result result = sockls({"-a", option}, {.output_file = "/dev/full"});
    INFO(option);
    CHECK(result.status == 3);
    CHECK_THAT(result.err, Contains("sockls: write standard output: No space left on device"));
  }
}

TEST_CASE("a closed standard output is an error, and no socket takes its place") {
  const cli::Result result = sockls({"-a"}, {.output_closed = true});
  CHECK(result.status == 3);
  CHECK_THAT(result.err, Contains("write standard output"));
}

TEST_CASE("a table fits its terminal") {
  const cli::Listener listener;
  for (const unsigned short width : std::array<unsigned short, 5>{10, 40, 80, 120, 200}) {
    const cli::Result result = sockls({"-a"}, {.terminal_width = width});
    INFO("width " << width);
    CHECK(result.status == 0);
    std::string plain;
    for (std::size_t i = 0; i < result.out.size(); ++i) {
      result.out[i] == '\x1b' ? static_cast<void>(i = result.out.find('m', i))
                              : plain.push_back(result.out[i]);
    }
    CHECK(widest(plain) <= width);
    CHECK(cli::lines(plain).size() > 1);
  }
}

TEST_CASE("COLUMNS counts on a terminal, and nothing is cut in a pipe") {
  const cli::Surroundings narrow{.environment = {"COLUMNS=50"}, .terminal_width = 120};
  CHECK(widest(sockls({"-a", "--color=never"}, narrow).out) <= 50);
  CHECK(widest(sockls({"-a"}, {.environment = {"COLUMNS=20"}}).out) > 20);
}

TEST_CASE("columns that were asked for and found no room are named") {
  REQUIRE_PRIVATE_NETWORK();
  const sockutils::UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const cli::Result result = sockls({"-tn", "--columns=+rtt,+cwnd,+mss"}, {.terminal_width = 16});
  CHECK(result.status == 0);
  CHECK_THAT(result.err, Contains("no room for") && Contains("tcp_snd_mss"));
  CHECK(sockls({"-tn", "--columns=+rtt"}).err.empty());
}

TEST_CASE("colours are for terminals that want them") {
  CHECK(has_colours(sockls({"-a"}, {.terminal_width = 80}).out));
  CHECK_FALSE(has_colours(sockls({"-a"}).out));
  CHECK_FALSE(has_colours(sockls({"-a", "--color=never"}, {.terminal_width = 80}).out));
  CHECK_FALSE(has_colours(sockls({"-a"}, {.environment = {"NO_COLOR=1"}, .terminal_width = 80}).out));
  CHECK(has_colours(sockls({"-a"}, {.environment = {"NO_COLOR="}, .terminal_width = 80}).out));
  CHECK_FALSE(has_colours(sockls({"-a"}, {.environment = {"TERM=dumb"}, .terminal_width = 80}).out));
}

TEST_CASE("colours can be had everywhere") {
  CHECK(has_colours(sockls({"-a", "--color=always"}).out));
  CHECK(has_colours(sockls({"-a", "--color=always"}, {.environment = {"NO_COLOR=1"}}).out));
}

TEST_CASE("marks for cut text are ASCII where the locale is") {
  const cli::Listener listener;
  const std::vector<std::string> arguments{"-t", "--columns=executable,local", listener.filter()};
  const cli::Surroundings ascii{.environment = {"LC_ALL=C"}, .terminal_width = 20};
  const cli::Surroundings utf8{.environment = {"LC_ALL=de_DE.UTF-8"}, .terminal_width = 20};
  CHECK_THAT(sockls(arguments, ascii).out, Contains("~"));
  CHECK_THAT(sockls(arguments, utf8).out, Contains("…"));
}

}  // namespace output_test
