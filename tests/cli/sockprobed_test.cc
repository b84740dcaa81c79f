#include <rapidjson/document.h>
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "cli/program.h"
#include "support/catch.h"

namespace cli {
namespace {

using std::chrono::steady_clock;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The port in `serving SERVICE 127.0.0.1:PORT`.
std::string served_port(Server& server, const std::string& service) {
  const std::string start = "serving " + service + " 127.0.0.1:";
  const std::string& text = server.read_until(start);
  const std::size_t at = text.find(start);
  if (at == std::string::npos) return "";
  return text.substr(at + start.size(),
                     text.find_first_not_of("0123456789", at + start.size()) - at - start.size());
}

class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) { write(text); }
  ~ConfigFile() { std::remove(path_.c_str()); }
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;
  void write(const std::string& text) const { std::ofstream(path_) << text; }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/sockprobed_test." + std::to_string(::getpid());
};

TEST_CASE("sockprobed serves until SIGTERM, and ends with 0 within a second or two") {
  Server server({"--serve", "tcp-echo:0", "--pretend", "mpd:0"});
  const std::string port = served_port(server, "mpd");
  REQUIRE_FALSE(port.empty());
  const Result probed = sockprobe({"--csv", "--no-header", "127.0.0.1", port});
  CHECK(holds(probed.out, "mpd,MPD protocol,0.23.5"));
  CHECK(probed.status == 0);
  const Listener bystander;
  ::kill(server.pid(), SIGTERM);
  const auto began = steady_clock::now();
  const Result result = server.finish();
  CHECK(steady_clock::now() - began < std::chrono::seconds(10));
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK(holds(result.out, "connected mpd 127.0.0.1:" + port + " from 127.0.0.1:"));
}

TEST_CASE("sockprobed --log=json writes an object on each line") {
  Server server({"--log=json", "--serve", "discard:0"});
  server.read_until("\"serving\"");
  ::kill(server.pid(), SIGINT);
  const Result result = server.finish();
  CHECK(result.status == 0);
  REQUIRE_FALSE(lines(result.out).empty());
  for (const std::string& line : lines(result.out)) {
    rapidjson::Document document;
    document.Parse(line.c_str());
    INFO(line);
    REQUIRE_FALSE(document.HasParseError());
    CHECK(document["event"] == "serving");
    CHECK(document["service"] == "tcp-discard");
  }
}

TEST_CASE("sockprobed reads its file again with SIGHUP, and keeps what it has when that is wrong") {
  const ConfigFile file("# services\nserve tcp-echo:0\n\nlog = plain\n");
  Server server({"--config", file.path()});
  REQUIRE_FALSE(served_port(server, "tcp-echo").empty());
  file.write("serve banner:0:\"hello, you\"\n");
  ::kill(server.pid(), SIGHUP);
  server.read_until("reloaded");
  REQUIRE_FALSE(served_port(server, "tcp-banner").empty());
  file.write("serve nonsense\x1b[31m\n");
  ::kill(server.pid(), SIGHUP);
  server.read_until("not reloaded");
  ::kill(server.pid(), SIGTERM);
  const Result result = server.finish();
  CHECK(holds(result.out, "stopped tcp-echo"));
  CHECK(holds(result.out, "nonsense\\x1b[31m: there are echo"));
  CHECK_FALSE(holds(result.out, "\x1b"));
}

TEST_CASE("sockprobed tells those who run it that everybody is served") {
  Server server({"--serve", "tcp-echo:0", "--listen", "0.0.0.0"});
  CHECK(holds(server.read_until("everybody"),
              "warning 0.0.0.0: everybody who can reach this address is served"));
}

TEST_CASE("wrong options, files and ports end sockprobed with a word that says which") {
  const Listener taken;
  const ConfigFile file("help\n");
  struct Row {
    std::vector<std::string> arguments;
    int status;
    std::string says;
  };
  const std::vector<Row> rows{
      {{"--serve", "chargen"}, 2, "there are echo, discard, daytime, banner"},
      {{"--pretend", "gopher"}, 2, "there are "},
      {{"--listen", "nowhere"}, 2, "is not an address"},
      {{"--idle", "never"}, 2, "a number of seconds"},
      {{"--max-connections", "0"}, 2, "a number, 1 to"},
      {{"--log", "xml"}, 2, "plain, json or journal"},
      {{"word"}, 2, "there are only options"},
      {{"--config", "/nonexistent/file"}, 3, "open /nonexistent/file: No such file"},
      {{"--config", "/tmp"}, 3, "Is a directory"},
      {{"--config", file.path()}, 3, "have no place in it"},
      {{"--serve", "echo:" + std::to_string(taken.port())}, 3, "Address already in use"},
      {{"--serve", "echo:0", "--listen", "192.0.2.77"}, 3, "Cannot assign requested address"},
  };
  for (const Row& row : rows) {
    const Result result = Server(row.arguments).finish();
    INFO(row.says << ": " << result.err);
    CHECK(result.status == row.status);
    CHECK(holds(result.err, row.says));
    CHECK(lines(result.err).size() <= 2);
  }
}

}  // namespace
}  // namespace cli
