// --watch, --follow and -E.

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "cli/program.h"
#include "support/catch.h"

using Catch::Matchers::Contains;
using cli::sockls;
namespace watch_test {

using namespace std::chrono_literals;

namespace {

/// Has a listener take one connection after another while it lives.
class Toucher {
 public:
  explicit Toucher(const cli::Listener& listener)
      : thread_([this, &listener] {
          while (!stop_ && listener.take_a_connection()) std::this_thread::sleep_for(20ms);
        }) {}
  ~Toucher() {
    stop_ = true;
    thread_.join();
  }
  Toucher(const Toucher&) = delete;
  Toucher& operator=(const Toucher&) = delete;

 private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

/// Waits until a program that reports openings as JSON lines does so: it follows by then.
void wait_until_it_follows(cli::Program& following) {
  using namespace std::chrono_literals;
  constexpr std::string_view Opened = "\"opened\"";
  for (int i = 0; i < 100; ++i) {
    const cli::Listener canary;
    if (following.read_until(std::string(Opened), 250ms).find(Opened) != std::string::npos) return;
  }
}

/// Ends it as Ctrl-C does.
cli::Result interrupt(cli::Program& program) {
  ::kill(program.pid(), SIGINT);
  return program.finish();
}

}  // namespace

TEST_CASE("in a pipe each round of a watch is a block under a line with the time") {
  const cli::Listener listener;
  const cli::Result result =
      sockls({"--watch=0.1", "--count=3", "--columns=lport", "-tl", listener.filter()});
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  const auto lines = cli::lines(result.out);
  REQUIRE(lines.size() == 9);
  for (std::size_t round = 0; round < 9; round += 3) {
    CHECK_THAT(lines[round], Contains("Z  1 socket  port "));
    CHECK_THAT(lines[round + 1], Contains("LPORT"));
    CHECK_THAT(lines[round + 2], Contains(std::to_string(listener.port())));
  }
  CHECK(result.out.find('\x1b') == std::string::npos);
}

TEST_CASE("a watch marks what comes and what goes") {
  const cli::Listener first;
  cli::Program watching({"--watch=0.2", "--for=60", "--jsonl", "--columns=lport", "-tl"});
  watching.read_until("\n");
  std::string row;
  {
    const cli::Listener second;
    row = "\"local_port\":" + std::to_string(second.port()) + "}";
    watching.read_until("\"change\":\"same\"," + row);
  }
  watching.read_until("\"change\":\"gone\"," + row);
  const cli::Result result = interrupt(watching);
  CHECK(result.status == 0);
  CHECK(count(result.out, "\"change\":\"new\"," + row) == 1);
  CHECK(count(result.out, "\"change\":\"gone\"," + row) == 1);
  CHECK(count(result.out, "\"change\":\"same\"," + row) >= 1);
  CHECK(count(result.out, "{\"time\":\"20") == count(result.out, "\n"));
}

TEST_CASE("on a terminal a watch stays in place, and Ctrl-C gives the terminal back") {
  const cli::Listener listener;
  cli::Program watching({"--watch=0.1", "-tl"}, {.terminal_width = 80});
  watching.read_until([](const std::string& text) { return count(text, "\x1b[H") >= 2; });
  const cli::Result result = interrupt(watching);
  CHECK(result.status == 0);
  CHECK(result.out.starts_with("\x1b[?1049h\x1b[?25l\x1b[H"));
  CHECK(result.out.ends_with("\x1b[?25h\x1b[?1049l"));
  CHECK(count(result.out, "\x1b[H") >= 2);
  CHECK(count(result.out, "\x1b[2J") == 0);
}

TEST_CASE("a terminal that can only add lines gets blocks") {
  const cli::Listener listener;
  const cli::Result result = sockls({"--watch=0.1", "--count=2", "-tl", listener.filter()},
                                    {.environment = {"TERM=dumb"}, .terminal_width = 80});
  CHECK(result.status == 0);
  CHECK(result.out.find('\x1b') == std::string::npos);
  CHECK(count(result.out, "1 socket") == 2);
}

TEST_CASE("a watch as a JSON document is complete when it ends") {
  const cli::Listener listener;
  const cli::Result result =
      sockls({"--watch=0.1", "--count=2", "--json", "--columns=lport", "-tl", listener.filter()});
  CHECK(result.status == 0);
  CHECK(result.out.starts_with("{\"sockets\": ["));
  CHECK(result.out.ends_with("\"warnings\": []}\n"));
  CHECK(count(result.out, "\"change\":\"same\"") == 2);
}

TEST_CASE("an interval outside of its range is an error that names the range") {
  for (const std::string option : {"--watch", "--follow"}) {
    for (const std::string value : {"0", "-1", "1e9", "nan", "soon", "1s", "0.01"}) {
      std::string word = option;
      (word += '=') += value;
      const cli::Result result = sockls({word});
      INFO(option << value);
      CHECK(result.status == 2);
      CHECK_THAT(result.err, Contains("0.1 to 86400") && Contains(value));
      CHECK(result.out.empty());
    }
  }
  CHECK(sockls({"--watch="}).status == 2);
}

TEST_CASE("options that do not go together are an error") {
  const std::vector<std::vector<std::string>> wrong{{"--watch", "--follow"},
                                                    {"-E", "--kill", "port 1"},
                                                    {"--watch", "-q"},
                                                    {"--follow", "--wait"},
                                                    {"--follow", "--sort=pid"},
                                                    {"--follow", "--unbound"},
                                                    {"--for=1"},
                                                    {"--count=1"},
                                                    {"--watch", "--count=0"},
                                                    {"--watch", "--count=-1"},
                                                    {"--watch", "--for=0"},
                                                    {"--watch", "--for=x"},
                                                    {"--yes"},
                                                    {"--watch", "--yes"},
                                                    {"--kill", "--watch", "port 1"}};
  for (const auto& words : wrong) {
    const cli::Result result = sockls(words);
    INFO(words.front() << " " << words.back());
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK_FALSE(result.err.empty());
  }
}

TEST_CASE("a namespace that is not there cannot be followed") {
  for (const std::string option : {"--follow", "-E"})
    CHECK(sockls({option, "-N", "no such", "--for=1"}).status == 2);
}

TEST_CASE("following tells what opens and closes, with time and owner") {
  cli::Program following({"--follow=0.2", "--for=60", "-t", "--jsonl"});
  wait_until_it_follows(following);
  std::string port;
  {
    const cli::Listener listener;
    port = "\"local_port\":" + std::to_string(listener.port()) + ",";
    following.read_until(port);
  }
  following.read_until([&](const std::string& text) { return count(text, port) == 2; });
  const cli::Result result = interrupt(following);
  CHECK(result.status == 0);
  std::vector<std::string> events;
  for (const std::string& line : cli::lines(result.out))
    if (line.find(port) != std::string::npos) events.push_back(line);
  REQUIRE(events.size() == 2);
  CHECK_THAT(events[0], Contains("{\"time\":\"20") && Contains("\"event\":\"opened\""));
  CHECK_THAT(events[1], Contains("\"event\":\"closed\"") && Contains("\"previous_state\":\"listen\"") &&
                            Contains("\"seen\":"));
  for (const std::string& event : events)
    CHECK_THAT(event, Contains("\"pid\":" + std::to_string(::getpid())));
}

TEST_CASE("-E tells closings only, those of the shortest connections too") {
  const cli::Listener listener;
  cli::Program following(
      {"-E", "--for=60", "-t", "--csv", "--columns=peer_port", "dport = " + std::to_string(listener.port())});
  following.read_until("\n");
  for (int i = 0; i < 5; ++i) CHECK(listener.take_a_connection());
  following.read_until([](const std::string& text) { return count(text, "\n") >= 6; });
  const cli::Result result = interrupt(following);
  const auto lines = cli::lines(result.out);
  CHECK(lines.size() == 6);
  for (std::size_t i = 1; i < lines.size(); ++i) CHECK_THAT(lines[i], Contains(",closed,"));
}

TEST_CASE("following ends after so many events, and a reader that goes away ends it silently") {
  const cli::Listener listener;
  const Toucher toucher(listener);
  const std::string filter = "dport = " + std::to_string(listener.port());
  const cli::Result counted = sockls({"--follow", "--count=2", "-t", "-H", filter});
  CHECK(counted.status == 0);
  CHECK(cli::lines(counted.out).size() == 2);

  const cli::Result headed =
      sockls({"--follow", "-t", filter},
             {.wrapper = {"bash", "-c", "\"$@\" | head -1; echo \"${PIPESTATUS[0]}\"", "bash"}});
  const auto lines = cli::lines(headed.out);
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], Contains("EVENT"));
  CHECK(lines[1] == "141");
  CHECK(headed.err.empty());
}

TEST_CASE("what is to say of an event are columns as any others") {
  const cli::Result fields = sockls({"--follow", "--list-fields", "--jsonl"});
  CHECK_THAT(fields.out, Contains("{\"name\":\"previous_state\"") && Contains("{\"name\":\"tcp_rtt\""));
  CHECK_THAT(sockls({"--columns", "event,local"}).err, Contains("unknown field 'event'"));
  const cli::Result events = sockls({"--follow", "--for=0.2", "--csv", "--columns", "time,event,local"});
  CHECK(events.status == 0);
  CHECK_THAT(events.out, Catch::Matchers::StartsWith("time,event,local\r\n"));
}

TEST_CASE("Ctrl-C ends following as if the time were over") {
  const cli::Listener listener;
  cli::Program following({"--follow", "-t", "--json", listener.filter()});
  following.read_until("[");
  const cli::Result result = interrupt(following);
  CHECK(result.status == 0);
  CHECK(result.out == "{\"events\": [], \"warnings\": []}\n");
}

TEST_CASE("without the kernel's word closings come from comparing snapshots") {
  cli::Program following({"--follow=0.2", "--for=60", "-t", "--source=proc", "--jsonl", "--columns=lport"});
  wait_until_it_follows(following);
  std::string port;
  {
    const cli::Listener listener;
    port = "\"local_port\":" + std::to_string(listener.port()) + "}";
    following.read_until(port);
  }
  following.read_until([&](const std::string& text) { return count(text, port) == 2; });
  const cli::Result result = interrupt(following);
  CHECK(result.status == 0);
  CHECK(count(result.out, port) == 2);
  CHECK_THAT(result.out, Contains("\"event\":\"closed\"") && Contains("\"from_kernel\":false," + port));
}

TEST_CASE("a process name cannot act on the terminal through a line of events") {
  cli::Program following({"--follow=0.2", "--for=60", "-t"},
                         {.environment = {"LANG=C"}, .terminal_width = 200});
  following.read_until("EVENT");
  std::array<char, 16> before{};
  ::prctl(PR_GET_NAME, before.data());
  ::prctl(PR_SET_NAME, "\x1b[31mevil");
  {
    const cli::Listener listener;
    following.read_until("evil");
  }
  ::prctl(PR_SET_NAME, before.data());
  const cli::Result result = interrupt(following);
  CHECK_THAT(result.out, Contains("\\x1b[31mevil"));
  CHECK(result.out.find("\x1b[31m") == std::string::npos);
}

}  // namespace watch_test
