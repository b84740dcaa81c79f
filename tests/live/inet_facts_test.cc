#include <linux/inet_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include "common/bytes.h"
#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::inet_facts_test {
namespace {

// Newer than the headers of some of the systems that this is built on.
constexpr int CongestionInfo = 26;        // TCP_CC_INFO
constexpr int Mptcp = 262;                // IPPROTO_MPTCP
constexpr int MptcpLevel = 284;           // SOL_MPTCP
constexpr int MptcpInfo = 1;              // MPTCP_INFO
constexpr std::uint8_t KeyForPrefix = 1;  // TCP_MD5SIG_FLAG_PREFIX

SocketRow listed(const UniqueFd& fd) { return find_row(fd, Source::Netlink); }

/// Whether the kernel takes this option for a socket; if not, why.
std::string refusal(const UniqueFd& fd, int level, int name, std::string_view value) {
  if (setsockopt(fd.get(), level, name, value.data(), static_cast<socklen_t>(value.size())) == 0) return {};
  return std::strerror(errno);
}

void exchange(const TcpConnection& connection) {
  std::array<char, 8192> buffer{};
  for (int round = 0; round < 10; ++round) {
    send_text(connection.client, std::string(5000, 'x'));
    send_text(connection.server, std::string(100, 'y'));
    checked(static_cast<int>(recv(connection.server.get(), buffer.data(), buffer.size(), 0)), "recv");
  }
}

TEST_CASE("what BBR knows of a path is listed as getsockopt(TCP_CC_INFO) tells it") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  const std::string why = refusal(connection.client, IPPROTO_TCP, TCP_CONGESTION, "bbr");
  if (!why.empty()) SKIP_OUT_LOUD("this kernel has no BBR: " + why);
  exchange(connection);
  std::optional<SocketRow> row;
  tcp_bbr_info info{};
  // The estimate may move between the two looks.
  CHECK(eventually([&] {
    const auto before = option<tcp_bbr_info>(connection.client, IPPROTO_TCP, CongestionInfo);
    row = listed(connection.client);
    info = option<tcp_bbr_info>(connection.client, IPPROTO_TCP, CongestionInfo);
    return std::memcmp(&before, &info, sizeof info) == 0;
  }));
  CHECK((*row)["congestion_control"] == "bbr");
  CHECK(row->number("bbr_bandwidth") == (std::uint64_t{info.bbr_bw_hi} << 32 | info.bbr_bw_lo));
  CHECK(row->number("bbr_min_rtt") == info.bbr_min_rtt);
  CHECK(row->number("bbr_pacing_gain") == (info.bbr_pacing_gain * 100 + 128) / 256);
  CHECK(row->number("bbr_cwnd_gain") == (info.bbr_cwnd_gain * 100 + 128) / 256);
  CHECK((*row)["dctcp_enabled"] == Absent);
}

TEST_CASE("what DCTCP knows of a path is listed") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  const std::string why = refusal(connection.client, IPPROTO_TCP, TCP_CONGESTION, "dctcp");
  if (!why.empty()) SKIP_OUT_LOUD("this kernel has no DCTCP: " + why);
  exchange(connection);
  const auto info = option<tcp_dctcp_info>(connection.client, IPPROTO_TCP, CongestionInfo);
  const SocketRow row = listed(connection.client);
  CHECK(row["dctcp_enabled"] == (info.dctcp_enabled != 0 ? "true" : "false"));
  CHECK(row.number("dctcp_alpha") == info.dctcp_alpha);
}

TEST_CASE("other congestion control has no facts of BBR") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  set_option_text(connection.client, IPPROTO_TCP, TCP_CONGESTION, "reno");
  for (const char* field : {"bbr_bandwidth", "bbr_min_rtt", "dctcp_alpha", "vegas_rtt"})
    CHECK(listed(connection.client)[field] == Absent);
}

TEST_CASE("the send rate is what the window allows") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  exchange(connection);
  const SocketRow row = listed(connection.client);
  REQUIRE(row.number("tcp_rtt") != 0);
  CHECK(row.number("tcp_send_rate") ==
        row.number("tcp_snd_mss") * row.number("tcp_snd_cwnd") * 1'000'000 / row.number("tcp_rtt"));
}

TEST_CASE(
    "explicit congestion notification is listed once it was agreed on, with the bytes that carried it") {
  REQUIRE_PRIVATE_NETWORK();
  write_kernel_file("/proc/sys/net/ipv4/tcp_ecn", "1");
  const TcpConnection connection = make_tcp_connection();
  write_kernel_file("/proc/sys/net/ipv4/tcp_ecn", "2");
  exchange(connection);
  const SocketRow server = listed(connection.server);
  CHECK(server["tcp_ecn"] == "true");
  CHECK(server["tcp_ecn_seen"] == "true");
  CHECK(server["tcp_accecn_fail_mode"] == (server.has("tcp_received_ce") ? "" : std::string(Absent)));
  if (server.has("tcp_received_e0_bytes")) CHECK(server.number("tcp_received_e0_bytes") == 50'000);
  const TcpConnection without = make_tcp_connection();
  CHECK(listed(without.client)["tcp_ecn"] == "false");
}

TEST_CASE("a connection that began with data in its SYN is told apart at both ends") {
  REQUIRE_PRIVATE_NETWORK();
  // Client, server, and neither needs a cookie.
  write_kernel_file("/proc/sys/net/ipv4/tcp_fastopen", "1543");
  const UniqueFd listener = make_tcp_listener(AF_INET, 5);
  set_option(listener, IPPROTO_TCP, TCP_FASTOPEN, 5);
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  const SocketAddress address = SocketAddress::local_of(listener.get());
  checked(static_cast<int>(sendto(client.get(), "hello", 5, MSG_FASTOPEN, address.get(), address.size())),
          "sendto");
  const UniqueFd server = accept_from(listener);
  CHECK(eventually([&] { return listed(client)["tcp_syn_data"] == "true"; }));
  const SocketRow accepted = listed(server);
  CHECK(accepted.number("recv_queue") == 5);
  const std::string info = option_bytes(server, IPPROTO_TCP, TCP_INFO);
  const bool told = (*load<std::uint8_t>(as_bytes(info), 5) & 0x80) != 0;
  CHECK(accepted["tcp_fastopen_child"] == (told ? "true" : "false"));
  CHECK(listed(client)["tcp_fastopen_child"] == "false");
  CHECK(listed(client)["tcp_fastopen_client_fail"] == "0");
}

TEST_CASE("socket options are listed by name once they are set") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd udp = make_socket(AF_INET, SOCK_DGRAM);
  bind_to(udp, loopback(AF_INET));
  CHECK(listed(udp)["socket_options"] == "mc_loop,mc_all");
  set_option(udp, IPPROTO_IP, IP_RECVERR, 1);
  set_option(udp, IPPROTO_IP, IP_FREEBIND, 1);
  set_option(udp, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  set_option(udp, IPPROTO_IP, IP_TRANSPARENT, 1);
  set_option(udp, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  const SocketRow row = listed(udp);
  CHECK(row["socket_options"] == "recverr,freebind,mc_loop,transparent,bind_address_no_port");
  CHECK(row["transparent"] == "true");
  CHECK(row["freebind"] == "true");
  const TcpConnection connection = make_tcp_connection();
  CHECK(listed(connection.client)["socket_options"].starts_with("is_icsk"));
  CHECK(listed(connection.client)["transparent"] == "false");
}

TEST_CASE("a filter for a socket option finds the sockets that have it") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd with = make_tcp_listener(AF_INET, 1);
  const UniqueFd without = make_tcp_listener(AF_INET, 1);
  set_option(with, IPPROTO_IP, IP_RECVERR, 1);
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  query.filter = *Filter::parse("socket_options = recverr", {});
  const Listing listing = Listing::take(query);
  CHECK(listing.where("inode", std::to_string(inode_of(with))).size() == 1);
  CHECK(listing.where("inode", std::to_string(inode_of(without))).empty());
}

TEST_CASE("a fact that comes with another's attribute is told when it alone is asked for") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  set_option(connection.client, SOL_SOCKET, SO_PRIORITY, 6);
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  query.fields = {find_field("inode"), find_field("priority")};
  std::string priority;
  const auto report = list_sockets(query, [&](Values values) {
    const SocketRow row(query.fields, values);
    if (row["inode"] == std::to_string(inode_of(connection.client))) priority = row["class_id"];
    return true;
  });
  REQUIRE(report);
  CHECK(priority == "6");
}

TEST_CASE("the backlog of a listener and its limit are facts of their own") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 7);
  const UniqueFd client = make_socket(AF_INET, SOCK_STREAM);
  connect_to(client, SocketAddress::local_of(listener.get()));
  CHECK(eventually([&] { return listed(listener)["accept_backlog"] == "1"; }));
  CHECK(listed(listener)["accept_backlog_limit"] == "7");
  CHECK(listed(client)["accept_backlog"] == Absent);
}

TEST_CASE("peers whose segments must be signed are listed, and their keys apart from them") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  tcp_md5sig signature{};
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_addr.s_addr = htonl(0xc0000200);
  std::memcpy(&signature.tcpm_addr, &peer, sizeof peer);
  signature.tcpm_flags = KeyForPrefix;
  signature.tcpm_prefixlen = 24;
  signature.tcpm_keylen = 6;
  std::memcpy(signature.tcpm_key, "secret", 6);
  constexpr int WithFlags = 32;  // TCP_MD5SIG_EXT
  const std::string why =
      refusal(listener, IPPROTO_TCP, WithFlags, as_text(std::as_bytes(std::span(&signature, 1))));
  if (!why.empty()) SKIP_OUT_LOUD("this kernel signs no TCP segments: " + why);
  const SocketRow row = listed(listener);
  CHECK(row["md5_peers"] == "192.0.2.0/24");
  CHECK(row["md5_keys"] == "192.0.2.0/24=secret");
  CHECK(listed(make_tcp_listener(AF_INET, 1))["md5_peers"] == Absent);
}

TEST_CASE("what /proc alone tells of a TCP connection is listed from there") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  set_option(connection.listener, IPPROTO_TCP, TCP_FASTOPEN, 3);
  set_option(connection.server, IPPROTO_TCP, TCP_QUICKACK, 0);
  CHECK(find_row(connection.server, Source::Proc)["tcp_interactive"] == "true");
  set_option(connection.server, IPPROTO_TCP, TCP_QUICKACK, 1);
  const SocketRow server = find_row(connection.server, Source::Proc);
  CHECK(server["tcp_interactive"] == "false");
  CHECK(server.has("tcp_quick_acks"));
  CHECK(find_row(connection.listener, Source::Proc)["tcp_fastopen_limit"] == "3");
  CHECK(find_row(connection.listener, Source::Proc)["tcp_quick_acks"] == Absent);
  CHECK(listed(connection.server)["tcp_quick_acks"] == Absent);
}

TEST_CASE("kernel TLS is listed once a socket has it") {
  REQUIRE_PRIVATE_NETWORK();
  const TcpConnection connection = make_tcp_connection();
  CHECK(listed(connection.client)["ulp"] == Absent);
  constexpr int UpperLayer = 31;  // TCP_ULP
  const std::string why = refusal(connection.client, IPPROTO_TCP, UpperLayer, "tls");
  if (!why.empty()) SKIP_OUT_LOUD("this kernel has no TLS: " + why);
  const SocketRow row = listed(connection.client);
  CHECK(row["ulp"] == "tls");
  CHECK(row["tls_tx"] == "base");
  CHECK(row["tls_rx"] == "base");
}

/// Listener and both ends of an MPTCP connection; without a listener when the kernel has no MPTCP.
TcpConnection make_mptcp_connection(int family) {
  TcpConnection connection;
  connection.listener = UniqueFd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, Mptcp));
  if (!connection.listener) return connection;
  bind_to(connection.listener, loopback(family));
  listen_on(connection.listener, 9);
  connection.client = make_socket(family, SOCK_STREAM, Mptcp);
  connect_to(connection.client, SocketAddress::local_of(connection.listener.get()));
  connection.server = accept_from(connection.listener);
  return connection;
}

TEST_CASE("an MPTCP connection is listed with its owner, and its subflows as the TCP connections they are") {
  REQUIRE_PRIVATE_NETWORK();
  for (const int family : {AF_INET, AF_INET6}) {
    const TcpConnection connection = make_mptcp_connection(family);
    if (!connection.listener) SKIP_OUT_LOUD("this kernel has no MPTCP");
    exchange(connection);
    check_core_facts(connection.listener, "listen", Source::Netlink,
                     {{"recv_queue", "0"}, {"send_queue", "9"}});
    const SocketRow client = check_core_facts(connection.client, "established", Source::Netlink, {});
    check_core_facts(connection.server, "established", Source::Netlink, {});

    const std::string info = option_bytes(connection.client, MptcpLevel, MptcpInfo);
    const ByteView bytes = as_bytes(info);
    CHECK(client.number("mptcp_subflows") == *load<std::uint8_t>(bytes, 0));
    CHECK(client.number("mptcp_token") == *load<std::uint32_t>(bytes, 12));
    CHECK(client.number("mptcp_write_seq") == *load<std::uint64_t>(bytes, 16));
    CHECK(client.number("mptcp_rcv_nxt") == *load<std::uint64_t>(bytes, 32));
    CHECK(client["mptcp_flags"] == "remote-key-received");
    CHECK(client["mptcp_csum_enabled"] == "false");
    if (client.has("mptcp_bytes_sent")) {
      CHECK(client.number("mptcp_bytes_sent") == 50'000);
      CHECK(client.number("mptcp_bytes_received") == 1'000);
    }
    CHECK(listed(connection.listener)["mptcp_token"] == Absent);

    auto subflows =
        Listing::take(Source::Netlink, kinds_of(Protocol::Tcp)).where("local_port", client["local_port"]);
    // What an earlier connection left behind may have had the same port.
    std::erase_if(subflows, [&](const SocketRow& row) { return row["peer_port"] != client["peer_port"]; });
    REQUIRE(subflows.size() == 1);
    CHECK(subflows.front()["ulp"] == "mptcp");
    CHECK(subflows.front()["mptcp_subflow_token_local"] == client["mptcp_token"]);
    CHECK(subflows.front()["mptcp_subflow_id_local"] == "0");
    CHECK(subflows.front()["mptcp_subflow_flags"].find("capable-local") != std::string::npos);
    CHECK(subflows.front()["inode"] == client["inode"]);
    CHECK(subflows.front()["cookie"] != client["cookie"]);
    CHECK(subflows.front()["pid"] == client["pid"]);
  }
}

TEST_CASE("protocols that this kernel does not have are listed as none, without a warning") {
  REQUIRE_PRIVATE_NETWORK();
  for (const Protocol protocol : {Protocol::Sctp, Protocol::Dccp}) {
    const int type = protocol == Protocol::Sctp ? SOCK_SEQPACKET : SOCK_DCCP;
    const UniqueFd fd(
        socket(AF_INET, type | SOCK_CLOEXEC, protocol == Protocol::Sctp ? IPPROTO_SCTP : IPPROTO_DCCP));
    if (fd) SKIP_OUT_LOUD("this kernel has them");
    const Listing listing = Listing::take(Source::Auto, kinds_of(protocol));
    CHECK(listing.rows().empty());
    CHECK(listing.report().warnings.empty());
  }
}

}  // namespace
}  // namespace sockutils::test::inet_facts_test
