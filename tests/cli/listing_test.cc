// What a listing says, in every format.

#include <rapidjson/document.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "cli/program.h"
#include "support/catch.h"
#include "support/skip.h"

using Catch::Matchers::Contains;
using cli::sockls;

namespace listing_test {
namespace {

rapidjson::Document parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str(), text.size());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

/// A process name for as long as this lives.
class ProcessName {
 public:
  explicit ProcessName(const char* name) {
    ::prctl(PR_GET_NAME, before_.data());
    ::prctl(PR_SET_NAME, name);
  }
  ~ProcessName() { ::prctl(PR_SET_NAME, before_.data()); }
  ProcessName(const ProcessName&) = delete;
  ProcessName& operator=(const ProcessName&) = delete;

 private:
  std::array<char, 16> before_{};
};

}  // namespace

TEST_CASE("a listener is shown with its process") {
  const ProcessName name("landlord");
  const cli::Listener listener;
  const cli::Result result = sockls({listener.filter()});
  CHECK(result.status == 0);
  const auto text = cli::lines(result.out);
  REQUIRE(text.size() == 2);
  CHECK_THAT(text[0], Contains("PROTO") && Contains("PROCESS"));
  CHECK_THAT(text[1], Contains("LISTEN") && Contains("127.0.0.1:" + std::to_string(listener.port())) &&
                          Contains("landlord/" + std::to_string(::getpid())));
}

TEST_CASE("JSON says the same as the table") {
  const cli::Listener listener;
  const cli::Result result = sockls({"--json", listener.filter()});
  CHECK(result.status == 0);
  const auto document = parse(result.out);
  REQUIRE(document["sockets"].Size() == 1);
  const auto& socket = document["sockets"][0];
  CHECK(socket["local_port"].GetUint() == listener.port());
  CHECK(std::string(socket["state"].GetString()) == "listen");
  CHECK(socket["send_queue"].GetUint() == 5);
  CHECK(socket["processes"][0]["pid"].GetInt() == ::getpid());
  CHECK_FALSE(socket.HasMember("peer_address"));
}

TEST_CASE("JSON lines and CSV have the columns that were named") {
  const cli::Listener listener;
  const std::string port = std::to_string(listener.port());
  CHECK(sockls({"--jsonl", "--columns=local_port,state", listener.filter()}).out ==
        "{\"local_port\":" + port + ",\"state\":\"listen\"}\n");
  CHECK(sockls({"--csv", "--columns", "local_port,peer_port,pid", listener.filter()}).out ==
        "local_port,peer_port,pid\r\n" + port + ",," + std::to_string(::getpid()) + "\r\n");
  CHECK(sockls({"-H", "--columns=lport", listener.filter()}).out == port + "\n");
}

TEST_CASE("listeners come first, by port; an order of its own comes instead") {
  const cli::Listener a;
  const cli::Listener b;
  const std::string low = std::to_string(std::min(a.port(), b.port()));
  const std::string high = std::to_string(std::max(a.port(), b.port()));
  const std::string both = a.filter() + " or " + b.filter();
  CHECK(sockls({"-H", "--columns=lport", both}).out == low + "\n" + high + "\n");
  CHECK(sockls({"-H", "--columns=lport", "--sort=-lport", both}).out == high + "\n" + low + "\n");
}

TEST_CASE("numbers only means that no process is searched for") {
  const cli::Listener listener;
  const cli::Result result = sockls({"-tan", listener.filter()});
  CHECK(result.out.find(std::to_string(::getpid())) == std::string::npos);
  CHECK_THAT(sockls({"-tanp", listener.filter()}).out, Contains(std::to_string(::getpid())));
}

TEST_CASE("a hostile process name is harmless in every format") {
  const ProcessName name("\x1b[31m\nevil\xff");
  const cli::Listener listener;
  for (const char* format : {"--color=never", "--json", "--jsonl"}) {
    const cli::Result result = sockls({format, listener.filter()}, {.terminal_width = 200});
    INFO(format);
    CHECK(result.out.find('\x1b') == std::string::npos);
    CHECK_THAT(result.out, Contains("evil"));
  }
  CHECK(cli::lines(sockls({listener.filter()}).out).size() == 2);
  CHECK(sockls({"--csv", listener.filter()}, {.terminal_width = 200}).out.find('\x1b') == std::string::npos);
  CHECK_THAT(sockls({"--csv", "--columns=process", listener.filter()}).out,
             Contains("\"\x1b[31m\nevil\ufffd\""));
}

TEST_CASE("the name of an abstract unix socket may hold any byte") {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  constexpr std::string_view Name("\0sockls\x1b[2J\n\0\xfftest", 18);
  std::memcpy(address.sun_path, Name.data(), Name.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + Name.size());
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), length) == 0);
  REQUIRE(::listen(socket, 1) == 0);
  const cli::Result result = sockls({"-xl", "-H", "path", "~", "sockls"});
  CHECK(result.status == 0);
  CHECK(cli::lines(result.out).size() == 1);
  CHECK_THAT(result.out, Contains("@sockls\\x1b[2J\\n"));
  CHECK(parse(sockls({"-xl", "--json", "path ~ sockls"}).out)["sockets"].Size() == 1);
  ::close(socket);
}

TEST_CASE("fields can be listed, for people and for programs") {
  const cli::Result table = sockls({"--list-fields"});
  CHECK(table.status == 0);
  CHECK_THAT(table.out, Contains("NAME") && Contains("MEANING") && Contains("tcp_rtt"));
  const auto document = parse(sockls({"--list-fields", "--json"}).out);
  CHECK(document["fields"].Size() + 1 == cli::lines(table.out).size());
  CHECK_FALSE(document.HasMember("warnings"));
  for (const auto& field : document["fields"].GetArray()) {
    for (const char* member : {"name", "title", "type", "doc"}) CHECK(field.HasMember(member));
  }
  const auto narrow = cli::lines(sockls({"--list-fields"}, {.terminal_width = 80}).out);
  for (const std::string& line : narrow) CHECK(line.size() <= 80);
}

TEST_CASE("the version says what this build can do") {
  const cli::Result result = sockls({"--version"});
  CHECK(result.status == 0);
  CHECK(result.out.starts_with("sockls " SOCKLS_VERSION "\n"));
  CHECK(cli::lines(result.out).size() > 1);
}

TEST_CASE("-v says where sockets and owners came from, and nothing else does") {
  const cli::Listener listener;
  const std::string filter = listener.filter();
  const cli::Result told = sockls({"-vt", filter});
  CHECK_THAT(told.err, Contains("from netlink: tcp") && Contains("owners from "));
  CHECK_THAT(sockls({"-vt", "--process-source=proc", filter}).err,
             Contains("owners from /proc, as asked for"));
  CHECK_THAT(sockls({"-vt", "--source=proc", filter}).err,
             Contains("from /proc/net: tcp (IPv4), tcp (IPv6)"));
  CHECK_THAT(sockls({"-vtn", filter}).err, Contains("from netlink: tcp") && !Contains("owners"));
  CHECK_THAT(sockls({"-t", filter}).err, !Contains("netlink"));
  CHECK_THAT(sockls({"-vqt", filter}).err, Contains("from netlink: tcp"));
  CHECK_THAT(sockls({"-vqt", "--wait=5", filter}).err, Contains("from netlink: tcp"));
  CHECK_THAT(sockls({"-vst", filter}).err, Contains("from netlink: tcp"));
  CHECK(sockls({"-vt", "--watch", filter}).status == 2);
}

TEST_CASE("an ordinary user sees every socket, and is told whose owners are missing") {
  if (const std::string why = cli::nobody_cannot_run(); !why.empty()) SKIP_OUT_LOUD(why);
  const cli::Listener listener;
  const cli::Surroundings nobody{.wrapper = cli::AsNobody};
  const cli::Result plain = sockls({listener.filter()}, nobody);
  CHECK(plain.status == 0);
  CHECK_THAT(plain.out, Contains(std::to_string(listener.port())));
  CHECK(plain.err.starts_with("sockls: warning: "));
  CHECK(cli::lines(plain.err).size() == 1);

  const auto document = parse(sockls({"--json", listener.filter()}, nobody).out);
  REQUIRE(document["warnings"].Size() == 1);
  CHECK(std::string(document["warnings"][0]["kind"].GetString()) == "owners-missing");
}

TEST_CASE("owners that were asked for and may not be read make a listing incomplete") {
  if (const std::string why = cli::nobody_cannot_run(); !why.empty()) SKIP_OUT_LOUD(why);
  const cli::Listener listener;
  const cli::Surroundings nobody{.wrapper = cli::AsNobody};
  CHECK(sockls({"-p", listener.filter()}, nobody).status == 3);
  CHECK(sockls({"--columns=pid", listener.filter()}, nobody).status == 3);
  CHECK(sockls({"-n", listener.filter()}, nobody).status == 0);
  CHECK(sockls({"-q", "process = nonesuch and " + listener.filter()}, nobody).status == 3);
  CHECK(sockls({"-q", listener.filter()}, nobody).status == 0);
}

TEST_CASE("without /proc sockets are listed all the same, and the owners are said to be missing") {
  const std::vector<std::string> hidden{
      "unshare", cli::is_root() ? "-m" : "-rm", "--propagation=unchanged", "sh", "-c",
      // The loader finds the program's own folder through /proc.
      "mount --make-private /proc && mount -t tmpfs none /proc && LD_LIBRARY_PATH=${1%/*}/../lib exec \"$@\"",
      "sh"};
  if (sockls({"--version"}, {.wrapper = hidden}).status != 0)
    SKIP_OUT_LOUD("this machine lets nobody hide /proc");
  const cli::Listener listener;
  const cli::Result result = sockls({"-t", listener.filter()}, {.wrapper = hidden});
  CHECK(result.status == 0);
  CHECK_THAT(result.out, Contains(std::to_string(listener.port())));
  CHECK_THAT(result.err, Contains("sockls: warning: "));
  CHECK(sockls({"-tp", listener.filter()}, {.wrapper = hidden}).status == 3);
  // What netlink has no handler for cannot be read then.
  CHECK(sockls({"--source=proc", "-tn"}, {.wrapper = hidden}).status == 3);
}

TEST_CASE("a kernel that cannot list a family says so, and fails only those who named it") {
  const cli::Result all = sockls({"-an"});
  CHECK(all.status == 0);
  for (const char* option : {"--vsock", "--xdp", "--tipc"}) {
    INFO(option);
    const cli::Result named = sockls({option, "-n"});
    const bool listed = named.status == 0 && named.err.empty();
    const bool told = named.status == 3 && named.err.find("the kernel cannot list") != std::string::npos;
    CHECK((listed || told));
    if (told) CHECK_THAT(all.err, Contains("the kernel cannot list"));
  }
}

TEST_CASE("a socket that is neither bound nor connected is found with --unbound") {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const std::string filter = "pid = " + std::to_string(::getpid()) + " and unbound";
  CHECK(sockls({"-tH", filter}).out.empty());
  CHECK(sockls({"-tH", "--unbound", "--columns=protocol,state,local,fd", filter}).out ==
        "tcp  CLOSED  *  " + std::to_string(socket) + "\n");
  const auto document = parse(sockls({"-t", "--unbound", "--json", filter}).out);
  REQUIRE(document["sockets"].Size() == 1);
  CHECK(document["sockets"][0]["unbound"].GetBool());
  CHECK_FALSE(document["sockets"][0].HasMember("local_address"));
  ::close(socket);
}

TEST_CASE("-e shows the rings and groups of packet and netlink sockets in every format") {
  if (!cli::is_root()) SKIP_OUT_LOUD("packet sockets are for root");
  const int socket = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  const std::string filter = "pid = " + std::to_string(::getpid());
  const auto document = parse(sockls({"-0e", "--json", filter}).out);
  REQUIRE(document["sockets"].Size() == 1);
  CHECK(std::string(document["sockets"][0]["packet_version"].GetString()) == "v1");
  CHECK(document["sockets"][0]["packet_flags"].IsArray());
  CHECK_FALSE(document["sockets"][0].HasMember("packet_rx_ring"));
  const cli::Result table = sockls({"-0e", "--color=never", filter}, {.terminal_width = 80});
  REQUIRE(cli::lines(table.out).size() >= 2);
  for (std::size_t i = 0; i < 2; ++i) CHECK(cli::lines(table.out)[i].size() <= 80);
  ::close(socket);
}

}  // namespace listing_test
