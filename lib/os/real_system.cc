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

#include "common/parse_number.h"
#include "common/text.h"
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
  // Not filled with zeros: most files are a line.
  const auto buffer = std::make_unique_for_overwrite<char[]>(ReadSize);
  for (;;) {
    const ssize_t length = ::read(fd->get(), buffer.get(), ReadSize);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return tl::unexpected(last_error("read", path));
    if (length == 0) return {};
    if (!visit(std::string_view(buffer.get(), static_cast<std::size_t>(length)))) return {};
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

Result<std::string> whole_file(const std::string& path) {
  std::string content;
  const auto done = read_pieces(path, [&](std::string_view piece) {
    content += piece;
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  return content;
}

Result<std::string> mappings_in(const std::string& path) {
  Mappings found = Mappings::None;
  std::string rest;
  const auto done = read_pieces(path, [&](std::string_view piece) {
    return split_lines(rest, piece, [&](std::string_view line) {
      found = line.ends_with(IoUringLink) ? Mappings::IoUring : Mappings::Others;
      return found != Mappings::IoUring;
    });
  });
  if (!done) return tl::unexpected(done.error());
  return as_answer(static_cast<std::uint64_t>(found));
}

Result<std::string> names_in(const std::string& path) {
  const auto directory = open_directory(path);
  if (!directory) return tl::unexpected(directory.error());
  std::vector<std::string> names;
  while (const dirent* entry = readdir(directory->get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return as_answer(names);
}

Result<std::string> target_of(const std::string& path) {
  std::array<char, PATH_MAX> target;
  const ssize_t length = readlink(path.c_str(), target.data(), target.size());
  if (length < 0) return tl::unexpected(last_error("read link", path));
  return std::string(target.data(), static_cast<std::size_t>(length));
}

Result<struct stat> status_of(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return tl::unexpected(last_error("stat", path));
  return status;
}

Result<std::string> compare_tables(const std::string& threads) {
  const auto words = split_words(threads);
  const auto first = words.size() == 2 ? parse_number<std::uint32_t>(words[0]) : std::nullopt;
  const auto second = words.size() == 2 ? parse_number<std::uint32_t>(words[1]) : std::nullopt;
  const long order = syscall(SYS_kcmp, first.value_or(0), second.value_or(0), KCMP_FILES, 0, 0);
  if (order < 0) return tl::unexpected(last_error("kcmp", threads));
  return as_answer(order == 0 ? 1 : 0);
}

Result<std::string> socket_behind(const std::string& path) {
  const auto status = status_of(path);
  if (!status) return tl::unexpected(status.error());
  if (!S_ISSOCK(status->st_mode)) return tl::unexpected(Error{ENOTSOCK, "stat", path, {}});
  // The name of the protocol, with its NUL (net/socket.c, sockfs_xattr_get).
  std::array<char, 64> name{};
  const ssize_t length = getxattr(path.c_str(), "system.sockprotoname", name.data(), name.size());
  return as_answer(
      HeldSocket{status->st_ino, status->st_uid, length > 0 ? std::string(name.data()) : std::string()});
}

Result<std::string> label_of(const std::string& path) {
  // Labels with many categories are long; the kernel's limit is that of any attribute of a file.
  std::array<char, 4096> label{};
  const ssize_t length = getxattr(path.c_str(), "security.selinux", label.data(), label.size());
  if (length < 0) return tl::unexpected(last_error("read the label of", path));
  return std::string(label.data(), strnlen(label.data(), static_cast<std::size_t>(length)));
}

std::string name_of_interface(std::uint32_t index) {
  std::array<char, IF_NAMESIZE> name{};
  return if_indextoname(index, name.data()) != nullptr ? name.data() : "";
}

std::vector<std::string> as_texts(const std::vector<Address>& addresses) {
  std::vector<std::string> texts;
  for (const Address& address : addresses) texts.push_back(address.to_string());
  return texts;
}

std::vector<std::string> find_user(const std::string& name) {
  std::vector<char> buffer;
  const auto entry = look_up_user(buffer, [&](passwd* into, char* text, std::size_t size, passwd** found) {
    return getpwnam_r(name.c_str(), into, text, size, found);
  });
  return entry ? std::vector{std::to_string(entry->pw_uid)} : std::vector<std::string>{};
}

std::vector<std::string> find_interface(const std::string& name) {
  const unsigned index = if_nametoindex(name.c_str());
  return index != 0 ? std::vector{std::to_string(index)} : std::vector<std::string>{};
}

class RealSystem final : public System {
 public:
  Result<std::string> ask(const Question& question) const override {
    const std::string& subject = question.subject;
    const auto number = [&] { return parse_number<std::uint32_t>(subject).value_or(0); };
    switch (question.kind) {
      case FactKind::File:
        return question.limit != 0 ? real::read_small_file(subject, question.limit) : whole_file(subject);
      case FactKind::Directory:
        return names_in(subject);
      case FactKind::Link:
        return target_of(subject);
      case FactKind::Inode:
        return status_of(subject).map([](const struct stat& status) { return as_answer(status.st_ino); });
      case FactKind::LinkCount:
        return status_of(subject).map([](const struct stat& status) { return as_answer(status.st_nlink); });
      case FactKind::ShareFiles:
        return compare_tables(subject);
      case FactKind::UserName:
        return user_text(number(), &passwd::pw_name);
      case FactKind::HomeDirectory:
        return user_text(number(), &passwd::pw_dir);
      case FactKind::InterfaceName:
        return name_of_interface(number());
      case FactKind::CgroupPath:
        return real::cgroup_path(question.mount, parse_number<std::uint64_t>(subject).value_or(0));
      case FactKind::NetworkNamespace:
        return real::network_namespace(subject).map([](std::uint64_t inode) { return as_answer(inode); });
      case FactKind::LocalAddresses:
        return as_answer(as_texts(real::local_addresses()));
      case FactKind::HeldSocket:
        return socket_behind(subject);
      case FactKind::SecurityLabel:
        return label_of(subject);
      case FactKind::Mappings:
        return mappings_in(subject);
      case FactKind::SocketLinks:
      case FactKind::HostName:
      case FactKind::Entering:
      case FactKind::Kind:
      case FactKind::RecordedNamespace:
        break;
    }
    return tl::unexpected(Error{ENOTSUP, operation_of(question.kind), subject, "asked in another way"});
  }

  std::vector<std::string> find(NameKind kind, const std::string& name) const override {
    if (kind == NameKind::User) return find_user(name);
    return kind == NameKind::Interface ? find_interface(name) : as_texts(real::host_addresses(name));
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

  Result<void> list_links(
      const std::string& path,
      const std::function<void(std::string_view, std::string_view)>& visit) const override {
    const auto directory = open_directory(path);
    if (!directory) return tl::unexpected(directory.error());
    std::array<char, PATH_MAX> target;
    while (const dirent* entry = readdir(directory->get())) {
      if (entry->d_name[0] == '.') continue;
      const ssize_t length = readlinkat(dirfd(directory->get()), entry->d_name, target.data(), target.size());
      if (length >= 0)
        visit(entry->d_name, std::string_view(target.data(), static_cast<std::size_t>(length)));
      // Whoever may not follow one of a process may follow none (proc_fd_access_allowed() in fs/proc/base.c).
      else if (errno == EACCES || errno == EPERM)
        return tl::unexpected(last_error("read links", path));
    }
    return {};
  }

  Moment now() const override { return {std::chrono::system_clock::now(), std::chrono::steady_clock::now()}; }
  Result<void> socket_files(ListedFiles which,
                            const std::function<void(const KernelFile&)>& visit) const override {
    return real::socket_files(which, visit);
  }
  Result<std::unique_ptr<NetlinkChannel>> open_sock_diag() const override { return real::open_sock_diag(); }
  Result<void> in_network_namespace(const std::string& path,
                                    const std::function<void()>& work) const override {
    return real::in_network_namespace(path, work);
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
