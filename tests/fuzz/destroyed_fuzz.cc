/// Any bytes as a message of the destroy groups.
#include <cstdint>

#include "all_fields.h"
#include "family/inet/destroy.h"
#include "fuzz_target.h"

using namespace sockutils;

FUZZ_TARGET(destroyed)(const std::uint8_t* data, std::size_t size) {
  Socket socket;
  if (inet::decode_destroyed(std::as_bytes(std::span(data, size)), socket) != Decode::Malformed)
    fuzz::read_all_fields(socket);
  return 0;
}
