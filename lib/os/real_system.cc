#include "os/real_system.h"
#include "common/last_error.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <net/if.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "common/unique_fd.h"

namespace sockutils {

namespace {

constexpr std::size_t ReadSize = 64 * 1024;

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Result<UniqueFd> open_for_reading(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected(last_error("open", path));
  return fd;
}

Result<Directory> open_directory(const std::string& path) {
  Directory directory(opendir(path.c_str()));
  if (!directory) return tl::unexpected(last_error("open", path));
  return directory;
}

/// Hands a file to `visit` piece by piece until it returns false.
template <class Visit>
Result<void> read_pieces(const std::string& path, const Visit& visit) {
  const auto fd = open_for_reading(path);
  if (!fd) return tl::unexpected(fd.error());
  std::vector<char> buffer(ReadSize);
  for (;;) {
    const ssize_t length = ::read(fd->get(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return tl::unexpected(last_error("read", path));
    if (length == 0) return {};
    if (!visit(std::string_view(buffer.data(), static_cast<std::size_t>(length)))) return {};
  }
}

/// Hands on the whole lines in `piece`; what follows the last newline stays in `rest`.
bool split_lines(std::string& rest, std::string_view piece,
                 const std::function<bool(std::string_view)>& visit) {
  for (std::size_t end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
    const bool go_on = rest.empty() ? visit(piece.substr(0, end)) : visit(rest.append(piece.substr(0, end)));
    rest.clear();
    if (!go_on) return false;
    piece.remove_prefix(end + 1);
  }
  rest.append(piece);
  return true;
}

/// Calls a function of the getpwnam_r(3) kind with a buffer that grows as far as it asks for.
template <class Lookup>
std::optional<passwd> look_up_user(std::vector<char>& buffer, const Lookup& lookup) {
  constexpr std::size_t LargestEntry = 1 << 20;
  buffer.resize(1024);
  for (;;) {
    passwd entry{};
    passwd* found = nullptr;
    const int error = lookup(&entry, buffer.data(), buffer.size(), &found);
    if (error != ERANGE || buffer.size() >= LargestEntry) return found ? std::optional(entry) : std::nullopt;
    buffer.resize(buffer.size() * 2);
  }
}

std::string user_text(std::uint32_t uid, char* passwd::*part) {
  std::vector<char> buffer;
  const auto entry = look_up_user(buffer, [&](passwd* into, char* text, std::size_t size, passwd** found) {
    return getpwuid_r(uid, into, text, size, found);
  });
  return entry && (*entry).*part != nullptr ? (*entry).*part : "";
}

class RealSystem final : public System {
 public:
  Result<std::string> read_file(const std::string& path) const override {
    std::string content;
    const auto done = read_pieces(path, [&](std::string_view piece) {
      content += piece;
      return true;
    });
    if (!done) return tl::unexpected(done.error());
    return content;
  }

  Result<std::string> read_small_file(const std::string& path, std::size_t limit) const override {
    return real::read_small_file(path, limit);
  }

  Result<void> read_lines(const std::string& path,
                          const std::function<bool(std::string_view)>& visit) const override {
    std::string rest;
    bool stopped = false;
    const auto done = read_pieces(path, [&](std::string_view piece) {
      stopped = !split_lines(rest, piece, visit);
      return !stopped;
    });
    if (!done) return tl::unexpected(done.error());
    if (!stopped && !rest.empty()) visit(rest);
    return {};
  }

  Result<std::vector<std::string>> list_directory(const std::string& path) const override {
    const auto directory = open_directory(path);
    if (!directory) return tl::unexpected(directory.error());
    std::vector<std::string> names;
    while (const dirent* entry = readdir(directory->get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    return names;
  }

  Result<void> list_links(
      const std::string& path,
      const std::function<void(std::string_view, std::string_view)>& visit) const override {
    const auto directory = open_directory(path);
    if (!directory) return tl::unexpected(directory.error());
    std::array<char, PATH_MAX> target;
    int refusal = 0;
    while (const dirent* entry = readdir(directory->get())) {
      if (entry->d_name[0] == '.') continue;
      const ssize_t length = readlinkat(dirfd(directory->get()), entry->d_name, target.data(), target.size());
      if (length >= 0)
        visit(entry->d_name, std::string_view(target.data(), static_cast<std::size_t>(length)));
      if (length < 0 && (errno == EACCES || errno == EPERM)) refusal = errno;
    }
    if (refusal != 0) return tl::unexpected(Error{refusal, "read links", path, {}});
    return {};
  }

  Result<std::string> read_link(const std::string& path) const override {
    std::array<char, PATH_MAX> target;
    const ssize_t length = readlink(path.c_str(), target.data(), target.size());
    if (length < 0) return tl::unexpected(last_error("read link", path));
    return std::string(target.data(), static_cast<std::size_t>(length));
  }

  Result<std::uint64_t> file_inode(const std::string& path) const override {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return tl::unexpected(last_error("stat", path));
    return status.st_ino;
  }

  Result<std::uint64_t> link_count(const std::string& path) const override {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return tl::unexpected(last_error("stat", path));
    return status.st_nlink;
  }

  Result<bool> share_files(std::int32_t thread_a, std::int32_t thread_b) const override {
    const long order = syscall(SYS_kcmp, thread_a, thread_b, KCMP_FILES, 0, 0);
    if (order < 0) return tl::unexpected(last_error("kcmp", std::to_string(thread_b)));
    return order == 0;
  }

  Result<HeldSocket> held_socket(const std::string& path) const override {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return tl::unexpected(last_error("stat", path));
    if (!S_ISSOCK(status.st_mode)) return tl::unexpected(Error{ENOTSOCK, "stat", path, {}});
    // The name of the protocol, with its NUL (net/socket.c, sockfs_xattr_get).
    std::array<char, 64> name{};
    const ssize_t length = getxattr(path.c_str(), "system.sockprotoname", name.data(), name.size());
    return HeldSocket{status.st_ino, status.st_uid, length > 0 ? std::string(name.data()) : std::string()};
  }
  Result<std::string> security_label(const std::string& path) const override {
    // Labels with many categories are long; the kernel's limit is that of any attribute of a file.
    std::array<char, 4096> label{};
    const ssize_t length = getxattr(path.c_str(), "security.selinux", label.data(), label.size());
    if (length < 0) return tl::unexpected(last_error("read the label of", path));
    return std::string(label.data(), strnlen(label.data(), static_cast<std::size_t>(length)));
  }
  Moment now() const override { return {std::chrono::system_clock::now(), std::chrono::steady_clock::now()}; }
  Result<void> socket_files(const std::function<void(const SocketFile&)>& visit) const override {
    return real::socket_files(visit);
  }

  Result<std::unique_ptr<NetlinkChannel>> open_sock_diag() const override { return real::open_sock_diag(); }

  Result<std::uint64_t> network_namespace(const std::string& path) const override {
    return real::network_namespace(path);
  }

  Result<void> in_network_namespace(const std::string& path,
                                    const std::function<void()>& work) const override {
    return real::in_network_namespace(path, work);
  }

  std::vector<Address> local_addresses() const override { return real::local_addresses(); }

  std::string user_name(std::uint32_t uid) const override { return user_text(uid, &passwd::pw_name); }

  std::string home_directory(std::uint32_t uid) const override { return user_text(uid, &passwd::pw_dir); }

  std::optional<std::uint32_t> user_id(const std::string& name) const override {
    std::vector<char> buffer;
    const auto entry = look_up_user(buffer, [&](passwd* into, char* text, std::size_t size, passwd** found) {
      return getpwnam_r(name.c_str(), into, text, size, found);
    });
    return entry ? std::optional<std::uint32_t>(entry->pw_uid) : std::nullopt;
  }

  std::string interface_name(std::uint32_t index) const override {
    std::array<char, IF_NAMESIZE> name{};
    return if_indextoname(index, name.data()) != nullptr ? name.data() : "";
  }

  std::optional<std::uint32_t> interface_index(const std::string& name) const override {
    const unsigned index = if_nametoindex(name.c_str());
    return index != 0 ? std::optional(index) : std::nullopt;
  }

  Result<std::string> cgroup_path(const std::string& mount, std::uint64_t id) const override {
    return real::cgroup_path(mount, id);
  }

  std::vector<Address> host_addresses(const std::string& name) const override {
    return real::host_addresses(name);
  }

  Result<std::vector<HostName>> host_names(const std::vector<Address>& addresses,
                                           std::chrono::milliseconds limit) const override {
    return real::host_names(addresses, limit);
  }
};

}  // namespace

const System& real_system() {
  static const RealSystem system;
  return system;
}

}  // namespace sockutils
