/// A system that answers from a recording.
#pragma once

#include <string>

#include "acquire/recordings/recording_format.h"
#include "os/system.h"

namespace sockutils {

/// What the recording does not hold is an error without an errno value. Reads nothing from this machine,
/// except the names that a dump of ss(8) lacks.
class ReplaySystem final : public System {
 public:
  /// `snapshot` must outlive this.
  explicit ReplaySystem(const record::Snapshot& snapshot);

  Result<std::string> ask(const Question& question) const override;
  std::vector<std::string> find(NameKind kind, const std::string& name) const override;
  Result<void> read_lines(const std::string& path,
                          const std::function<bool(std::string_view)>& visit) const override;
  Result<void> list_links(
      const std::string& path,
      const std::function<void(std::string_view, std::string_view)>& visit) const override;
  /// The time of the snapshot by the one clock, that of this machine by the other.
  Moment now() const override;
  /// Never: owners are recorded as /proc tells of them.
  Result<void> socket_files(ListedFiles which,
                            const std::function<void(const KernelFile&)>& visit) const override;
  Result<std::unique_ptr<NetlinkChannel>> open_sock_diag() const override;
  /// Not for several threads at once.
  Result<void> in_network_namespace(const std::string& path,
                                    const std::function<void()>& work) const override;
  Result<std::vector<HostName>> host_names(const std::vector<Address>& addresses,
                                           std::chrono::milliseconds limit) const override;

  /// The number of a control group with this path below the mount.
  std::optional<std::uint64_t> cgroup_id(std::string_view path) const;

 private:
  /// This machine, for the names that a dump of ss(8) lacks; null for recordings, which have their own.
  const System* own_names() const;
  Result<std::string_view> answer(FactKind kind, std::string_view subject) const;
  /// The numbers behind which `value` stands as the answer.
  std::vector<std::string> subjects_with(FactKind kind, std::string_view value) const;
  /// In the namespace that was entered; what is the same in all of them, in any.
  const record::Answer* look_up(FactKind kind, std::string_view subject) const;

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
