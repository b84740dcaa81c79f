#include "os/links.h"

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <cstring>
#include <string_view>

#include "os/netlink_dump.h"
#include "os/real_system.h"

namespace sockutils {
namespace {

template <class Visit>
void visit_attributes(const void* bytes, std::size_t size, const Visit& visit) {
  const auto* const begin = static_cast<const char*>(bytes);
  const auto* attribute = static_cast<const nlattr*>(bytes);
  const auto left = [&] { return static_cast<int>(begin + size - reinterpret_cast<const char*>(attribute)); };
  for (; mnl_attr_ok(attribute, left()); attribute = mnl_attr_next(attribute)) visit(attribute);
}

std::string_view text_of(const nlattr* attribute) {
  const std::string_view text(static_cast<const char*>(mnl_attr_get_payload(attribute)),
                              mnl_attr_get_payload_len(attribute));
  return text.substr(0, text.find('\0'));
}

/// Of these the packets are those of the interface above. The slaves of a vrf keep theirs.
bool is_port_kind(std::string_view kind) { return kind == "bridge" || kind == "bond" || kind == "team"; }

void read_attribute(const nlattr* attribute, Link& link) {
  const unsigned type = mnl_attr_get_type(attribute);
  const std::size_t length = mnl_attr_get_payload_len(attribute);
  const void* const payload = mnl_attr_get_payload(attribute);
  if (type == IFLA_IFNAME) link.name = text_of(attribute);
  if (type == IFLA_ADDRESS && length == link.address.size()) {
    std::memcpy(link.address.data(), payload, length);
    link.has_address = true;
  }
  if (type != IFLA_LINKINFO) return;
  visit_attributes(payload, length, [&](const nlattr* info) {
    if (mnl_attr_get_type(info) == IFLA_INFO_SLAVE_KIND) link.is_port = is_port_kind(text_of(info));
  });
}

}  // namespace

bool decode_link(ByteView message, Link& link) {
  const auto header = load<ifinfomsg>(message);
  if (!header || header->ifi_index <= 0) return false;
  link = {};
  link.index = static_cast<std::uint32_t>(header->ifi_index);
  static_assert(sizeof(ifinfomsg) % MNL_ALIGNTO == 0);
  const ByteView rest = message.subspan(sizeof(ifinfomsg));
  visit_attributes(rest.data(), rest.size(),
                   [&](const nlattr* attribute) { read_attribute(attribute, link); });
  return true;
}

Result<std::vector<Link>> read_links() {
  const auto channel = real::open_netlink(NETLINK_ROUTE);
  if (!channel) return tl::unexpected(channel.error());
  ifinfomsg request{};
  request.ifi_family = AF_UNSPEC;
  std::vector<Link> links;
  const auto done = netlink_dump(**channel, RTM_GETLINK, std::as_bytes(std::span(&request, 1)),
                                 [&](std::uint16_t type, ByteView payload) {
                                   Link link;
                                   if (type == RTM_NEWLINK && decode_link(payload, link))
                                     links.push_back(std::move(link));
                                   return true;
                                 });
  if (!done) return tl::unexpected(done.error());
  if (done->error != 0) return tl::unexpected(Error{done->error, "list", "interfaces", {}});
  return links;
}

}  // namespace sockutils
