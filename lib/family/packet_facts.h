/// What the decoder of packet(7) sockets leaves for their fields.
#pragma once

#include "model/facts.h"

namespace sockutils::packet {

inline constexpr FactKey EtherType{"packet_protocol"};
/// struct packet_diag_info.
inline constexpr FactKey Info{"packet_info"};
/// struct packet_diag_ring.
inline constexpr FactKey ReceiveRing{"packet_rx_ring"};
inline constexpr FactKey SendRing{"packet_tx_ring"};
/// The group's id in the lower half, its mode above.
inline constexpr FactKey Fanout{"packet_fanout"};
/// A packed list, and whether any of it is promiscuous.
inline constexpr FactKey Memberships{"packet_memberships"};
inline constexpr FactKey Promiscuous{"packet_promiscuous"};
/// Bytes of the filter's program, and a packed list of its instructions.
inline constexpr FactKey FilterSize{"packet_filter_size"};
inline constexpr FactKey FilterListing{"packet_filter"};

}  // namespace sockutils::packet
