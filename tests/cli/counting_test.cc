// Counting instead of listing: groups, summaries, limits, and filters from files.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <rapidjson/document.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>

#include "cli/program.h"
#include "support/catch.h"

using Catch::Matchers::Contains;
using cli::sockls;

namespace counting_test {
namespace {

rapidjson::Document parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str(), text.size());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

/// Connections to a listener, which never accepts them.
class Connections {
 public:
  Connections(const cli::Listener& listener, std::size_t count) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(listener.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (std::size_t i = 0; i < count; ++i) {
      fds_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      REQUIRE(::connect(fds_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
  }
  ~Connections() {
    for (const int fd : fds_) ::close(fd);
  }
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

 private:
  std::vector<int> fds_;
};

class FilterFile {
 public:
  explicit FilterFile(const std::string& text) {
    std::array<char, 32> path{"/tmp/sockls-filter-XXXXXX"};
    const int fd = ::mkstemp(path.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    path_ = path.data();
    std::ofstream(path_) << text;
  }
  ~FilterFile() { ::unlink(path_.c_str()); }
  FilterFile(const FilterFile&) = delete;
  FilterFile& operator=(const FilterFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("sockets are counted by state and owner") {
  const cli::Listener listener;
  const Connections connections(listener, 3);
  const cli::Result result = sockls({"--json", "--group-by", "state,pid", "--aggregate",
                                     "count,max:send_queue,p50:tcp_rtt,distinct:local_port",
                                     "dport = :" + std::to_string(listener.port())});
  CHECK(result.status == 0);
  const auto document = parse(result.out);
  REQUIRE(document["groups"].Size() == 1);
  const auto& group = document["groups"][0];
  CHECK(std::string(group["state"].GetString()) == "established");
  CHECK(group["pid"].GetInt() == ::getpid());
  CHECK(group["count"].GetInt() == 3);
  CHECK(group["max_send_queue"].GetInt() == 0);
  CHECK(group["distinct_local_port"].GetInt() == 3);
  CHECK(group["p50_tcp_rtt"].GetInt() > 0);
}

TEST_CASE("groups are sorted by their columns, and cut by a limit") {
  const cli::Listener listener;
  const Connections connections(listener, 2);
  const std::vector<std::string> words{"-H", "--group-by", "state", listener.filter()};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), words.begin(), words.end());
    return cli::lines(sockls(more).out);
  };
  const auto usual = with({});
  REQUIRE(usual.size() == 2);
  CHECK_THAT(usual[0], Contains("ESTAB") && Contains("4"));
  CHECK_THAT(usual[1], Contains("LISTEN") && Contains("1"));
  CHECK_THAT(with({"--sort", "count"})[0], Contains("LISTEN"));
  CHECK(with({"--limit", "1"}).size() == 1);
  CHECK(with({"--csv", "--sort", "-state"}) == std::vector<std::string>{"listen,1\r", "established,4\r"});
}

TEST_CASE("all sockets are one group when nothing is named to group by") {
  const cli::Result result =
      sockls({"--csv", "--aggregate", "count,sum:recv_queue", "state listen and port 1"});
  CHECK(result.status == 0);
  CHECK(result.out == "count,sum_recv_queue\r\n0,\r\n");
}

TEST_CASE("counting sockets honours --quiet and --wait") {
  const cli::Listener listener;
  CHECK(sockls({"-q", "--group-by", "state", listener.filter()}).out.empty());
  const cli::Result found = sockls({"--wait=5", "-H", "--group-by", "state", listener.filter()});
  CHECK(found.status == 0);
  CHECK_THAT(found.out, Contains("LISTEN"));
  CHECK(
      sockls({"--wait=0", "--group-by", "state", "port 1 and state listen and recv_queue > 99999"}).status ==
      1);
}

TEST_CASE("a summary counts what a filter leaves") {
  const cli::Listener listener;
  const Connections connections(listener, 4);
  const cli::Result result = sockls({"-s", "--json", listener.filter()});
  CHECK(result.status == 0);
  const auto document = parse(result.out);
  const auto& summary = document["summary"];
  for (const auto& row : summary["states"].GetArray()) {
    CHECK(std::string(row["protocol"].GetString()) == "tcp");
    CHECK(row["count"].GetInt() == (std::string(row["state"].GetString()) == "listen" ? 1 : 8));
  }
  CHECK(summary["states"].Size() == 2);
  REQUIRE(summary["listeners"].Size() == 1);
  CHECK(summary["listeners"][0]["recv_queue"].GetInt() == 4);
  CHECK(summary["listeners"][0]["pid"].GetInt() == ::getpid());
  REQUIRE(summary["destinations"].Size() == 1);
  CHECK(summary["destinations"][0]["peer_port"].GetInt() == listener.port());
  CHECK(summary["destinations"][0]["ports"].GetInt() == 4);
  REQUIRE(summary["memory"].Size() >= 2);
  CHECK(std::string(summary["memory"][0]["name"].GetString()) == "tcp");
  CHECK(document["warnings"].IsArray());
}

TEST_CASE("a summary is readable on a terminal of 80 columns") {
  const cli::Listener listener;
  const cli::Result result = sockls({"-s"}, {.environment = {"NO_COLOR=1"}, .terminal_width = 80});
  CHECK(result.status == 0);
  CHECK_THAT(result.out, Contains("Sockets: ") && Contains("Listeners") && Contains("LIMIT"));
  for (const std::string& line : cli::lines(result.out)) CHECK(line.size() <= 81);
}

TEST_CASE("a summary without processes does not name any") {
  const cli::Listener listener;
  CHECK_THAT(sockls({"-s", "-n"}).out, !Contains("Processes"));
  CHECK_THAT(sockls({"-s"}).out, Contains("Processes with most sockets"));
}

TEST_CASE("a limit ends a listing, with an order or without") {
  const cli::Listener listener;
  const Connections connections(listener, 3);
  // Others may have had the port before, and their sockets may still be closing.
  const std::string filter = "state = established and dport = :" + std::to_string(listener.port());
  const auto ports = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"-n", "-H", "--columns", "local_port", filter});
    const cli::Result result = sockls(words);
    CHECK(result.status == 0);
    CHECK(result.err.empty());
    return cli::lines(result.out);
  };
  const auto all = ports({"--sort", "-local_port"});
  REQUIRE(all.size() == 3);
  CHECK(ports({"--sort", "-local_port", "--limit", "2"}) == std::vector<std::string>{all[0], all[1]});
  CHECK(ports({"--limit", "1"}).size() == 1);
  CHECK(ports({"--limit", "99"}).size() == 3);
}

TEST_CASE("-O changes nothing: a socket is a line") {
  const cli::Listener listener;
  CHECK(sockls({"-O", "-n", listener.filter()}).out == sockls({"-n", listener.filter()}).out);
}

TEST_CASE("a socket is shown as a block of lines") {
  const cli::Listener listener;
  const cli::Result result = sockls({"--vertical", listener.filter()});
  CHECK(result.status == 0);
  CHECK_THAT(result.out, Contains("\n  state:") && Contains("LISTEN\n") && Contains("\nprocess\n") &&
                             Contains("127.0.0.1:" + std::to_string(listener.port()) + "\n"));
  CHECK(sockls({"--vertical", "--columns", "protocol,state", listener.filter()}).out ==
        "protocol: tcp\nstate:    LISTEN\n");
}

TEST_CASE("a filter is read from a file, and holds together with that of the command line") {
  const cli::Listener listener;
  const Connections connections(listener, 1);
  const FilterFile file("# what was seen\nport " + std::to_string(listener.port()) + "\n");
  CHECK(cli::lines(sockls({"-n", "-H", "-F", file.path()}).out).size() == 3);
  CHECK(cli::lines(sockls({"-n", "-H", "-F", file.path(), "listening"}).out).size() == 1);
}

TEST_CASE("a filter file that is wrong is refused, with the place") {
  const FilterFile file("listening\nand prt = 5\n");
  const cli::Result result = sockls({"-F", file.path()});
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains(file.path() + ":2: ") && Contains("\n  and prt = 5\n      ^~~"));
  CHECK(sockls({"-F", "/nonexistent/filter"}).status == 2);
}

}  // namespace counting_test
