/// Any bytes as a datagram of a netlink dump. Sequence number and port id are those of the corpus.
#include <cstdint>
#include <vector>

#include "fuzz_target.h"
#include "os/netlink_dump.h"

using namespace sockutils;

FUZZ_TARGET(netlink_dump)(const std::uint8_t* data, std::size_t size) {
  // Aligned and of exactly this size, as from recvmsg(2).
  const std::vector<std::uint8_t> datagram(data, data + size);
  DumpReader reader(5, 77);
  std::size_t bytes = 0;
  reader.feed(std::as_bytes(std::span(datagram)), [&](std::uint16_t, ByteView payload) {
    bytes += payload.size();
    return true;
  });
  if (bytes > size) std::abort();
  return 0;
}
