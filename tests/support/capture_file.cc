#include "support/capture_file.h"

#ifdef SOCKUTILS_HAVE_CAPTURE

#include <arpa/inet.h>
#include <pcap/pcap.h>

#include <array>
#include <memory>

namespace sockutils::test {
namespace {

/// LINKTYPE_LINUX_SLL2.
constexpr int CookedLink = 276;
constexpr std::size_t CookedHeader = 20;

std::string address_text(const u_char* bytes) {
  std::array<char, INET_ADDRSTRLEN> room{};
  return ::inet_ntop(AF_INET, bytes, room.data(), room.size());
}

std::uint16_t number(const u_char* bytes) { return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]); }

std::optional<CapturedPacket> decode(const u_char* bytes, std::size_t size) {
  if (size < CookedHeader + 28 || bytes[0] != 0x08 || bytes[1] != 0x00) return std::nullopt;
  const u_char* const ip = bytes + CookedHeader;
  const std::size_t header = (ip[0] & 15u) * 4;
  CapturedPacket packet;
  packet.protocol = ip[9];
  packet.source = address_text(ip + 12);
  packet.destination = address_text(ip + 16);
  const u_char* const rest = ip + header;
  if (packet.protocol == 1) {
    packet.type = rest[0];
    packet.code = rest[1];
    return packet;
  }
  packet.source_port = number(rest);
  packet.destination_port = number(rest + 2);
  if (packet.protocol == 6 && size >= CookedHeader + header + 14) packet.flags = rest[13];
  return packet;
}

}  // namespace

std::optional<std::vector<CapturedPacket>> read_capture(const std::string& path) {
  std::array<char, PCAP_ERRBUF_SIZE> message{};
  const std::unique_ptr<pcap_t, void (*)(pcap_t*)> file(pcap_open_offline(path.c_str(), message.data()),
                                                        pcap_close);
  if (!file || pcap_datalink(file.get()) != CookedLink) return std::nullopt;
  std::vector<CapturedPacket> packets;
  for (;;) {
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    const int status = pcap_next_ex(file.get(), &header, &bytes);
    if (status == PCAP_ERROR_BREAK) return packets;
    if (status != 1) return std::nullopt;
    if (const auto packet = decode(bytes, header->caplen)) packets.push_back(*packet);
  }
}

}  // namespace sockutils::test

#else

namespace sockutils::test {
std::optional<std::vector<CapturedPacket>> read_capture(const std::string&) { return std::nullopt; }
}  // namespace sockutils::test

#endif
