/// The bytes of a capture file (draft-ietf-opsawg-pcap). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "capture/packet.h"
#include "os/packets.h"

namespace sockutils::capture {

/// What a file begins with. Its packets have nanoseconds and the byte order of the machine, which the file
/// says.
void append_file_header(std::string& out, int link_type, std::uint32_t snap_length);

void append_file_packet(std::string& out, const RawPacket& packet);

/// Whether the bytes are such a file, written by a machine of the same byte order, and whole. They may be
/// any.
bool is_capture_file(std::string_view bytes);

}  // namespace sockutils::capture
