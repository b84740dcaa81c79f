/// What congestion control algorithms tell of themselves (linux/inet_diag.h).
#include <linux/inet_diag.h>

#include "family/inet/members.h"
#include "model/registry.h"

namespace sockutils::inet {
namespace {

template <const AttributeKey& Key, std::size_t Offset, class T = std::uint32_t>
constexpr auto Number = getter<number_at<Key, Offset, T>>;

/// Gains are fixed-point numbers with eight bits behind the point (BBR_SCALE in tcp_bbr.c).
template <std::size_t Offset>
OptionalValue gain_percent(const SocketRow& row) {
  constexpr std::uint64_t One = 1u << 8;
  const auto gain = member_of<BbrInfo, Offset, std::uint32_t>(row);
  return gain ? OptionalValue((std::uint64_t{*gain} * 100 + One / 2) / One) : std::nullopt;
}

OptionalValue bbr_bandwidth(const SocketRow& row) {
  const auto low = member_of<BbrInfo, offsetof(tcp_bbr_info, bbr_bw_lo), std::uint32_t>(row);
  const auto high = member_of<BbrInfo, offsetof(tcp_bbr_info, bbr_bw_hi), std::uint32_t>(row);
  if (!low || !high) return std::nullopt;
  return std::uint64_t{*high} << 32 | *low;
}

constexpr MemberTable bbr{Needs::CongestionInfo, "4.9"};
constexpr MemberTable dctcp{Needs::CongestionInfo, "4.1"};
constexpr MemberTable vegas{Needs::CongestionInfo, "2.6.14"};

constexpr std::array CongestionFields{
    bbr({"bbr_bandwidth", "BBRBW"}, Type::BytesPerSecond, getter<bbr_bandwidth>,
        "Bandwidth of the path as BBR estimates it"),
    bbr({"bbr_min_rtt", "BBRMINRTT"}, Type::Microseconds,
        getter<number_unless_at<BbrInfo, offsetof(tcp_bbr_info, bbr_min_rtt), std::uint32_t, 0xffffffff>>,
        "Round-trip time of the path as BBR estimates it"),
    bbr({"bbr_pacing_gain", "BBRPACING"}, Type::Count,
        getter<gain_percent<offsetof(tcp_bbr_info, bbr_pacing_gain)>>,
        "Rate of pacing in percent of BBR's bandwidth"),
    bbr({"bbr_cwnd_gain", "BBRCWND"}, Type::Count,
        getter<gain_percent<offsetof(tcp_bbr_info, bbr_cwnd_gain)>>,
        "Congestion window in percent of what BBR estimates to be in flight"),
    dctcp({"dctcp_enabled", "DCTCP"}, Type::Flag,
          getter<flag_at<DctcpInfo, offsetof(tcp_dctcp_info, dctcp_enabled), std::uint16_t>>,
          "DCTCP is at work; without ECN it falls back to Reno"),
    dctcp({"dctcp_ce_state", "DCTCPCE"}, Type::Count,
          Number<DctcpInfo, offsetof(tcp_dctcp_info, dctcp_ce_state), std::uint16_t>,
          "Whether the last packet had a mark of congestion: 0 or 1"),
    dctcp({"dctcp_alpha", "DCTCPALPHA"}, Type::Count,
          Number<DctcpInfo, offsetof(tcp_dctcp_info, dctcp_alpha)>,
          "Share of marked bytes as DCTCP estimates it, in 1/1024"),
    dctcp({"dctcp_ab_ecn", "DCTCPECN"}, Type::Bytes,
          Number<DctcpInfo, offsetof(tcp_dctcp_info, dctcp_ab_ecn)>,
          "Bytes acknowledged with a mark of congestion in this window"),
    dctcp({"dctcp_ab_tot", "DCTCPTOT"}, Type::Bytes,
          Number<DctcpInfo, offsetof(tcp_dctcp_info, dctcp_ab_tot)>, "Bytes acknowledged in this window"),
    vegas({"vegas_enabled", "VEGAS"}, Type::Flag,
          getter<flag_at<VegasInfo, offsetof(tcpvegas_info, tcpv_enabled), std::uint32_t>>,
          "Vegas is at work; told by vegas, veno, yeah, illinois, westwood and nv"),
    vegas({"vegas_rtt_count", "VEGASRTTS"}, Type::Count,
          Number<VegasInfo, offsetof(tcpvegas_info, tcpv_rttcnt)>,
          "Round-trip times measured in this round trip, by the same algorithms"),
    vegas({"vegas_rtt", "VEGASRTT"}, Type::Microseconds,
          getter<number_unless_at<VegasInfo, offsetof(tcpvegas_info, tcpv_rtt), std::uint32_t, 0x7fffffff>>,
          "Round-trip time, by the same algorithms"),
    vegas(
        {"vegas_min_rtt", "VEGASMIN"}, Type::Microseconds,
        getter<number_unless_at<VegasInfo, offsetof(tcpvegas_info, tcpv_minrtt), std::uint32_t, 0x7fffffff>>,
        "Smallest round-trip time, by the same algorithms"),
};

}  // namespace

std::span<const Field> congestion_fields() {
  static constexpr auto Table = about("tcp", CongestionFields);
  return Table;
}

}  // namespace sockutils::inet
