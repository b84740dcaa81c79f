/// MPTCP connections: struct mptcp_info (linux/mptcp.h), whose offsets are written out because it has grown
/// beyond the headers of some of the systems that this is built on.
#include "family/inet/members.h"
#include "model/registry.h"

namespace sockutils::inet {
namespace {

constexpr MemberTable mptcp{Needs::TcpInfo, "5.9"};

/// MPTCP_INFO_FLAG_*
constexpr std::array<std::string_view, 2> ConnectionFlags{"fallback", "remote-key-received"};

/// A listener's has nothing of a connection in it.
template <OptionalValue (*Get)(const SocketRow&)>
OptionalValue of_connection(const SocketRow& row) {
  return row.socket.state == State::Listen ? std::nullopt : Get(row);
}

template <std::size_t Offset, class T, std::uint64_t Scale = 1>
constexpr auto ConnectionNumber = getter<of_connection<number_at<MptcpInfo, Offset, T, Scale>>>;

/// Older kernels have 0 at the offset of the member.
template <std::size_t Offset>
constexpr auto ConnectionLimit = getter<of_connection<number_unless_at<MptcpInfo, Offset, std::uint8_t, 0>>>;

OptionalValue connection_flags(const SocketRow& row) {
  const auto bits = member_of<MptcpInfo, 8, std::uint32_t>(row);
  return bits ? OptionalValue(TextList(*bits, ConnectionFlags)) : std::nullopt;
}

constexpr std::array MptcpFields{
    mptcp({"mptcp_token", "TOKEN"}, Type::Mask, ConnectionNumber<12, std::uint32_t>,
          "Token of the MPTCP connection, which its subflows have too"),
    mptcp({"mptcp_flags", "MPFLAGS"}, Type::List, getter<of_connection<connection_flags>>,
          "What became of the connection: fallback (to TCP), remote-key-received"),
    mptcp({"mptcp_subflows", "SUBFLOWS"}, Type::Count, ConnectionNumber<0, std::uint8_t>,
          "Subflows beside the first"),
    mptcp({"mptcp_subflows_max", "SFMAX"}, Type::Count, ConnectionNumber<3, std::uint8_t>,
          "How many of those there may be"),
    mptcp({"mptcp_subflows_total", "SFTOTAL"}, Type::Count, ConnectionNumber<80, std::uint8_t>,
          "All subflows", "6.5"),
    mptcp({"mptcp_endp_laminar_max", "LAMINARMAX"}, Type::Count, ConnectionLimit<81>,
          "Laminar endpoints of ip-mptcp(8); absent when there are none, or the kernel does not report "
          "them",
          "6.18"),
    mptcp({"mptcp_endp_fullmesh_max", "FULLMESHMAX"}, Type::Count, ConnectionLimit<82>,
          "Fullmesh endpoints; absent when there are none, or the kernel does not report them", "6.19"),
    mptcp({"mptcp_add_addr_signal", "ADDADDR"}, Type::Count, ConnectionNumber<1, std::uint8_t>,
          "Addresses announced to the peer"),
    mptcp({"mptcp_add_addr_accepted", "ADDACC"}, Type::Count, ConnectionNumber<2, std::uint8_t>,
          "Addresses of the peer that were accepted"),
    mptcp({"mptcp_add_addr_signal_max", "ADDMAX"}, Type::Count, ConnectionNumber<4, std::uint8_t>,
          "How many addresses may be announced"),
    mptcp({"mptcp_add_addr_accepted_max", "ACCMAX"}, Type::Count, ConnectionNumber<5, std::uint8_t>,
          "How many addresses of the peer may be accepted"),
    mptcp({"mptcp_local_addr_used", "ADDRUSED"}, Type::Count, ConnectionNumber<40, std::uint8_t>,
          "Local addresses in use beside the first", "5.17"),
    mptcp({"mptcp_local_addr_max", "ADDRMAX"}, Type::Count, ConnectionNumber<41, std::uint8_t>,
          "How many of those there may be", "5.17"),
    mptcp({"mptcp_csum_enabled", "CSUM"}, Type::Flag,
          getter<of_connection<flag_at<MptcpInfo, 42, std::uint8_t>>>,
          "Data is protected by checksums (RFC 8684)", "5.17"),
    mptcp({"mptcp_write_seq", "WRITESEQ"}, Type::Identifier, ConnectionNumber<16, std::uint64_t>,
          "Sequence number of the next byte to be written"),
    mptcp({"mptcp_snd_una", "SNDUNA"}, Type::Identifier, ConnectionNumber<24, std::uint64_t>,
          "First sequence number that is not acknowledged"),
    mptcp({"mptcp_rcv_nxt", "RCVNXT"}, Type::Identifier, ConnectionNumber<32, std::uint64_t>,
          "Sequence number of the next byte to be received"),
    mptcp({"mptcp_retransmits", "MPRETR"}, Type::Count, ConnectionNumber<44, std::uint32_t>,
          "Retransmissions of the MPTCP connection", "6.5"),
    mptcp({"mptcp_bytes_retrans", "MPRETRBYTES"}, Type::Bytes, ConnectionNumber<48, std::uint64_t>,
          "Bytes retransmitted by the MPTCP connection", "6.5"),
    mptcp({"mptcp_bytes_sent", "MPSENT"}, Type::Bytes, ConnectionNumber<56, std::uint64_t>,
          "Bytes sent over all subflows", "6.5"),
    mptcp({"mptcp_bytes_received", "MPRECEIVED"}, Type::Bytes, ConnectionNumber<64, std::uint64_t>,
          "Bytes received over all subflows", "6.5"),
    mptcp({"mptcp_bytes_acked", "MPACKED"}, Type::Bytes, ConnectionNumber<72, std::uint64_t>,
          "Bytes acknowledged over all subflows", "6.5"),
    mptcp({"mptcp_last_data_sent", "MPLASTSND"}, Type::Microseconds,
          ConnectionNumber<84, std::uint32_t, 1000>, "Time since data was last sent", "6.10"),
    mptcp({"mptcp_last_data_recv", "MPLASTRCV"}, Type::Microseconds,
          ConnectionNumber<88, std::uint32_t, 1000>, "Time since data was last received", "6.10"),
    mptcp({"mptcp_last_ack_recv", "MPLASTACK"}, Type::Microseconds, ConnectionNumber<92, std::uint32_t, 1000>,
          "Time since an acknowledgement was last received", "6.10"),
};

}  // namespace

std::span<const Field> mptcp_fields() {
  static constexpr auto Table = about("mptcp", MptcpFields);
  return Table;
}

}  // namespace sockutils::inet
