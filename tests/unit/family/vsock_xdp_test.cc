#include <linux/vm_sockets_diag.h>
#include <linux/xdp_diag.h>
#include <sys/socket.h>

#include "family/vsock.h"
#include "family/xdp.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/row_values.h"

namespace sockutils::test::vsock_xdp_test {
namespace {

constexpr SocketKind Vsock{Family::Vsock, {}};
constexpr SocketKind Xdp{Family::Xdp, {}};
constexpr std::uint32_t Any = 0xffffffff;

vsock_diag_msg vsock_connection() {
  vsock_diag_msg message{};
  message.vdiag_family = AF_VSOCK;
  message.vdiag_type = SOCK_STREAM;
  message.vdiag_state = 1;
  message.vdiag_shutdown = 2;
  message.vdiag_src_cid = 3;
  message.vdiag_src_port = 4'000'000'000;
  message.vdiag_dst_cid = 2;
  message.vdiag_dst_port = 1024;
  message.vdiag_ino = 77;
  message.vdiag_cookie[0] = 9;
  return message;
}

Socket vsock_socket(const vsock_diag_msg& message) {
  Socket socket;
  CHECK(vsock::decode(as_bytes(bytes_of(message)), Vsock, socket) == Decode::Complete);
  return socket;
}

std::string xdp_message() {
  xdp_diag_msg message{};
  message.xdiag_family = AF_XDP;
  message.xdiag_type = SOCK_RAW;
  message.xdiag_ino = 88;
  message.xdiag_cookie[0] = 5;
  return bytes_of(message);
}

Socket xdp_socket(const std::string& attributes, Decode expected = Decode::Complete) {
  Socket socket;
  CHECK(xdp::decode(as_bytes(xdp_message() + attributes), Xdp, socket) == expected);
  return socket;
}

}  // namespace

TEST_CASE("a vsock connection has both ends, a state and what was shut down") {
  const Socket socket = vsock_socket(vsock_connection());
  CHECK(socket.family == Family::Vsock);
  CHECK(socket.protocol == Protocol::Stream);
  CHECK(socket.state == State::Established);
  CHECK(socket.inode == 77u);
  CHECK(socket.cookie == 9u);
  CHECK(text_of(socket, "local") == "3:4000000000");
  CHECK(text_of(socket, "peer") == "2:1024");
  CHECK(text_of(socket, "vsock_cid") == "3");
  CHECK(text_of(socket, "vsock_port") == "4000000000");
  CHECK(text_of(socket, "vsock_peer_cid") == "2");
  CHECK(text_of(socket, "vsock_peer_port") == "1024");
  CHECK(text_of(socket, "shutdown") == "send");
  // The kernel tells neither.
  CHECK(text_of(socket, "uid") == "-");
  CHECK(text_of(socket, "recv_queue") == "-");
}

TEST_CASE("a vsock listener takes any context, and has no peer") {
  vsock_diag_msg message = vsock_connection();
  message.vdiag_state = 10;
  message.vdiag_src_cid = Any;
  message.vdiag_src_port = 22;
  message.vdiag_dst_cid = message.vdiag_dst_port = Any;
  const Socket socket = vsock_socket(message);
  CHECK(socket.state == State::Listen);
  CHECK(text_of(socket, "local") == "*:22");
  CHECK(text_of(socket, "peer") == "*");
  CHECK(text_of(socket, "vsock_cid") == "4294967295");
  CHECK(text_of(socket, "vsock_peer_cid") == "-");
  CHECK(text_of(socket, "vsock_peer_port") == "-");
}

TEST_CASE("a vsock socket that is not bound has no ends; a datagram one is not closed") {
  vsock_diag_msg message = vsock_connection();
  message.vdiag_state = 7;
  message.vdiag_ino = 0;
  message.vdiag_src_cid = message.vdiag_src_port = message.vdiag_dst_cid = message.vdiag_dst_port = Any;
  const Socket stream = vsock_socket(message);
  CHECK(stream.state == State::Closed);
  CHECK(text_of(stream, "local") == "*");
  CHECK(text_of(stream, "vsock_port") == "-");
  CHECK(text_of(stream, "inode") == "-");
  message.vdiag_type = SOCK_DGRAM;
  CHECK(vsock_socket(message).state == State::Unconnected);
  message.vdiag_state = 77;
  CHECK_FALSE(vsock_socket(message).state);
}

TEST_CASE("a cut vsock message, or one of a strange type, is malformed") {
  const std::string whole = bytes_of(vsock_connection());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    Socket socket;
    CHECK(vsock::decode(as_bytes({cut.data(), cut.size()}), Vsock, socket) == Decode::Malformed);
  }
  vsock_diag_msg message = vsock_connection();
  message.vdiag_type = 99;
  Socket socket;
  CHECK(vsock::decode(as_bytes(bytes_of(message)), Vsock, socket) == Decode::Malformed);
}

TEST_CASE("vsock sockets are asked for by the kernel's states") {
  std::string request;
  vsock::append_request(request, Vsock, {StateSet{State::Listen, State::Unconnected}, Needs::Nothing});
  const auto message = load<vsock_diag_req>(as_bytes(request)).value();
  CHECK(message.sdiag_family == AF_VSOCK);
  CHECK(message.vdiag_states == ((1u << 10) | (1u << 7)));
  CHECK(message.vdiag_show == 0);
}

TEST_CASE("an XDP socket has its interface, rings, memory and counters") {
  const xdp_diag_info info{4, 2};
  const std::uint32_t uid = 1000;
  const xdp_diag_umem umem{1 << 20, 6, 256, 4096, 64, 4, 2, XDP_DU_F_ZEROCOPY, 3};
  const xdp_diag_stats stats{11, 12, 13, 14, 15, 16};
  const auto ring = [](std::uint32_t entries) { return bytes_of(xdp_diag_ring{entries}); };
  const std::uint32_t memory[9] = {100, 2, 30, 4, 5, 6, 7, 8, 9};
  const Socket socket =
      xdp_socket(attribute(XDP_DIAG_INFO, bytes_of(info)) + attribute(XDP_DIAG_UID, bytes_of(uid)) +
                 attribute(XDP_DIAG_RX_RING, ring(2048)) + attribute(XDP_DIAG_TX_RING, ring(1024)) +
                 attribute(XDP_DIAG_UMEM, bytes_of(umem)) + attribute(XDP_DIAG_UMEM_FILL_RING, ring(512)) +
                 attribute(XDP_DIAG_UMEM_COMPLETION_RING, ring(256)) +
                 attribute(XDP_DIAG_MEMINFO, bytes_of(memory)) + attribute(XDP_DIAG_STATS, bytes_of(stats)));
  CHECK(socket.family == Family::Xdp);
  CHECK(socket.protocol == Protocol::Raw);
  CHECK(socket.state == State::Unconnected);
  CHECK(socket.inode == 88u);
  CHECK(socket.uid == 1000u);
  CHECK(socket.recv_queue == 100u);
  CHECK(socket.send_queue == 30u);
  for (const auto& [field, value] :
       std::initializer_list<std::pair<const char*, const char*>>{{"interface_index", "4"},
                                                                  {"xdp_queue", "2"},
                                                                  {"local", "queue-2:4"},
                                                                  {"xdp_rx_ring", "2048"},
                                                                  {"xdp_tx_ring", "1024"},
                                                                  {"xdp_fill_ring", "512"},
                                                                  {"xdp_completion_ring", "256"},
                                                                  {"xdp_umem_id", "6"},
                                                                  {"xdp_umem_size", "1048576"},
                                                                  {"xdp_umem_pages", "256"},
                                                                  {"xdp_umem_chunk_size", "4096"},
                                                                  {"xdp_umem_headroom", "64"},
                                                                  {"xdp_umem_references", "3"},
                                                                  {"xdp_umem_interface_index", "4"},
                                                                  {"xdp_umem_queue", "2"},
                                                                  {"xdp_zero_copy", "true"},
                                                                  {"xdp_rx_dropped", "11"},
                                                                  {"xdp_rx_invalid", "12"},
                                                                  {"xdp_rx_full", "13"},
                                                                  {"xdp_fill_empty", "14"},
                                                                  {"xdp_tx_invalid", "15"},
                                                                  {"xdp_tx_empty", "16"},
                                                                  {"drops", "9"}}) {
    INFO(field);
    CHECK(text_of(socket, field) == value);
  }
}

TEST_CASE("an XDP socket that is not bound has no queue 0") {
  const Socket socket = xdp_socket(attribute(XDP_DIAG_INFO, bytes_of(xdp_diag_info{0, 0})) +
                                   attribute(XDP_DIAG_UMEM, bytes_of(xdp_diag_umem{})));
  CHECK(text_of(socket, "local") == "*");
  for (const char* field : {"xdp_queue", "interface_index", "xdp_umem_interface_index", "xdp_umem_queue",
                            "xdp_rx_ring", "xdp_rx_dropped"})
    CHECK(text_of(socket, field) == "-");
  CHECK(text_of(socket, "xdp_zero_copy") == "false");
}

TEST_CASE("a cut XDP message is malformed or partial") {
  const std::string whole = xdp_message() + attribute(XDP_DIAG_INFO, bytes_of(xdp_diag_info{4, 2}));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    Socket socket;
    const Decode result = xdp::decode(as_bytes({cut.data(), cut.size()}), Xdp, socket);
    CHECK((result == Decode::Malformed) == (length < sizeof(xdp_diag_msg)));
  }
  for (unsigned type = XDP_DIAG_INFO; type <= XDP_DIAG_STATS; ++type)
    xdp_socket(attribute(type, "abc"), Decode::Partial);
}

TEST_CASE("of an XDP socket only what is wanted is asked for") {
  const auto shown = [](Needs needs) {
    std::string request;
    xdp::append_request(request, Xdp, {StateSet::all(), needs});
    return load<xdp_diag_req>(as_bytes(request)).value().xdiag_show;
  };
  constexpr std::uint32_t Always = XDP_SHOW_INFO | XDP_SHOW_MEMINFO;
  CHECK(shown(Needs::Nothing) == Always);
  CHECK(shown(Needs::XdpRings) == (Always | XDP_SHOW_RING_CFG | XDP_SHOW_UMEM));
  CHECK(shown(Needs::XdpStats) == (Always | XDP_SHOW_STATS));
}

}  // namespace sockutils::test::vsock_xdp_test
