/// Who asks, and so what is out of reach and what would help.
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

/// What /proc/PID/status tells of rights. What it does not tell has no value.
struct Credentials {
  std::optional<std::uint32_t> uid;
  /// The group of files, and the supplementary ones.
  std::vector<std::uint32_t> groups;
  std::optional<std::uint64_t> effective;
  std::optional<std::uint64_t> bounding;
};

/// Pure.
Credentials parse_credentials(std::string_view status);

/// A mount of proc that shows a process to no other user, proc(5).
struct HiddenProcesses {
  /// `hidepid=ptraceable`: to nobody who may not trace it. Else `group` sees it.
  bool from_every_group;
  std::uint32_t group;
};

/// What the mount of /proc in the text of /proc/PID/mountinfo hides; no value: nothing. Pure.
std::optional<HiddenProcesses> find_hidden_processes(std::string_view mountinfo);

/// Which processes /proc shows.
enum class ProcView : std::uint8_t {
  Whole,      ///< those of the first pid namespace, so all that there are
  Inside,     ///< those of a pid namespace, which the caller is in; others are on the machine
  Elsewhere,  ///< those of a pid namespace that the caller is not in
  Unknown,    ///< a recording that does not tell
};

/// Why /proc does not show every process, in words that can follow a colon, and what would help.
struct ProcGap {
  std::string reason;
  std::string remedy;
};

/// The calling thread, as the kernel sees it. Safe for concurrent calls.
class Caller {
 public:
  explicit Caller(const System& system);

  /// Whether capabilities count for the whole machine: those of another user namespace count for nothing that
  /// the first one owns.
  bool is_in_first_user_namespace() const { return first_user_namespace_; }
  /// Over the whole machine. False when the kernel does not say.
  bool has(Capability capability) const;
  /// Over the whole machine: whether every process can be read that the kernel lets anybody read.
  bool may_read_processes() const { return has(Capability::SysPtrace) && has(Capability::DacReadSearch); }
  /// Whether `hidepid` leaves processes of others out of this caller's /proc.
  bool is_kept_from_processes() const { return kept_from_processes_; }
  ProcView proc_view() const { return view_; }
  /// Empty when /proc has all of them, or nobody knows.
  std::vector<ProcGap> proc_gaps() const;

  /// What would help this caller to do what takes these capabilities over the whole machine. Empty when it
  /// has them: then nothing would.
  std::string remedy(std::initializer_list<Capability> needed) const;

 private:
  Credentials credentials_;
  bool first_user_namespace_;
  bool kept_from_processes_;
  ProcView view_;
};

/// What would help to read the descriptors of other users' processes.
std::string remedy_for_processes(const Caller& caller);

}  // namespace sockutils
