/// Any bytes as the files in which the kernel counts what its network does.
#include <cstdint>
#include <cstdlib>

#include "common/bytes.h"
#include "counters/machine_counters.h"
#include "fuzz_target.h"

using namespace sockutils;

FUZZ_TARGET(machine_counters)(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
  static_cast<void>(snmp_value(text, "Tcp", "RetransSegs"));
  static_cast<void>(snmp_value(text, "TcpExt", "ListenOverflows"));
  static_cast<void>(snmp6_value(text, "Udp6InErrors"));
  for (const InterfaceCounters& interface : parse_interfaces(text))
    if (interface.name.empty()) std::abort();
  return 0;
}
