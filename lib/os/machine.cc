#include "os/machine.h"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "common/last_error.h"
#include "common/unique_fd.h"

namespace sockutils {

MachineFacts machine_facts() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  MachineFacts facts;
  facts.time = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  utsname names{};
  if (uname(&names) != 0) return facts;
  facts.host = names.nodename;
  facts.kernel = names.release;
  facts.hardware = names.machine;
  return facts;
}

Result<std::string> read_descriptor(int fd, const std::string& name, const WantsMore& wants_more) {
  std::string bytes;
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    const ssize_t length = ::read(fd, buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return tl::unexpected(last_error("read", name));
    if (length == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(length));
    if (!wants_more(bytes)) return bytes;
  }
}

Result<std::string> read_input(const std::string& path, const WantsMore& wants_more) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return tl::unexpected(last_error("open", path));
  return read_descriptor(fd.get(), path, wants_more);
}

}  // namespace sockutils
