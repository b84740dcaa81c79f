// Landlock, landlock(7). Constants missing in older headers are defined here.

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/confine/steps.h"
#include "common/last_error.h"
#include "common/unique_fd.h"

namespace sockutils {
namespace {

/// struct landlock_ruleset_attr as of ABI 6; older kernels accept it if the part unknown to them is 0.
struct RulesetAttributes {
  std::uint64_t handled_files;
  std::uint64_t handled_network;
  std::uint64_t scoped;
};

/// The file rights that each ABI can restrict: all up to this bit.
std::uint64_t file_rights(int abi) {
  constexpr std::array<unsigned, 6> Bits{0, 13, 14, 15, 15, 16};
  return (std::uint64_t{1} << Bits[static_cast<std::size_t>(std::min(abi, 5))]) - 1;
}

int landlock_abi() {
  return static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
}

Result<UniqueFd> make_ruleset(int abi) {
  // Restricts signals to other processes and access to their abstract unix sockets.
  constexpr std::uint64_t AllScopes = 3;
  const RulesetAttributes attributes{file_rights(abi), 0, abi >= 6 ? AllScopes : 0};
  const std::size_t size = abi >= 6 ? sizeof attributes : abi >= 4 ? 16 : 8;
  UniqueFd fd(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
  if (!fd) return tl::unexpected(last_error("restrict", "files"));
  return fd;
}

/// A missing path needs no rule.
Result<void> allow_reading(int ruleset, const std::string& path) {
  const UniqueFd folder(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status {};
  if (!folder || ::fstat(folder.get(), &status) != 0) return {};
  landlock_path_beneath_attr rule{};
  rule.parent_fd = folder.get();
  rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
  if (S_ISDIR(status.st_mode)) rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
  if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    return tl::unexpected(last_error("allow", path));
  return {};
}

/// Libraries that are loaded on first use, and files about the network and this process.
constexpr std::array<const char*, 10> ReadableAlways{
    "/usr",          "/lib",           "/lib64",        "/etc/ld.so.cache", "/etc/ssl",
    "/etc/services", "/etc/protocols", "/proc/sys/net", "/proc/self",       "/dev/null"};

}  // namespace

Result<void> restrict_files(const std::vector<std::string>& readable_folders) {
  const int abi = landlock_abi();
  if (abi < 1) return tl::unexpected(last_error("restrict", "files"));
  const auto ruleset = make_ruleset(abi);
  if (!ruleset) return tl::unexpected(ruleset.error());
  for (const char* const path : ReadableAlways)
    if (auto allowed = allow_reading(ruleset->get(), path); !allowed) return allowed;
  for (const std::string& path : readable_folders)
    if (auto allowed = allow_reading(ruleset->get(), path); !allowed) return allowed;
  if (::syscall(SYS_landlock_restrict_self, ruleset->get(), 0) != 0)
    return tl::unexpected(last_error("restrict", "files"));
  return {};
}

}  // namespace sockutils
