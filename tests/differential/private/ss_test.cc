#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <sstream>

#include "differential/private/crowd.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/ss.h"

namespace sockutils::test::ss_test {
namespace {

/// What `ss` shows of the internet families, packet and unix; no version shows UDP-Lite or ping sockets.
std::vector<SocketKind> kinds_of_ss() {
  std::vector<SocketKind> kinds = kinds_of({Family::Inet, Family::Inet6, Family::Packet, Family::Unix});
  std::erase_if(kinds, [](const SocketKind& kind) {
    return kind.protocol == Protocol::Udplite || kind.protocol == Protocol::Icmp;
  });
  return kinds;
}

/// Old versions of `ss` do not ask for sockets that are bound and nothing more.
bool is_bound_tcp(const ComparableRow& row) { return row.protocol == "tcp" && row.state == "UNCONN"; }

using Lines = std::vector<std::string>;

void add_line(Lines& lines, ComparableRow row) {
  // In a user namespace this program has capabilities that `ss` does not get from it, and without which it
  // may not see what this program holds (ptrace(2), access mode checking).
  if (geteuid() != 0) row.owners.clear();
  if (!is_bound_tcp(row)) lines.push_back(row.to_string());
}

Lines lines_of_ss() {
  Lines lines;
  const auto output = run_ss("-OHna -e -p -t -u -w -0 -x");
  REQUIRE(output.has_value());
  for (const std::string& line : *output) {
    auto row = parse_ss_line(line);
    INFO(line);
    REQUIRE(row.has_value());
    add_line(lines, std::move(*row));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

Lines lines_of_library() {
  Lines lines;
  for (const SocketRow& row : Listing::take(Source::Auto, kinds_of_ss()).rows())
    add_line(lines, comparable(row));
  std::sort(lines.begin(), lines.end());
  return lines;
}

Lines only_in_first(const Lines& first, const Lines& second) {
  Lines only;
  std::set_difference(first.begin(), first.end(), second.begin(), second.end(), std::back_inserter(only));
  return only;
}

TEST_CASE("ss shows the same sockets, states, ends, queues, identities, users and owners") {
  REQUIRE_PRIVATE_NETWORK();
  if (!have_ss()) SKIP_OUT_LOUD("no ss (iproute2)");
  for (const unsigned seed : crowd_seeds()) {
    INFO("SOCKUTILS_TEST_SEED=" << seed);
    const Crowd crowd({.seed = seed, .scenes = 200});
    const Child second_owner([] {});
    Lines before;
    Lines library;
    Lines after;
    // The last packets of the crowd may still be under way at the first look, and timers run out between two.
    eventually([&] {
      before = lines_of_ss();
      library = lines_of_library();
      after = lines_of_ss();
      return before == library;
    });
    const Lines lasting = only_in_first(before, only_in_first(before, after));
    CHECK(lasting.size() > 250);
    CHECK(only_in_first(lasting, library) == Lines{});
    CHECK(only_in_first(only_in_first(library, before), after) == Lines{});
  }
}

TEST_CASE("ss shows the same bound sockets, where it shows them") {
  REQUIRE_PRIVATE_NETWORK();
  if (!have_ss()) SKIP_OUT_LOUD("no ss (iproute2)");
  const UniqueFd bound = make_socket(AF_INET, SOCK_STREAM);
  bind_to(bound, loopback(AF_INET));
  const auto output = run_ss("-OHn -e -p --bound-inactive");
  if (!output) SKIP_OUT_LOUD("this ss knows no --bound-inactive (before 6.8)");
  REQUIRE(output->size() == 1);
  const auto row = parse_ss_line(output->front());
  REQUIRE(row.has_value());
  const Listing listing = Listing::take(Source::Netlink, kinds_of(Protocol::Tcp));
  CHECK(row->to_string() == comparable(listing.the_one("state", "bound-inactive")).to_string());
}

/// The inodes of the sockets that a filter keeps.
using Inodes = std::set<std::string>;

Inodes kept_by_ss(const std::string& filter, const Inodes& among) {
  Inodes kept;
  // A column tells the protocol when there are several.
  const auto output = run_ss("-OHna -e -p -t -u '" + filter + "'");
  REQUIRE(output.has_value());
  for (const std::string& line : *output)
    if (const auto row = parse_ss_line(line); row && among.contains(row->inode)) kept.insert(row->inode);
  return kept;
}

Inodes kept_by_library(const std::string& filter, const Inodes& among) {
  FilterNames names;
  names.interface = [](std::string_view name) {
    return std::optional<std::uint32_t>(if_nametoindex(std::string(name).c_str()));
  };
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  query.filter = Filter::parse(filter, names).value();
  Inodes kept;
  for (const SocketRow& row : Listing::take(query).rows())
    if (among.contains(row["inode"])) kept.insert(row["inode"]);
  return kept;
}

TEST_CASE("what ss keeps of sockets that lack a peer or an interface is kept") {
  REQUIRE_PRIVATE_NETWORK();
  if (!have_ss()) SKIP_OUT_LOUD("no ss (iproute2)");
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const UniqueFd bound = make_socket(AF_INET, SOCK_STREAM);
  set_option_text(bound, SOL_SOCKET, SO_BINDTODEVICE, "lo");
  bind_to(bound, loopback(AF_INET));
  listen_on(bound, 1);
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  const std::string port = std::to_string(SocketAddress::local_of(listener.get()).port());
  connect_to(client, SocketAddress::local_of(listener.get()));
  const UniqueFd server = accept_from(listener);
  Inodes all;
  for (const UniqueFd* fd : {&listener, &bound, &client, &server}) all.insert(std::to_string(inode_of(*fd)));
  for (const std::string& filter :
       {"dport != :" + port, "not dport = :" + port, "sport != :" + port, "dport = :" + port,
        std::string("dev != lo"), std::string("dev = lo"), "dport != :" + port + " and dev != lo"}) {
    INFO(filter);
    const Inodes kept = kept_by_ss(filter, all);
    CHECK(kept == kept_by_library(filter, all));
    CHECK_FALSE(kept.empty());
  }
}

std::string netlink_key(const std::string& protocol, std::uint32_t port_id, const std::string& queue) {
  return protocol + ' ' + std::to_string(port_id) + ' ' + queue;
}

const std::map<std::string, std::string> NetlinkNumbers{
    {"0", "route"}, {"2", "usersock"}, {"15", "kobject_uevent"}, {"16", "generic"}};

std::set<std::string> netlink_sockets_of_ss() {
  std::set<std::string> sockets;
  const auto output = run_ss("-OHna -f netlink");
  REQUIRE(output.has_value());
  for (const std::string& line : *output) {
    // UNCONN 0 0 15:77777 * sk=0 cb=0 groups=0x00000001, with a port id that old versions print signed
    std::istringstream words(line);
    std::string state;
    std::string queue;
    std::string send_queue;
    std::string protocol;
    long long port_id = 0;
    words >> state >> queue >> send_queue;
    std::getline(words >> std::ws, protocol, ':');
    const auto name = NetlinkNumbers.find(protocol);
    if (words >> port_id && name != NetlinkNumbers.end())
      sockets.insert(netlink_key(name->second, static_cast<std::uint32_t>(port_id), queue));
  }
  return sockets;
}

TEST_CASE("ss shows the same netlink sockets") {
  REQUIRE_PRIVATE_NETWORK();
  if (!have_ss()) SKIP_OUT_LOUD("no ss (iproute2)");
  const Crowd crowd({.seed = 1, .scenes = 200});
  const std::set<std::string> ss = netlink_sockets_of_ss();
  for (const Source source : {Source::Netlink, Source::Proc}) {
    std::set<std::string> library;
    for (const SocketRow& row : Listing::take(source, kinds_of({Family::Netlink})).rows())
      for (const auto& [number, protocol] : NetlinkNumbers)
        if (row["protocol"] == protocol)
          library.insert(netlink_key(protocol, static_cast<std::uint32_t>(row.number("netlink_port_id")),
                                     row["recv_queue"]));
    CHECK(ss.size() > 5);
    CHECK(ss == library);
  }
}

}  // namespace
}  // namespace sockutils::test::ss_test
