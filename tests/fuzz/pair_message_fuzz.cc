// Both ends of the control protocol, with any bytes: a stream of frames, and what is read is written alike.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fuzz_target.h"
#include "probe/via/datagram.h"
#include "probe/via/keys.h"
#include "probe/via/secure_stream.h"
#include "probe/via/syn.h"
#include "sockutils/serve.h"

FUZZ_TARGET(pair_message)(const std::uint8_t* data, std::size_t size) {
  using namespace sockutils::probe;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto message = decode(bytes); message && decode(encode(*message).substr(2)) != message)
    std::abort();
  MessageStream stream(nullptr);
  const std::size_t half = size / 2;
  for (const auto part : {bytes.substr(0, half), bytes.substr(half)}) {
    stream.put(part);
    while (const auto message = stream.next())
      if (encode(*message).size() > LargestFrame + 2) std::abort();
  }
  (void)decode_syn(bytes);
  (void)parse_keys(bytes);
  if (size >= TokenSize) (void)decode_datagram(bytes.substr(0, TokenSize), bytes);
  std::vector<sockutils::TestService> services;
  (void)sockutils::add_test_services(services, bytes);
  (void)sockutils::add_pretended_services(services, bytes);
  return 0;
}
