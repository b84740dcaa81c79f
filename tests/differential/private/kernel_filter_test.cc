#include <algorithm>
#include <map>
#include <random>

#include "differential/private/crowd.h"
#include "sockutils/list.h"
#include "support/catch.h"
#include "support/namespace.h"

namespace sockutils::test::kernel_filter_test {
namespace {

/// Never true, and nothing that the kernel could decide: beside it the kernel hands over every socket.
constexpr std::string_view Undecidable = "recv_queue > 1000000000000";

using Cookies = std::vector<std::uint64_t>;

Filter parse(const std::string& text) {
  const auto filter = Filter::parse(text, {});
  if (!filter) throw std::runtime_error(filter.error().explain(text));
  return *filter;
}

Query query_of(const std::string& filter) {
  Query query;
  for (const Protocol protocol : {Protocol::Tcp, Protocol::Udp, Protocol::Udplite})
    for (const Family family : {Family::Inet, Family::Inet6}) query.kinds.push_back({family, protocol});
  query.filter = parse(filter);
  query.fields = {find_field("cookie")};
  query.source = Source::Netlink;
  return query;
}

/// The cookies of what matches, in order.
Cookies matching(const std::string& filter) {
  Cookies cookies;
  const auto report = list_sockets(query_of(filter), [&](Values values) {
    cookies.push_back(std::get<std::uint64_t>(values[0].value()));
    return true;
  });
  REQUIRE(report);
  std::sort(cookies.begin(), cookies.end());
  return cookies;
}

Cookies matching_in_user_space(const std::string& filter) {
  return matching("(" + filter + ") or " + std::string(Undecidable));
}

/// Both paths, once more when a socket went away in between.
bool paths_agree(const std::string& filter) {
  for (int attempt = 0; attempt < 3; ++attempt)
    if (matching(filter) == matching_in_user_space(filter)) return true;
  return false;
}

/// Makes filters of the ports and addresses that there are.
class FilterMaker {
 public:
  FilterMaker(unsigned seed, std::vector<std::string> ports) : engine_(seed), ports_(std::move(ports)) {}

  std::string make(unsigned depth) {
    if (depth == 0 || below(4) == 0) return test();
    if (below(5) == 0) return "not (" + make(depth - 1) + ")";
    const std::string word = below(2) == 0 ? " and " : " or ";
    std::string text = "(" + make(depth - 1);
    for (unsigned more = 1 + below(3); more > 0; --more) text += word + make(depth - 1);
    return text + ")";
  }

  unsigned below(unsigned limit) { return static_cast<unsigned>(engine_() % limit); }

 private:
  template <std::size_t N>
  std::string pick(const std::array<const char*, N>& words) {
    return words[below(N)];
  }
  std::string port() {
    return below(8) == 0 ? std::to_string(below(65536)) : ports_[below(static_cast<unsigned>(ports_.size()))];
  }

  std::string test() {
    constexpr std::array Relations{" = ", " != ", " < ", " <= ", " > ", " >= "};
    constexpr std::array Subjects{"sport", "dport", "port"};
    constexpr std::array Ends{"src", "dst", "address"};
    constexpr std::array Hosts{
        "127.0.0.0/8", "127.0.0.1",        "127.64.0.0/10",       "0.0.0.0",    "0.0.0.0/0",  "::1", "::",
        "[::]/0",      "::ffff:127.0.0.1", "[::ffff:0.0.0.0]/96", "10.0.0.0/8", "[fe80::]/10"};
    constexpr std::array Others{"dev = 1",         "dev != 1",          "has dev",        "mark = 7",
                                "mark != 7",       "mark = 1/3",        "cgroup_id = 1",  "cgroup_id != 1",
                                "not mark = 0",    "not cgroup_id = 0", "family = inet6", "family != inet6",
                                "protocol = tcp",  "protocol != udp",   "has dport",      "has peer_address",
                                "autobound",       "autobound = no",    "not autobound",  "has autobound",
                                "state listening", "state connected",   "recv_queue > 0", "uid > 1001",
                                "state time-wait", "has inode",         "dual_stack",     "tcp_rtt > 20"};
    switch (below(5)) {
      case 0:
      case 1:
        return pick(Subjects) + pick(Relations) + port();
      case 2:
        return pick(Subjects) + (below(2) == 0 ? " in (" : " not in (") + port() + ", " + port() + ", " +
               port() + ")";
      case 3:
        return pick(Ends) + (below(4) == 0 ? " != " : " ") + pick(Hosts) +
               (below(4) == 0 ? ":" + port() : std::string());
      default:
        return pick(Others);
    }
  }

  std::mt19937 engine_;
  std::vector<std::string> ports_;
};

std::vector<std::string> ports_in_use() {
  Query query = query_of("");
  query.fields = {find_field("local_port")};
  std::vector<std::string> ports;
  const auto report = list_sockets(query, [&](Values values) {
    if (values[0]) ports.push_back(std::to_string(std::get<std::uint64_t>(*values[0])));
    return true;
  });
  REQUIRE(report);
  return ports;
}

/// Sockets with marks, and bound to an interface.
void mark_some(Crowd& crowd) {
  for (const int mark : {1, 3, 7, 7, 0x100}) {
    const int family = crowd.random_family();
    const UniqueFd& fd = crowd.keep(make_socket(family, crowd.toss() ? SOCK_STREAM : SOCK_DGRAM));
    if (setsockopt(fd.get(), SOL_SOCKET, SO_MARK, &mark, sizeof mark) != 0) return;
    if (crowd.toss()) set_option_text(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo");
    bind_to(fd, loopback(family));
  }
}

}  // namespace

TEST_CASE("the kernel and user space keep exactly the same sockets, whatever the filter") {
  REQUIRE_PRIVATE_NETWORK();
  for (const unsigned seed : crowd_seeds()) {
    INFO("SOCKUTILS_TEST_SEED=" << seed);
    Crowd crowd({.seed = seed, .scenes = 200});
    mark_some(crowd);
    FilterMaker maker(seed, ports_in_use());
    std::size_t kept = 0;
    for (unsigned i = 0; i < 1500; ++i) {
      const std::string filter = maker.make(1 + maker.below(3));
      INFO(filter);
      REQUIRE(paths_agree(filter));
      if (i % 50 == 0) kept += matching(filter).size();
    }
    CHECK(kept > 0);
  }
}

TEST_CASE("a filter of a thousand ports is decided alike on both paths") {
  REQUIRE_PRIVATE_NETWORK();
  const Crowd crowd({.seed = 3, .scenes = 60});
  std::string list = "in (1";
  const std::vector<std::string> ports = ports_in_use();
  for (std::size_t i = 0; i < 1000; ++i)
    list += ", " + (i % 100 == 0 ? ports[i % ports.size()] : std::to_string(2 + i));
  const std::vector<std::string> filters{"sport " + list + ")",
                                         "dport not " + list + ") or sport " + list + ")"};
  for (const std::string& filter : filters) {
    CHECK(paths_agree(filter));
    CHECK_FALSE(matching(filter).empty());
  }
}

}  // namespace sockutils::test::kernel_filter_test
