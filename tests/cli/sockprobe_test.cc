#include <rapidjson/document.h>

#include <cstdio>
#include <fstream>

#include "cli/program.h"
#include "support/catch.h"

namespace cli {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A port of 127.0.0.1 that nobody listens on.
std::string closed_port() {
  const Listener gone;
  return std::to_string(gone.port());
}

TEST_CASE("sockprobe ends with 0 when every port is open, and with 1 when one is not") {
  const Listener listener;
  const std::string open = std::to_string(listener.port());
  const std::string closed = closed_port();
  const Result all = sockprobe({"--no-identify", "127.0.0.1", open});
  CHECK(all.status == 0);
  CHECK(contains(all.out, "tcp/" + open));
  CHECK(contains(all.out, "syn-ack"));
  const Result some = sockprobe({"--no-identify", "127.0.0.1", open, closed});
  CHECK(some.status == 1);
  CHECK(contains(some.out, "closed"));
  const Result only_open = sockprobe({"--no-identify", "--open", "127.0.0.1", open, closed});
  CHECK(only_open.status == 1);
  CHECK_FALSE(contains(only_open.out, "tcp/" + closed));
}

TEST_CASE("sockprobe --json is one document with results and warnings, in the order that was asked for") {
  const Listener listener;
  const std::string closed = closed_port();
  const Result result =
      sockprobe({"--json", "--no-identify", "127.0.0.1", closed, std::to_string(listener.port())});
  rapidjson::Document document;
  document.Parse(result.out.c_str());
  REQUIRE_FALSE(document.HasParseError());
  const auto& results = document["results"];
  REQUIRE(results.Size() == 2);
  CHECK(std::to_string(results[0]["port"].GetInt()) == closed);
  CHECK(results[0]["state"] == "closed");
  CHECK(results[0]["reason"] == "reset");
  CHECK(results[1]["host"] == "127.0.0.1");
  CHECK(results[1]["address"] == "127.0.0.1");
  CHECK(results[1]["protocol"] == "tcp");
  CHECK(results[1]["port"].GetInt() == listener.port());
  CHECK(results[1]["state"] == "open");
  CHECK(results[1]["reason"] == "syn-ack");
  CHECK(results[1]["from"] == "127.0.0.1");
  CHECK(results[1]["times"].HasMember("connect"));
  CHECK(document["warnings"].Size() == 0);
}

TEST_CASE("columns, order and filter of results are those of any rows") {
  const Listener listener;
  const std::string open = std::to_string(listener.port());
  const std::string closed = closed_port();
  const std::vector<std::string> ask{"127.0.0.1", open + "," + closed, "--no-identify"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), ask.begin(), ask.end());
    return sockprobe(more);
  };
  CHECK(lines(with({"--columns=port,state", "--sort=-state", "--csv", "-H"}).out) ==
        std::vector<std::string>{open + ",open\r", closed + ",closed\r"});
  CHECK(with({"--columns=port", "--filter=state = closed", "--csv", "-H"}).out == closed + "\r\n");
  const Result last_word = with({"--jsonl", "--columns", "port", "state = closed"});
  CHECK(last_word.out == "{\"port\":" + closed + "}\n");
  CHECK(last_word.status == 1);
  CHECK(contains(with({"state = closed", "--filter", "port = 1"}).err, "either the last word or --filter"));
  CHECK(contains(with({"sport = 80"}).err, "is for sockets, and no field of results"));
  CHECK(contains(with({"--columns=certificate_isuer"}).err, "did you mean certificate_issuer?"));
  CHECK(contains(with({"--markdown", "--columns=protocol,port"}).out, "| PROTO | PORT |\n| --- | ---: |\n"));
  CHECK(contains(with({"--vertical", "--columns=state"}).out, "state: open\n"));
}

TEST_CASE("sockprobe lists the fields of what it was asked for") {
  CHECK(contains(sockprobe({"--list-fields"}).out, "certificate_days_left"));
  CHECK(contains(sockprobe({"--list-fields", "--path", "--jsonl"}).out, "{\"name\":\"hop_from\""));
  CHECK(contains(sockprobe({"--list-fields", "--via", "lab", "--csv"}).out, "\nverdict,"));
}

TEST_CASE("sockprobe --jsonl and --csv have a line for each port") {
  const std::string closed = closed_port();
  CHECK(lines(sockprobe({"--jsonl", "127.0.0.1", closed}).out).size() == 1);
  const auto csv = lines(sockprobe({"--csv", "127.0.0.1", closed}).out);
  REQUIRE(csv.size() == 2);
  CHECK(csv[0].starts_with("host,address,protocol,port,service,state,reason,from"));
  CHECK(csv[1].starts_with("127.0.0.1,127.0.0.1,tcp," + closed));
}

TEST_CASE("many ports with the same answer are one row of the table") {
  const Result result = sockprobe({"127.0.0.1", "1-100", "--no-header"});
  CHECK(lines(result.out).size() < 20);
  CHECK(contains(result.out, " tcp ports"));
}

TEST_CASE("wrong ports, hosts and options end sockprobe with a word that says which") {
  struct Row {
    std::vector<std::string> arguments;
    int status;
    std::string says;
  };
  const std::vector<Row> rows{
      {{}, 2, "which host?"},
      {{"127.0.0.1"}, 2, "which ports?"},
      {{"127.0.0.1", "0"}, 2, "ports are 1 to 65535"},
      {{"127.0.0.1", "65536"}, 2, "ports are 1 to 65535"},
      {{"127.0.0.1", "90-80"}, 2, "a range begins with the lower end"},
      {{"127.0.0.1", "80-"}, 2, "a range needs both ends"},
      {{"127.0.0.1", "no-such-service"}, 2, "no service of tcp"},
      {{"10.0.0.0/12", "22"}, 3, "--max-hosts"},
      {{"fe80::1%nowhere0", "22"}, 3, "there is no interface"},
      {{"no-such-host.invalid", "22"}, 3, "no address is known"},
      {{"--hosts", "/nonexistent/file", "22"}, 3, "No such file"},
      {{"--hosts", "/tmp", "22"}, 3, "read /tmp: Is a directory"},
      {{"--via", "127.0.0.1:1", "22"}, 3, "connect to 127.0.0.1:1: reset; is sockprobed running there?"},
      {{"--timeout", "never", "127.0.0.1", "22"}, 2, "a number of seconds"},
      {{"--retires", "1", "127.0.0.1", "22"}, 2, "did you mean --retries?"},
      {{"--json", "--csv", "127.0.0.1", "22"}, 2, "exclude each other"},
      {{"--via", "127.0.0.1"}, 2, "which ports?"},
      {{"--via", "127.0.0.1:70000", "22"}, 2, "is not HOST or HOST:PORT"},
      {{"--via", "192.0.2.1", "22"}, 3, "without a key only servers on loopback are asked"},
      {{"--via", "127.0.0.1", "--watch", "22"}, 2, "--via is for one host, and once"},
      {{"--via", "127.0.0.1", "--key", "/nonexistent/key", "22"}, 3, "No such file"},
      {{"--reverse", "127.0.0.1", "22"}, 2, "are for --via"},
      {{"-4", "-6", "127.0.0.1", "22"}, 2, "exclude each other"},
      {{"-6", "127.0.0.1", "22"}, 3, "is IPv4"},
  };
  for (const Row& row : rows) {
    const Result result = sockprobe(row.arguments);
    INFO(row.says << ": " << result.err);
    CHECK(result.status == row.status);
    CHECK(contains(result.err, row.says));
    CHECK(result.out.empty());
  }
}

TEST_CASE("what cannot be asked for is not measured, warned of, and ends sockprobe with 3") {
  const Result result = sockprobe({"--interface", "nowhere0", "127.0.0.1", "22"});
  CHECK(result.status == 3);
  CHECK(contains(result.out, "not measured"));
  CHECK(contains(result.err, "1 port could not be asked for: use interface nowhere0: No such device"));
  const Result elsewhere = sockprobe({"--source", "192.0.2.99", "127.0.0.1", "22"});
  CHECK(elsewhere.status == 3);
  CHECK(contains(elsewhere.err, "bind to 192.0.2.99: Cannot assign requested address"));
}

TEST_CASE("with few descriptors sockprobe asks for fewer ports at once, and loses none") {
  const Result result = command({"sh", "-c", "ulimit -n 40; exec \"$@\"", "sh", tool_path("sockprobe"),
                                 "--csv", "127.0.0.1", "1-500", "--no-header"});
  CHECK(lines(result.out).size() == 500);
  CHECK_FALSE(contains(result.out, "not measured"));
}

TEST_CASE("what a file or a host is called reaches the terminal with its control characters escaped") {
  const Result result = sockprobe({"bad\x1b[31mhost", "22"});
  CHECK(result.status == 3);
  CHECK(contains(result.err, "bad\\x1b[31mhost"));
  CHECK_FALSE(contains(result.err, "\x1b"));
}

TEST_CASE("sockprobe tells its options and its version") {
  const Result help = sockprobe({"--help"});
  CHECK(help.status == 0);
  CHECK(contains(help.out, "--max-hosts"));
  CHECK(contains(help.out, "sockprobe music.lan 6600"));
  const Result version = sockprobe({"--version"});
  CHECK(version.out.starts_with("sockprobe 0."));
  CHECK(contains(version.out, " TLS: "));
}

}  // namespace
}  // namespace cli
