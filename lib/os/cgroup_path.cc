#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstring>

#include "common/last_error.h"
#include "common/unique_fd.h"
#include "os/real_system.h"

namespace sockutils::real {
namespace {

constexpr int KernfsHandle = 0xfe;  // FILEID_KERNFS of include/linux/exportfs.h

/// A control group's number is the handle of its folder.
struct CgroupHandle {
  alignas(file_handle) std::array<char, sizeof(file_handle) + sizeof(std::uint64_t)> bytes{};

  explicit CgroupHandle(std::uint64_t id) {
    get()->handle_bytes = sizeof id;
    get()->handle_type = KernfsHandle;
    std::memcpy(get()->f_handle, &id, sizeof id);
  }
  file_handle* get() { return reinterpret_cast<file_handle*>(bytes.data()); }
};

}  // namespace

Result<std::string> cgroup_path(const std::string& mount, std::uint64_t id) {
  const UniqueFd root(open(mount.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return tl::unexpected(last_error("open", mount));
  CgroupHandle handle(id);
  const UniqueFd folder(open_by_handle_at(root.get(), handle.get(), O_PATH | O_CLOEXEC));
  if (!folder) return tl::unexpected(last_error("open control group", std::to_string(id)));
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(folder.get());
  const ssize_t length = readlink(link.c_str(), path.data(), path.size());
  if (length < 0) return tl::unexpected(last_error("read link", link));
  const std::string_view whole(path.data(), static_cast<std::size_t>(length));
  if (!whole.starts_with(mount))
    return tl::unexpected(Error{0, "find control group", std::to_string(id), {}});
  return whole.size() == mount.size() ? "/" : std::string(whole.substr(mount.size()));
}

}  // namespace sockutils::real
