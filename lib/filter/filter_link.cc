#include "filter/filter_link.h"

#include <linux/if_ether.h>

#include <array>
#include <limits>
#include <utility>

#include "common/text.h"

namespace sockutils::filter {
namespace {

struct EtherName {
  std::string_view name;
  std::uint16_t number;
};

/// Names accepted by `ss`, names that the field `packet_protocol` gives, and some newer ones of
/// linux/if_ether.h.
constexpr std::array<EtherName, 63> EtherNames{{
    {"none", 0},
    {"all", ETH_P_ALL},
    {"ip", ETH_P_IP},
    {"ipv6", ETH_P_IPV6},
    {"arp", ETH_P_ARP},
    {"rarp", ETH_P_RARP},
    {"802.1q", ETH_P_8021Q},
    {"802.1ad", ETH_P_8021AD},
    {"lldp", ETH_P_LLDP},
    {"eapol", ETH_P_PAE},
    {"mpls", ETH_P_MPLS_UC},
    {"mpls_uc", ETH_P_MPLS_UC},
    {"mpls_mc", ETH_P_MPLS_MC},
    {"pppoe-disc", ETH_P_PPP_DISC},
    {"pppoe", ETH_P_PPP_SES},
    {"802.2", ETH_P_802_2},
    {"802.3", ETH_P_802_3},
    {"ppp_disc", ETH_P_PPP_DISC},
    {"ppp_ses", ETH_P_PPP_SES},
    {"profinet", ETH_P_PROFINET},
    {"aoe", ETH_P_AOE},
    {"ethercat", ETH_P_ETHERCAT},
    {"tipc", ETH_P_TIPC},
    {"macsec", ETH_P_MACSEC},
    {"fcoe", ETH_P_FCOE},
    {"prp", ETH_P_PRP},
    {"loop", ETH_P_LOOP},
    {"pup", ETH_P_PUP},
    {"pupat", ETH_P_PUPAT},
    {"x25", ETH_P_X25},
    {"bpq", ETH_P_BPQ},
    {"ieeepup", ETH_P_IEEEPUP},
    {"ieeepupat", ETH_P_IEEEPUPAT},
    {"dec", ETH_P_DEC},
    {"dna_dl", ETH_P_DNA_DL},
    {"dna_rc", ETH_P_DNA_RC},
    {"dna_rt", ETH_P_DNA_RT},
    {"lat", ETH_P_LAT},
    {"diag", ETH_P_DIAG},
    {"cust", ETH_P_CUST},
    {"sca", ETH_P_SCA},
    {"atalk", ETH_P_ATALK},
    {"aarp", ETH_P_AARP},
    {"ipx", ETH_P_IPX},
    {"ppp_mp", ETH_P_PPP_MP},
    {"atmmpoa", ETH_P_ATMMPOA},
    {"atmfate", ETH_P_ATMFATE},
    {"802_3", ETH_P_802_3},
    {"ax25", ETH_P_AX25},
    {"802_2", ETH_P_802_2},
    {"snap", ETH_P_SNAP},
    {"ddcmp", ETH_P_DDCMP},
    {"wan_ppp", ETH_P_WAN_PPP},
    {"localtalk", ETH_P_LOCALTALK},
    {"can", ETH_P_CAN},
    {"canfd", ETH_P_CANFD},
    {"ppptalk", ETH_P_PPPTALK},
    {"tr_802_2", ETH_P_TR_802_2},
    {"mobitex", ETH_P_MOBITEX},
    {"control", ETH_P_CONTROL},
    {"irda", ETH_P_IRDA},
    {"econet", ETH_P_ECONET},
    {"hdlc", ETH_P_HDLC},
}};

struct Parts {
  std::string_view protocol;
  std::string_view port;
};

/// The name of an interface may contain colons, that of a protocol may not.
Parts split(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

bool is_left_open(std::string_view text) { return text.empty() || text == "*"; }

template <class T>
std::optional<T> read_small(std::string_view text) {
  const auto number = read_c_number(text);
  return number && *number <= std::numeric_limits<T>::max() ? std::optional(static_cast<T>(*number))
                                                            : std::nullopt;
}

ValueResult<std::uint16_t> read_ether_protocol(std::string_view text) {
  if (const auto number = ether_protocol(text)) return *number;
  return tl::unexpected(
      ValueFault{text, quoted(text) + " is not an Ethernet protocol: write PROTOCOL:INTERFACE"});
}

ValueResult<Protocol> read_netlink_protocol(std::string_view text) {
  if (const auto number = read_c_number(text); number && *number < NetlinkProtocols)
    return netlink_protocol(static_cast<unsigned>(*number));
  const auto protocol = parse_protocol(text);
  if (protocol && *protocol >= Protocol::NetlinkBase) return *protocol;
  return tl::unexpected(ValueFault{text, quoted(text) + " is not a netlink protocol"});
}

}  // namespace

std::optional<std::uint16_t> ether_protocol(std::string_view text) {
  for (const EtherName& row : EtherNames)
    if (equal_ignoring_case(row.name, text)) return row.number;
  return read_small<std::uint16_t>(text);
}

std::optional<std::uint32_t> netlink_port_number(std::string_view text) {
  return text == "kernel" ? 0 : read_small<std::uint32_t>(text);
}

ValueResult<LinkPattern> read_link(std::string_view text, const FilterNames& names) {
  const Parts parts = split(text);
  LinkPattern pattern;
  if (!is_left_open(parts.protocol)) {
    const auto protocol = read_ether_protocol(parts.protocol);
    if (!protocol) return tl::unexpected(protocol.error());
    pattern.protocol = *protocol;
  }
  if (!is_left_open(parts.port)) {
    const auto interface = read_interface(parts.port, names);
    if (!interface) return tl::unexpected(interface.error());
    pattern.interface = *interface;
  }
  return pattern;
}

ValueResult<std::uint32_t> read_netlink_port(std::string_view text) {
  if (const auto number = netlink_port_number(text)) return *number;
  return tl::unexpected(ValueFault{text, quoted(text) + " is neither a netlink port id nor \"kernel\""});
}

ValueResult<NetlinkPattern> read_netlink(std::string_view text) {
  const Parts parts = split(text);
  NetlinkPattern pattern;
  if (!is_left_open(parts.protocol)) {
    const auto protocol = read_netlink_protocol(parts.protocol);
    if (!protocol) return tl::unexpected(protocol.error());
    pattern.protocol = *protocol;
  }
  if (!is_left_open(parts.port)) {
    const auto port = read_netlink_port(parts.port);
    if (!port) return tl::unexpected(port.error());
    pattern.port = *port;
  }
  return pattern;
}

ValueResult<std::uint32_t> read_vsock_number(std::string_view text) {
  if (const auto number = read_small<std::uint32_t>(text)) return *number;
  return tl::unexpected(ValueFault{text, quoted(text) + " is not a number: write vsock:CID:PORT"});
}

ValueResult<VsockPattern> read_vsock(std::string_view text) {
  const Parts parts = split(text);
  VsockPattern pattern;
  for (const auto& [part, into] :
       {std::pair(parts.protocol, &pattern.cid), std::pair(parts.port, &pattern.port)}) {
    if (is_left_open(part)) continue;
    const auto number = read_vsock_number(part);
    if (!number) return tl::unexpected(number.error());
    *into = *number;
  }
  return pattern;
}

}  // namespace sockutils::filter
