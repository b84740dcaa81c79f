#include "probe/via/datagram.h"

#include <algorithm>

#include "common/wire.h"
#include "probe/via/messages.h"

namespace sockutils::probe {

std::string encode_datagram(std::string_view token, const PairDatagram& datagram, std::size_t size) {
  std::string bytes(token);
  append_wire(bytes, static_cast<std::uint8_t>(datagram.kind));
  append_wire(bytes, datagram.number);
  append_wire(bytes, datagram.sent);
  append_wire(bytes, datagram.answered);
  bytes.resize(std::max(size, SmallestPairDatagram));
  return bytes;
}

std::optional<PairDatagram> decode_datagram(std::string_view token, std::string_view bytes) {
  if (bytes.size() < SmallestPairDatagram) return std::nullopt;
  WireReader reader(bytes);
  if (token.size() != TokenSize || reader.take(TokenSize) != token) return std::nullopt;
  const auto kind = reader.number<std::uint8_t>();
  if (*kind > static_cast<std::uint8_t>(PairDatagram::Kind::Answer)) return std::nullopt;
  PairDatagram datagram{static_cast<PairDatagram::Kind>(*kind)};
  datagram.number = *reader.number<std::uint32_t>();
  datagram.sent = *reader.number<std::uint64_t>();
  datagram.answered = *reader.number<std::uint64_t>();
  return datagram;
}

}  // namespace sockutils::probe
