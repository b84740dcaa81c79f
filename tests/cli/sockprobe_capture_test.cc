// The packets of a probe in a file, as users get them: in a network of the test's own, with a firewall.

#include <csignal>
#include <fstream>
#include <map>
#include <set>

#include "cli/program.h"
#include "support/capture_file.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/skip.h"

namespace cli::sockprobe_capture_test {
namespace {

using sockutils::test::CapturedPacket;
using sockutils::test::read_capture;
using sockutils::test::TemporaryFolder;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Around a program, which is "$@" then: a network with nothing but loopback, in which 7007 is served, 7200
/// is silent, 7300 is forbidden, and $1 runs beside it.
/// `server`: words for it; `as`: words in front of it.
std::vector<std::string> network(const std::string& beside = "true",
                                 const std::string& server = "--no-sandbox --user root",
                                 const std::string& as = "") {
  const std::string script = R"(
    set -e
    beside=$1; sockprobed=$2; sockprobe=$3; shift 3
    ip link set lo up
    printf '%s\n' 'table inet t {' 'chain i {' 'type filter hook input priority 0;' 'tcp dport 7200 drop' \
      'tcp dport 7300 reject with icmp type admin-prohibited' '}' '}' | nft -f -
    )" + as + R"( $sockprobed --serve tcp-echo:7007,udp-echo:7008 )" +
                             server + R"( >/dev/null 2>&1 &
    server=$!
    trap 'kill $server; wait' EXIT
    $sockprobe 127.0.0.1 7007 7077 --until=open --until-timeout=20 --interval=0.05 --quiet
    eval "$beside"
    set +e
    "$@"
  )";
  std::vector<std::string> words{"unshare", "-n"};
  if (!is_root()) words.emplace_back("-r");
  for (const std::string& word : {std::string("sh"), std::string("-c"), script, std::string("sh"), beside,
                                  tool_path("sockprobed"), tool_path("sockprobe")})
    words.push_back(word);
  return words;
}

std::string why_not() {
  static const std::string reason = [] {
    if (!holds(sockprobe({"--version"}).out, "libpcap")) return "built without libpcap";
    const bool works =
        command({"unshare", is_root() ? "-n" : "-rn", "sh", "-c", "ip link set lo up && nft list tables"})
            .status == 0;
    return works ? "" : "no network namespaces, or no nft";
  }();
  return reason;
}

#define REQUIRE_NETWORK() \
  if (!why_not().empty()) SKIP_OUT_LOUD(why_not())

Result probe(const std::vector<std::string>& arguments, const std::vector<std::string>& wrapper = network()) {
  return sockprobe(arguments, {.wrapper = wrapper});
}

/// How many of the packets are so.
template <class Is>
std::size_t count(const std::vector<CapturedPacket>& packets, const Is& is) {
  return static_cast<std::size_t>(std::count_if(packets.begin(), packets.end(), is));
}

std::size_t syns(const std::vector<CapturedPacket>& packets, std::uint16_t port) {
  return count(packets,
               [=](const auto& packet) { return packet.is_syn() && packet.destination_port == port; });
}

TEST_CASE("--capture has the question and the answer of open, closed, silent and forbidden ports") {
  REQUIRE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/probe.pcap";
  const Result result = probe({"--capture", path, "--no-identify", "--retries=0", "--timeout=0.5",
                               "127.0.0.1", "7007", "7100", "7200", "7300", "udp/7008"});
  INFO(result.err);
  CHECK(result.status == 1);
  CHECK(holds(result.out, "admin-prohibited"));
  const auto packets = read_capture(path);
  REQUIRE(packets);
  CHECK(holds(result.err, std::to_string(packets->size()) + " packets in " + path));
  for (const std::uint16_t port :
       {std::uint16_t{7007}, std::uint16_t{7100}, std::uint16_t{7200}, std::uint16_t{7300}})
    CHECK(syns(*packets, port) == 1);
  CHECK(count(*packets, [](const auto& p) { return p.is_syn_ack() && p.source_port == 7007; }) == 1);
  CHECK(count(*packets, [](const auto& p) { return p.is_reset() && p.source_port == 7100; }) == 1);
  CHECK(count(*packets, [](const auto& p) { return p.source_port == 7200; }) == 0);
  CHECK(count(*packets, [](const auto& p) { return p.protocol == 1 && p.type == 3 && p.code == 13; }) == 1);
  CHECK(count(*packets, [](const auto& p) { return p.protocol == 17 && p.destination_port == 7008; }) == 1);
}

TEST_CASE("what others say to the same port meanwhile is not captured") {
  REQUIRE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/probe.pcap";
  const Result result =
      probe({"--capture", path, "127.0.0.1", "7007", "--count=5", "--interval=0.1"},
            network("$sockprobe 127.0.0.1 7007 --count=80 --interval=0.02 --quiet & others=$!; trap 'kill "
                    "$server; wait $others' EXIT"));
  INFO(result.err);
  CHECK(result.status == 0);
  CHECK(lines(result.out).size() == 8);
  const auto packets = read_capture(path);
  REQUIRE(packets);
  // Each connection is there, and whole: both ends say that they close it, and on a busy machine once more.
  std::set<std::uint16_t> begun;
  std::map<std::uint16_t, std::size_t> ends;
  for (const CapturedPacket& packet : *packets) {
    const std::uint16_t port = packet.source_port == 7007 ? packet.destination_port : packet.source_port;
    if (packet.is_syn()) begun.insert(port);
    if ((packet.flags & 1) != 0) ++ends[port];
  }
  CHECK(begun.size() == 5);
  CHECK(ends.size() == 5);
  for (const auto& [port, times] : ends) CHECK(times >= 2);
}

TEST_CASE("Ctrl-C leaves a whole file, which takes the place of another") {
  REQUIRE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/probe.pcap";
  std::ofstream(path) << "old";
  Program program({"--capture", path, "127.0.0.1", "7007", "--watch=0.05"},
                  {.program = tool_path("sockprobe"), .wrapper = network()});
  program.read_until("\n5  ");
  // The program is a child of the script, which waits for it; both are of one process group.
  CHECK(read_capture(path) == std::nullopt);
  std::string pid;
  std::ifstream("/proc/" + std::to_string(program.pid()) + "/task/" + std::to_string(program.pid()) +
                "/children") >>
      pid >> pid;
  REQUIRE_FALSE(pid.empty());
  CHECK(::kill(static_cast<pid_t>(std::stol(pid)), SIGINT) == 0);
  const Result result = program.finish();
  INFO(result.err);
  CHECK(result.status == 0);
  CHECK(holds(result.out, " probes, "));
  CHECK(holds(result.err, " packets in " + path));
  const auto packets = read_capture(path);
  REQUIRE(packets);
  CHECK(syns(*packets, 7007) >= 5);
}

TEST_CASE("when nobody reads the results any more, the file is whole, and nothing else is left") {
  REQUIRE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/probe.pcap";
  const Result result = sockprobe({"--capture", path, "127.0.0.1", "7007", "--watch=0.05", "--jsonl"},
                                  {.output_unread = true, .wrapper = network()});
  INFO(result.err);
  CHECK(holds(result.err, " packets in " + path));
  const auto packets = read_capture(path);
  REQUIRE(packets);
  CHECK(syns(*packets, 7007) >= 1);
  CHECK(command({"ls", folder.path()}).out == "probe.pcap\n");
}

TEST_CASE("--path captures what the routers say, and --json carries on") {
  REQUIRE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/path.pcap";
  const Result result = probe({"--capture", path, "127.0.0.1", "7007", "--path", "--json", "--quiet"});
  INFO(result.err);
  CHECK(result.status == 0);
  // --quiet has nothing to say.
  CHECK(result.err.empty());
  const auto packets = read_capture(path);
  REQUIRE(packets);
  CHECK(syns(*packets, 7007) >= 1);
}

TEST_CASE("who may not capture is told what it takes, before anything is asked for") {
  REQUIRE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/probe.pcap";
  const Listener listener;
  if (is_root() && !nobody_cannot_run().empty()) SKIP_OUT_LOUD(nobody_cannot_run());
  const Result result = sockprobe({"--capture", path, "127.0.0.1", std::to_string(listener.port()), "--json"},
                                  {.wrapper = is_root() ? AsNobody : std::vector<std::string>{}});
  INFO(result.err);
  CHECK(result.status == 3);
  CHECK(result.out.empty());
  CHECK(holds(result.err, "it takes CAP_NET_RAW"));
  CHECK(holds(result.err, "setcap cap_net_raw+ep /"));
  CHECK_FALSE(read_capture(path));
}

TEST_CASE("what cannot be captured, or where it cannot be written, is said, and nothing is asked for") {
  REQUIRE_NETWORK();
  const Result nowhere = probe({"--capture", "/nonexistent/probe.pcap", "127.0.0.1", "7007"});
  CHECK(nowhere.status == 3);
  CHECK(nowhere.out.empty());
  CHECK(holds(nowhere.err, "--capture: open /nonexistent/probe.pcap: No such file"));
  const Result no_interface =
      probe({"--capture", "/tmp/none.pcap", "--interface", "nowhere0", "127.0.0.1", "7007"});
  CHECK(no_interface.status == 3);
  CHECK(holds(no_interface.err, "nowhere0: No such device"));
  const Result unix_socket = sockprobe({"--capture", "/tmp/none.pcap", "/run/no/such/socket"});
  CHECK(unix_socket.status == 2);
  CHECK(holds(unix_socket.err, "unix sockets have no packets"));
  for (const char* const name : {"", "-"})
    CHECK(sockprobe({"--capture", name, "127.0.0.1", "7007"}).status == 2);
}

TEST_CASE("--via with --capture has this end's packets of the test, and not of the talk about it") {
  REQUIRE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/pair.pcap";
  const Result result =
      probe({"--capture", path, "--via", "127.0.0.1", "7400", "udp/7401", "--datagrams=5", "--jsonl"});
  INFO(result.err << result.out);
  CHECK(result.status == 0);
  const auto packets = read_capture(path);
  REQUIRE(packets);
  CHECK(syns(*packets, 7400) == 1);
  CHECK(count(*packets, [](const auto& p) { return p.protocol == 17 && p.destination_port == 7401; }) >= 5);
  CHECK(count(*packets, [](const auto& p) { return p.source_port == 7077 || p.destination_port == 7077; }) ==
        0);
}

const std::vector<std::string> Via{"--via", "127.0.0.1", "7400", "udp/7401", "--datagrams=5", "--json"};

std::vector<std::string> via_with(const std::string& path) {
  std::vector<std::string> words{"--capture", path};
  words.insert(words.end(), Via.begin(), Via.end());
  return words;
}

TEST_CASE("a server that allows it adds its packets, in a file beside, confined as it is") {
  REQUIRE_NETWORK();
  const TemporaryFolder folder;
  const Result result = probe(via_with(folder.path() + "/pair.pcap"),
                              network("true", is_root() ? "--allow-capture" : "--allow-capture --user root"));
  INFO(result.err << result.out);
  CHECK(result.status == 0);
  CHECK(holds(result.out, "\"warnings\": []"));
  const auto here = read_capture(folder.path() + "/pair.pcap");
  const auto there = read_capture(folder.path() + "/pair.server.pcap");
  REQUIRE(here);
  REQUIRE(there);
  CHECK(holds(result.err, " packets of the server in " + folder.path() + "/pair.server.pcap"));
  // On loopback both see the same, but for the last packets of a connection and of the search for the MTU.
  CHECK(syns(*there, 7400) == 1);
  CHECK(count(*there, [](const auto& p) { return p.is_syn_ack() && p.source_port == 7400; }) == 1);
  CHECK(count(*there, [](const auto& p) { return p.protocol == 17 && p.source_port == 7401; }) >= 5);
  CHECK(count(*there, [](const auto& p) { return p.source_port == 7077 || p.destination_port == 7077; }) ==
        0);
}

TEST_CASE("that a server does not allow it, or cannot, is a warning, and the client's own file is whole") {
  REQUIRE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/pair";
  const Result forbidden = probe(via_with(path));
  CHECK(forbidden.status == 0);
  CHECK(holds(forbidden.out, "\"packets-missing\""));
  CHECK(holds(forbidden.err, "the server's packets are missing: the server does not allow it"));
  CHECK(holds(forbidden.err, "sockprobed --allow-capture"));
  CHECK(read_capture(path));
  CHECK_FALSE(read_capture(path + ".server"));
  const Result unable = probe(via_with(path), network("true", "--allow-capture --no-sandbox --user root",
                                                      "setpriv --bounding-set=-net_raw --inh-caps=-all"));
  INFO(unable.err);
  CHECK(unable.status == 0);
  CHECK(holds(unable.err, "the server's packets are missing: the server cannot: "));
}

}  // namespace
}  // namespace cli::sockprobe_capture_test
