#include "acquire/processes/kernel_sockets.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include "acquire/processes/caller.h"
#include "acquire/processes/owner_warning.h"
#include "common/parse_number.h"
#include "common/text.h"

namespace sockutils {
namespace {

using Names = std::vector<std::string>;

OwnerDoubt ring_of(const System& system, std::int32_t pid) {
  return {"it may be the kernel or the io_uring of " + label_of(system, pid)};
}

}  // namespace

std::optional<std::uint64_t> parse_descriptors_in_flight(std::string_view fdinfo) {
  constexpr std::string_view Label = "scm_fds:";
  const std::size_t found = fdinfo.find(Label);
  if (found == std::string_view::npos) return std::nullopt;
  const auto words = split_words(fdinfo.substr(found + Label.size()));
  return words.empty() ? std::nullopt : parse_number<std::uint64_t>(words.front());
}

bool KernelSockets::may_see_everything() const {
  const Caller caller(system_);
  return caller.proc_view() == ProcView::Whole && !caller.is_kept_from_processes() &&
         system_.file_inode("/proc/1/ns/net");
}

void KernelSockets::note(NamespaceReader& reader, const std::vector<DumpGroup>& dump_groups) {
  inodes_.clear();
  conclusive_.reset();
  doubt_.reset();
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

std::optional<OwnerDoubt> KernelSockets::find_in_flight(std::span<const Owner> owners) const {
  bool kernel_tells = false;
  for (const Owner& owner : owners) {
    const auto text =
        system_.read_file("/proc/" + std::to_string(owner.tid) + "/fdinfo/" + std::to_string(owner.fd));
    const auto in_flight = text ? parse_descriptors_in_flight(*text) : std::nullopt;
    if (in_flight) kernel_tells = true;
    if (in_flight && *in_flight != 0)
      return OwnerDoubt{"descriptors were sent to " + label_of(system_, owner.process->pid) +
                        ", which has not received them yet"};
  }
  if (kernel_tells) return std::nullopt;
  return OwnerDoubt{"it may be the kernel, or a message on its way between processes",
                    "Linux 5.11 or later tells"};
}

/// `None` if the process has ended, because then it holds nothing. `IoUring` if unknown.
Mappings KernelSockets::mappings_of(const std::string& folder) const {
  const auto found = system_.mappings(folder + "/maps");
  if (found) return *found;
  const bool has_ended = found.error().code == ENOENT || found.error().code == ESRCH;
  return has_ended ? Mappings::None : Mappings::IoUring;
}

std::optional<OwnerDoubt> KernelSockets::find_mapped_ring() const {
  const auto names = system_.list_directory("/proc");
  if (!names) return OwnerDoubt{"it may be a process"};
  for (const std::string& name : *names) {
    const auto pid = parse_number<std::uint32_t>(name);
    if (!pid) continue;
    const std::string folder = "/proc/" + name;
    Mappings found = mappings_of(folder);
    // The main thread may have ended while other threads live on.
    if (found == Mappings::None) {
      const std::string tasks = folder + "/task/";
      for (const std::string& thread : system_.list_directory(folder + "/task").value_or(Names{}))
        if (found != Mappings::IoUring && thread != name)
          found = mappings_of(std::string(tasks).append(thread));
    }
    if (found == Mappings::IoUring) return ring_of(system_, static_cast<std::int32_t>(*pid));
  }
  return std::nullopt;
}

std::optional<OwnerDoubt> KernelSockets::find_doubt(const OwnerTable& owners) const {
  // Looking at more files than this would take longer than the answer is worth.
  constexpr std::size_t Most = 5'000;
  if (!owners.ring_holders().empty()) return ring_of(system_, owners.ring_holders().front());
  if (owners.all_owners().size() > Most)
    return OwnerDoubt{
        "it may be the kernel, or a message on its way between processes, which have too many "
        "sockets to look through"};
  if (!owners.tells_of_rings())
    return OwnerDoubt{"it may be the kernel or an io_uring, of which BPF does not tell",
                      "--process-source=proc does"};
  if (auto in_flight = find_in_flight(owners.all_owners())) return in_flight;
  return find_mapped_ring();
}

bool KernelSockets::decide(const OwnerTable& owners) {
  if (owners.error() || !owners.unreadable_processes().empty()) return false;
  doubt_ = find_doubt(owners);
  return !doubt_;
}

bool KernelSockets::holds(const Socket& socket, const OwnerTable& owners) {
  if (!is_noted(socket)) return false;
  if (!conclusive_) conclusive_ = decide(owners);
  return *conclusive_;
}

}  // namespace sockutils
