#include "acquire/recordings/replay_system.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "acquire/recordings/replay_channel.h"
#include "acquire/services/ip_protocols.h"
#include "common/parse_number.h"
#include "sockutils/list.h"

namespace sockutils {
namespace {

Error not_recorded(FactKind kind, std::string_view subject) {
  return {0, operation_of(kind), std::string(subject), "not in the recording"};
}

bool tells_names(const Question& question) {
  constexpr std::array Kinds{FactKind::UserName, FactKind::InterfaceName, FactKind::CgroupPath};
  constexpr std::array<std::string_view, 2> Files{ServicesFile, ProtocolsFile};
  const auto is_one_of = [](const auto& list, const auto& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  };
  return is_one_of(Kinds, question.kind) ||
         (question.kind == FactKind::File && is_one_of(Files, question.subject));
}

}  // namespace

ReplaySystem::ReplaySystem(const record::Snapshot& snapshot)
    : snapshot_(snapshot), here_(&snapshot.namespaces.begin()->second) {}

const record::Answer* ReplaySystem::look_up(FactKind kind, std::string_view subject) const {
  const auto in = [&](const record::Namespace& where) -> const record::Answer* {
    const auto found = where.facts.find({kind, subject});
    return found != where.facts.end() ? &found->second : nullptr;
  };
  if (const record::Answer* const answer = in(*here_)) return answer;
  const bool differs = kind == FactKind::InterfaceName || kind == FactKind::LocalAddresses ||
                       subject.starts_with("/proc/thread-self/");
  for (const auto& [path, where] : snapshot_.namespaces)
    if (const record::Answer* const answer = differs ? nullptr : in(where)) return answer;
  return nullptr;
}

Result<std::string_view> ReplaySystem::answer(FactKind kind, std::string_view subject) const {
  const record::Answer* const found = look_up(kind, subject);
  if (found == nullptr) return tl::unexpected(not_recorded(kind, subject));
  if (found->error != 0)
    return tl::unexpected(Error{found->error, operation_of(kind), std::string(subject), {}});
  return found->value;
}

const System* ReplaySystem::own_names() const {
  if (!snapshot_.used_own_names) return nullptr;
  snapshot_.used_own_names->store(true, std::memory_order_relaxed);
  return &real_system();
}

Result<std::string> ReplaySystem::ask(const Question& question) const {
  if (tells_names(question))
    if (const System* const machine = own_names()) return machine->ask(question);
  // It has the mount point of cgroup2, which paths of control groups are relative to.
  if (snapshot_.used_own_names && question.subject == "/proc/thread-self/mountinfo")
    return real_system().ask(question);
  return answer(question.kind, question.subject).map([](std::string_view text) { return std::string(text); });
}

std::vector<std::string> ReplaySystem::subjects_with(FactKind kind, std::string_view value) const {
  std::vector<std::string> subjects;
  for (auto row = here_->facts.lower_bound({kind, {}}); row != here_->facts.end() && row->first.first == kind;
       ++row)
    if (row->second.error == 0 && row->second.value == value) subjects.emplace_back(row->first.second);
  return subjects;
}

std::vector<std::string> ReplaySystem::find(NameKind kind, const std::string& name) const {
  if (name.empty()) return {};
  if (const System* const machine = own_names()) return machine->find(kind, name);
  if (kind == NameKind::Host && name == "localhost") return {"127.0.0.1", "::1"};
  if (kind == NameKind::Host) return subjects_with(FactKind::HostName, name);
  return subjects_with(kind == NameKind::User ? FactKind::UserName : FactKind::InterfaceName, name);
}

Result<void> ReplaySystem::read_lines(const std::string& path,
                                      const std::function<bool(std::string_view)>& visit) const {
  const auto text = answer(FactKind::File, path);
  if (!text) return tl::unexpected(text.error());
  for (std::string_view rest = *text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!visit(line)) break;
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return {};
}

Result<void> ReplaySystem::list_links(
    const std::string& path, const std::function<void(std::string_view, std::string_view)>& visit) const {
  const record::Answer* const found = look_up(FactKind::SocketLinks, path);
  if (found == nullptr) return tl::unexpected(not_recorded(FactKind::SocketLinks, path));
  // Links that could be read come even when others could not.
  WireReader reader(found->value);
  while (const auto name = reader.text()) {
    const auto target = reader.text();
    if (target && !target->empty()) visit(*name, *target);
  }
  if (found->error != 0) return tl::unexpected(Error{found->error, "open", path, {}});
  return {};
}

Result<void> ReplaySystem::socket_files(ListedFiles, const std::function<void(const KernelFile&)>&) const {
  return tl::unexpected(Error{ENOTSUP, "list", "open files", "a recording has them from /proc"});
}

Result<std::unique_ptr<NetlinkChannel>> ReplaySystem::open_sock_diag() const {
  return std::make_unique<ReplayChannel>(here_->dumps);
}

Result<void> ReplaySystem::in_network_namespace(const std::string& path,
                                                const std::function<void()>& work) const {
  if (const auto entered = answer(FactKind::Entering, path); !entered) return tl::unexpected(entered.error());
  const auto there = snapshot_.namespaces.find(path);
  if (there == snapshot_.namespaces.end())
    return tl::unexpected(Error{0, "read", path, "damaged in the recording"});
  const record::Namespace* const before = std::exchange(here_, &there->second);
  work();
  here_ = before;
  return {};
}

Moment ReplaySystem::now() const {
  const std::chrono::microseconds since_1970{static_cast<std::int64_t>(snapshot_.time)};
  return {std::chrono::system_clock::time_point(since_1970), std::chrono::steady_clock::now()};
}

std::optional<std::uint64_t> ReplaySystem::cgroup_id(std::string_view path) const {
  if (own_names() != nullptr) return system_filter_names().cgroup(path);
  const auto found = subjects_with(FactKind::CgroupPath, path);
  return found.empty() ? std::nullopt : parse_number<std::uint64_t>(found.front());
}

Result<std::vector<HostName>> ReplaySystem::host_names(const std::vector<Address>& addresses,
                                                       std::chrono::milliseconds limit) const {
  if (const System* const machine = own_names()) return machine->host_names(addresses, limit);
  std::vector<HostName> names;
  for (const Address& address : addresses) {
    const auto name = answer(FactKind::HostName, address.to_string());
    if (name) names.push_back({address, std::string(*name)});
  }
  return names;
}

}  // namespace sockutils
