#include "acquire/processes/caller.h"

#include <algorithm>
#include <cerrno>

#include "acquire/processes/process_reader.h"
#include "common/parse_number.h"
#include "common/text.h"

namespace sockutils {
namespace {

/// The inodes of the initial namespaces: PROC_USER_INIT_INO and PROC_PID_INIT_INO of include/linux/proc_ns.h.
constexpr std::uint64_t FirstUserNamespace = 0xeffffffd;
constexpr std::uint64_t FirstPidNamespace = 0xeffffffc;

/// `options` as in `rw,gid=4,hidepid=invisible`.
std::optional<HiddenProcesses> read_hidepid(std::string_view options) {
  const auto value_of = [&](std::string_view label) {
    const std::size_t found = options.find(label);
    const std::string_view rest = found != options.npos ? options.substr(found + label.size()) : "";
    return rest.substr(0, rest.find(','));
  };
  const std::string_view hidepid = value_of(",hidepid=");
  if (hidepid.empty() || hidepid == "0" || hidepid == "off") return std::nullopt;
  // Without `gid=` it is group 0.
  return HiddenProcesses{hidepid == "4" || hidepid == "ptraceable",
                         parse_number<std::uint32_t>(value_of(",gid=")).value_or(0)};
}

std::string_view name_of(Capability capability) {
  switch (capability) {
    case Capability::DacOverride:
      return "DAC_OVERRIDE";
    case Capability::DacReadSearch:
      return "DAC_READ_SEARCH";
    case Capability::NetAdmin:
      return "NET_ADMIN";
    case Capability::SysPtrace:
      return "SYS_PTRACE";
    case Capability::SysAdmin:
      return "SYS_ADMIN";
    case Capability::Bpf:
      return "BPF";
  }
  return {};
}

std::uint64_t bit(Capability capability) { return std::uint64_t{1} << static_cast<unsigned>(capability); }

bool holds(std::uint64_t set, Capability capability) {
  // Reading takes either of these, capabilities(7).
  if (capability == Capability::DacReadSearch && (set & bit(Capability::DacOverride)) != 0) return true;
  // CAP_SYS_ADMIN stands for what was once a part of it.
  if (capability == Capability::Bpf && (set & bit(Capability::SysAdmin)) != 0) return true;
  return (set & bit(capability)) != 0;
}

/// `CAP_A, CAP_B and CAP_C`
std::string join_names(const std::vector<Capability>& capabilities) {
  std::string text;
  for (std::size_t i = 0; i < capabilities.size(); ++i) {
    if (i != 0) text += i + 1 == capabilities.size() ? " and " : ", ";
    (text += "CAP_") += name_of(capabilities[i]);
  }
  return text;
}

bool is_in_first_user_namespace(const System& system) {
  const auto inode = system.file_inode("/proc/self/ns/user");
  return !inode || *inode == FirstUserNamespace;
}

/// Kernel threads are in the first pid namespace alone, where kthreadd is number 2.
bool shows_kernel_threads(const System& system) {
  const auto text = system.read_file("/proc/2/stat");
  const auto stat = text ? parse_process_stat(*text) : std::nullopt;
  return stat && stat->is_kernel_thread;
}

ProcView view_of(const System& system) {
  const auto inode = system.file_inode("/proc/self/ns/pid");
  if (inode)
    return *inode == FirstPidNamespace || shows_kernel_threads(system) ? ProcView::Whole : ProcView::Inside;
  if (inode.error().code != ENOENT) return ProcView::Unknown;
  // /proc/self leads nowhere for those who are not in the pid namespace that proc was mounted for. A kernel
  // may have no such namespaces at all, and /proc may not be there.
  const bool is_there = system.file_inode("/proc/stat").has_value();
  return is_there && !system.read_link("/proc/self") ? ProcView::Elsewhere : ProcView::Whole;
}

}  // namespace

Credentials parse_credentials(std::string_view status) {
  Credentials found{.uid = parse_effective_uid(status), .groups = {}, .effective = {}, .bounding = {}};
  const auto words_after = [&](std::string_view label) {
    return split_words(line_after(status, label).value_or(""));
  };
  const auto set_after = [&](std::string_view label) {
    const auto words = words_after(label);
    return words.empty() ? std::nullopt : parse_number<std::uint64_t>(words.front(), 16);
  };
  constexpr std::size_t OfFiles = 3;
  const auto gids = words_after("\nGid:");
  const auto add = [&](std::string_view word) {
    if (const auto gid = parse_number<std::uint32_t>(word)) found.groups.push_back(*gid);
  };
  if (gids.size() > OfFiles) add(gids[OfFiles]);
  for (const std::string_view word : words_after("\nGroups:")) add(word);
  found.effective = set_after("\nCapEff:");
  found.bounding = set_after("\nCapBnd:");
  return found;
}

std::optional<HiddenProcesses> find_hidden_processes(std::string_view mountinfo) {
  std::optional<HiddenProcesses> found;
  while (!mountinfo.empty()) {
    const std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
    const auto words = split_words(line);
    // "24 30 0:22 / /proc rw,... - proc proc rw,gid=4,hidepid=invisible"
    constexpr std::size_t MountPoint = 4;
    if (words.size() <= MountPoint || words[MountPoint] != "/proc") continue;
    // The mount that comes last is on top.
    found = read_hidepid(words.back());
  }
  return found;
}

Caller::Caller(const System& system)
    : credentials_(parse_credentials(system.read_file("/proc/thread-self/status").value_or(""))),
      first_user_namespace_(sockutils::is_in_first_user_namespace(system)),
      kept_from_processes_(false),
      view_(view_of(system)) {
  const auto mounts = system.read_file("/proc/thread-self/mountinfo");
  const auto hiding = mounts ? find_hidden_processes(*mounts) : std::nullopt;
  if (!hiding) return;
  const auto& groups = credentials_.groups;
  const bool in_group = first_user_namespace_ && !hiding->from_every_group &&
                        std::find(groups.begin(), groups.end(), hiding->group) != groups.end();
  kept_from_processes_ = !in_group && !has(Capability::SysPtrace);
}

bool Caller::has(Capability capability) const {
  return first_user_namespace_ && credentials_.effective && holds(*credentials_.effective, capability);
}

std::vector<ProcGap> Caller::proc_gaps() const {
  std::vector<ProcGap> gaps;
  if (kept_from_processes_)
    gaps.push_back(
        {"/proc is mounted with hidepid, which hides other users' processes", remedy_for_processes(*this)});
  if (view_ == ProcView::Inside)
    gaps.push_back({"/proc shows no processes outside of this pid namespace",
                    "run outside of it: in a container, start that with --pid=host"});
  if (view_ == ProcView::Elsewhere)
    gaps.push_back({"/proc shows the processes of another pid namespace alone",
                    "keep the /proc of this one: nsenter(1) without -m does"});
  return gaps;
}

std::string Caller::remedy(std::initializer_list<Capability> needed) const {
  constexpr std::string_view Page = ": see PRIVILEGES in sockls(1)";
  std::vector<Capability> missing;
  std::vector<Capability> withheld;
  for (const Capability capability : needed) {
    if (has(capability)) continue;
    missing.push_back(capability);
    if (credentials_.bounding && !holds(*credentials_.bounding, capability)) withheld.push_back(capability);
  }
  if (missing.empty()) return {};
  if (!first_user_namespace_) return "run as root outside of this user namespace";
  // Neither root nor a file's capabilities go beyond the bounding set, as that of a container.
  if (!withheld.empty()) {
    std::string options;
    for (const Capability capability : withheld) (options += " --cap-add=") += name_of(capability);
    return join_names(withheld) + (withheld.size() == 1 ? " is" : " are") +
           " withheld from all that runs here: a container gets more with" + options;
  }
  const bool is_root = credentials_.uid == 0u;
  return (is_root ? "give the program " : "run as root, or give the program ") + join_names(missing) +
         std::string(Page);
}

std::string remedy_for_processes(const Caller& caller) {
  return caller.remedy({Capability::SysPtrace, Capability::DacReadSearch});
}

}  // namespace sockutils
