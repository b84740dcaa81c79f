/// The bytes of a capture file (draft-ietf-opsawg-pcap). Pure.
#pragma once

#include <cstdint>
#include <string>

#include "capture/packet.h"
#include "system/packets.h"

namespace sockutils::capture {

/// What a file begins with. Its packets have nanoseconds and the byte order of the machine, which the file
/// says.
void append_file_header(std::string& out, int link_type, std::uint32_t snap_length);

void append_file_packet(std::string& out, const RawPacket& packet);

}  // namespace sockutils::capture
