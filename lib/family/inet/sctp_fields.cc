/// struct sctp_info (linux/sctp.h), of an association or of an end point.
#include <netinet/in.h>
// It uses names of the header before.
#include <linux/sctp.h>

#include "family/inet/members.h"
#include "model/registry.h"

namespace sockutils::inet {
namespace {

constexpr MemberTable sctp{Needs::TcpInfo, "4.7"};
constexpr MemberTable always{Needs::Nothing, "4.7"};

constexpr std::array<std::string_view, 8> StateNames{
    "closed",           "cookie-wait",   "cookie-echoed",     "established",
    "shutdown-pending", "shutdown-sent", "shutdown-received", "shutdown-ack-sent"};
/// enum sctp_spinfo_state
constexpr std::array<std::string_view, 4> PathStates{"inactive", "potentially-failed", "active",
                                                     "unconfirmed"};
/// enum sctp_socket_type
constexpr std::array<std::string_view, 3> SocketTypes{"one-to-many", "one-to-many-high-bandwidth",
                                                      "one-to-one"};

OptionalValue state(const SocketRow& row) {
  const auto number = row.socket.facts.number(SctpState);
  return number && *number < StateNames.size() ? OptionalValue(StateNames[*number]) : std::nullopt;
}

#define AT(member) offsetof(sctp_info, sctpi_##member), decltype(sctp_info::sctpi_##member)
#define NUMBER(member) getter<number_at<SctpInfo, AT(member)>>
#define SOCKET_FLAG(member) getter<flag_at<SctpSocketInfo, AT(member)>>
#define SOCKET_NUMBER(member) getter<number_at<SctpSocketInfo, AT(member)>>

constexpr std::array SctpFields{
    always({"local_addresses", "LOCALADDRS"}, Type::List, getter<list_of<LocalAddresses>>,
           "All local addresses of an SCTP socket or association"),
    always({"peer_addresses", "PEERADDRS"}, Type::List, getter<list_of<PeerAddresses>>,
           "All addresses of the peer of an SCTP association"),
    always({"sctp_state", "SCTPSTATE"}, Type::Text, getter<state>,
           "State of an association: cookie-wait, cookie-echoed, established, shutdown-sent and so on"),
    sctp({"sctp_tag", "TAG"}, Type::Mask, NUMBER(tag), "Verification tag that the peer sends"),
    sctp({"sctp_peer_tag", "PEERTAG"}, Type::Mask, NUMBER(peer_tag), "Verification tag that the peer wants"),
    sctp({"sctp_rwnd", "RWND"}, Type::Bytes, NUMBER(rwnd), "Receive window"),
    sctp({"sctp_peer_rwnd", "PEERRWND"}, Type::Bytes, NUMBER(peer_rwnd), "The peer's receive window"),
    sctp({"sctp_unacked", "UNACKED"}, Type::Count, NUMBER(unackdata),
         "Data chunks sent and not acknowledged"),
    sctp({"sctp_pending", "PENDING"}, Type::Count, NUMBER(penddata), "Data chunks that wait to be read"),
    sctp({"sctp_in_streams", "INSTR"}, Type::Count, NUMBER(instrms), "Streams from the peer"),
    sctp({"sctp_out_streams", "OUTSTR"}, Type::Count, NUMBER(outstrms), "Streams to the peer"),
    sctp({"sctp_fragmentation_point", "FRAG"}, Type::Bytes, NUMBER(fragmentation_point),
         "Largest message that is sent in one piece"),
    sctp({"sctp_in_queue", "INQ"}, Type::Count, NUMBER(inqueue), "Chunks received and not yet handled"),
    sctp({"sctp_out_queue", "OUTQ"}, Type::Count, NUMBER(outqueue), "Chunks that were never sent"),
    sctp({"sctp_overall_error", "ERRORS"}, Type::Count, NUMBER(overall_error),
         "Retransmissions and heartbeats without an answer, over all paths"),
    sctp({"sctp_max_burst", "BURST"}, Type::Count, NUMBER(max_burst), "Packets that may be sent at once"),
    sctp({"sctp_maxseg", "MAXSEG"}, Type::Bytes, NUMBER(maxseg), "Limit of a data chunk (SCTP_MAXSEG)"),
    sctp({"sctp_peer_capable", "CAPABLE"}, Type::Mask, NUMBER(peer_capable),
         "Extensions of the peer: 1 ECN, 2 IPv4, 4 IPv6, 8 host names, 16 ADD-IP, 32 PR-SCTP, 64 AUTH"),
    sctp({"sctp_peer_sack", "PEERSACK"}, Type::Count, NUMBER(peer_sack),
         "Generation of selective acknowledgements of the peer"),
    sctp({"sctp_sacks_in", "SACKSIN"}, Type::Count, NUMBER(isacks), "Selective acknowledgements received"),
    sctp({"sctp_sacks_out", "SACKSOUT"}, Type::Count, NUMBER(osacks), "Selective acknowledgements sent"),
    sctp({"sctp_packets_out", "PKTSOUT"}, Type::Count, NUMBER(opackets), "Packets sent"),
    sctp({"sctp_packets_in", "PKTSIN"}, Type::Count, NUMBER(ipackets), "Packets received"),
    sctp({"sctp_retransmitted", "RETR"}, Type::Count, NUMBER(rtxchunks), "Chunks retransmitted"),
    sctp({"sctp_out_of_sequence", "OOS"}, Type::Count, NUMBER(outofseqtsns), "Chunks beyond those expected"),
    sctp({"sctp_duplicates", "DUPS"}, Type::Count, NUMBER(idupchunks), "Chunks received again"),
    sctp({"sctp_gap_acks", "GAPS"}, Type::Count, NUMBER(gapcnt), "Gap acknowledgements received"),
    sctp({"sctp_unordered_out", "UNORDOUT"}, Type::Count, NUMBER(ouodchunks), "Unordered chunks sent"),
    sctp({"sctp_unordered_in", "UNORDIN"}, Type::Count, NUMBER(iuodchunks), "Unordered chunks received"),
    sctp({"sctp_ordered_out", "ORDOUT"}, Type::Count, NUMBER(oodchunks), "Ordered chunks sent"),
    sctp({"sctp_ordered_in", "ORDIN"}, Type::Count, NUMBER(iodchunks), "Ordered chunks received"),
    sctp({"sctp_control_out", "CTLOUT"}, Type::Count, NUMBER(octrlchunks), "Control chunks sent"),
    sctp({"sctp_control_in", "CTLIN"}, Type::Count, NUMBER(ictrlchunks), "Control chunks received"),
    sctp({"sctp_path_state", "PATH"}, Type::Text,
         getter<name_at<SctpInfo, offsetof(sctp_info, sctpi_p_state), std::uint32_t, PathStates>>,
         "State of the primary path: active, inactive, potentially-failed, unconfirmed"),
    sctp({"sctp_path_cwnd", "PATHCWND"}, Type::Bytes, NUMBER(p_cwnd), "Its congestion window"),
    sctp({"sctp_path_srtt", "PATHSRTT"}, Type::Count, NUMBER(p_srtt),
         "Its smoothed round-trip time, in the kernel's own ticks"),
    sctp({"sctp_path_rto", "PATHRTO"}, Type::Microseconds, getter<number_at<SctpInfo, AT(p_rto), 1000>>,
         "Its retransmission time-out"),
    sctp({"sctp_path_heartbeat", "PATHHB"}, Type::Microseconds,
         getter<number_at<SctpInfo, AT(p_hbinterval), 1000>>, "Interval of its heartbeats"),
    sctp({"sctp_path_max_retrans", "PATHMAXRTX"}, Type::Count, NUMBER(p_pathmaxrxt),
         "Retransmissions after which it counts as failed"),
    sctp({"sctp_path_sack_delay", "PATHDELAY"}, Type::Microseconds,
         getter<number_at<SctpInfo, AT(p_sackdelay), 1000>>, "Delay of its acknowledgements"),
    sctp({"sctp_path_sack_frequency", "PATHFREQ"}, Type::Count, NUMBER(p_sackfreq),
         "Packets after which it is acknowledged at once"),
    sctp({"sctp_path_ssthresh", "PATHSSTHR"}, Type::Bytes, NUMBER(p_ssthresh), "Its slow start threshold"),
    sctp({"sctp_path_partial_bytes_acked", "PATHPBA"}, Type::Bytes, NUMBER(p_partial_bytes_acked),
         "Bytes acknowledged towards its next growth"),
    sctp({"sctp_path_flight_size", "PATHFLIGHT"}, Type::Bytes, NUMBER(p_flight_size),
         "Bytes in flight on it"),
    sctp({"sctp_path_errors", "PATHERR"}, Type::Count, NUMBER(p_error), "Errors on it in a row"),
    sctp({"sctp_autoclose", "AUTOCLOSE"}, Type::Microseconds,
         getter<number_at<SctpSocketInfo, AT(s_autoclose), 1'000'000>>,
         "Idle time after which associations are closed (SCTP_AUTOCLOSE); 0: never"),
    sctp({"sctp_adaptation", "ADAPT"}, Type::Mask, SOCKET_NUMBER(s_adaptation_ind),
         "Adaptation layer that is announced"),
    sctp({"sctp_partial_delivery_point", "PDPOINT"}, Type::Bytes, SOCKET_NUMBER(s_pd_point),
         "Size from which messages are delivered in parts"),
    sctp({"sctp_nodelay", "NODELAY"}, Type::Flag, SOCKET_FLAG(s_nodelay),
         "Data is sent at once (SCTP_NODELAY)"),
    sctp({"sctp_disable_fragments", "NOFRAG"}, Type::Flag, SOCKET_FLAG(s_disable_fragments),
         "Messages are never sent in pieces (SCTP_DISABLE_FRAGMENTS)"),
    sctp({"sctp_v4mapped", "V4MAPPED"}, Type::Flag, SOCKET_FLAG(s_v4mapped),
         "IPv4 addresses are given as IPv6 ones (SCTP_I_WANT_MAPPED_V4_ADDR)"),
    sctp({"sctp_frag_interleave", "INTERLEAVE"}, Type::Count, SOCKET_NUMBER(s_frag_interleave),
         "How parts of messages may mix: 0 not at all, 1 of associations, 2 of streams"),
    sctp({"sctp_type", "SCTPTYPE"}, Type::Text, getter<name_at<SctpSocketInfo, AT(s_type), SocketTypes>>,
         "Kind of socket: one-to-one, one-to-many"),
};

#undef AT
#undef NUMBER
#undef SOCKET_FLAG
#undef SOCKET_NUMBER

}  // namespace

std::span<const Field> sctp_fields() {
  static constexpr auto Table = about("sctp", SctpFields);
  return Table;
}

}  // namespace sockutils::inet
