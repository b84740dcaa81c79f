#include "model/exposure.h"

#include "support/catch.h"
#include "support/row_values.h"

namespace sockutils::test::exposure_test {
namespace {

std::string exposure(std::string_view address) {
  return std::string(exposure_of(Address::parse(address).value()));
}

Socket listener(std::string_view address) {
  Socket socket;
  socket.state = State::Listen;
  socket.local_address = Address::parse(address);
  socket.local_port = 22;
  return socket;
}

}  // namespace

TEST_CASE("an address says from where it can be reached, at the edges of each block too") {
  struct Expected {
    const char* address;
    const char* exposure;
  };
  for (const auto& [address, expected] : {
           Expected{"0.0.0.0", "any"},
           Expected{"::", "any"},
           Expected{"::ffff:0.0.0.0", "any"},
           Expected{"127.0.0.1", "loopback"},
           Expected{"127.255.255.255", "loopback"},
           Expected{"::1", "loopback"},
           Expected{"::ffff:127.0.0.1", "loopback"},
           Expected{"126.255.255.255", "public"},
           Expected{"128.0.0.0", "public"},
           Expected{"::2", "public"},
           Expected{"169.254.0.0", "link"},
           Expected{"169.254.255.255", "link"},
           Expected{"169.253.255.255", "public"},
           Expected{"169.255.0.0", "public"},
           Expected{"fe80::1", "link"},
           Expected{"febf::1", "link"},
           Expected{"10.0.0.0", "private"},
           Expected{"10.255.255.255", "private"},
           Expected{"9.255.255.255", "public"},
           Expected{"11.0.0.0", "public"},
           Expected{"172.16.0.0", "private"},
           Expected{"172.31.255.255", "private"},
           Expected{"172.15.255.255", "public"},
           Expected{"172.32.0.0", "public"},
           Expected{"192.168.0.0", "private"},
           Expected{"192.168.255.255", "private"},
           Expected{"192.167.255.255", "public"},
           Expected{"192.169.0.0", "public"},
           Expected{"100.64.0.0", "private"},
           Expected{"100.127.255.255", "private"},
           Expected{"100.63.255.255", "public"},
           Expected{"100.128.0.0", "public"},
           Expected{"198.18.0.1", "private"},
           Expected{"198.20.0.0", "public"},
           Expected{"::ffff:10.1.2.3", "private"},
           Expected{"fc00::1", "private"},
           Expected{"fdff::1", "private"},
           Expected{"fec0::1", "private"},
           Expected{"fbff::1", "public"},
           Expected{"fe00::1", "public"},
           Expected{"192.0.2.7", "public"},
           Expected{"2001:db8::1", "public"},
           Expected{"224.0.0.251", "link"},
           Expected{"224.0.1.1", "public"},
           Expected{"239.255.255.250", "private"},
           Expected{"255.255.255.255", "link"},
           Expected{"ff01::1", "loopback"},
           Expected{"ff02::fb", "link"},
           Expected{"ff05::1:3", "private"},
           Expected{"ff0e::1", "public"},
       }) {
    INFO(address);
    CHECK(exposure(address) == expected);
  }
}

TEST_CASE("only what accepts connections, or receives from anyone, is exposed") {
  Socket socket = listener("0.0.0.0");
  CHECK(text_of(socket, "exposure") == "any");
  socket.state = State::Established;
  CHECK(text_of(socket, "exposure") == "-");
  socket.state = State::Unconnected;
  socket.protocol = Protocol::Udp;
  CHECK(text_of(socket, "exposure") == "any");
  socket.local_port.reset();
  CHECK(text_of(socket, "exposure") == "-");
  socket.protocol = Protocol::Raw;
  CHECK(text_of(socket, "exposure") == "any");
  socket.protocol = Protocol::Icmp;
  socket.local_port = 7;
  CHECK(text_of(socket, "exposure") == "-");
  socket.state.reset();
  CHECK(text_of(socket, "exposure") == "-");
  Socket without_address = listener("0.0.0.0");
  without_address.local_address.reset();
  CHECK(text_of(without_address, "exposure") == "-");
}

TEST_CASE("what is bound to the loopback interface is not exposed by a wide address") {
  Socket socket = listener("0.0.0.0");
  socket.interface = 1;
  CHECK(text_of(socket, "exposure") == "loopback");
  socket.interface = 2;
  CHECK(text_of(socket, "exposure") == "any");
}

}  // namespace sockutils::test::exposure_test
