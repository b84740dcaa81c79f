/// A system that answers from a recording.
#pragma once

#include <string>

#include "acquire/recordings/record_format.h"
#include "os/system.h"

namespace sockutils {

/// What the recording does not hold is an error without an errno value. Reads nothing of this machine.
class RecordedSystem final : public System {
 public:
  /// `snapshot` must outlive this.
  explicit RecordedSystem(const record::Snapshot& snapshot);

  Result<std::string> read_file(const std::string& path) const override;
  Result<void> read_lines(const std::string& path,
                          const std::function<bool(std::string_view)>& visit) const override;
  Result<std::vector<std::string>> list_directory(const std::string& path) const override;
  Result<void> list_links(
      const std::string& path,
      const std::function<void(std::string_view, std::string_view)>& visit) const override;
  Result<std::string> read_link(const std::string& path) const override;
  Result<std::uint64_t> file_inode(const std::string& path) const override;
  Result<std::uint64_t> link_count(const std::string& path) const override;
  Result<bool> share_files(std::int32_t thread_a, std::int32_t thread_b) const override;
  Result<HeldSocket> held_socket(const std::string& path) const override;
  Result<std::string> security_label(const std::string& path) const override;
  /// Never: owners are recorded as /proc tells of them.
  Result<void> socket_files(const std::function<void(const SocketFile&)>& visit) const override;
  Result<std::unique_ptr<NetlinkChannel>> open_sock_diag() const override;
  Result<std::string> read_small_file(const std::string& path, std::size_t limit) const override;
  Result<std::uint64_t> network_namespace(const std::string& path) const override;
  /// Not for several threads at once.
  Result<void> in_network_namespace(const std::string& path,
                                    const std::function<void()>& work) const override;
  std::vector<Address> local_addresses() const override;
  std::string home_directory(std::uint32_t uid) const override;
  /// The time of the snapshot by the one clock, that of this machine by the other.
  Moment now() const override;
  std::string user_name(std::uint32_t uid) const override;
  std::optional<std::uint32_t> user_id(const std::string& name) const override;
  std::string interface_name(std::uint32_t index) const override;
  std::optional<std::uint32_t> interface_index(const std::string& name) const override;
  Result<std::string> cgroup_path(const std::string& mount, std::uint64_t id) const override;
  /// Hosts whose names were looked up for the recording, and `localhost`.
  std::vector<Address> host_addresses(const std::string& name) const override;
  Result<std::vector<HostName>> host_names(const std::vector<Address>& addresses,
                                           std::chrono::milliseconds limit) const override;

  /// The number of a control group with this path below the mount.
  std::optional<std::uint64_t> cgroup_id(std::string_view path) const;

 private:
  using Question = record::Question;

  Result<std::string_view> ask(Question question, std::string_view subject, const char* operation) const;
  Result<std::uint64_t> ask_number(Question question, const std::string& subject) const;
  /// The number behind which `value` stands as the answer.
  std::optional<std::uint64_t> number_with(Question question, std::string_view value) const;

  /// In the namespace that was entered; what is the same in all of them, in any.
  const record::Answer* find(Question question, std::string_view subject) const;

  const record::Snapshot& snapshot_;
  mutable const record::Namespace* here_;
};

/// Those whose sockets were to be recorded, as `Recording::namespaces()` has them.
std::vector<NetworkNamespace> recorded_namespaces(const record::Snapshot& snapshot);

/// There is no snapshot with this number.
Error no_snapshot(std::size_t number);

/// The system of the query's recording. Errors: it has no such snapshot.
Result<std::unique_ptr<System>> recorded_system(const Query& query);

}  // namespace sockutils
