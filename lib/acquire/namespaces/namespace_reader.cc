#include "acquire/namespaces/namespace_reader.h"

#include <algorithm>
#include <cerrno>
#include <map>

#include "acquire/namespaces/namespaces.h"

namespace sockutils {
namespace {

constexpr std::string_view EnteringRemedy =
    "run as root, or give the program CAP_SYS_ADMIN: see PRIVILEGES in sockls(1)";

std::string label_of(const NetworkNamespace& space) {
  if (!space.name.empty()) return space.name;
  return space.path.empty() ? std::to_string(space.inode) : space.path;
}

/// `a, b, c and 12 more`
std::string join_some(const std::vector<std::string>& names) {
  constexpr std::size_t Most = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), Most); ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > Most) text += " and " + std::to_string(names.size() - Most) + " more";
  return text;
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

void NamespaceReader::add_refusals(std::vector<Warning>& warnings) const {
  std::map<std::string, std::vector<std::string>> by_reason;
  std::map<std::string, bool> may_help;
  for (const Place& place : places_) {
    if (!place.refusal) continue;
    Error reason = *place.refusal;
    reason.operation = "cannot be entered";
    reason.subject.clear();
    may_help[reason.message()] = reason.code == EPERM || reason.code == EACCES;
    by_reason[reason.message()].push_back(label_of(place.where));
  }
  for (const auto& [reason, names] : by_reason) {
    const bool one = names.size() == 1;
    std::string text = one ? "network namespace " : std::to_string(names.size()) + " network namespaces (";
    text += join_some(names);
    text += one ? " " : ") ";
    text += reason;
    warnings.push_back({Warning::Kind::SocketsMissing, std::move(text),
                        may_help[reason] ? std::string(EnteringRemedy) : std::string()});
  }
}

std::vector<Warning> NamespaceReader::warnings() const {
  std::vector<Warning> all;
  for (const Place& place : places_) {
    for (Warning warning : place.reader.warnings()) {
      if (places_.size() > 1) warning.message.insert(0, "network namespace " + label_of(place.where) + ": ");
      all.push_back(std::move(warning));
    }
  }
  add_refusals(all);
  return all;
}

}  // namespace sockutils
