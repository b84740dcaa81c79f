#include "os/private_file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "common/last_error.h"
#include "common/unique_fd.h"

namespace sockutils {
namespace {

constexpr std::size_t LargestPrivateFile = 1024 * 1024;

Result<void> check_private(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return tl::unexpected(last_error("stat", path));
  const auto refuse = [&](std::string detail) {
    return tl::unexpected(Error{EACCES, "read", path, std::move(detail)});
  };
  if (!S_ISREG(status.st_mode)) return refuse("it is no file");
  if ((status.st_mode & 077) != 0)
    return refuse("others than its owner have access to it; chmod 600 ends that");
  if (status.st_uid != ::geteuid() && status.st_uid != 0) return refuse("it belongs to another user");
  return {};
}

}  // namespace

Result<std::string> read_private_file(const std::string& path) {
  // Without waiting: a pipe in its place would never end.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return tl::unexpected(last_error("open", path));
  if (auto checked = check_private(fd.get(), path); !checked) return tl::unexpected(checked.error());
  std::string content;
  std::array<char, 4096> room;
  for (;;) {
    const ssize_t size = ::read(fd.get(), room.data(), room.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return tl::unexpected(last_error("read", path));
    if (size == 0) return content;
    content.append(room.data(), static_cast<std::size_t>(size));
    if (content.size() > LargestPrivateFile) return tl::unexpected(Error{EFBIG, "read", path, {}});
  }
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = ::getrandom(bytes.data() + done, size - done, 0);
    // getrandom(2) cannot fail with these arguments; to go on with zeros would be worse than to end.
    if (count < 0 && errno != EINTR) std::abort();
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace sockutils
