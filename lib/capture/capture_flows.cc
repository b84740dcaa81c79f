// Decides which packets belong to a probe.

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <mutex>
#include <set>

#include "capture/packet.h"
#include "common/bytes.h"
#include "sockutils/capture.h"

namespace sockutils {
namespace {

using capture::Decode;
using capture::LinkType;
using capture::Packet;

/// The ports of both protocols.
class PortSet {
 public:
  void add(Protocol protocol, std::uint16_t port) {
    if (port != 0) ports_[protocol == Protocol::Udp ? 1 : 0].set(port);
  }
  bool has(std::uint8_t protocol, std::uint16_t port) const {
    return ports_[protocol == IPPROTO_UDP ? 1 : 0].test(port);
  }
  bool is_empty() const { return ports_[0].none() && ports_[1].none(); }

  /// `tcp port 22 or udp portrange 1-9`; empty when that would be too long.
  std::string expression(std::size_t most_ranges) const {
    std::string text;
    std::size_t ranges = 0;
    for (std::size_t which = 0; which < ports_.size(); ++which)
      for (std::size_t port = 1; port < ports_[which].size(); ++port) {
        if (!ports_[which].test(port)) continue;
        const std::size_t first = port;
        while (port + 1 < ports_[which].size() && ports_[which].test(port + 1)) ++port;
        if (++ranges > most_ranges) return {};
        if (!text.empty()) text += " or ";
        text += std::string(which == 1 ? "udp" : "tcp") + " portrange " + std::to_string(first) + "-" +
                std::to_string(port);
      }
    return text;
  }

 private:
  static constexpr std::size_t Ports = 65'536;
  std::array<std::bitset<Ports>, 2> ports_;
};

/// The ICMP messages that quote part of the packet they are about, RFC 792 and RFC 4443.
bool is_error(const Packet& packet) {
  const auto type = load<std::uint8_t>(packet.content);
  if (!type) return false;
  if (packet.protocol == IPPROTO_ICMPV6) return *type >= 1 && *type <= 4;
  constexpr std::array<std::uint8_t, 5> Types{3, 4, 5, 11, 12};
  return packet.protocol == IPPROTO_ICMP && std::find(Types.begin(), Types.end(), *type) != Types.end();
}

}  // namespace

class CaptureFlows::Content {
 public:
  bool holds(int link_type, ByteView bytes, std::uint32_t length) {
    Packet packet;
    // A truncated packet still has ports if it is long enough.
    if (capture::decode_packet(static_cast<LinkType>(link_type), bytes, length, packet) == Decode::NotIp)
      return false;
    if (packet.fragment && packet.fragment->offset != 0) return was_begun(packet);
    if (is_error(packet)) return is_about_ours(packet);
    const bool ours = is_ours(packet);
    if (ours && packet.fragment) begun_[next_begun_++ % begun_.size()] = key_of(packet);
    return ours;
  }

  std::string filter() const {
    // libpcap is slow with long filters.
    constexpr std::size_t Most = 16;
    std::string hosts;
    for (const Address& host : hosts_)
      if (hosts_.size() <= Most) hosts += (hosts.empty() ? "host " : " or host ") + host.to_string();
    std::string ports = served_.is_empty() ? far_.expression(Most) : "";
    if (ports.empty()) ports = "tcp or udp";
    std::string text = "(" + ports + ")";
    if (!hosts.empty()) text = "(" + text + " and (" + hosts + "))";
    // Later fragments have no ports.
    return text + " or icmp or icmp6 or (ip[6:2] & 0x1fff != 0) or ip6 proto 44";
  }

  std::mutex mutex_;
  std::set<Address> hosts_;
  PortSet far_;
  PortSet near_;
  PortSet served_;

 private:
  struct Key {
    Address source;
    std::uint32_t identification = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };

  bool is_ours(const Packet& packet) const {
    if (packet.protocol != IPPROTO_TCP && packet.protocol != IPPROTO_UDP) return false;
    if (!packet.source_port || !packet.destination_port) return false;
    return fits(packet, packet.source, *packet.source_port, *packet.destination_port) ||
           fits(packet, packet.destination, *packet.destination_port, *packet.source_port);
  }

  bool fits(const Packet& packet, const Address& far, std::uint16_t far_port, std::uint16_t near_port) const {
    if (!hosts_.contains(far)) return false;
    return served_.has(packet.protocol, near_port) ||
           (far_.has(packet.protocol, far_port) && near_.has(packet.protocol, near_port));
  }

  /// An error quotes a packet that begins at its IP header and is mostly cut off.
  bool is_about_ours(const Packet& error) const {
    constexpr std::size_t Head = 8;
    if (error.content.size() <= Head) return false;
    Packet quoted;
    const ByteView bytes = error.content.subspan(Head);
    (void)capture::decode_packet(LinkType::Raw, bytes, static_cast<std::uint32_t>(bytes.size()), quoted);
    return is_ours(quoted);
  }

  static Key key_of(const Packet& packet) { return {packet.source, packet.fragment->identification}; }
  bool was_begun(const Packet& packet) const {
    return std::find(begun_.begin(), begun_.end(), key_of(packet)) != begun_.end();
  }

  std::array<Key, 32> begun_{};
  std::size_t next_begun_ = 0;
};

CaptureFlows::CaptureFlows() : content_(std::make_unique<Content>()) {}
CaptureFlows::~CaptureFlows() = default;

void CaptureFlows::add_host(const Address& host) {
  const std::lock_guard lock(content_->mutex_);
  // Packets do not say which link an address belongs to.
  content_->hosts_.insert({host.bytes, host.is_v6, 0});
}

void CaptureFlows::add_far_port(Protocol protocol, std::uint16_t port) {
  const std::lock_guard lock(content_->mutex_);
  content_->far_.add(protocol, port);
}

void CaptureFlows::add_near_port(Protocol protocol, std::uint16_t port) {
  const std::lock_guard lock(content_->mutex_);
  content_->near_.add(protocol, port);
}

void CaptureFlows::add_served_port(Protocol protocol, std::uint16_t port) {
  const std::lock_guard lock(content_->mutex_);
  content_->served_.add(protocol, port);
}

std::string CaptureFlows::filter() const {
  const std::lock_guard lock(content_->mutex_);
  return content_->filter();
}

bool CaptureFlows::hold(int link_type, std::span<const std::byte> bytes, std::uint32_t length) {
  const std::lock_guard lock(content_->mutex_);
  return content_->holds(link_type, bytes, length);
}

}  // namespace sockutils
