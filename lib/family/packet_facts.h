/// What the decoder of packet(7) sockets leaves for their fields.
#pragma once

#include "model/extra_attributes.h"

namespace sockutils::packet {

inline constexpr AttributeKey EtherType{"packet_protocol"};
/// struct packet_diag_info.
inline constexpr AttributeKey Info{"packet_info"};
/// struct packet_diag_ring.
inline constexpr AttributeKey ReceiveRing{"packet_rx_ring"};
inline constexpr AttributeKey SendRing{"packet_tx_ring"};
/// The group's id in the lower half, its mode above.
inline constexpr AttributeKey Fanout{"packet_fanout"};
/// A packed list, and whether any of it is promiscuous.
inline constexpr AttributeKey Memberships{"packet_memberships"};
inline constexpr AttributeKey Promiscuous{"packet_promiscuous"};
/// Bytes of the filter's program, and a packed list of its instructions.
inline constexpr AttributeKey FilterSize{"packet_filter_size"};
inline constexpr AttributeKey FilterListing{"packet_filter"};

}  // namespace sockutils::packet
