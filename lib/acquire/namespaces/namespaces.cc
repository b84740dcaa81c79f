#include "acquire/namespaces/namespaces.h"

#include <algorithm>
#include <cerrno>

#include "acquire/namespaces/namespace_search.h"
#include "acquire/processes/caller.h"
#include "acquire/processes/threads.h"
#include "common/parse_number.h"
#include "common/text.h"

namespace sockutils {
namespace {

tl::unexpected<Error> no_such(int code, std::string_view word, std::string detail) {
  return tl::unexpected(Error{code, "find network namespace", std::string(word), std::move(detail)});
}

Result<NetworkNamespace> at_path(const System& system, std::string_view word, const std::string& path,
                                 std::string name) {
  const auto inode = system.network_namespace(path);
  if (inode) return NetworkNamespace{path, *inode, std::move(name)};
  const Error& error = inode.error();
  if (error.code == EINVAL)
    return no_such(EINVAL, word, error.detail.empty() ? "not a network namespace" : error.detail);
  if (error.code == ENOENT || error.code == ENOTDIR) return no_such(ENOENT, word, "no such file");
  return tl::unexpected(error);
}

Result<NetworkNamespace> of_process(const System& system, std::string_view word) {
  const std::string folder = "/proc/" + std::string(word);
  if (!system.list_directory(folder + "/task"))
    return no_such(ESRCH, word, "there is no process " + std::string(word));
  auto found = at_path(system, word, folder + "/ns/net", {});
  // Its main thread may have ended, and others live on.
  if (!found && found.error().code == ENOENT) {
    const std::int32_t pid = parse_pid(word).value_or(0);
    const std::int32_t tid = living_thread(system, pid);
    if (tid != pid) found = at_path(system, word, thread_folder(tid) + "/ns/net", {});
  }
  if (found) {
    found->name = NamespaceSearch(system).name_of(found->inode);
    return found;
  }
  const int code = found.error().code;
  if (code == EACCES || code == EPERM) {
    const std::string remedy = Caller(system).remedy({Capability::SysPtrace});
    return no_such(
        code, word,
        "the process may not be looked into" + (remedy.empty() ? ", whoever asks" : " (" + remedy + ")"));
  }
  if (code == ENOENT) return no_such(ESRCH, word, "process " + std::string(word) + " has ended");
  return found;
}

std::string explain_unknown(const std::vector<NetworkNamespace>& known, std::string_view word) {
  std::vector<std::string_view> names;
  for (const NetworkNamespace& space : known)
    if (!space.name.empty()) names.push_back(space.name);
  const std::string_view meant = nearest_word(word, names);
  std::string text = "no network namespace, container or process is called so";
  if (!meant.empty()) text += ", did you mean " + std::string(meant) + "?";
  return text;
}

/// What `all` shows as name can be asked for by it.
Result<NetworkNamespace> by_any_name(const System& system, std::string_view word) {
  NetworkNamespaces all = find_network_namespaces(system);
  for (NetworkNamespace& space : all.found)
    if (space.name == word) return std::move(space);
  return no_such(ENOENT, word, explain_unknown(all.found, word));
}

}  // namespace

std::string unescape_mount_path(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '\\' && i + 3 < text.size()
                          ? parse_number<unsigned char>(text.substr(i + 1, 3), 8)
                          : std::nullopt;
    plain += byte ? static_cast<char>(*byte) : text[i];
    if (byte) i += 3;
  }
  return plain;
}

std::vector<NamespaceMount> parse_namespace_mounts(std::string_view mountinfo) {
  // "417 30 0:4 net:[4026532233] /run/netns/blue rw shared:9 - nsfs nsfs rw"
  constexpr std::size_t Root = 3;
  constexpr std::size_t MountPoint = 4;
  constexpr std::string_view Prefix = "net:[";
  std::vector<NamespaceMount> mounts;
  while (!mountinfo.empty()) {
    const std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
    const auto words = split_words(line);
    if (words.size() <= MountPoint || !words[Root].starts_with(Prefix)) continue;
    std::string_view number = words[Root].substr(Prefix.size());
    if (!number.ends_with(']')) continue;
    number.remove_suffix(1);
    if (const auto inode = parse_number<std::uint64_t>(number))
      mounts.push_back({*inode, unescape_mount_path(words[MountPoint])});
  }
  return mounts;
}

NetworkNamespaces find_network_namespaces(const System& system) {
  return NamespaceSearch(system).all(std::nullopt);
}

NetworkNamespaces find_network_namespaces(const System& system, std::span<const SocketFile> descriptors) {
  return NamespaceSearch(system).all(descriptors);
}

Result<NetworkNamespace> find_network_namespace(const System& system, std::string_view word) {
  if (word.empty()) return no_such(EINVAL, word, "the name is empty");
  const std::string path = (word.front() == '/' || word.front() == '.')
                               ? std::string(word)
                               : std::string(NamedNetworkNamespaces) + '/' + std::string(word);
  if (path.find('\0') != std::string::npos) return no_such(EINVAL, word, "there is a NUL in it");
  const bool is_path = path.size() == word.size();
  if (is_path) {
    auto found = at_path(system, word, path, {});
    if (found) found->name = NamespaceSearch(system).name_of(found->inode);
    return found;
  }
  // `nginx/812` is a name that a namespace without one goes by.
  if (word.find('/') == std::string_view::npos) {
    auto named = at_path(system, word, path, std::string(word));
    if (named || named.error().code != ENOENT) return named;
    if (parse_number<std::uint32_t>(word)) return of_process(system, word);
  }
  return by_any_name(system, word);
}

NetworkNamespaces find_network_namespaces() { return find_network_namespaces(real_system()); }

Result<NetworkNamespace> find_network_namespace(std::string_view word) {
  return find_network_namespace(real_system(), word);
}

}  // namespace sockutils
