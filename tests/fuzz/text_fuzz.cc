/// Any bytes as the texts of a machine: /etc/services, /proc/PID/stat, status, cmdline, mountinfo, a name.
#include <cstdint>

#include "acquire/processes/caller.h"
#include "acquire/processes/cgroup_mount.h"
#include "acquire/processes/process_reader.h"
#include "acquire/processes/socket_files.h"
#include "all_fields.h"
#include "common/bytes.h"
#include "common/text.h"
#include "fuzz_target.h"
#include "sockutils/services.h"
#include "sockutils/value.h"

using namespace sockutils;

FUZZ_TARGET(text)(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
  const Services services = Services::parse(text);
  static_cast<void>(services.name(22, "tcp"));
  static_cast<void>(parse_process_stat(text));
  static_cast<void>(parse_effective_uid(text));
  static_cast<void>(join_command_line(text));
  static_cast<void>(find_hidden_processes(text));
  static_cast<void>(parse_credentials(text));
  static_cast<void>(parse_registered_sockets(text));
  static_cast<void>(find_cgroup2_mount(text));
  static_cast<void>(parse_states(text));
  static_cast<void>(parse_boot_time(text));
  static_cast<void>(parse_uptime(text));
  static_cast<void>(matches_glob(text.substr(0, size / 2), text.substr(size / 2)));
  if (const auto address = Address::parse(text); address && !Address::parse(address->to_string()))
    std::abort();
  fuzz::require_safe(escape_text(text));
  std::string utf8;
  append_utf8(utf8, text);
  static_cast<void>(display_width(utf8));
  return 0;
}
