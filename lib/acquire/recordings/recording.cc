#include <algorithm>
#include <utility>

#include "acquire/counters/count.h"
#include "acquire/recordings/replay_channel.h"
#include "acquire/recordings/replay_system.h"
#include "acquire/services/ip_protocols.h"
#include "common/wire.h"
#include "family/family.h"
#include "os/machine.h"
#include "sockutils/services.h"

namespace sockutils {
namespace {

std::string proc_path(const FamilyHandler& handler) {
  return "/proc/thread-self/net/" + std::string(handler.proc_file);
}

bool is_answered(const record::Namespace& where, const FamilyHandler& handler) {
  if (where.facts.contains({FactKind::File, proc_path(handler)})) return true;
  if (handler.append_request == nullptr) return false;
  std::string request;
  handler.append_request(request, handler.kind, {});
  const auto key = record::dump_key(handler.message_type, as_bytes(request));
  if (!key) return false;
  ReplayChannel channel(where.dumps);
  return channel.can_answer(*key);
}

/// What was read where this namespace is.
const record::Namespace* content_of(const record::Snapshot& snapshot, const NetworkNamespace& where) {
  const auto found = snapshot.namespaces.find(where.path);
  return found != snapshot.namespaces.end() ? &found->second : nullptr;
}

/// In one of the namespaces that were to be recorded.
bool is_answered_somewhere(const record::Snapshot& snapshot, const FamilyHandler& handler) {
  const auto spaces = recorded_namespaces(snapshot);
  if (spaces.empty()) return is_answered(snapshot.namespaces.begin()->second, handler);
  return std::any_of(spaces.begin(), spaces.end(), [&](const NetworkNamespace& where) {
    const record::Namespace* const there = content_of(snapshot, where);
    return there != nullptr && is_answered(*there, handler);
  });
}

/// Dumps of other kinds tell who holds the other ends. What says nothing of kinds, as the dumps of `ss` do,
/// has those that it holds.
bool is_named(const record::Namespace& where, const FamilyHandler& handler) {
  const auto says_kinds = std::any_of(where.facts.begin(), where.facts.end(),
                                      [](const auto& fact) { return fact.first.first == FactKind::Kind; });
  return !says_kinds || where.facts.contains({FactKind::Kind, handler.title});
}

const record::Snapshot* snapshot_of(const Recording::Content& content, std::size_t index) {
  return index < content.parsed.snapshots.size() ? &content.parsed.snapshots[index] : nullptr;
}

}  // namespace

std::vector<NetworkNamespace> recorded_namespaces(const record::Snapshot& snapshot) {
  std::vector<NetworkNamespace> spaces;
  // Each namespace has its own answers; which ones there are was asked in the first.
  const auto& facts = snapshot.namespaces.begin()->second.facts;
  for (auto row = facts.lower_bound({FactKind::RecordedNamespace, {}});
       row != facts.end() && row->first.first == FactKind::RecordedNamespace; ++row) {
    WireReader reader(row->second.value);
    const auto inode = reader.number<std::uint64_t>();
    if (inode) spaces.push_back({std::string(row->first.second), *inode, std::string(reader.rest())});
  }
  return spaces;
}

Recording::Recording(std::unique_ptr<const Content> content) : content_(std::move(content)) {}
Recording::~Recording() = default;

Recording::Result Recording::parse(std::string bytes, const std::string& name) {
  auto content = std::make_unique<Content>();
  content->bytes = std::move(bytes);
  auto parsed = record::parse(content->bytes, name);
  if (!parsed) return tl::unexpected(parsed.error());
  content->parsed = *std::move(parsed);
  return std::make_shared<const Recording>(std::move(content));
}

Recording::Result Recording::open(const std::string& path) {
  auto bytes = read_input(path, record::may_be_recording);
  if (!bytes) return tl::unexpected(bytes.error());
  return parse(*std::move(bytes), path);
}

Recording::Result Recording::read(int fd, const std::string& name) {
  auto bytes = read_descriptor(fd, name, record::may_be_recording);
  if (!bytes) return tl::unexpected(bytes.error());
  return parse(*std::move(bytes), name);
}

const RecordingInfo& Recording::info() const { return content_->parsed.info; }

std::vector<SocketKind> Recording::kinds(std::size_t snapshot) const {
  std::vector<SocketKind> kinds;
  const record::Snapshot* const found = snapshot_of(*content_, snapshot);
  if (found == nullptr) return kinds;
  const record::Namespace& first = found->namespaces.begin()->second;
  for (const FamilyHandler& handler : family_handlers())
    if (is_named(first, handler) && is_answered_somewhere(*found, handler)) kinds.push_back(handler.kind);
  return kinds;
}

bool Recording::was_asked_for(const SocketKind& kind, std::size_t snapshot) const {
  const record::Snapshot* const found = snapshot_of(*content_, snapshot);
  if (found == nullptr) return true;
  const auto handlers = family_handlers();
  return std::any_of(handlers.begin(), handlers.end(), [&](const FamilyHandler& handler) {
    return handler.kind == kind && is_named(found->namespaces.begin()->second, handler) &&
           (!info().sockets_alone || is_answered_somewhere(*found, handler));
  });
}

FilterNames Recording::filter_names(std::size_t snapshot) const {
  FilterNames names;
  const record::Snapshot* const found = snapshot_of(*content_, snapshot);
  if (found == nullptr) return names;
  const auto system = std::make_shared<const ReplaySystem>(*found);
  names.service = [system](std::string_view name) {
    const auto text = system->read_file(ServicesFile);
    return text ? Services::parse(*text).ports(name) : std::vector<std::uint16_t>{};
  };
  names.ip_protocol = [system](std::string_view name) {
    return IpProtocols::parse(system->read_file(ProtocolsFile).value_or("")).number(name);
  };
  names.host = [system](std::string_view name) { return system->host_addresses(std::string(name)); };
  names.interface = [system](std::string_view name) { return system->interface_index(std::string(name)); };
  names.user = [system](std::string_view name) { return system->user_id(std::string(name)); };
  names.cgroup = [system](std::string_view path) { return system->cgroup_id(path); };
  return names;
}

std::vector<NetworkNamespace> Recording::namespaces(std::size_t snapshot) const {
  const record::Snapshot* const found = snapshot_of(*content_, snapshot);
  return found != nullptr ? recorded_namespaces(*found) : std::vector<NetworkNamespace>{};
}

Error no_snapshot(std::size_t number) {
  return {0, "read", "recording", "there is no snapshot " + std::to_string(number)};
}

Result<MachineCounters> read_machine_counters(const Recording& recording, std::size_t snapshot) {
  const record::Snapshot* const found = snapshot_of(recording.content(), snapshot);
  if (found == nullptr) return tl::unexpected(no_snapshot(snapshot));
  return read_machine_counters(ReplaySystem(*found));
}

Result<MachineCounters> read_machine_counters(const Recording& recording, std::size_t snapshot,
                                              const NetworkNamespace& where) {
  const record::Snapshot* const found = snapshot_of(recording.content(), snapshot);
  if (found == nullptr) return tl::unexpected(no_snapshot(snapshot));
  const ReplaySystem system(*found);
  if (where.path.empty()) return read_machine_counters(system);
  Result<MachineCounters> counters;
  const auto entered =
      system.in_network_namespace(where.path, [&] { counters = read_machine_counters(system); });
  if (!entered) return tl::unexpected(entered.error());
  return counters;
}

Result<std::unique_ptr<System>> recorded_system(const Query& query) {
  const record::Snapshot* const found = snapshot_of(query.recording->content(), query.snapshot);
  if (found == nullptr) return tl::unexpected(no_snapshot(query.snapshot));
  return std::make_unique<ReplaySystem>(*found);
}

}  // namespace sockutils
