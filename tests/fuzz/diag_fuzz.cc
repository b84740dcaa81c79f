/// Any bytes as the payload of an answer of sock_diag; the first byte chooses the family.
#include <cstdint>

#include "all_fields.h"
#include "family/family.h"
#include "fuzz_target.h"

using namespace sockutils;

FUZZ_TARGET(diag)(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto handlers = family_handlers();
  const FamilyHandler& handler = handlers[data[0] % handlers.size()];
  Socket socket;
  if (handler.decode(std::as_bytes(std::span(data + 1, size - 1)), handler.kind, socket) != Decode::Malformed)
    fuzz::read_all_fields(socket);
  return 0;
}
