#include "acquire/processes/kernel_sockets.h"

#include <algorithm>
#include <string>

#include "common/parse_number.h"
#include "common/text.h"

namespace sockutils {
namespace {

/// The inode of the first process id namespace: PROC_PID_INIT_INO of include/linux/proc_ns.h. In any other
/// there are processes that cannot be seen.
constexpr std::uint64_t FirstPidNamespace = 0xeffffffc;

}  // namespace

std::optional<std::uint64_t> parse_descriptors_in_flight(std::string_view fdinfo) {
  constexpr std::string_view Label = "scm_fds:";
  const std::size_t found = fdinfo.find(Label);
  if (found == std::string_view::npos) return std::nullopt;
  const auto words = split_words(fdinfo.substr(found + Label.size()));
  return words.empty() ? std::nullopt : parse_number<std::uint64_t>(words.front());
}

bool KernelSockets::may_see_everything() const {
  const auto pid_namespace = system_.file_inode("/proc/self/ns/pid");
  return pid_namespace && *pid_namespace == FirstPidNamespace && system_.file_inode("/proc/1/ns/net");
}

void KernelSockets::note(NamespaceReader& reader, const std::vector<DumpGroup>& dump_groups) {
  inodes_.clear();
  conclusive_.reset();
  if (!may_see_everything()) return;
  std::vector<DumpGroup> with_ports;
  std::copy_if(dump_groups.begin(), dump_groups.end(), std::back_inserter(with_ports),
               [](const DumpGroup& group) {
                 return std::all_of(group.parts.begin(), group.parts.end(),
                                    [](const FamilyHandler* part) { return is_internet(part->kind.family); });
               });
  reader.read(
      with_ports, [](const DumpGroup&) { return ReadRequest{.states = ListeningStates}; },
      [&](Socket& socket) {
        if (socket.inode) inodes_.insert(*socket.inode);
        return true;
      });
}

bool KernelSockets::is_conclusive(const OwnerTable& owners) const {
  // Looking at more files than this would take longer than the answer is worth.
  constexpr std::size_t Most = 5'000;
  if (owners.error() || owners.unreadable_processes() != 0 || owners.has_io_uring()) return false;
  if (owners.all_owners().size() > Most) return false;
  bool kernel_tells = false;
  for (const Owner& owner : owners.all_owners()) {
    const auto text =
        system_.read_file("/proc/" + std::to_string(owner.tid) + "/fdinfo/" + std::to_string(owner.fd));
    const auto in_flight = text ? parse_descriptors_in_flight(*text) : std::nullopt;
    if (in_flight) kernel_tells = true;
    if (in_flight && *in_flight != 0) return false;
  }
  return kernel_tells;
}

bool KernelSockets::holds(const Socket& socket, const OwnerTable& owners) {
  if (!socket.inode || !inodes_.contains(*socket.inode)) return false;
  if (!conclusive_) conclusive_ = is_conclusive(owners);
  return *conclusive_;
}

}  // namespace sockutils
