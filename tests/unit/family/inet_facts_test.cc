#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include "family/inet/inet.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/row_values.h"

namespace sockutils::test::inet_facts_test {
namespace {

constexpr SocketKind TcpV4{Family::Inet, Protocol::Tcp};
constexpr SocketKind MptcpV4{Family::Inet, Protocol::Mptcp};
constexpr SocketKind DccpV4{Family::Inet, Protocol::Dccp};

struct Decoded {
  Decode result;
  Socket socket;

  std::string operator[](std::string_view field) const { return text_of(socket, field); }
};

Decoded decode(std::string_view bytes, const SocketKind& kind = TcpV4) {
  Decoded decoded{};
  decoded.result = inet::decode(as_bytes(bytes), kind, decoded.socket);
  return decoded;
}

/// A connection with this attribute.
Decoded with(unsigned type, std::string_view payload, const SocketKind& kind = TcpV4) {
  return decode(bytes_of(tcp_connection()) + attribute(type, payload), kind);
}

std::string number(std::size_t size, std::uint64_t value) { return bytes_of(value).substr(0, size); }

/// Bytes of 0 with some numbers in them.
struct Member {
  std::size_t offset;
  std::size_t size;
  std::uint64_t value;
};
std::string structure(std::size_t length, const std::vector<Member>& members) {
  std::string bytes(length, '\0');
  for (const Member& member : members)
    bytes.replace(member.offset, member.size, number(member.size, member.value));
  return bytes;
}

std::string cut(std::string_view bytes, std::size_t length) { return std::string(bytes.substr(0, length)); }

}  // namespace

TEST_CASE("the counters of accurate ECN are read where the kernel tells them") {
  const std::string info = structure(
      280, {{248, 4, 1}, {252, 4, 2}, {256, 4, 3}, {260, 4, 4}, {264, 4, 5}, {268, 4, 6}, {272, 4, 7}});
  const Decoded decoded = with(INET_DIAG_INFO, info);
  CHECK(decoded.result == Decode::Complete);
  CHECK(decoded["tcp_received_ce"] == "1");
  CHECK(decoded["tcp_delivered_e1_bytes"] == "2");
  CHECK(decoded["tcp_delivered_e0_bytes"] == "3");
  CHECK(decoded["tcp_delivered_ce_bytes"] == "4");
  CHECK(decoded["tcp_received_e1_bytes"] == "5");
  CHECK(decoded["tcp_received_e0_bytes"] == "6");
  CHECK(decoded["tcp_received_ce_bytes"] == "7");
  const Decoded shorter = with(INET_DIAG_INFO, cut(info, 248));
  CHECK(shorter["tcp_received_ce"] == "-");
  CHECK(shorter["tcp_received_ce_bytes"] == "-");
  CHECK(shorter["tcp_ecn_mode"] == "-");
}

TEST_CASE("the state of accurate ECN is read in the layout of 6.18 and in the later one") {
  const Member ecn{5, 1, 8};
  const Decoded first = with(INET_DIAG_INFO, structure(280, {ecn, {276, 2, 1}, {278, 2, 2}}));
  CHECK(first["tcp_accecn_fail_mode"] == "ace-send");
  CHECK(first["tcp_accecn_option_seen"] == "counter");
  CHECK(first["tcp_ecn_mode"] == "-");
  // Mode accecn, option counter, failures ace-receive and option-receive.
  const Decoded later = with(INET_DIAG_INFO, structure(280, {ecn, {276, 4, 2 | 2 << 2 | 10 << 4}}));
  CHECK(later["tcp_ecn_mode"] == "accecn");
  CHECK(later["tcp_accecn_option_seen"] == "counter");
  CHECK(later["tcp_accecn_fail_mode"] == "ace-receive,option-receive");
  CHECK(with(INET_DIAG_INFO, structure(280, {ecn, {276, 4, 1}}))["tcp_ecn_mode"] == "rfc3168");
  CHECK(with(INET_DIAG_INFO, structure(280, {ecn}))["tcp_ecn_mode"] == "-");
  CHECK(with(INET_DIAG_INFO, structure(280, {}))["tcp_ecn_mode"] == "disabled");
  CHECK(with(INET_DIAG_INFO, structure(280, {}))["tcp_accecn_option_seen"] == "none");
}

TEST_CASE("the send rate is the window in a round-trip time, and unknown before one was measured") {
  const Decoded decoded = with(INET_DIAG_INFO, structure(104, {{16, 4, 1460}, {68, 4, 20'000}, {80, 4, 10}}));
  CHECK(decoded["tcp_send_rate"] == "730000");
  CHECK(with(INET_DIAG_INFO, structure(104, {{16, 4, 1460}, {80, 4, 10}}))["tcp_send_rate"] == "-");
}

TEST_CASE("a connection that came with data in its SYN says so") {
  CHECK(with(INET_DIAG_INFO, structure(104, {{5, 1, 0x80}}))["tcp_fastopen_child"] == "true");
  CHECK(with(INET_DIAG_INFO, structure(104, {{5, 1, 0x7f}}))["tcp_fastopen_child"] == "false");
}

TEST_CASE("BBR, DCTCP and Vegas tell of themselves") {
  tcp_bbr_info bbr{};
  bbr.bbr_bw_lo = 5;
  bbr.bbr_bw_hi = 1;
  bbr.bbr_min_rtt = 1200;
  bbr.bbr_pacing_gain = 739;
  bbr.bbr_cwnd_gain = 512;
  const Decoded with_bbr = with(INET_DIAG_BBRINFO, bytes_of(bbr));
  CHECK(with_bbr["bbr_bandwidth"] == "4294967301");
  CHECK(with_bbr["bbr_min_rtt"] == "1200");
  CHECK(with_bbr["bbr_pacing_gain"] == "289");
  CHECK(with_bbr["bbr_cwnd_gain"] == "200");
  CHECK(with_bbr["dctcp_enabled"] == "-");

  const tcp_dctcp_info dctcp{1, 1, 512, 100, 4000};
  const Decoded with_dctcp = with(INET_DIAG_DCTCPINFO, bytes_of(dctcp));
  CHECK(with_dctcp["dctcp_enabled"] == "true");
  CHECK(with_dctcp["dctcp_ce_state"] == "1");
  CHECK(with_dctcp["dctcp_alpha"] == "512");
  CHECK(with_dctcp["dctcp_ab_ecn"] == "100");
  CHECK(with_dctcp["dctcp_ab_tot"] == "4000");

  const tcpvegas_info vegas{0, 3, 900, 0x7fffffff};
  const Decoded with_vegas = with(INET_DIAG_VEGASINFO, bytes_of(vegas));
  CHECK(with_vegas["vegas_enabled"] == "false");
  CHECK(with_vegas["vegas_rtt_count"] == "3");
  CHECK(with_vegas["vegas_rtt"] == "900");
  CHECK(with_vegas["vegas_min_rtt"] == "-");
}

TEST_CASE("facts of congestion control that are cut are absent") {
  const tcp_bbr_info bbr{1, 2, 3, 4, 5};
  for (std::size_t length = 0; length < sizeof bbr; ++length) {
    const Decoded decoded = with(INET_DIAG_BBRINFO, cut(bytes_of(bbr), length));
    CHECK(decoded["bbr_cwnd_gain"] == "-");
    CHECK((decoded["bbr_bandwidth"] == "-") == (length < 8));
  }
}

TEST_CASE("socket options have names, and none is not unknown") {
  const Decoded some = with(INET_DIAG_SOCKOPT, std::string("\x62\x01", 2));
  CHECK(some.result == Decode::Complete);
  CHECK(some["socket_options"] == "is_icsk,transparent,mc_all,bind_address_no_port");
  CHECK(some["transparent"] == "true");
  CHECK(some["freebind"] == "false");
  const Decoded none = with(INET_DIAG_SOCKOPT, std::string(2, '\0'));
  CHECK(none["socket_options"].empty());
  CHECK(text_of(none.socket, "socket_options", Style::Human) == "none");
  CHECK(decode(bytes_of(tcp_connection()))["socket_options"] == "-");
  CHECK(with(INET_DIAG_SOCKOPT, "\x62").result == Decode::Partial);
}

TEST_CASE("kernel TLS tells its version, cipher and who does the work") {
  const std::string tls = attribute(1, number(2, 0x0304)) + attribute(2, number(2, 52)) +
                          attribute(3, number(2, 2)) + attribute(4, number(2, 1)) + attribute(6, "") +
                          attribute(7, number(2, 8192));
  const Decoded decoded = with(INET_DIAG_ULP_INFO, attribute(INET_ULP_INFO_NAME, std::string("tls\0", 4)) +
                                                       attribute(INET_ULP_INFO_TLS | NLA_F_NESTED, tls));
  CHECK(decoded.result == Decode::Complete);
  CHECK(decoded["ulp"] == "tls");
  CHECK(decoded["tls_version"] == "1.3");
  CHECK(decoded["tls_cipher"] == "aes-gcm-256");
  CHECK(decoded["tls_tx"] == "software");
  CHECK(decoded["tls_rx"] == "base");
  CHECK(decoded["tls_zero_copy"] == "false");
  CHECK(decoded["tls_rx_no_pad"] == "true");
  CHECK(decoded["tls_max_payload"] == "8192");
  CHECK(decoded["mptcp_subflow_flags"] == "-");
  const Decoded name_only = with(INET_DIAG_ULP_INFO, attribute(INET_ULP_INFO_NAME, "tls"));
  CHECK(name_only["ulp"] == "tls");
  CHECK(name_only["tls_zero_copy"] == "-");
}

TEST_CASE("TLS versions and ciphers that have no name yet are absent") {
  const std::string tls = attribute(1, number(2, 0x0305)) + attribute(2, number(2, 99)) +
                          attribute(3, number(2, 77)) + attribute(4, "x");
  const Decoded decoded = with(INET_DIAG_ULP_INFO, attribute(INET_ULP_INFO_TLS, tls));
  for (const std::string_view field : {"tls_version", "tls_cipher", "tls_tx", "tls_rx"}) {
    INFO(field);
    CHECK(decoded[field] == "-");
  }
}

TEST_CASE("an MPTCP subflow tells its connection, its addresses and its flags") {
  const std::string subflow = attribute(1, number(4, 0xabcd)) + attribute(2, number(4, 0x1234)) +
                              attribute(3, number(4, 77)) + attribute(4, number(8, 1ull << 40)) +
                              attribute(5, number(4, 9)) + attribute(6, number(4, 1)) +
                              attribute(7, number(2, 1400)) + attribute(8, number(4, 0x1c3)) +
                              attribute(9, number(1, 3)) + attribute(10, number(1, 0));
  const Decoded decoded = with(INET_DIAG_ULP_INFO, attribute(INET_ULP_INFO_NAME, std::string("mptcp\0", 6)) +
                                                       attribute(INET_ULP_INFO_MPTCP, subflow));
  CHECK(decoded["ulp"] == "mptcp");
  CHECK(text_of(decoded.socket, "mptcp_subflow_token_remote", Style::Human) == "0xabcd");
  CHECK(text_of(decoded.socket, "mptcp_subflow_token_local", Style::Human) == "0x1234");
  CHECK(decoded["mptcp_subflow_id_local"] == "0");
  CHECK(decoded["mptcp_subflow_id_remote"] == "3");
  CHECK(decoded["mptcp_subflow_flags"] == "capable-remote,capable-local,established,connected,map-valid");
  CHECK(decoded["mptcp_subflow_write_seq"] == "77");
  CHECK(decoded["mptcp_subflow_map_seq"] == "1099511627776");
  CHECK(decoded["mptcp_subflow_map_subflow_seq"] == "9");
  CHECK(decoded["mptcp_subflow_ssn_offset"] == "1");
  CHECK(decoded["mptcp_subflow_map_length"] == "1400");
}

TEST_CASE("an upper layer's attributes that are cut make the record partial") {
  const std::string whole = attribute(INET_ULP_INFO_NAME, "tls") + attribute(INET_ULP_INFO_TLS, "12345678");
  for (std::size_t length = 9; length < whole.size() - 4; ++length) {
    const Decoded decoded = with(INET_DIAG_ULP_INFO, cut(whole, length));
    CHECK(decoded.result == Decode::Partial);
    CHECK(decoded["ulp"] == "tls");
  }
}

TEST_CASE("an MPTCP connection has its own info, and no tcp_info") {
  const std::string info = structure(96, {{0, 1, 2},
                                          {3, 1, 4},
                                          {8, 4, 3},
                                          {12, 4, 0xbeef},
                                          {42, 1, 1},
                                          {56, 8, 5000},
                                          {80, 1, 3},
                                          {81, 1, 5},
                                          {92, 4, 12}});
  const Decoded decoded = with(INET_DIAG_INFO, info, MptcpV4);
  CHECK(decoded["protocol"] == "mptcp");
  CHECK(decoded["mptcp_subflows"] == "2");
  CHECK(decoded["mptcp_subflows_max"] == "4");
  CHECK(decoded["mptcp_endp_laminar_max"] == "5");
  // Nothing, or a kernel that does not tell.
  CHECK(decoded["mptcp_endp_fullmesh_max"] == "-");
  CHECK(decoded["mptcp_flags"] == "fallback,remote-key-received");
  CHECK(text_of(decoded.socket, "mptcp_token", Style::Human) == "0xbeef");
  CHECK(decoded["mptcp_csum_enabled"] == "true");
  CHECK(decoded["mptcp_bytes_sent"] == "5000");
  CHECK(decoded["mptcp_subflows_total"] == "3");
  CHECK(decoded["mptcp_last_ack_recv"] == "12000");
  CHECK(decoded["tcp_snd_cwnd"] == "-");
  const Decoded older = with(INET_DIAG_INFO, cut(info, 48), MptcpV4);
  CHECK(older["mptcp_csum_enabled"] == "true");
  CHECK(older["mptcp_bytes_sent"] == "-");
}

TEST_CASE("a closed MPTCP socket is closed, and MPTCP is asked for by its whole number") {
  inet_diag_msg message = tcp_connection();
  message.idiag_state = 7;
  CHECK(decode(bytes_of(message), MptcpV4).socket.state == State::Closed);
  std::string request;
  inet::append_request(request, MptcpV4, {});
  CHECK(load<inet_diag_req_v2>(as_bytes(request))->sdiag_protocol == IPPROTO_IP);
  const auto protocol =
      find_attribute(as_bytes(request).subspan(sizeof(inet_diag_req_v2)), INET_DIAG_REQ_PROTOCOL);
  REQUIRE(protocol);
  CHECK(load<std::uint32_t>(*protocol) == 262u);
}

TEST_CASE("DCCP has the states of TCP, and of tcp_info what is not 0") {
  std::string request;
  inet::append_request(request, DccpV4, {});
  CHECK(load<inet_diag_req_v2>(as_bytes(request))->sdiag_protocol == IPPROTO_DCCP);
  const Decoded decoded = with(INET_DIAG_INFO, structure(104, {{2, 1, 1}, {8, 4, 200'000}}), DccpV4);
  CHECK(decoded["protocol"] == "dccp");
  CHECK(decoded["tcp_rto"] == "200000");
  CHECK(decoded["tcp_retransmits"] == "1");
  CHECK(decoded["tcp_snd_cwnd"] == "-");
  inet_diag_msg message = tcp_connection();
  message.idiag_state = 13;
  CHECK_FALSE(decode(bytes_of(message), DccpV4).socket.state);
  message.idiag_state = 10;
  CHECK(decode(bytes_of(message), DccpV4).socket.state == State::Listen);
}

TEST_CASE("MD5 keys are listed by peer, and with the key where it was asked for") {
  tcp_diag_md5sig v4{};
  v4.tcpm_family = AF_INET;
  v4.tcpm_prefixlen = 24;
  v4.tcpm_keylen = 6;
  v4.tcpm_addr[0] = htonl(0xc0000200);
  std::memcpy(v4.tcpm_key, "secret", 6);
  tcp_diag_md5sig v6{};
  v6.tcpm_family = AF_INET6;
  v6.tcpm_prefixlen = 128;
  v6.tcpm_keylen = 0xffff;
  v6.tcpm_addr[0] = htonl(0x20010db8);
  const std::string both = bytes_of(v4) + bytes_of(v6);
  const Decoded decoded = with(INET_DIAG_MD5SIG, both);
  CHECK(decoded.result == Decode::Complete);
  CHECK(decoded["md5_peers"] == "192.0.2.0/24,2001:db8::/128");
  CHECK(decoded["md5_keys"] == "192.0.2.0/24=secret,2001:db8::/128=" + std::string(sizeof v6.tcpm_key, '\0'));
  tcp_diag_md5sig other = v4;
  other.tcpm_family = 17;
  other.tcpm_prefixlen = 66;
  CHECK(with(INET_DIAG_MD5SIG, bytes_of(other))["md5_peers"] == "family-17/66");
  const Decoded shorter = with(INET_DIAG_MD5SIG, cut(both, sizeof v4 + 7));
  CHECK(shorter.result == Decode::Partial);
  CHECK(shorter["md5_peers"] == "192.0.2.0/24");
}

TEST_CASE("BPF storages are listed by map, and asked for only when they are wanted") {
  const std::string storage = attribute(SK_DIAG_BPF_STORAGE_MAP_ID, number(4, 12)) +
                              attribute(SK_DIAG_BPF_STORAGE_MAP_VALUE, std::string("\x0a\x00\xff", 3));
  const std::string storages =
      attribute(SK_DIAG_BPF_STORAGE | NLA_F_NESTED, storage) +
      attribute(SK_DIAG_BPF_STORAGE, attribute(SK_DIAG_BPF_STORAGE_MAP_ID, number(4, 7)));
  const Decoded decoded = with(INET_DIAG_SK_BPF_STORAGES, storages);
  CHECK(decoded.result == Decode::Complete);
  CHECK(decoded["bpf_storages"] == "12=0a00ff,7=");
  CHECK(with(INET_DIAG_SK_BPF_STORAGES, attribute(SK_DIAG_BPF_STORAGE, "")).result == Decode::Partial);

  const auto asks = [](Needs needs) {
    std::string request;
    inet::append_request(request, TcpV4, {StateSet::all(), needs});
    return find_attribute(as_bytes(request).subspan(sizeof(inet_diag_req_v2)), INET_DIAG_REQ_SK_BPF_STORAGES)
        .has_value();
  };
  CHECK(asks(Needs::BpfStorages));
  CHECK_FALSE(asks(Needs::TcpInfo));
}

TEST_CASE("what has no bit of its own is asked for with its neighbour") {
  const auto extensions = [](Needs needs) {
    std::string request;
    inet::append_request(request, TcpV4, {StateSet::all(), needs});
    return load<inet_diag_req_v2>(as_bytes(request))->idiag_ext;
  };
  CHECK(extensions(Needs::ClassId) == 1 << (INET_DIAG_TCLASS - 1));
  CHECK(extensions(Needs::CongestionInfo) == 1 << (INET_DIAG_VEGASINFO - 1));
}

TEST_CASE("a listener's backlog and its limit are facts of listeners alone") {
  inet_diag_msg message = tcp_connection();
  CHECK(decode(bytes_of(message))["accept_backlog"] == "-");
  message.idiag_state = 10;
  message.idiag_rqueue = 3;
  message.idiag_wqueue = 128;
  const Decoded listener = decode(bytes_of(message));
  CHECK(listener["accept_backlog"] == "3");
  CHECK(listener["accept_backlog_limit"] == "128");
}

}  // namespace sockutils::test::inet_facts_test
