#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/last_error.h"
#include "common/unique_fd.h"
#include "os/real_system.h"

namespace sockutils::real {
namespace {

/// A fifo would keep open(2) waiting, a device might act on being opened.
Result<UniqueFd> open_regular_file(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return tl::unexpected(last_error("open", path));
  struct stat status {};
  if (fstat(fd.get(), &status) != 0) return tl::unexpected(last_error("stat", path));
  if (!S_ISREG(status.st_mode)) return tl::unexpected(Error{0, "read", path, "not a regular file"});
  return fd;
}

}  // namespace

Result<std::string> read_small_file(const std::string& path, std::size_t limit) {
  const auto fd = open_regular_file(path);
  if (!fd) return tl::unexpected(fd.error());
  constexpr std::size_t Step = 16 * 1024;
  std::string content;
  for (;;) {
    const std::size_t before = content.size();
    content.resize(before + Step);
    const ssize_t length = read(fd->get(), content.data() + before, Step);
    content.resize(before + static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return tl::unexpected(last_error("read", path));
    if (length == 0) return content;
    if (content.size() > limit) return tl::unexpected(Error{EFBIG, "read", path, {}});
  }
}

}  // namespace sockutils::real
