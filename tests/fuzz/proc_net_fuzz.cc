/// Any bytes as a record of a file in /proc/net; the first byte chooses the file.
#include <cstdint>

#include "all_fields.h"
#include "family/family.h"
#include "fuzz_target.h"

using namespace sockutils;

FUZZ_TARGET(proc_net)(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto handlers = family_handlers();
  const FamilyHandler& handler = handlers[data[0] % handlers.size()];
  const std::string_view text = as_text(std::as_bytes(std::span(data + 1, size - 1)));
  if (handler.parse_line == nullptr) return 0;
  if (handler.begins_record != nullptr) static_cast<void>(handler.begins_record(text));
  Socket socket;
  if (handler.parse_line(text, handler.kind, socket) != Decode::Malformed) fuzz::read_all_fields(socket);
  return 0;
}
