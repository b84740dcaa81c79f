#include "acquire/processes/owner_warning.h"

#include <fmt/format.h>

#include "common/text.h"

namespace sockutils {
namespace {

constexpr std::string_view Remedy =
    "run as root, or give the program CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: see PRIVILEGES in sockls(1)";

constexpr std::string_view BpfRemedy =
    "run as root, or give the program CAP_BPF and CAP_PERFMON, or read owners from /proc";

std::string owners_of(std::size_t sockets) {
  return sockets == 1 ? "the owner of 1 socket is unknown"
                      : fmt::format("the owners of {} sockets are unknown", sockets);
}

}  // namespace

bool hides_processes(std::string_view mountinfo) {
  while (!mountinfo.empty()) {
    const std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
    const auto words = split_words(line);
    // "24 30 0:22 / /proc rw,... - proc proc rw,hidepid=invisible"
    constexpr std::size_t MountPoint = 4;
    if (words.size() <= MountPoint || words[MountPoint] != "/proc") continue;
    const std::string_view options = words.back();
    const std::size_t found = options.find("hidepid=");
    if (found == std::string_view::npos) continue;
    const std::string_view value = options.substr(found + 8, options.substr(found + 8).find(','));
    if (value != "0" && value != "off") return true;
  }
  return false;
}

std::optional<Warning> owner_warning(const System& system, const OwnerTable& owners, std::size_t ownerless) {
  if (ownerless == 0) return std::nullopt;
  const std::string unknown = owners_of(ownerless);
  if (owners.error())
    return Warning{Warning::Kind::OwnersMissing, unknown + ": " + owners.error()->message(),
                   std::string(owners.error()->subject == "/proc" ? "mount proc on /proc" : BpfRemedy)};
  if (const std::size_t count = owners.unreadable_processes(); count != 0)
    return Warning{Warning::Kind::OwnersMissing,
                   fmt::format("{}: the descriptors of {} {} may not be read", unknown, count,
                               count == 1 ? "process" : "processes"),
                   std::string(Remedy)};
  const auto mounts = system.read_file("/proc/thread-self/mountinfo");
  if (mounts && hides_processes(*mounts))
    return Warning{Warning::Kind::OwnersMissing, unknown + ": /proc hides other users' processes (hidepid)",
                   std::string(Remedy)};
  return std::nullopt;
}

}  // namespace sockutils
