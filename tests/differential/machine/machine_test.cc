#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "differential/machine/daemons.h"
#include "support/catch.h"
#include "support/skip.h"
#include "support/sockets.h"
#include "support/ss.h"

// This machine's own network namespace: it may change at any time, so what is compared is what stayed the
// same from one look to the next.

namespace sockutils::test::machine_test {
namespace {

using Lines = std::set<std::string>;

std::vector<SocketKind> kinds_of_ss() {
  std::vector<SocketKind> kinds = kinds_of({Family::Inet, Family::Inet6, Family::Packet, Family::Unix});
  std::erase_if(kinds, [](const SocketKind& kind) {
    return kind.protocol == Protocol::Udplite || kind.protocol == Protocol::Icmp;
  });
  return kinds;
}

/// Whether the output of `ss` can be read back: it prints names as they are.
bool survives_ss(const ComparableRow& row) {
  const auto has_newline = [](const std::string& text) { return text.find('\n') != std::string::npos; };
  const bool is_internet = row.protocol == "tcp" || row.protocol == "udp" || row.protocol == "raw";
  if (!is_internet && row.local.find_first_of(" \n\t") != std::string::npos) return false;
  return std::none_of(row.owners.begin(), row.owners.end(), has_newline);
}

/// Queues change too often, and sockets that are bound and nothing more are left out by old versions of
/// `ss`.
void add_comparable(Lines& lines, ComparableRow row) {
  const bool bound = row.protocol == "tcp" && row.state == "UNCONN";
  row.recv_queue.clear();
  row.send_queue.clear();
  if (!bound && survives_ss(row)) lines.insert(row.to_string());
}

Lines look_with_ss() {
  Lines lines;
  const auto output = run_ss("-OHna -e -p -t -u -w -0 -x");
  REQUIRE(output.has_value());
  for (const std::string& line : *output)
    if (auto row = parse_ss_line(line)) add_comparable(lines, std::move(*row));
  return lines;
}

Lines look_with_library() {
  Lines lines;
  for (const SocketRow& row : Listing::take(Source::Auto, kinds_of_ss()).rows())
    add_comparable(lines, comparable(row));
  return lines;
}

Lines in_both(const Lines& a, const Lines& b) {
  Lines both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

Lines missing_from(const Lines& all, const Lines& wanted) {
  Lines missing;
  std::set_difference(wanted.begin(), wanted.end(), all.begin(), all.end(),
                      std::inserter(missing, missing.end()));
  return missing;
}

/// What the two disagree about although it did not change between two looks of either.
Lines disagreements(const std::function<Lines()>& one, const std::function<Lines()>& other) {
  const Lines one_before = one();
  const Lines other_before = other();
  const Lines one_after = one();
  const Lines other_after = other();
  Lines all = missing_from(other_before, in_both(one_before, one_after));
  all.merge(missing_from(one_after, in_both(other_before, other_after)));
  return all;
}

/// What lives for a moment only can still deceive once, so there are several chances.
Lines lasting_disagreements(const std::function<Lines()>& one, const std::function<Lines()>& other) {
  Lines left;
  for (int attempt = 0; attempt < 5; ++attempt) {
    left = disagreements(one, other);
    if (left.empty()) break;
  }
  return left;
}

struct ProcFile {
  const char* path;
  Family family;
  Protocol protocol;
};

constexpr ProcFile ProcFiles[] = {
    {"/proc/net/tcp", Family::Inet, Protocol::Tcp},
    {"/proc/net/tcp6", Family::Inet6, Protocol::Tcp},
    {"/proc/net/udp", Family::Inet, Protocol::Udp},
    {"/proc/net/udp6", Family::Inet6, Protocol::Udp},
    {"/proc/net/udplite", Family::Inet, Protocol::Udplite},
    {"/proc/net/udplite6", Family::Inet6, Protocol::Udplite},
    {"/proc/net/raw", Family::Inet, Protocol::Raw},
    {"/proc/net/raw6", Family::Inet6, Protocol::Raw},
    {"/proc/net/icmp", Family::Inet, Protocol::Icmp},
    {"/proc/net/icmp6", Family::Inet6, Protocol::Icmp},
};

std::string counted(const ProcFile& file, const std::string& state, std::size_t count) {
  return std::string(file.path) + ' ' + state + ": " + std::to_string(count);
}

/// By the kernel's own numbers, include/net/tcp_states.h.
const std::map<std::string, std::string> StateNumbers{
    {"01", "established"}, {"02", "syn-sent"},  {"03", "syn-recv"},    {"04", "fin-wait-1"},
    {"05", "fin-wait-2"},  {"06", "time-wait"}, {"07", "unconnected"}, {"08", "close-wait"},
    {"09", "last-ack"},    {"0A", "listen"},    {"0B", "closing"},     {"0C", "syn-recv"}};

/// How many lines each file has in each state, counted without any help of the library.
Lines count_in_proc() {
  Lines counts;
  for (const ProcFile& file : ProcFiles) {
    std::map<std::string, std::size_t> states;
    std::ifstream lines(file.path);
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      std::istringstream words(line);
      std::string slot;
      std::string local;
      std::string peer;
      std::string state;
      words >> slot >> local >> peer >> state;
      ++states[StateNumbers.at(state)];
    }
    for (const auto& [state, count] : states) counts.insert(counted(file, state, count));
  }
  return counts;
}

Lines count_in_library() {
  Lines counts;
  for (const ProcFile& file : ProcFiles) {
    std::map<std::string, std::size_t> states;
    for (const SocketRow& row : Listing::take(Source::Auto, {{file.family, file.protocol}}).rows())
      if (row["state"] != "bound-inactive") ++states[row["state"]];
    for (const auto& [state, count] : states) counts.insert(counted(file, state, count));
  }
  return counts;
}

std::vector<std::unique_ptr<Daemon>> start_daemons() {
  std::vector<std::unique_ptr<Daemon>> daemons;
  for (const DaemonKind* kind : installed_daemons()) {
    auto daemon = std::make_unique<Daemon>(*kind, free_port());
    if (daemon->listens())
      daemons.push_back(std::move(daemon));
    else
      print_skip(kind->program + " does not start here: " + daemon->words());
  }
  return daemons;
}

/// A client of each, so that there are connections too.
std::vector<UniqueFd> connect_to_all(const std::vector<std::unique_ptr<Daemon>>& daemons) {
  std::vector<UniqueFd> clients;
  for (const auto& daemon : daemons) {
    clients.push_back(make_socket(AF_INET, SOCK_STREAM));
    connect_to(clients.back(), loopback(AF_INET, daemon->port()));
  }
  return clients;
}

TEST_CASE("this machine's sockets, states and owners are those that ss shows") {
  if (!have_ss()) SKIP_OUT_LOUD("no ss (iproute2)");
  CHECK(lasting_disagreements(look_with_library, look_with_ss) == Lines{});
  CHECK_FALSE(look_with_library().empty());
}

TEST_CASE("the numbers of this machine's sockets by protocol and state are those of /proc/net") {
  CHECK(lasting_disagreements(count_in_library, count_in_proc) == Lines{});
}

TEST_CASE("real daemons and their clients are listed as ss and /proc/net show them, and by name") {
  if (installed_daemons().empty()) SKIP_OUT_LOUD("none of these is installed: " + known_daemons());
  const auto daemons = start_daemons();
  const std::vector<UniqueFd> clients = connect_to_all(daemons);
  for (const auto& daemon : daemons) {
    INFO(daemon->kind().program);
    const std::string port = std::to_string(daemon->port());
    const Listing listing = Listing::take(Source::Auto, {{Family::Inet, Protocol::Tcp}});
    std::vector<SocketRow> rows = listing.where("local_port", port);
    std::erase_if(rows, [](const SocketRow& row) { return row["state"] != "listen"; });
    REQUIRE(rows.size() == 1);
    REQUIRE_FALSE(rows.front().holders().empty());
    CHECK(rows.front().holders().front().process.pid == daemon->pid());
    CHECK(rows.front().holders().front().process.executable ==
          std::filesystem::canonical(daemon->kind().program).string());
    // Its process may have forked others, which hold the listener too.
    for (const Holder& holder : rows.front().holders()) CHECK(holder.process.name == daemon->kind().name());
    CHECK_FALSE(listing.where("peer_port", port).empty());
  }
  CHECK(lasting_disagreements(count_in_library, count_in_proc) == Lines{});
  if (have_ss()) CHECK(lasting_disagreements(look_with_library, look_with_ss) == Lines{});
}

}  // namespace
}  // namespace sockutils::test::machine_test
