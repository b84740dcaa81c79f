/// Any bytes as the files in which the kernel tells its limits, and as aggregates.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "common/bytes.h"
#include "counters/system_limits.h"
#include "fuzz_target.h"
#include "sockutils/list.h"

using namespace sockutils;

FUZZ_TARGET(system_limits)(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes = std::as_bytes(std::span(data, size));
  const std::string_view text = as_text(bytes);
  static_cast<void>(sockstat_value(text, "TCP", "mem"));
  static_cast<void>(parse_numbers(text));
  static_cast<void>(parse_open_files_limit(text));
  static_cast<void>(parse_page_size(bytes));
  const std::size_t line = std::min(text.find('\n'), size);
  const auto ports = PortRange::parse(text.substr(0, line), text.substr(std::min(line + 1, size)));
  if (ports) {
    std::uint64_t counted = 0;
    for (std::uint64_t port = 0; port <= 65536; ++port) counted += ports->contains(port) ? 1u : 0u;
    if (counted != ports->size()) std::abort();
  }
  const auto aggregate = Aggregate::parse(text);
  if (aggregate && !Grouping::make({}, {*aggregate})) std::abort();
  return 0;
}
