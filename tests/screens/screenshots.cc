// Makes the pictures of the README: the monitor on a scene with real traffic, in network namespaces of its
// own.
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/child.h"
#include "support/namespace.h"
#include "support/slow_link.h"
#include "support/sockets.h"
#include "tests/screens/svg.h"
#include "tests/tui/terminal.h"

namespace screens {
namespace {

using namespace std::chrono_literals;
using namespace sockutils::test;
using sockutils::UniqueFd;
using tui::test::Terminal;

constexpr unsigned short Columns = 120;
constexpr unsigned short Rows = 30;

/// Of the machine, of hosts near by, and of one behind a long line that loses packets.
constexpr const char* Machine = "192.0.2.7";
constexpr const char* MachineFarOff = "10.9.0.1";
constexpr const char* Office = "198.51.100.4";
constexpr const char* Phone = "198.51.100.23";
constexpr const char* Crawler = "203.0.113.80";
constexpr const char* FarOff = "10.9.0.2";

void must(bool worked, const std::string& what) {
  if (!worked) throw std::runtime_error("cannot " + what);
}

void enter_network_of(pid_t pid) {
  const UniqueFd space(
      checked(::open(("/proc/" + std::to_string(pid) + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC), "open"));
  checked(::setns(space.get(), CLONE_NEWNET), "setns");
}

UniqueFd listener_on(const SocketAddress& address, int backlog = 128) {
  UniqueFd fd = make_socket(address.family(), SOCK_STREAM);
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  bind_to(fd, address);
  listen_on(fd, backlog);
  return fd;
}

UniqueFd connected(const SocketAddress& from, const SocketAddress& to) {
  UniqueFd fd = make_socket(to.family(), SOCK_STREAM);
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  bind_to(fd, from);
  connect_to(fd, to);
  return fd;
}

/// Until the process is ended: about so many bytes each time, now more, now less.
void send_for_ever(const UniqueFd& fd, std::size_t bytes, std::chrono::milliseconds pause) {
  const std::string text(2 * bytes, 'x');
  const auto begin = std::chrono::steady_clock::now();
  for (;;) {
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - begin;
    const double part = 1 + 0.45 * std::sin(since.count() * 0.9) + 0.3 * std::sin(since.count() * 2.3);
    const auto size = std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(bytes) * part));
    if (::send(fd.get(), text.data(), size, MSG_NOSIGNAL) < 0) return;
    std::this_thread::sleep_for(pause);
  }
}

void read_for_ever(const UniqueFd& fd, std::size_t piece = 1 << 20, std::chrono::milliseconds pause = 0ms) {
  std::string buffer(piece, '\0');
  while (::read(fd.get(), buffer.data(), buffer.size()) > 0) std::this_thread::sleep_for(pause);
}

/// Each on a thread that lasts as long as its process.
template <class Work>
void beside(Work work) {
  std::thread(std::move(work)).detach();
}

/// The processes of the scene.
class Cast {
 public:
  /// On the machine, with the name that it shows.
  void play(const char* name, const Child::Body& begin, const Child::Body& then) {
    players_.push_back(std::make_unique<Child>(
        [name, begin] {
          ::prctl(PR_SET_NAME, name);
          begin();
        },
        then));
  }
  /// On other hosts, all of which are in the network of this process.
  void play_elsewhere(pid_t network, const Child::Body& body) {
    players_.push_back(std::make_unique<Child>([network] { enter_network_of(network); }, body));
  }

 private:
  std::vector<std::unique_ptr<Child>> players_;
};

/// A web server: quick to the office, held up by a phone that reads slowly, and short answers to a crawler.
void add_web_server(Cast& cast, pid_t elsewhere) {
  static UniqueFd secure;
  static UniqueFd plain;
  cast.play(
      "nginx",
      [] {
        secure = listener_on(SocketAddress::v4("0.0.0.0", 443), 511);
        plain = listener_on(SocketAddress::v4("0.0.0.0", 80), 511);
      },
      [] {
        beside([] {
          for (;;) {
            const UniqueFd guest(::accept4(plain.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!guest) return;
            send_text(guest, std::string(20'000, 'x'));
          }
        });
        for (;;) {
          UniqueFd guest(::accept4(secure.get(), nullptr, nullptr, SOCK_CLOEXEC));
          if (!guest) return;
          beside([guest = std::make_shared<UniqueFd>(std::move(guest))] {
            const bool office = SocketAddress::peer_of(guest->get())->host() == Office;
            send_for_ever(*guest, office ? 180'000 : 65'536, office ? 50ms : 10ms);
          });
        }
      });
  cast.play_elsewhere(elsewhere, [] {
    beside([] {
      const auto fd = connected(SocketAddress::v4(Office, 51532), SocketAddress::v4(Machine, 443));
      read_for_ever(fd);
    });
    beside([] {
      const auto fd = connected(SocketAddress::v4(Phone, 40118), SocketAddress::v4(Machine, 443));
      set_option(fd, SOL_SOCKET, SO_RCVBUF, 32'768);
      read_for_ever(fd, 12'000, 300ms);
    });
    for (std::uint16_t port = 33'012;; ++port) {
      const auto fd = connected(SocketAddress::v4(Crawler, port), SocketAddress::v4(Machine, 80));
      read_for_ever(fd);
      std::this_thread::sleep_for(700ms);
    }
  });
}

/// A copy of everything over a long line that loses packets.
void add_backup(Cast& cast, pid_t elsewhere) {
  static UniqueFd vault;
  cast.play_elsewhere(elsewhere, [] {
    vault = listener_on(SocketAddress::v4(FarOff, 873));
    const UniqueFd guest(::accept4(vault.get(), nullptr, nullptr, SOCK_CLOEXEC));
    read_for_ever(guest);
  });
  cast.play(
      "rsync", [] {},
      [] {
        std::this_thread::sleep_for(300ms);
        const auto fd = connected(SocketAddress::v4(MachineFarOff, 45210), SocketAddress::v4(FarOff, 873));
        send_for_ever(fd, 65'536, 5ms);
      });
}

/// An application that asks a database, and one that does not accept what waits for it.
void add_applications(Cast& cast, pid_t elsewhere) {
  static UniqueFd database;
  static UniqueFd door;
  static UniqueFd cache;
  cast.play(
      "postgres", [] { database = listener_on(SocketAddress::v4("127.0.0.1", 5432), 200); },
      [] {
        const UniqueFd guest(::accept4(database.get(), nullptr, nullptr, SOCK_CLOEXEC));
        beside([&guest] { send_for_ever(guest, 9'000, 20ms); });
        read_for_ever(guest);
      });
  cast.play(
      "api-server", [] {},
      [] {
        const auto fd =
            connected(SocketAddress::v4("127.0.0.1", 38204), SocketAddress::v4("127.0.0.1", 5432));
        beside([&fd] { send_for_ever(fd, 700, 20ms); });
        read_for_ever(fd);
      });
  static UniqueFd numbers;
  cast.play(
      "node_exporter", [] { numbers = listener_on(SocketAddress::v6("::", 9100)); }, [] {});
  cast.play(
      "redis-server", [] { cache = listener_on(SocketAddress::v4("127.0.0.1", 6379), 511); }, [] {});
  cast.play(
      "gunicorn", [] { door = listener_on(SocketAddress::v4("0.0.0.0", 8000), 5); }, [] {});
  cast.play_elsewhere(elsewhere, [] {
    std::vector<UniqueFd> waiting;
    for (std::uint16_t port = 60'100; port < 60'104; ++port)
      waiting.push_back(connected(SocketAddress::v4(Office, port), SocketAddress::v4(Machine, 8000)));
    for (;;) ::pause();
  });
}

/// Somebody who is logged in, and names that are asked for.
void add_services(Cast& cast, pid_t elsewhere) {
  static UniqueFd shell;
  static UniqueFd names;
  cast.play(
      "sshd", [] { shell = listener_on(SocketAddress::v4("0.0.0.0", 22)); },
      [] {
        const UniqueFd guest(::accept4(shell.get(), nullptr, nullptr, SOCK_CLOEXEC));
        beside([&guest] { send_for_ever(guest, 120, 150ms); });
        read_for_ever(guest);
      });
  cast.play(
      "dnsmasq",
      [] {
        names = make_socket(AF_INET, SOCK_DGRAM);
        bind_to(names, SocketAddress::v4("0.0.0.0", 53));
      },
      [] {
        std::array<char, 512> question{};
        for (;;) {
          sockaddr_in from{};
          socklen_t size = sizeof from;
          auto* const address = reinterpret_cast<sockaddr*>(&from);
          if (::recvfrom(names.get(), question.data(), question.size(), 0, address, &size) < 0) return;
          ::sendto(names.get(), question.data(), 180, 0, address, size);
        }
      });
  cast.play_elsewhere(elsewhere, [] {
    beside([] {
      const auto fd = connected(SocketAddress::v4(Office, 49962), SocketAddress::v4(Machine, 22));
      beside([&fd] { send_for_ever(fd, 40, 200ms); });
      read_for_ever(fd);
    });
    const UniqueFd asker = make_socket(AF_INET, SOCK_DGRAM);
    bind_to(asker, SocketAddress::v4(Office, 40'000));
    connect_to(asker, SocketAddress::v4(Machine, 53));
    std::string answer(512, '\0');
    for (;;) {
      send_text(asker, std::string(46, 'q'));
      static_cast<void>(::recv(asker.get(), answer.data(), answer.size(), MSG_DONTWAIT));
      std::this_thread::sleep_for(8ms);
    }
  });
}

/// A terminal that tells faint text by striking it through, which libvterm sees and faint it does not.
std::string dim_terminal(const TemporaryFolder& folder) {
  must(std::system(("infocmp -x xterm-256color | sed -e 's/dim=\\\\E\\[2m/dim=\\\\E[9m/' -e 's/;2%;/;9%;/' "
                    "| tic -x -o " +
                    folder.path() + " -")
                       .c_str()) == 0,
       "make a description of the terminal: infocmp and tic are of ncurses");
  return "TERMINFO=" + folder.path();
}

void save(const Terminal& terminal, const std::string& path, const std::string& title, unsigned short rows) {
  const Picture picture{.columns = Columns, .rows = rows, .title = title};
  const std::string text =
      svg_of(picture, [&](std::size_t column, std::size_t row) { return terminal.cell(column, row); });
  std::ofstream file(path, std::ios::binary);
  must(static_cast<bool>(file << text), "write " + path);
  std::printf("%s: %zu bytes\n", path.c_str(), text.size());
}

/// A screen of its own, looked at for some time, and after these keys.
void shoot(const std::vector<std::string>& arguments, const std::string& keys, const std::string& name,
           const std::string& folder, unsigned short rows = Rows) {
  const TemporaryFolder terminfo;
  Terminal terminal(
      arguments, {.columns = Columns, .rows = rows, .environment = {dim_terminal(terminfo), "COLORTERM="}});
  terminal.read_for(keys.empty() ? 12s : 3s);
  if (!keys.empty()) terminal.press(keys);
  if (!keys.empty()) terminal.read_for(25s);
  std::string title = "sockmon";
  for (const std::string& argument : arguments) title += ' ' + argument;
  save(terminal, folder + "/" + name + ".svg", title, rows);
  terminal.press("\x03");
  must(terminal.end() == 0, "end sockmon");
}

void connect_networks(pid_t elsewhere) {
  const std::string other = std::to_string(elsewhere);
  must(run_with_rights("ip link add eth0 type veth peer name eth0 netns " + other + " && ip addr add " +
                       Machine +
                       "/24 dev eth0 && ip link set eth0 up && ip route add 198.51.100.0/24 dev "
                       "eth0 && ip route add 203.0.113.0/24 dev eth0"),
       "make a link");
  in_network_of(elsewhere, [] {
    must(run_with_rights(std::string("ip addr add ") + Office + "/24 dev eth0 && ip addr add " + Phone +
                         "/24 dev eth0 && ip addr add " + Crawler +
                         "/24 dev eth0 && ip link set eth0 up && ip route add 192.0.2.0/24 dev eth0"),
         "give addresses to the other end");
  });
}

void make_all(const std::string& folder) {
  const std::string& refused = enter_private_network();
  must(refused.empty(), "enter a network of its own: " + refused);
  const Child elsewhere([] { enter_new_network(); });
  connect_networks(elsewhere.pid());
  const SlowLink line(::getpid(), elsewhere.pid(),
                      {.loss = 0.006, .delay = 38ms, .jitter = 0ms, .bits_per_second = 20e6});
  Cast cast;
  add_web_server(cast, elsewhere.pid());
  add_backup(cast, elsewhere.pid());
  add_applications(cast, elsewhere.pid());
  add_services(cast, elsewhere.pid());
  std::this_thread::sleep_for(1s);
  shoot({}, "", "sockets", folder);
  shoot({"process = nginx and port = 40118"}, "\r", "details", folder, 34);
  shoot({"--pane=listeners"}, "", "listeners", folder, 15);
  shoot({"--pane=processes"}, "/nginx\ro", "processes", folder, 20);
}

}  // namespace
}  // namespace screens

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "screenshots FOLDER: writes the pictures of the README there\n");
    return 2;
  }
  try {
    screens::make_all(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "screenshots: %s\n", error.what());
    return 1;
  }
  return 0;
}
