/// The format of capture files (draft-ietf-opsawg-pcap). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "capture/packet.h"
#include "os/packets.h"

namespace sockutils::capture {

/// Appends the file header: time stamps in nanoseconds, and the byte order of this machine, which the header
/// shows.
void append_file_header(std::string& out, int link_type, std::uint32_t snap_length);

void append_file_packet(std::string& out, const RawPacket& packet);

/// Whether the bytes are a complete file of this kind, written with this machine's byte order. They may be
/// anything.
bool is_capture_file(std::string_view bytes);

}  // namespace sockutils::capture
