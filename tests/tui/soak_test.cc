// Left open for long, with connections that come and go.
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"
#include "tests/tui/terminal.h"

namespace tui::test::soak_test {
namespace {

using namespace std::chrono_literals;
using namespace sockutils::test;
using sockutils::UniqueFd;

/// Ten minutes, unless the variable says how many seconds; no value: it is not the long run.
std::optional<std::chrono::seconds> soak_time() {
  const char* const word = std::getenv("SOCKUTILS_TEST_LONG");
  if (word == nullptr) return std::nullopt;
  const long seconds = std::strtol(word, nullptr, 10);
  return std::chrono::seconds(seconds > 1 ? seconds : 600);
}

/// Kilobytes that a process has in memory.
long resident(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  return 0;
}

/// Connections that are made and closed at once, a thousand a second and no more.
class Churn {
 public:
  Churn() : thread_([this] { run(); }) {}
  ~Churn() {
    done_ = true;
    thread_.join();
  }
  Churn(const Churn&) = delete;
  Churn& operator=(const Churn&) = delete;
  std::size_t made() const { return made_; }

 private:
  void run() {
    const UniqueFd listener = make_tcp_listener(AF_INET, 128);
    const std::uint16_t port = SocketAddress::local_of(listener.get()).port();
    auto next = std::chrono::steady_clock::now();
    while (!done_) {
      for (int i = 0; i < 10; ++i, ++made_) {
        const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
        // A reset leaves nothing in TIME_WAIT, of which the ports would be used up in half a minute.
        set_option(client, SOL_SOCKET, SO_LINGER, linger{1, 0});
        connect_to(client, loopback(AF_INET, port));
        const UniqueFd server(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        send_text(client, "hello");
      }
      next += 10ms;
      std::this_thread::sleep_until(next);
    }
  }

  std::atomic<bool> done_ = false;
  std::atomic<std::size_t> made_ = 0;
  std::thread thread_;
};

TEST_CASE("memory stays what it is while a thousand connections come and go each second") {
  const auto time = soak_time();
  if (!time) SKIP_OUT_LOUD("takes ten minutes: ./dev test --long");
  REQUIRE_PRIVATE_NETWORK();
  const Churn churn;
  Terminal terminal({});
  REQUIRE(terminal.shows("opened"));
  terminal.read_for(*time / 4);
  const long early = resident(terminal.pid());
  terminal.read_for(*time * 3 / 4);
  const long late = resident(terminal.pid());
  CAPTURE(churn.made(), early, late);
  WARN("resident after a quarter of the time: " << early << " KiB, at the end: " << late
                                                << " KiB, connections: " << churn.made());
  CHECK(early > 0);
  CHECK(late < early + early / 10 + 2048);
  terminal.press("q");
  CHECK(terminal.end() == 0);
}

}  // namespace
}  // namespace tui::test::soak_test
