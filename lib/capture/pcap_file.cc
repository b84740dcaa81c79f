#include "capture/pcap_file.h"

namespace sockutils::capture {
namespace {

struct FileHeader {
  std::uint32_t magic;
  std::uint16_t major_version;
  std::uint16_t minor_version;
  std::uint32_t reserved[2];
  std::uint32_t snap_length;
  std::uint32_t link_type;
};
static_assert(sizeof(FileHeader) == 24);

struct PacketHeader {
  std::uint32_t seconds;
  std::uint32_t nanoseconds;
  std::uint32_t taken;
  std::uint32_t length;
};
static_assert(sizeof(PacketHeader) == 16);

constexpr std::uint32_t WithNanoseconds = 0xa1b23c4d;

/// Linux's DLT_RAW has another number in files.
std::uint32_t number_in_files(int link_type) {
  const auto type = static_cast<LinkType>(link_type);
  return static_cast<std::uint32_t>(type == LinkType::RawLinux ? LinkType::Raw : type);
}

}  // namespace

void append_file_header(std::string& out, int link_type, std::uint32_t snap_length) {
  append_object(out, FileHeader{WithNanoseconds, 2, 4, {}, snap_length, number_in_files(link_type)});
}

void append_file_packet(std::string& out, const RawPacket& packet) {
  constexpr std::int64_t Second = 1'000'000'000;
  const std::int64_t time = packet.time.count();
  append_object(
      out, PacketHeader{static_cast<std::uint32_t>(time / Second), static_cast<std::uint32_t>(time % Second),
                        static_cast<std::uint32_t>(packet.bytes.size()), packet.length});
  out += as_text(packet.bytes);
}

bool is_capture_file(std::string_view text) {
  ByteView bytes = as_bytes(text);
  const auto header = load<FileHeader>(bytes);
  if (!header || header->magic != WithNanoseconds) return false;
  bytes = bytes.subspan(sizeof(FileHeader));
  while (!bytes.empty()) {
    const auto packet = load<PacketHeader>(bytes);
    if (!packet || packet->taken > bytes.size() - sizeof(PacketHeader)) return false;
    bytes = bytes.subspan(sizeof(PacketHeader) + packet->taken);
  }
  return true;
}

}  // namespace sockutils::capture
