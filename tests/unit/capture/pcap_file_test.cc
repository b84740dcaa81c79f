#include "capture/pcap_file.h"

#include "support/catch.h"
#include "unit/capture/frames.h"

namespace sockutils::test::pcap_file_test {
namespace {

using capture::is_capture_file;

std::string file_of(int packets) {
  std::string file;
  capture::append_file_header(file, 276, 160);
  for (int i = 0; i < packets; ++i) {
    const std::string bytes = ip4(17, udp(10));
    capture::append_file_packet(file, {std::chrono::seconds(i), as_bytes(bytes), 1500});
  }
  return file;
}

TEST_CASE("a capture file is told from what is none, or not whole") {
  CHECK(is_capture_file(file_of(0)));
  CHECK(is_capture_file(file_of(3)));
  const std::string file = file_of(2);
  const std::size_t record = (file.size() - 24) / 2;
  for (std::size_t size = 0; size < file.size(); ++size) {
    INFO(size);
    CHECK(is_capture_file(file.substr(0, size)) == (size == 24 || size == 24 + record));
  }
  CHECK_FALSE(is_capture_file(file + "x"));
  std::string endless = file;
  endless[24 + 8] = endless[24 + 11] = '\xff';
  CHECK_FALSE(is_capture_file(endless));
  CHECK_FALSE(is_capture_file(std::string(100, 'x')));
}

}  // namespace
}  // namespace sockutils::test::pcap_file_test
