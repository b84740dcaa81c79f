#include "sockutils/process_start.h"

#include <cerrno>
#include <string>

#include "acquire/processes/process_reader.h"
#include "os/system.h"

namespace sockutils {

Result<std::uint64_t> process_start_time(std::int32_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const auto text = real_system().read_file(path);
  if (!text) return tl::unexpected(text.error());
  const auto stat = parse_process_stat(*text);
  if (!stat) return tl::unexpected(Error{EBADMSG, "read", path, {}});
  return stat->start_time;
}

}  // namespace sockutils
