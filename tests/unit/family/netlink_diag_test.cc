#include <linux/netlink_diag.h>
#include <sys/socket.h>

#include "family/netlink.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/row_values.h"

namespace sockutils::test::netlink_diag_test {
namespace {

constexpr SocketKind Netlink{Family::Netlink, {}};

netlink_diag_msg netlink_message_of(std::uint32_t port_id) {
  netlink_diag_msg message{};
  message.ndiag_family = AF_NETLINK;
  message.ndiag_portid = port_id;
  message.ndiag_ino = 66;
  return message;
}

Socket netlink_socket(const netlink_diag_msg& message, const std::string& attributes,
                      Decode expected = Decode::Complete) {
  Socket socket;
  CHECK(netlink::decode(as_bytes(bytes_of(message) + attributes), Netlink, socket) == expected);
  return socket;
}

/// Knows one process by its pid.
class OneProcess final : public Names {
 public:
  std::string_view service(std::uint16_t, Protocol) const override { return {}; }
  std::string_view user(std::uint32_t) const override { return {}; }
  std::string_view interface(std::uint32_t) const override { return {}; }
  std::string_view host(const Address&) const override { return {}; }
  std::string_view cgroup(std::uint64_t) const override { return {}; }
  std::string_view network_namespace(std::uint64_t) const override { return {}; }
  std::string_view process(std::uint32_t pid) const override { return pid == 712 ? "networkd" : ""; }
};

std::string process_of(std::uint32_t port_id, std::span<const Owner> owners) {
  const Socket socket = netlink_socket(netlink_message_of(port_id), "");
  const OneProcess names;
  return text_of(SocketRow{socket, owners, names}, "netlink_process");
}

}  // namespace

TEST_CASE("a netlink socket's groups are listed beyond the first 32") {
  const std::uint32_t bitmap[4] = {0x80000001, 0x1, 0, 0x80000000};
  const Socket socket =
      netlink_socket(netlink_message_of(712), attribute(NETLINK_DIAG_GROUPS, bytes_of(bitmap)));
  CHECK(text_of(socket, "netlink_groups", Style::Human) == "0x80000001");
  CHECK(text_of(socket, "netlink_group_list") == "1,32,33,128");
  CHECK(text_of(netlink_socket(netlink_message_of(712), ""), "netlink_group_list") == "-");
  netlink_socket(netlink_message_of(712), attribute(NETLINK_DIAG_GROUPS, "abc"), Decode::Partial);
}

TEST_CASE("a netlink socket's switches have names") {
  const auto flags = [](std::uint32_t bits) {
    return text_of(netlink_socket(netlink_message_of(712), attribute(NETLINK_DIAG_FLAGS, bytes_of(bits))),
                   "netlink_flags", Style::Human);
  };
  CHECK(flags(0x3f) == "cb-running,pktinfo,broadcast-error,no-enobufs,listen-all-nsid,cap-ack");
  CHECK(flags(NDIAG_FLAG_PKTINFO) == "pktinfo");
  CHECK(flags(0) == "none");
}

TEST_CASE("a netlink socket that is connected has a destination, and by default the kernel is none") {
  netlink_diag_msg message = netlink_message_of(712);
  CHECK(text_of(netlink_socket(message, ""), "netlink_destination") == "-");
  CHECK(text_of(netlink_socket(message, ""), "netlink_destination_group") == "-");
  CHECK(text_of(netlink_socket(message, ""), "peer") == "*");
  message.ndiag_dst_portid = 4242;
  message.ndiag_dst_group = 3;
  CHECK(text_of(netlink_socket(message, ""), "netlink_destination") == "4242");
  CHECK(text_of(netlink_socket(message, ""), "netlink_destination_group") == "3");
  CHECK(text_of(netlink_socket(message, ""), "peer") == "4242");
}

TEST_CASE("a port id names a process only where nothing says otherwise") {
  Process networkd;
  networkd.pid = 712;
  Process other;
  other.pid = 99;
  const Owner by_networkd[] = {{&other, 99, 3}, {&networkd, 712, 4}};
  const Owner by_other[] = {{&other, 99, 3}};
  CHECK(process_of(712, {}) == "networkd");
  CHECK(process_of(712, by_networkd) == "networkd");
  CHECK(process_of(712, by_other) == "-");
  CHECK(process_of(713, {}) == "-");
  CHECK(process_of(0, {}) == "-");
  CHECK(process_of(0x80000000, {}) == "-");
}

TEST_CASE("groups and switches of netlink sockets are asked for when they are wanted") {
  const auto shown = [](Needs needs) {
    std::string request;
    netlink::append_request(request, Netlink, {StateSet::all(), needs});
    return load<netlink_diag_req>(as_bytes(request)).value().ndiag_show;
  };
  CHECK(shown(Needs::Nothing) == NDIAG_SHOW_MEMINFO);
  CHECK(shown(Needs::NetlinkGroups) == (NDIAG_SHOW_MEMINFO | NDIAG_SHOW_GROUPS));
  CHECK(shown(Needs::NetlinkFlags) == (NDIAG_SHOW_MEMINFO | NDIAG_SHOW_FLAGS));
}

}  // namespace sockutils::test::netlink_diag_test
