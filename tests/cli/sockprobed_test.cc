#include <fcntl.h>
#include <rapidjson/document.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "cli/program.h"
#include "support/catch.h"
#include "support/skip.h"

namespace cli::sockprobed_test {
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
  static inline int count_ = 0;
  std::string path_ = "/tmp/sockprobed_test." + std::to_string(::getpid()) + "." + std::to_string(count_++);
};

TEST_CASE("sockprobed gives up what it does not need, and says so") {
  Server server({"--no-control", "--serve", "tcp-echo:0"});
  const std::string& log = server.read_until("confined");
  CHECK(holds(log, "notice: "));
  if (is_root()) CHECK(holds(log, "user nobody"));
  Server other({"--no-control", "--serve", "tcp-echo:0", "--no-sandbox", "--user", "no-such-user-here"});
  if (is_root()) CHECK(holds(other.finish().err, "there is no such user"));
}

TEST_CASE("sockprobed serves until SIGTERM, and ends with 0 within a second or two") {
  Server server({"--no-control", "--serve", "tcp-echo:0", "--pretend", "mpd:0"});
  const std::string port = served_port(server, "mpd");
  REQUIRE_FALSE(port.empty());
  const Result probed = sockprobe({"--csv", "--no-header", "127.0.0.1", port});
  CHECK(holds(probed.out, "mpd,MPD protocol,0.23.5"));
  CHECK(probed.status == 0);
  ::kill(server.pid(), SIGTERM);
  const auto began = steady_clock::now();
  const Result result = server.finish();
  CHECK(steady_clock::now() - began < std::chrono::seconds(10));
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK(holds(result.out, "connected mpd 127.0.0.1:" + port + " from 127.0.0.1:"));
}

TEST_CASE("sockprobed --log=json writes an object on each line") {
  Server server({"--no-control", "--log=json", "--serve", "discard:0"});
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
    const std::string event = document["event"].GetString();
    if (event == "notice") continue;
    CHECK(event == "serving");
    CHECK(std::string(document["service"].GetString()) == "tcp-discard");
  }
}

TEST_CASE("sockprobed reads its file again with SIGHUP, and keeps what it has when that is wrong") {
  const ConfigFile file("# services\nno-control = true\nserve = [\"tcp-echo:0\"]\n\nlog = \"plain\"\n");
  Server server({"--config", file.path()});
  REQUIRE_FALSE(served_port(server, "tcp-echo").empty());
  file.write("no-control = true\nserve = 'banner:0:\"hello, you\"'\n");
  ::kill(server.pid(), SIGHUP);
  server.read_until("reloaded");
  REQUIRE_FALSE(served_port(server, "tcp-banner").empty());
  file.write("serve = \"nonsense\\u001b[31m\"\n");
  ::kill(server.pid(), SIGHUP);
  server.read_until("not reloaded");
  ::kill(server.pid(), SIGTERM);
  const Result result = server.finish();
  CHECK(holds(result.out, "stopped tcp-echo"));
  CHECK(holds(result.out, "nonsense\\x1b[31m: there are echo"));
  CHECK_FALSE(holds(result.out, "\x1b"));
}

/// A key file in a folder of its own; the name of the key is `laptop`.
class KeyFile {
 public:
  KeyFile() {
    REQUIRE(::mkdtemp(folder_.data()) != nullptr);
    const Result made = Server({"--make-key", path()}).finish();
    INFO(made.err);
    REQUIRE(made.status == 0);
  }
  ~KeyFile() {
    std::remove(path().c_str());
    ::rmdir(folder_.c_str());
  }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  std::string path() const { return folder_ + "/laptop.key"; }

 private:
  std::string folder_ = "/tmp/sockprobed_key.XXXXXX";
};

bool has_tls() { return holds(Server({"--version"}).finish().out, "with TLS"); }

/// Where the key of these tests is to be read again, and belongs to root.
std::vector<std::string> staying(std::vector<std::string> words) {
  words.insert(words.end(), {"--user", "root"});
  return words;
}

/// The options that lead sockprobe to a server of these tests.
std::vector<std::string> via(Server& server, std::vector<std::string> words) {
  words.insert(words.begin(), {"--via", "127.0.0.1:" + served_port(server, "control"), "--timeout", "5"});
  return words;
}

/// A port of which nobody has anything.
std::string free_port() { return std::to_string(Listener().port()); }

TEST_CASE("sockprobe --via asks a server on loopback without a key, and tells what both ends saw") {
  Server server({"--control", "0", "--listen", "127.0.0.1"});
  const std::string port = free_port();
  const Result result = sockprobe(via(server, {"--json", "--reverse", "--dscp", "46", port, "udp/" + port}));
  INFO(result.err);
  CHECK(result.status == 0);
  rapidjson::Document document;
  document.Parse(result.out.c_str());
  REQUIRE_FALSE(document.HasParseError());
  REQUIRE(document["results"].Size() == 4);
  for (const auto& row : document["results"].GetArray()) {
    CHECK(std::string(row["verdict"].GetString()) == "open");
    CHECK(row["data"].GetBool());
    CHECK(row["dscp_seen"].GetInt() == 46);
    CHECK(row["hops_there"].GetInt() == 0);
    CHECK(std::string(row["seen_from"]["address"].GetString()) == "127.0.0.1");
  }
  CHECK(std::string(document["results"][0]["direction"].GetString()) == "to server");
  CHECK(document["results"][0]["syn"].HasMember("mss"));
  CHECK(document["results"][1]["there"]["received"].GetInt() == 20);
  CHECK(std::string(document["results"][3]["direction"].GetString()) == "to client");
  const Result table = sockprobe(via(server, {port, "udp/" + port}));
  CHECK(holds(table.out, "tcp/" + port + "  to server  open"));
  const auto csv = lines(sockprobe(via(server, {"--csv", port})).out);
  REQUIRE(csv.size() == 2);
  CHECK(csv[0].starts_with("direction,protocol,port,verdict,reason,changes"));
  CHECK(csv[1].starts_with("to server,tcp," + port + ",open,"));
}

TEST_CASE("sockprobe --via ends with 3 for a port that is taken or not allowed") {
  Server server({"--control", "0", "--listen", "127.0.0.1", "--allow-ports", "2000-65535"});
  const Listener taken;
  const Result result = sockprobe(via(server, {std::to_string(taken.port()), "80"}));
  CHECK(result.status == 3);
  CHECK(holds(result.out, "not measured"));
  CHECK(holds(result.out, "the port is taken at the server"));
  CHECK(holds(result.out, "policy does not allow"));
}

TEST_CASE("keys let clients in, a stranger is told why not, and a revoked key ends with SIGHUP") {
  if (!has_tls()) SKIP_OUT_LOUD("built without TLS");
  const KeyFile key;
  const KeyFile other;
  Server server(staying({"--control", "0", "--key", key.path(), "--listen", "127.0.0.1"}));
  const std::string port = free_port();
  const Result known = sockprobe(via(server, {"--key", key.path(), port}));
  INFO(known.err);
  CHECK(known.status == 0);
  CHECK(holds(server.read_until("session control"), ": laptop"));
  const Result stranger = sockprobe(via(server, {"--key", other.path(), port}));
  CHECK(stranger.status == 3);
  CHECK(holds(stranger.err, "it may not know the key laptop"));
  const Result nobody = sockprobe(via(server, {port}));
  CHECK(nobody.status == 3);
  CHECK(holds(nobody.err, "it may want a key"));
  REQUIRE(command({"cp", other.path(), key.path()}).status == 0);
  ::kill(server.pid(), SIGHUP);
  server.read_until("reloaded");
  CHECK(sockprobe(via(server, {"--key", other.path(), port})).status == 0);
}

TEST_CASE("sockprobed takes the socket that systemd hands over as its control port") {
  const Listener listener;
  const std::string port = std::to_string(listener.port());
  REQUIRE(::fcntl(listener.fd(), F_SETFD, 0) == 0);
  Program server({"-c", "exec 3<&" + std::to_string(listener.fd()) + "; LISTEN_FDS=1 LISTEN_PID=$$ exec " +
                            tool_path("sockprobed")},
                 {.program = "/bin/sh"});
  CHECK(holds(server.read_until("serving control"), "serving control 127.0.0.1:" + port));
  const Result result = sockprobe({"--via", "127.0.0.1:" + port, "--timeout", "5", free_port()});
  INFO(result.err);
  CHECK(result.status == 0);
}

TEST_CASE("a key file is its owner's alone, and is never written over") {
  const KeyFile key;
  const Result again = Server({"--make-key", key.path()}).finish();
  CHECK(again.status == 3);
  CHECK(holds(again.err, "File exists"));
  REQUIRE(command({"chmod", "644", key.path()}).status == 0);
  for (const Result& result : {Server({"--key", key.path()}).finish(),
                               sockprobe({"--via", "127.0.0.1", "--key", key.path(), "80"})}) {
    CHECK(result.status == 3);
    CHECK(holds(result.err, "others than its owner have access to it"));
  }
}

TEST_CASE("sockprobed tells those who run it that everybody is served") {
  Server server({"--no-control", "--serve", "tcp-echo:0", "--listen", "0.0.0.0"});
  CHECK(holds(server.read_until("everybody"),
              "warning 0.0.0.0: everybody who can reach this address is served"));
}

TEST_CASE("wrong options, files and ports end sockprobed with a word that says which") {
  const Listener taken;
  const ConfigFile file("help = true\n");
  const ConfigFile no_toml("no-control = true\nserve udp-echo\n");
  const ConfigFile no_value("serve = 1.5\n");
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
      {{"--control", "70000"}, 2, "is not a port"},
      {{"--allow-ports", "0-5"}, 2, "a list of ports and ranges"},
      {{"--no-control"}, 2, "nothing to serve"},
      {{"--key", "/nonexistent/key"}, 3, "No such file"},
      {{"--make-key", "/nonexistent/folder/key"}, 3, "No such file"},
      {{"--make-key", "/tmp/a name"}, 3, "name the key after"},
      {{"--config", "/nonexistent/file"}, 3, "open /nonexistent/file: No such file"},
      {{"--config", "/tmp"}, 3, "Is a directory"},
      {{"--config", file.path()}, 3, "have no place in it"},
      {{"--config", no_toml.path()}, 3, no_toml.path() + ":2: "},
      {{"--config", no_value.path()}, 3, no_value.path() + ":1: serve: a text"},
      {{"--no-control", "--serve", "echo:" + std::to_string(taken.port())}, 3, "Address already in use"},
      {{"--no-control", "--serve", "echo:0", "--listen", "192.0.2.77"}, 3, "Cannot assign requested address"},
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
}  // namespace cli::sockprobed_test
