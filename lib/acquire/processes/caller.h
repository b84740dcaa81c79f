/// The privileges of the calling thread: which processes it cannot see, and what would help.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "os/system.h"

namespace sockutils {

/// capabilities(7), by the numbers of linux/capability.h.
enum class Capability : unsigned {
  DacOverride = 1,
  DacReadSearch = 2,
  NetAdmin = 12,
  SysPtrace = 19,
  SysAdmin = 21,
  Bpf = 39
};

/// The privileges in /proc/PID/status. What the text lacks has no value.
struct Credentials {
  std::optional<std::uint32_t> uid;
  /// The group of files, and the supplementary ones.
  std::vector<std::uint32_t> groups;
  std::optional<std::uint64_t> effective;
  std::optional<std::uint64_t> bounding;
};

/// Pure.
Credentials parse_credentials(std::string_view status);

/// A mount of proc that hides processes from other users (hidepid, proc(5)).
struct HiddenProcesses {
  /// `hidepid=ptraceable`: members of `group` do not see hidden processes either.
  bool from_every_group;
  std::uint32_t group;
};

/// Finds the mount of /proc in the text of /proc/PID/mountinfo; no value if it hides nothing. Pure.
std::optional<HiddenProcesses> find_hidden_processes(std::string_view mountinfo);

/// Which processes /proc shows.
enum class ProcView : std::uint8_t {
  Whole,      ///< those of the initial pid namespace: all processes of the machine
  Inside,     ///< those of the caller's own pid namespace; the machine has more
  Elsewhere,  ///< those of a pid namespace that the caller is not in
  Unknown,    ///< an old recording does not say
};

/// Why /proc does not show every process, as text that can follow a colon, and what would help.
struct ProcGap {
  std::string reason;
  std::string remedy;
};

/// The calling thread. Safe for concurrent calls.
class Caller {
 public:
  explicit Caller(const System& system);

  /// Whether the capability is effective over the whole machine: capabilities of another user namespace do
  /// not apply to what the initial one owns. False if unknown.
  bool has(Capability capability) const;
  /// Whether the caller has every capability that reading other users' processes takes.
  bool may_read_processes() const { return has(Capability::SysPtrace) && has(Capability::DacReadSearch); }
  /// Whether `hidepid` hides other users' processes from this caller.
  bool is_kept_from_processes() const { return kept_from_processes_; }
  ProcView proc_view() const { return view_; }
  /// Empty if /proc shows every process, or if that is unknown.
  std::vector<ProcGap> proc_gaps() const;

  /// What would help this caller to get these capabilities over the whole machine. Empty if it has them all,
  /// so that nothing is known to help.
  std::string remedy(std::initializer_list<Capability> needed) const;

 private:
  Credentials credentials_;
  bool first_user_namespace_;
  bool kept_from_processes_;
  ProcView view_;
};

/// What would help this caller to read the descriptors of other users' processes.
std::string remedy_for_processes(const Caller& caller);

}  // namespace sockutils
