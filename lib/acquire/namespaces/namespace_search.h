/// One search for the network namespaces of a machine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "acquire/processes/process_reader.h"
#include "acquire/processes/socket_files.h"
#include "os/system.h"
#include "sockutils/namespaces.h"

namespace sockutils {

/// Not for several threads at once.
class NamespaceSearch {
 public:
  explicit NamespaceSearch(const System& system);

  /// See `find_network_namespaces()`. `descriptors` lead to namespaces: those that somebody has read already,
  /// or no value to read them, and to learn where the sockets are.
  NetworkNamespaces all(std::optional<std::span<const SocketFile>> descriptors);
  /// The name of the namespace with this inode number; empty when nothing is known of it.
  std::string name_of(std::uint64_t inode);

 private:
  /// A process, or a thread that is elsewhere than its process.
  struct Member {
    /// The number that it goes by.
    std::int32_t pid;
    /// The thread that its files in /proc are read from: another one where the main thread has ended.
    std::int32_t tid;
  };
  struct Found {
    /// As ip-netns(8) calls it, and any other file that it is bound to.
    std::string name;
    std::string mount;
    /// The processes in it.
    std::vector<Member> members;
    /// One that leads to it.
    std::optional<SocketFile> descriptor;

    bool is_unreached() const { return mount.empty() && members.empty() && !descriptor; }
  };
  struct Eldest {
    std::int32_t pid;
    std::int32_t tid;
    std::string name;
    std::uint64_t start_time;
  };

  void search();
  void search_named();
  void search_processes();
  void search_process(std::int32_t pid);
  void search_member(const Member& member, std::uint64_t netns);
  void search_descriptors(std::span<const SocketFile> descriptors);
  void search_all_descriptors();
  void ask_sockets(const std::vector<SocketFile>& sockets);
  std::optional<Warning> warning() const;
  void search_mounts(const std::string& mountinfo, const std::string& root);
  std::optional<Eldest> eldest_of(const Found& found) const;
  NetworkNamespace describe(std::uint64_t inode, const Found& found);

  const System& system_;
  ProcessReader containers_;
  std::map<std::uint64_t, Found> found_;
  /// A thread in each mount namespace.
  std::map<std::uint64_t, std::int32_t> mount_namespaces_;
  std::optional<std::int32_t> self_;
  std::size_t unreadable_processes_ = 0;
  std::size_t unreadable_sockets_ = 0;
  bool searched_ = false;
};

}  // namespace sockutils
