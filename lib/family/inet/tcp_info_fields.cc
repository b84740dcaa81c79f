#include <array>

#include "family/inet/members.h"
#include "model/registry.h"

namespace sockutils::inet {
namespace {

/// A listener's tcp_info has nothing but its queue in it, and that of DCCP only what is not 0.
template <std::size_t Offset, class T>
std::optional<T> member(const SocketRow& row) {
  if (row.socket.state == State::Listen) return std::nullopt;
  const auto value = member_of<TcpInfo, Offset, T>(row);
  return value == T{0} && row.socket.protocol == Protocol::Dccp ? std::nullopt : value;
}

template <std::size_t Offset, class T, std::uint64_t Scale = 1>
OptionalValue number(const SocketRow& row) {
  const auto value = member<Offset, T>(row);
  return value ? OptionalValue(std::uint64_t{*value} * Scale) : std::nullopt;
}

/// A member in which the kernel writes `Unknown` for "there is none".
template <std::size_t Offset, class T, std::uint64_t Unknown>
OptionalValue number_unless(const SocketRow& row) {
  const auto value = member<Offset, T>(row);
  return value && *value != Unknown ? OptionalValue(std::uint64_t{*value}) : std::nullopt;
}

template <std::size_t Offset, unsigned First, unsigned Count>
OptionalValue bits(const SocketRow& row) {
  const auto value = member<Offset, std::uint8_t>(row);
  if (!value) return std::nullopt;
  return (std::uint64_t{*value} >> First) & ((1u << Count) - 1);
}

template <std::size_t Offset, unsigned Bit>
OptionalValue flag(const SocketRow& row) {
  const auto value = member<Offset, std::uint8_t>(row);
  return value ? OptionalValue(((*value >> Bit) & 1) != 0) : std::nullopt;
}

/// enum tcp_ca_state of linux/tcp.h.
OptionalValue ca_state(const SocketRow& row) {
  constexpr std::array<std::string_view, 5> CongestionStates{"open", "disorder", "cwr", "recovery", "loss"};
  const auto value = member<1, std::uint8_t>(row);
  return value && *value < CongestionStates.size() ? OptionalValue(CongestionStates[*value]) : std::nullopt;
}

/// What the window allows in a round trip, as `ss` reckons it.
OptionalValue send_rate(const SocketRow& row) {
  const auto mss = member<16, std::uint32_t>(row);
  const auto rtt = member<68, std::uint32_t>(row);
  const auto window = member<80, std::uint32_t>(row);
  if (!mss || !rtt || !window || *mss == 0 || *rtt == 0) return std::nullopt;
  const double bytes = static_cast<double>(*mss) * *window;
  return static_cast<std::uint64_t>(bytes * 1'000'000 / *rtt);
}

/// The last four bytes of the layout of 280 bytes. Kernels 6.18 and 6.19 have two numbers there, fail mode
/// and option seen, later ones bits: mode 2, option seen 2, fail mode 4, and 24 that nobody sets yet. With
/// ECN in use the mode is never 0, which tells them apart but for one case: an older kernel that met a
/// failure before it saw any option reads as a newer one.
struct AccEcn {
  std::optional<unsigned> mode;
  unsigned option_seen;
  unsigned fail_mode;
};

std::optional<AccEcn> acc_ecn(const SocketRow& row) {
  const auto word = member<276, std::uint32_t>(row);
  const auto options = member<5, std::uint8_t>(row);
  if (!word || !options) return std::nullopt;
  const bool in_use = (*options & 8) != 0;
  const unsigned mode = *word & 3;
  if (*word >> 16 != 0 || (in_use && mode == 0)) return AccEcn{{}, *word >> 16, *word & 0xffff};
  return AccEcn{mode, *word >> 2 & 3, *word >> 4 & 15};
}

OptionalValue ecn_mode(const SocketRow& row) {
  constexpr std::array<std::string_view, 4> Modes{"disabled", "rfc3168", "accecn", "pending"};
  const auto ecn = acc_ecn(row);
  return ecn && ecn->mode ? OptionalValue(Modes[*ecn->mode]) : std::nullopt;
}

OptionalValue accecn_option_seen(const SocketRow& row) {
  constexpr std::array<std::string_view, 4> Words{"none", "empty", "counter", "failed"};
  const auto ecn = acc_ecn(row);
  return ecn && ecn->option_seen < Words.size() ? OptionalValue(Words[ecn->option_seen]) : std::nullopt;
}

/// Bits of the fail mode; the list is a view of them.
constexpr std::array<std::string_view, 4> FailureNames{"ace-send", "ace-receive", "option-send",
                                                       "option-receive"};

OptionalValue accecn_fail_mode(const SocketRow& row) {
  const auto ecn = acc_ecn(row);
  return ecn ? OptionalValue(TextList(ecn->fail_mode, FailureNames)) : std::nullopt;
}

constexpr Field tcp(const Spelling& spelling, Type type, OptionalValue (*get)(const Row&),
                    std::string_view kernel, std::string_view doc) {
  return MemberTable{Needs::TcpInfo, kernel}(spelling, type, get, doc);
}

/// Offsets are those of struct tcp_info in linux/tcp.h, which only grows.
constexpr std::array TcpInfoFields{
    tcp({"tcp_ca_state", "CA"}, Type::Text, getter<ca_state>, "",
        "State of congestion avoidance: open, disorder, cwr, recovery, loss"),
    tcp({"tcp_retransmits", "RETR"}, Type::Count, getter<number<2, std::uint8_t>>, "",
        "Timer-driven retransmissions of the segment that is unacknowledged now"),
    tcp({"tcp_probes", "PROBES"}, Type::Count, getter<number<3, std::uint8_t>>, "",
        "Window or keepalive probes sent without an answer"),
    tcp({"tcp_backoff", "BACKOFF"}, Type::Count, getter<number<4, std::uint8_t>>, "",
        "Doublings of the retransmission time-out"),
    tcp({"tcp_timestamps", "TS", "ts"}, Type::Flag, getter<flag<5, 0>>, "",
        "Timestamps are in use (RFC 7323)"),
    tcp({"tcp_sack", "SACK"}, Type::Flag, getter<flag<5, 1>>, "",
        "Selective acknowledgements are in use (RFC 2018)"),
    tcp({"tcp_window_scaling", "WS"}, Type::Flag, getter<flag<5, 2>>, "",
        "Window scaling is in use (RFC 7323)"),
    tcp({"tcp_ecn", "ECN"}, Type::Flag, getter<flag<5, 3>>, "",
        "Explicit congestion notification was agreed on (RFC 3168)"),
    tcp({"tcp_ecn_seen", "ECNSEEN"}, Type::Flag, getter<flag<5, 4>>, "", "A packet with ECT was received"),
    tcp({"tcp_syn_data", "FASTOPEN", "fastopen"}, Type::Flag, getter<flag<5, 5>>, "3.7",
        "Data in the SYN was acknowledged (RFC 7413)"),
    tcp({"tcp_usec_ts", "USECTS"}, Type::Flag, getter<flag<5, 6>>, "6.7", "Timestamps count microseconds"),
    tcp({"tcp_fastopen_child", "TFOCHILD"}, Type::Flag, getter<flag<5, 7>>, "6.16",
        "The connection was accepted with data in its SYN (RFC 7413)"),
    tcp({"tcp_snd_wscale", "SNDWS"}, Type::Count, getter<bits<6, 0, 4>>, "",
        "Window scale that the peer announced, as a power of two"),
    tcp({"tcp_rcv_wscale", "RCVWS"}, Type::Count, getter<bits<6, 4, 4>>, "",
        "Window scale announced to the peer, as a power of two"),
    tcp({"tcp_rto", "RTO", "rto"}, Type::Microseconds, getter<number<8, std::uint32_t>>, "",
        "Retransmission time-out"),
    tcp({"tcp_ato", "ATO", "ato"}, Type::Microseconds, getter<number<12, std::uint32_t>>, "",
        "Delayed acknowledgement time-out"),
    tcp({"tcp_snd_mss", "MSS", "mss"}, Type::Bytes, getter<number<16, std::uint32_t>>, "",
        "Maximum segment size for sending"),
    tcp({"tcp_rcv_mss", "RCVMSS", "rcvmss"}, Type::Bytes, getter<number<20, std::uint32_t>>, "",
        "Maximum segment size seen in receiving"),
    tcp({"tcp_unacked", "UNACKED", "unacked"}, Type::Count, getter<number<24, std::uint32_t>>, "",
        "Segments sent and not acknowledged"),
    tcp({"tcp_sacked", "SACKED", "sacked"}, Type::Count, getter<number<28, std::uint32_t>>, "",
        "Segments acknowledged selectively"),
    tcp({"tcp_lost", "LOST", "lost"}, Type::Count, getter<number<32, std::uint32_t>>, "",
        "Segments taken to be lost"),
    tcp({"tcp_retrans", "RETRANS", "retrans"}, Type::Count, getter<number<36, std::uint32_t>>, "",
        "Retransmitted segments that are not acknowledged"),
    tcp({"tcp_fackets", "FACKETS", "fackets"}, Type::Count, getter<number_unless<40, std::uint32_t, 0>>, "",
        "Segments that were forward acknowledged; kernels before 4.15"),
    tcp({"tcp_last_data_sent", "LASTSND", "lastsnd"}, Type::Microseconds,
        getter<number<44, std::uint32_t, 1000>>, "", "Time since data was last sent"),
    tcp({"tcp_last_data_recv", "LASTRCV", "lastrcv"}, Type::Microseconds,
        getter<number<52, std::uint32_t, 1000>>, "", "Time since data was last received"),
    tcp({"tcp_last_ack_recv", "LASTACK", "lastack"}, Type::Microseconds,
        getter<number<56, std::uint32_t, 1000>>, "", "Time since an acknowledgement was last received"),
    tcp({"tcp_pmtu", "PMTU", "pmtu"}, Type::Bytes, getter<number<60, std::uint32_t>>, "", "Path MTU"),
    tcp({"tcp_rcv_ssthresh", "RCVSSTHRESH", "rcv_ssthresh"}, Type::Bytes, getter<number<64, std::uint32_t>>,
        "", "Threshold of the receive window's growth"),
    tcp({"tcp_rtt", "RTT", "rtt"}, Type::Microseconds, getter<number_unless<68, std::uint32_t, 0>>, "",
        "Smoothed round-trip time"),
    tcp({"tcp_rttvar", "RTTVAR", "rttvar"}, Type::Microseconds, getter<number<72, std::uint32_t>>, "",
        "Variation of the round-trip time"),
    tcp({"tcp_snd_ssthresh", "SSTHRESH", "ssthresh"}, Type::Count,
        getter<number_unless<76, std::uint32_t, 0x7fffffff>>, "",
        "Slow start threshold in segments; absent as long as there is none"),
    tcp({"tcp_snd_cwnd", "CWND", "cwnd"}, Type::Count, getter<number<80, std::uint32_t>>, "",
        "Congestion window in segments"),
    tcp({"tcp_advmss", "ADVMSS", "advmss"}, Type::Bytes, getter<number<84, std::uint32_t>>, "",
        "Maximum segment size announced to the peer"),
    tcp({"tcp_reordering", "REORDER", "reordering"}, Type::Count, getter<number<88, std::uint32_t>>, "",
        "Reordering that is tolerated, in segments"),
    tcp({"tcp_rcv_rtt", "RCVRTT", "rcv_rtt"}, Type::Microseconds, getter<number_unless<92, std::uint32_t, 0>>,
        "", "Round-trip time as the receiver estimates it"),
    tcp({"tcp_rcv_space", "RCVSPACE", "rcv_space"}, Type::Bytes, getter<number<96, std::uint32_t>>, "",
        "Space for received data that the receive buffer is tuned to"),
    tcp({"tcp_total_retrans", "TOTRETR"}, Type::Count, getter<number<100, std::uint32_t>>, "",
        "Segments retransmitted in all"),
    tcp({"tcp_pacing_rate", "PACING", "pacing_rate"}, Type::BytesPerSecond,
        getter<number_unless<104, std::uint64_t, ~std::uint64_t{0}>>, "3.15",
        "Rate at which sending is paced"),
    tcp({"tcp_max_pacing_rate", "MAXPACING"}, Type::BytesPerSecond,
        getter<number_unless<112, std::uint64_t, ~std::uint64_t{0}>>, "3.15",
        "Limit of that rate (SO_MAX_PACING_RATE); absent when there is none"),
    tcp({"tcp_bytes_acked", "ACKED", "bytes_acked"}, Type::Bytes, getter<number<120, std::uint64_t>>, "4.1",
        "Bytes sent and acknowledged (RFC 4898)"),
    tcp({"tcp_bytes_received", "RECEIVED", "bytes_received"}, Type::Bytes, getter<number<128, std::uint64_t>>,
        "4.1", "Bytes received (RFC 4898)"),
    tcp({"tcp_segs_out", "SEGSOUT", "segs_out"}, Type::Count, getter<number<136, std::uint32_t>>, "4.2",
        "Segments sent"),
    tcp({"tcp_segs_in", "SEGSIN", "segs_in"}, Type::Count, getter<number<140, std::uint32_t>>, "4.2",
        "Segments received"),
    tcp({"tcp_notsent_bytes", "NOTSENT", "notsent"}, Type::Bytes, getter<number<144, std::uint32_t>>, "4.6",
        "Bytes in the send queue that were never sent"),
    tcp({"tcp_min_rtt", "MINRTT", "min_rtt minrtt"}, Type::Microseconds,
        getter<number_unless<148, std::uint32_t, 0xffffffff>>, "4.6", "Smallest round-trip time of late"),
    tcp({"tcp_data_segs_in", "DSEGSIN", "data_segs_in"}, Type::Count, getter<number<152, std::uint32_t>>,
        "4.6", "Segments with data received"),
    tcp({"tcp_data_segs_out", "DSEGSOUT", "data_segs_out"}, Type::Count, getter<number<156, std::uint32_t>>,
        "4.6", "Segments with data sent"),
    tcp({"tcp_delivery_rate", "DELIVERY", "delivery_rate"}, Type::BytesPerSecond,
        getter<number_unless<160, std::uint64_t, 0>>, "4.9", "Most recent rate at which data was delivered"),
    tcp({"tcp_delivery_rate_app_limited", "APPLIM", "app_limited"}, Type::Flag, getter<flag<7, 0>>, "4.9",
        "The delivery rate was limited by the application"),
    tcp({"tcp_fastopen_client_fail", "TFOFAIL"}, Type::Count, getter<bits<7, 1, 2>>, "5.5",
        "Why fast open failed: 1 cookie unavailable, 2 data not acknowledged, 3 SYN retransmitted"),
    tcp({"tcp_busy_time", "BUSY", "busy"}, Type::Microseconds, getter<number<168, std::uint64_t>>, "4.10",
        "Time with data to send"),
    tcp({"tcp_rwnd_limited", "RWNDLIM", "rwnd_limited"}, Type::Microseconds,
        getter<number<176, std::uint64_t>>, "4.10", "Time limited by the peer's receive window"),
    tcp({"tcp_sndbuf_limited", "SNDBUFLIM", "sndbuf_limited"}, Type::Microseconds,
        getter<number<184, std::uint64_t>>, "4.10", "Time limited by the send buffer"),
    tcp({"tcp_delivered", "DELIVERED", "delivered"}, Type::Count, getter<number<192, std::uint32_t>>, "4.18",
        "Segments delivered, retransmissions too"),
    tcp({"tcp_delivered_ce", "DELIVCE", "delivered_ce"}, Type::Count, getter<number<196, std::uint32_t>>,
        "4.18", "Segments delivered with a mark of congestion"),
    tcp({"tcp_bytes_sent", "SENT", "bytes_sent"}, Type::Bytes, getter<number<200, std::uint64_t>>, "4.19",
        "Bytes sent, retransmissions too"),
    tcp({"tcp_bytes_retrans", "RETRBYTES", "bytes_retrans"}, Type::Bytes, getter<number<208, std::uint64_t>>,
        "4.19", "Bytes retransmitted"),
    tcp({"tcp_dsack_dups", "DSACK", "dsack_dups"}, Type::Count, getter<number<216, std::uint32_t>>, "4.19",
        "Duplicates that the peer reported (RFC 2883)"),
    tcp({"tcp_reord_seen", "REORDSEEN", "reord_seen"}, Type::Count, getter<number<220, std::uint32_t>>,
        "4.19", "Reorderings seen"),
    tcp({"tcp_rcv_ooopack", "OOO", "rcv_ooopack"}, Type::Count, getter<number<224, std::uint32_t>>, "5.4",
        "Segments received out of order"),
    tcp({"tcp_snd_wnd", "SNDWND", "snd_wnd"}, Type::Bytes, getter<number<228, std::uint32_t>>, "5.4",
        "The peer's receive window"),
    tcp({"tcp_rcv_wnd", "RCVWND", "rcv_wnd"}, Type::Bytes, getter<number<232, std::uint32_t>>, "6.2",
        "Own receive window as announced"),
    tcp({"tcp_rehash", "REHASH", "rehash"}, Type::Count, getter<number<236, std::uint32_t>>, "6.2",
        "Times that another path was chosen after trouble"),
    tcp({"tcp_total_rto", "RTOS"}, Type::Count, getter<number<240, std::uint16_t>>, "6.7",
        "Retransmission time-outs"),
    tcp({"tcp_total_rto_recoveries", "RTORECOV"}, Type::Count, getter<number<242, std::uint16_t>>, "6.7",
        "Recoveries after retransmission time-outs"),
    tcp({"tcp_total_rto_time", "RTOTIME"}, Type::Microseconds, getter<number<244, std::uint32_t, 1000>>,
        "6.7", "Time spent in those recoveries"),
    tcp({"tcp_received_ce", "RCVCE"}, Type::Count, getter<number<248, std::uint32_t>>, "6.18",
        "Segments received with a mark of congestion"),
    tcp({"tcp_delivered_e1_bytes", "DELE1"}, Type::Bytes, getter<number<252, std::uint32_t>>, "6.18",
        "Bytes that reached the peer marked ECT(1) (RFC 9768)"),
    tcp({"tcp_delivered_e0_bytes", "DELE0"}, Type::Bytes, getter<number<256, std::uint32_t>>, "6.18",
        "Bytes that reached the peer marked ECT(0)"),
    tcp({"tcp_delivered_ce_bytes", "DELCE"}, Type::Bytes, getter<number<260, std::uint32_t>>, "6.18",
        "Bytes that reached the peer with a mark of congestion"),
    tcp({"tcp_received_e1_bytes", "RCVE1"}, Type::Bytes, getter<number<264, std::uint32_t>>, "6.18",
        "Bytes received marked ECT(1)"),
    tcp({"tcp_received_e0_bytes", "RCVE0"}, Type::Bytes, getter<number<268, std::uint32_t>>, "6.18",
        "Bytes received marked ECT(0)"),
    tcp({"tcp_received_ce_bytes", "RCVCEBYTES"}, Type::Bytes, getter<number<272, std::uint32_t>>, "6.18",
        "Bytes received with a mark of congestion"),
    tcp({"tcp_accecn_option_seen", "ACCECNOPT"}, Type::Text, getter<accecn_option_seen>, "6.18",
        "AccECN option of the peer: none, empty, counter, failed"),
    tcp({"tcp_accecn_fail_mode", "ACCECNFAIL"}, Type::List, getter<accecn_fail_mode>, "6.18",
        "What of AccECN does not get through: ace-send, ace-receive, option-send, option-receive"),
    tcp({"tcp_ecn_mode", "ECNMODE"}, Type::Text, getter<ecn_mode>, "7.0",
        "What was agreed on: disabled, rfc3168, accecn, pending"),
    tcp({"tcp_send_rate", "SENDRATE", "send_rate"}, Type::BytesPerSecond, getter<send_rate>, "",
        "Rate that the congestion window allows: window times segment size in a round-trip time"),
};

}  // namespace

std::span<const Field> tcp_info_fields() {
  static constexpr auto Table = about("tcp", TcpInfoFields);
  return Table;
}

}  // namespace sockutils::inet
