#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <sstream>

#include "common/bytes.h"
#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::tcp_facts_test {
namespace {

SocketRow listed(const UniqueFd& fd) { return find_row(fd, Source::Netlink); }

/// A member of struct tcp_info that is a number, and the field that shows it.
struct Member {
  const char* field;
  std::size_t offset;
  std::size_t size;
  std::uint64_t scale = 1;
  /// What the kernel writes for "there is none".
  std::optional<std::uint64_t> none = {};
};

#define MEMBER(field, name, ...) \
  Member { "tcp_" field, offsetof(tcp_info, name), sizeof(tcp_info::name), __VA_ARGS__ }

constexpr Member Members[] = {
    MEMBER("retransmits", tcpi_retransmits),
    MEMBER("probes", tcpi_probes),
    MEMBER("backoff", tcpi_backoff),
    MEMBER("rto", tcpi_rto),
    MEMBER("ato", tcpi_ato),
    MEMBER("snd_mss", tcpi_snd_mss),
    MEMBER("rcv_mss", tcpi_rcv_mss),
    MEMBER("unacked", tcpi_unacked),
    MEMBER("sacked", tcpi_sacked),
    MEMBER("lost", tcpi_lost),
    MEMBER("retrans", tcpi_retrans),
    MEMBER("last_data_sent", tcpi_last_data_sent, 1000),
    MEMBER("last_data_recv", tcpi_last_data_recv, 1000),
    MEMBER("last_ack_recv", tcpi_last_ack_recv, 1000),
    MEMBER("pmtu", tcpi_pmtu),
    MEMBER("rcv_ssthresh", tcpi_rcv_ssthresh),
    MEMBER("rtt", tcpi_rtt, 1, 0),
    MEMBER("rttvar", tcpi_rttvar),
    MEMBER("snd_ssthresh", tcpi_snd_ssthresh, 1, 0x7fffffff),
    MEMBER("snd_cwnd", tcpi_snd_cwnd),
    MEMBER("advmss", tcpi_advmss),
    MEMBER("reordering", tcpi_reordering),
    MEMBER("rcv_rtt", tcpi_rcv_rtt, 1, 0),
    MEMBER("rcv_space", tcpi_rcv_space),
    MEMBER("total_retrans", tcpi_total_retrans),
    MEMBER("pacing_rate", tcpi_pacing_rate, 1, ~std::uint64_t{0}),
    MEMBER("max_pacing_rate", tcpi_max_pacing_rate, 1, ~std::uint64_t{0}),
    MEMBER("bytes_acked", tcpi_bytes_acked),
    MEMBER("bytes_received", tcpi_bytes_received),
    MEMBER("segs_out", tcpi_segs_out),
    MEMBER("segs_in", tcpi_segs_in),
    MEMBER("notsent_bytes", tcpi_notsent_bytes),
    MEMBER("min_rtt", tcpi_min_rtt, 1, 0xffffffff),
    MEMBER("data_segs_in", tcpi_data_segs_in),
    MEMBER("data_segs_out", tcpi_data_segs_out),
    MEMBER("delivery_rate", tcpi_delivery_rate, 1, 0),
    MEMBER("busy_time", tcpi_busy_time),
    MEMBER("rwnd_limited", tcpi_rwnd_limited),
    MEMBER("sndbuf_limited", tcpi_sndbuf_limited),
    MEMBER("delivered", tcpi_delivered),
    MEMBER("delivered_ce", tcpi_delivered_ce),
    MEMBER("bytes_sent", tcpi_bytes_sent),
    MEMBER("bytes_retrans", tcpi_bytes_retrans),
    MEMBER("dsack_dups", tcpi_dsack_dups),
    MEMBER("reord_seen", tcpi_reord_seen),
    MEMBER("rcv_ooopack", tcpi_rcv_ooopack),
    MEMBER("snd_wnd", tcpi_snd_wnd),
    // Newer than the headers of some of the systems that this is built on.
    {"tcp_rcv_wnd", 232, 4},
    {"tcp_rehash", 236, 4},
    {"tcp_total_rto", 240, 2},
    {"tcp_total_rto_recoveries", 242, 2},
    {"tcp_total_rto_time", 244, 4, 1000},
    {"tcp_received_ce", 248, 4},
    {"tcp_delivered_e1_bytes", 252, 4},
    {"tcp_delivered_e0_bytes", 256, 4},
    {"tcp_delivered_ce_bytes", 260, 4},
    {"tcp_received_e1_bytes", 264, 4},
    {"tcp_received_e0_bytes", 268, 4},
    {"tcp_received_ce_bytes", 272, 4},
};

#undef MEMBER

std::optional<std::uint64_t> read_member(const std::string& info, const Member& member) {
  const ByteView bytes = as_bytes(info);
  switch (member.size) {
    case 1:
      return load<std::uint8_t>(bytes, member.offset);
    case 2:
      return load<std::uint16_t>(bytes, member.offset);
    case 4:
      return load<std::uint32_t>(bytes, member.offset);
    default:
      return load<std::uint64_t>(bytes, member.offset);
  }
}

/// Some members count the time that passes, so a row is compared with what held before and after it.
void check_member(const SocketRow& row, const Member& member, const std::string& before,
                  const std::string& after, std::chrono::milliseconds between) {
  const auto first = read_member(before, member);
  const auto last = read_member(after, member);
  INFO(member.field << " before: " << first.value_or(0) << " after: " << last.value_or(0));
  if (!first || (first == member.none && last == member.none)) {
    CHECK(row[member.field] == Absent);
    return;
  }
  REQUIRE(row.has(member.field));
  // The time since something last happened begins anew when it happens again between the looks.
  const bool began_anew = std::string_view(member.field).starts_with("tcp_last_") && *last < *first;
  CHECK(row.number(member.field) >= (began_anew ? 0 : std::min(*first, *last) * member.scale));
  // It went on until then; the kernel counts in jiffies of up to 10 ms.
  const auto later = *first + static_cast<std::uint64_t>(between.count()) + 10;
  const auto most = began_anew ? later : std::max(*first, *last);
  CHECK(row.number(member.field) <= most * member.scale);
}

void check_tcp_info(const UniqueFd& fd) {
  const auto start = std::chrono::steady_clock::now();
  const std::string before = option_bytes(fd, IPPROTO_TCP, TCP_INFO);
  const SocketRow row = listed(fd);
  const std::string after = option_bytes(fd, IPPROTO_TCP, TCP_INFO);
  const auto between = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  for (const Member& member : Members) check_member(row, member, before, after, between);
  const auto info = *load<tcp_info>(as_bytes(after + std::string(sizeof(tcp_info), '\0')));
  const auto flag = [](bool value) { return value ? "true" : "false"; };
  CHECK(row["tcp_ca_state"] == "open");
  CHECK(row["tcp_timestamps"] == flag(info.tcpi_options & TCPI_OPT_TIMESTAMPS));
  CHECK(row["tcp_sack"] == flag(info.tcpi_options & TCPI_OPT_SACK));
  CHECK(row["tcp_window_scaling"] == flag(info.tcpi_options & TCPI_OPT_WSCALE));
  CHECK(row["tcp_ecn"] == flag(info.tcpi_options & TCPI_OPT_ECN));
  CHECK(row["tcp_snd_wscale"] == std::to_string(info.tcpi_snd_wscale));
  CHECK(row["tcp_rcv_wscale"] == std::to_string(info.tcpi_rcv_wscale));
  CHECK(row["tcp_delivery_rate_app_limited"] == flag(info.tcpi_delivery_rate_app_limited));
}

TEST_CASE("tcp_info is listed as getsockopt(TCP_INFO) tells it") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  std::array<char, 8192> buffer{};
  for (int round = 0; round < 20; ++round) {
    send_text(connection.client, std::string(5000, 'x'));
    send_text(connection.server, std::string(100, 'y'));
    checked(static_cast<int>(recv(connection.server.get(), buffer.data(), buffer.size(), 0)), "recv");
  }
  check_tcp_info(connection.client);
  check_tcp_info(connection.server);
  CHECK(listed(connection.client).number("tcp_bytes_sent") == 100'000);
}

TEST_CASE("a listener has no round-trip time and no other tcp_info") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 3);
  const SocketRow row = listed(listener);
  for (const Member& member : Members) {
    INFO(member.field);
    CHECK(row[member.field] == Absent);
  }
}

TEST_CASE("a socket's memory is listed as getsockopt(SO_MEMINFO) tells it") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  send_text(connection.client, "waits to be read");
  make_deaf(connection.client);
  send_text(connection.server, "waits to be acknowledged");
  const UniqueFd udp = make_socket(AF_INET6, SOCK_DGRAM);
  const auto [unix_end, other_end] = make_socketpair(SOCK_DGRAM);
  send_text(other_end, "waits too");
  for (const UniqueFd* fd : {&connection.server, &connection.client, &connection.listener, &udp, &unix_end}) {
    if (fd == &udp) bind_to(udp, loopback(AF_INET6));
    const auto memory = option<std::array<std::uint32_t, SK_MEMINFO_VARS>>(*fd, SOL_SOCKET, SO_MEMINFO);
    const SocketRow row = listed(*fd);
    CHECK(row.number("mem_rmem_alloc") == memory[SK_MEMINFO_RMEM_ALLOC]);
    CHECK(row.number("mem_rcvbuf") == memory[SK_MEMINFO_RCVBUF]);
    CHECK(row.number("mem_wmem_alloc") == memory[SK_MEMINFO_WMEM_ALLOC]);
    CHECK(row.number("mem_sndbuf") == memory[SK_MEMINFO_SNDBUF]);
    CHECK(row.number("mem_fwd_alloc") == memory[SK_MEMINFO_FWD_ALLOC]);
    CHECK(row.number("mem_wmem_queued") == memory[SK_MEMINFO_WMEM_QUEUED]);
    CHECK(row.number("mem_optmem") == memory[SK_MEMINFO_OPTMEM]);
    CHECK(row.number("mem_backlog") == memory[SK_MEMINFO_BACKLOG]);
    // Retransmissions to the deaf end go on.
    const auto later = option<std::array<std::uint32_t, SK_MEMINFO_VARS>>(*fd, SOL_SOCKET, SO_MEMINFO);
    REQUIRE(row.has("drops"));
    CHECK(row.number("drops") >= memory[SK_MEMINFO_DROPS]);
    CHECK(row.number("drops") <= later[SK_MEMINFO_DROPS]);
  }
}

TEST_CASE("the congestion control of a connection is listed by name") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  set_option_text(connection.client, IPPROTO_TCP, TCP_CONGESTION, "reno");
  for (const UniqueFd* fd : {&connection.client, &connection.server, &connection.listener}) {
    const std::string name = option_bytes(*fd, IPPROTO_TCP, TCP_CONGESTION);
    CHECK(listed(*fd)["congestion_control"] == name.substr(0, name.find('\0')));
  }
  CHECK(listed(connection.client)["congestion_control"] == "reno");
}

TEST_CASE("mark, type of service and traffic class are listed as they were set") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection v4 = make_tcp_connection(AF_INET);
  const TcpConnection v6 = make_tcp_connection(AF_INET6);
  set_option(v4.client, SOL_SOCKET, SO_MARK, 0x2a);
  set_option(v4.client, IPPROTO_IP, IP_TOS, 0x10);
  set_option(v6.client, IPPROTO_IPV6, IPV6_TCLASS, 0x20);
  const SocketRow over_v4 = listed(v4.client);
  CHECK(over_v4["mark"] == "42");
  CHECK(over_v4["tos"] == "16");
  CHECK(over_v4["traffic_class"] == Absent);
  const SocketRow over_v6 = listed(v6.client);
  CHECK(over_v6["traffic_class"] == "32");
  CHECK(listed(v4.server)["tos"] == "0");
}

TEST_CASE("the priority of a socket is its class as long as its control group has none") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  set_option(connection.client, SOL_SOCKET, SO_PRIORITY, 5);
  CHECK(listed(connection.client)["class_id"] == "5");
}

/// Where cgroup2 is mounted, with the path of this process in it; empty when that cannot be told.
std::string own_control_group() {
  std::istringstream mounts(proc_text("/proc/self/mountinfo"));
  std::istringstream groups(proc_text("/proc/self/cgroup"));
  std::string path;
  for (std::string line; std::getline(groups, line);)
    if (line.starts_with("0::")) path = line.substr(3);
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string id;
    std::string parent;
    std::string device;
    std::string root;
    std::string point;
    words >> id >> parent >> device >> root >> point;
    if (line.find(" - cgroup2 ") != std::string::npos && root == "/" && !path.empty()) return point + path;
  }
  return {};
}

TEST_CASE("a socket is listed with the number of its control group") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  struct stat status {};
  if (stat(own_control_group().c_str(), &status) != 0) SKIP_OUT_LOUD("no cgroup2 is mounted");
  // kernfs numbers its files by the identity that the kernel tells, where inode numbers have 64 bits.
  CHECK(listed(listener)["cgroup_id"] == std::to_string(status.st_ino));
}

TEST_CASE("the directions that were shut down are listed") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  CHECK(listed(connection.client)["shutdown"] == "none");
  shut_down_sending(connection.client);
  CHECK(listed(connection.client)["shutdown"] == "send");
  CHECK(listed(connection.server)["shutdown"] == "receive");
  const auto [end, other] = make_socketpair(SOCK_STREAM);
  shut_down_sending(end);
  CHECK(listed(end)["shutdown"] == "send");
  CHECK(listed(other)["shutdown"] == "receive");
}

}  // namespace
}  // namespace sockutils::test::tcp_facts_test
