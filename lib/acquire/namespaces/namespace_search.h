/// One search for the network namespaces of a machine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "acquire/processes/process_reader.h"
#include "os/system.h"
#include "sockutils/namespaces.h"

namespace sockutils {

/// Not for several threads at once.
class NamespaceSearch {
 public:
  explicit NamespaceSearch(const System& system);

  /// See `find_network_namespaces()`.
  NetworkNamespaces all();
  /// The name of the namespace with this inode number; empty when nothing is known of it.
  std::string name_of(std::uint64_t inode);

 private:
  struct Found {
    /// As ip-netns(8) calls it, and any other file that it is bound to.
    std::string name;
    std::string mount;
    /// The processes in it.
    std::vector<std::int32_t> pids;
  };
  struct Eldest {
    std::int32_t pid;
    std::string name;
    std::uint64_t start_time;
  };

  void search();
  void search_named();
  void search_processes();
  void search_process(std::int32_t pid);
  void search_mounts(const std::string& mountinfo, const std::string& root);
  bool is_kernel_thread(std::int32_t pid) const;
  std::optional<Eldest> eldest_of(const Found& found) const;
  NetworkNamespace describe(std::uint64_t inode, const Found& found);

  const System& system_;
  ProcessReader containers_;
  std::map<std::uint64_t, Found> found_;
  /// A process in each mount namespace.
  std::map<std::uint64_t, std::int32_t> mount_namespaces_;
  std::size_t unreadable_ = 0;
  bool searched_ = false;
};

}  // namespace sockutils
