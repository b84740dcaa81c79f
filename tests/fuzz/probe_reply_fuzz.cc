// Every reader of replies, with any bytes; the first two are the port.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fuzz_target.h"
#include "probe/identify/service_probe.h"

FUZZ_TARGET(probe_reply)(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto port = static_cast<std::uint16_t>(data[0] << 8 | data[1]);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  for (const sockutils::probe::ServiceProbe* service_probe : sockutils::probe::service_probes()) {
    const auto identity = service_probe->match({bytes, port});
    // What is said of a server is part of what it said, or a constant.
    if (identity && identity->version.size() > bytes.size()) std::abort();
    service_probe->reply(bytes);
    for (unsigned said = 0; service_probe->start_tls != nullptr && said < 4; ++said)
      if (service_probe->start_tls({bytes, said, bytes}).words.size() > 1000) std::abort();
  }
  if (const auto words = sockutils::probe::further_words({bytes, port}); words && words->size() > 1000)
    std::abort();
  return 0;
}
