#include "acquire/namespaces/namespace_reader.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <utility>

#include "acquire/namespaces/namespaces.h"
#include "acquire/processes/caller.h"
#include "common/text.h"

namespace sockutils {
namespace {

/// The number of network namespaces named in one warning.
constexpr std::size_t MaxNames = 8;

std::string label_of(const NetworkNamespace& space) {
  if (!space.name.empty()) return space.name;
  return space.path.empty() ? std::to_string(space.inode) : space.path;
}

std::string subject_of(const std::vector<std::string>& names) {
  if (names.size() == 1) return "network namespace " + names.front();
  return std::to_string(names.size()) + " network namespaces (" + join_some(names, MaxNames) + ")";
}

/// The process in `space` if it is in another user namespace and the caller may read it. Such a caller has
/// every capability in that user namespace (user_namespaces(7)), so it only needs to enter it first.
std::optional<std::string> rootless_process(const System& system, const NetworkNamespace& space) {
  constexpr std::string_view Proc = "/proc/";
  constexpr std::string_view Net = "/ns/net";
  if (!space.path.starts_with(Proc) || !space.path.ends_with(Net)) return std::nullopt;
  const std::string pid = space.path.substr(Proc.size(), space.path.size() - Proc.size() - Net.size());
  const auto own = system.file_inode("/proc/self/ns/user");
  const auto there = system.file_inode("/proc/" + pid + "/ns/user");
  return own && there && *own != *there ? std::optional(pid) : std::nullopt;
}

}  // namespace

NamespaceReader::NamespaceReader(const System& system, Source source,
                                 std::vector<NetworkNamespace> namespaces)
    : system_(system) {
  const auto own = system.file_inode(OwnNetworkNamespace);
  if (namespaces.empty()) namespaces.push_back({{}, own.value_or(0), {}});
  for (NetworkNamespace& space : namespaces) {
    const bool is_own = space.path.empty() || (own && space.inode == *own);
    if (is_own && own) space.inode = *own;
    places_.push_back({std::move(space), is_own, SocketReader(system, source)});
  }
}

/// A process may have ended since it was found, and its number and file be another's.
bool NamespaceReader::is_there(const Place& place) const {
  const auto inode = system_.file_inode(OwnNetworkNamespace);
  return !inode || place.where.inode == 0 || *inode == place.where.inode;
}

void NamespaceReader::visit(Place& place, const std::function<void()>& work) {
  const auto netns = place.where.inode != 0 ? std::optional(place.where.inode) : std::nullopt;
  const auto in_there = [&] {
    if (!place.is_own && !is_there(place)) {
      place.refusal = Error{ENOENT, "enter", place.where.path, "its last process has ended"};
      return;
    }
    if (entering_) entering_(netns);
    work();
  };
  if (place.is_own) return in_there();
  if (place.refusal) return;
  if (const auto entered = system_.in_network_namespace(place.where.path, in_there); !entered)
    place.refusal = entered.error();
}

void NamespaceReader::open() {
  for (Place& place : places_) visit(place, [&] { place.reader.open(); });
}

bool NamespaceReader::read(const std::vector<DumpGroup>& dump_groups, const RequestFor& request_for,
                           const SocketSink& sink) {
  for (Place& place : places_) {
    bool go_on = true;
    const auto netns = place.where.inode != 0 ? std::optional(place.where.inode) : std::nullopt;
    const SocketSink tell_where = [&](Socket& socket) {
      socket.netns = netns;
      return sink(socket);
    };
    visit(place, [&] {
      go_on = std::all_of(dump_groups.begin(), dump_groups.end(), [&](const DumpGroup& group) {
        const auto request = request_for(group);
        return !request || place.reader.read(group, *request, tell_where);
      });
    });
    if (!go_on) return false;
  }
  return true;
}

void NamespaceReader::visit_each(const std::function<void(std::optional<std::uint64_t>)>& work) {
  for (Place& place : places_)
    visit(place, [&] { work(place.where.inode != 0 ? std::optional(place.where.inode) : std::nullopt); });
}

std::vector<std::string> NamespaceReader::notes() const {
  std::vector<std::string> notes;
  for (const Place& place : places_)
    for (std::string& note : place.reader.notes())
      if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(std::move(note));
  return notes;
}

std::size_t NamespaceReader::kinds_read() const {
  std::size_t kinds = 0;
  for (const Place& place : places_) kinds += place.reader.kinds_read();
  return kinds;
}

std::size_t NamespaceReader::refused() const {
  return static_cast<std::size_t>(std::count_if(
      places_.begin(), places_.end(), [](const Place& place) { return place.refusal.has_value(); }));
}

std::vector<Warning> refusal_warnings(const System& system, const std::vector<RefusedNamespace>& refused) {
  struct Group {
    std::vector<std::string> names;
    std::string remedy;
  };
  std::map<std::pair<std::string, bool>, Group> groups;
  for (const auto& [space, error] : refused) {
    Error reason = error;
    reason.operation = "cannot be entered";
    reason.subject.clear();
    const bool is_forbidden = error.code == EPERM || error.code == EACCES;
    const auto rootless = is_forbidden ? rootless_process(system, space) : std::nullopt;
    Group& group = groups[{reason.message(), rootless.has_value()}];
    group.names.push_back(label_of(space));
    if (rootless)
      group.remedy = "nsenter -t " + (group.names.size() == 1 ? *rootless : "PID") +
                     " -U -n --preserve-credentials sockls" +
                     (group.names.size() == 1 ? "" : ", with a process of each");
    else if (is_forbidden)
      group.remedy = Caller(system).remedy({Capability::SysAdmin});
  }
  std::vector<Warning> warnings;
  for (const auto& [reason, group] : groups)
    warnings.push_back(
        {Warning::Kind::SocketsMissing, subject_of(group.names) + " " + reason.first, group.remedy});
  return warnings;
}

/// A fault of several namespaces is one warning.
std::vector<Warning> NamespaceReader::warnings() const {
  std::vector<Warning> all;
  std::vector<std::vector<std::string>> where;
  for (const Place& place : places_) {
    for (Warning& warning : place.reader.warnings()) {
      const auto same = [&](const Warning& met) {
        return met.message == warning.message && is_same_fault(met, warning);
      };
      const auto known = std::find_if(all.begin(), all.end(), same);
      const auto index = static_cast<std::size_t>(known - all.begin());
      if (known == all.end()) {
        all.push_back(std::move(warning));
        where.emplace_back();
      }
      where[index].push_back(label_of(place.where));
    }
  }
  for (std::size_t i = 0; places_.size() > 1 && i < all.size(); ++i) {
    const std::string names = subject_of(where[i]);
    all[i].message.insert(0, names + ": ");
    if (!all[i].fault.empty()) all[i].fault.insert(0, names + ": ");
  }
  std::vector<RefusedNamespace> refused;
  for (const Place& place : places_)
    if (place.refusal) refused.push_back({place.where, *place.refusal});
  for (Warning& warning : refusal_warnings(system_, refused)) all.push_back(std::move(warning));
  return all;
}

}  // namespace sockutils
