#include <algorithm>
#include <array>

#include "model/registry.h"
#include "model/row.h"

namespace sockutils {
namespace {

OptionalValue processes(const SocketRow& row) {
  // Nobody among the processes, which is not the same as nobody known.
  if (row.owners.empty() && !row.socket.kernel_owned) return std::nullopt;
  return row.owners;
}

OptionalValue peer_processes(const SocketRow& row) {
  return row.peers.empty() ? std::nullopt : OptionalValue(row.peers);
}

OptionalValue kernel_owned(const SocketRow& row) {
  if (row.socket.kernel_owned) return true;
  return row.owners.empty() ? std::nullopt : OptionalValue(false);
}

OptionalValue socket_context(const SocketRow& row) {
  const auto label = row.socket.inode ? row.names.label(*row.socket.inode, row.owners) : std::string_view{};
  return label.empty() ? std::nullopt : OptionalValue(label);
}

/// Absent unless at least one of them has a value.
OptionalValue list_of(std::span<const Owner> owners, OptionalValue (*get)(const Owner&)) {
  const bool known =
      std::any_of(owners.begin(), owners.end(), [=](const Owner& owner) { return get(owner).has_value(); });
  return known ? OptionalValue(PerOwner{owners, get}) : std::nullopt;
}

template <OptionalValue (*Get)(const Owner&)>
OptionalValue per_owner(const SocketRow& row) {
  return list_of(row.owners, Get);
}

template <OptionalValue (*Get)(const Owner&)>
OptionalValue per_peer(const SocketRow& row) {
  return list_of(row.peers, Get);
}

template <OptionalValue (*Get)(const Owner&)>
OptionalValue per_proxied(const SocketRow& row) {
  return list_of(row.proxied, Get);
}

OptionalValue id(std::int32_t number) { return std::uint64_t{static_cast<std::uint32_t>(number)}; }

OptionalValue text(const std::optional<std::string>& value) {
  return value ? OptionalValue(std::string_view(*value)) : std::nullopt;
}

OptionalValue pid(const Owner& owner) { return id(owner.process->pid); }
OptionalValue tid(const Owner& owner) { return id(owner.tid); }
OptionalValue fd(const Owner& owner) { return id(owner.fd); }
OptionalValue process(const Owner& owner) { return text(owner.process->name); }
OptionalValue command_line(const Owner& owner) { return text(owner.process->command_line); }
OptionalValue executable(const Owner& owner) { return text(owner.process->executable); }
OptionalValue process_user(const Owner& owner) { return text(owner.process->user); }
OptionalValue parent_pid(const Owner& owner) {
  return owner.process->parent_pid ? id(*owner.process->parent_pid) : std::nullopt;
}

template <std::optional<std::string> Process::*Member>
OptionalValue text_member(const Owner& owner) {
  return text(owner.process->*Member);
}

template <std::optional<std::uint64_t> Process::*Member>
OptionalValue number_member(const Owner& owner) {
  const auto& value = owner.process->*Member;
  return value ? OptionalValue(*value) : std::nullopt;
}

template <std::optional<std::string> Process::*Member>
constexpr auto owner_text = getter<per_owner<text_member<Member>>>;

constexpr Field owner_field(std::string_view name, std::string_view title, Type type,
                            OptionalValue (*get)(const Row&), Needs needs, std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = type,
          .get = get,
          .needs = Needs::Owners | needs,
          .role = Role::PerOwner,
          .doc = doc,
          .drop = 4};
}

constexpr Field with_aliases(Field field, std::string_view aliases) {
  field.aliases = aliases;
  return field;
}

/// A fact about the processes at the other end.
constexpr Field peer_field(std::string_view name, std::string_view title, Type type,
                           OptionalValue (*get)(const Row&), Needs needs, std::string_view doc) {
  return owner_field(name, title, type, get, Needs::PeerOwners | needs, doc);
}

constexpr std::array OwnerFields{
    Field{.name = "processes",
          .title = "PROCESS",
          .type = Type::Owners,
          .get = getter<processes>,
          .needs = Needs::Owners,
          .doc = "Every process that holds the socket, with its descriptors; tables show the first and count "
                 "the others",
          .drop = 4},
    owner_field("pid", "PID", Type::Identifier, getter<per_owner<pid>>, Needs::Nothing,
                "Processes that hold the socket"),
    owner_field("tid", "TID", Type::Identifier, getter<per_owner<tid>>, Needs::Nothing,
                "Threads that hold it; the process itself unless a thread has descriptors of its own"),
    owner_field("fd", "FD", Type::Identifier, getter<per_owner<fd>>, Needs::Nothing,
                "Their file descriptors for it"),
    owner_field("process", "NAME", Type::Text, getter<per_owner<process>>, Needs::Nothing,
                "Their names, as in /proc/PID/comm"),
    owner_field("command_line", "COMMAND", Type::Text, getter<per_owner<command_line>>, Needs::CommandLine,
                "Their command lines"),
    owner_field("executable", "EXECUTABLE", Type::Text, getter<per_owner<executable>>, Needs::Executable,
                "The files that they run"),
    owner_field("process_user", "PROC-USER", Type::Text, getter<per_owner<process_user>>,
                Needs::ProcessDetail | Needs::Users, "The users that they run as"),
    with_aliases(owner_field("parent_pid", "PPID", Type::Identifier, getter<per_owner<parent_pid>>,
                             Needs::Nothing, "Their parent processes"),
                 "ppid"),
    owner_field("ancestry", "ANCESTRY", Type::Text, owner_text<&Process::ancestry>, Needs::Ancestry,
                "Names of their ancestors, the eldest first, but for process 1: sshd > bash > python3"),
    owner_field("process_started", "STARTED", Type::Time, getter<per_owner<number_member<&Process::started>>>,
                Needs::ProcessTimes, "When they were started"),
    owner_field("process_age", "AGE", Type::Microseconds, getter<per_owner<number_member<&Process::age>>>,
                Needs::ProcessTimes, "How long they have run"),
    with_aliases(owner_field("working_directory", "CWD", Type::Text, owner_text<&Process::working_directory>,
                             Needs::WorkingDirectory, "Their working directories"),
                 "cwd"),
    owner_field("unit", "UNIT", Type::Text, owner_text<&Process::unit>, Needs::ProcessGroups,
                "Units of systemd that they run in: nginx.service, session-3.scope, user@1000.service"),
    owner_field("user_unit", "USER-UNIT", Type::Text, owner_text<&Process::user_unit>, Needs::ProcessGroups,
                "Units of a user's own systemd that they run in"),
    owner_field("slice", "SLICE", Type::Text, owner_text<&Process::slice>, Needs::ProcessGroups,
                "Slices of systemd that they run in"),
    owner_field("process_cgroup", "PROC-CGROUP", Type::Text, owner_text<&Process::cgroup>,
                Needs::ProcessGroups,
                "Paths of their control groups; of cgroup v1 where that alone says more than /"),
    owner_field("container", "CONTAINER", Type::Text, owner_text<&Process::container>,
                Needs::ProcessGroups | Needs::Containers,
                "Containers that they run in, by name where the runtime's files may be read, else by id"),
    owner_field("container_id", "CONTAINER-ID", Type::Text, owner_text<&Process::container_id>,
                Needs::ProcessGroups, "Ids of those containers"),
    owner_field("container_runtime", "RUNTIME", Type::Text, owner_text<&Process::container_runtime>,
                Needs::ProcessGroups,
                "What runs those containers: docker, podman, containerd, cri-o, lxc, systemd-nspawn"),
    with_aliases(
        owner_field("container_pod", "POD", Type::Text, owner_text<&Process::container_pod>,
                    Needs::ProcessGroups | Needs::Containers,
                    "Pods of Kubernetes that those containers belong to, as namespace/name, else by uid"),
        "pod"),
    with_aliases(
        owner_field("security_context", "CONTEXT", Type::Text, owner_text<&Process::security_context>,
                    Needs::SecurityContext, "Their labels of SELinux, AppArmor or Smack"),
        "context"),
    Field{.name = "socket_context",
          .title = "SOCKET-CONTEXT",
          .type = Type::Text,
          .get = getter<socket_context>,
          .needs = Needs::Owners | Needs::SocketContext,
          .doc = "Label of SELinux of the socket itself, through a process that holds it",
          .drop = 4},
    Field{.name = "peer_processes",
          .title = "PEER-PROCESS",
          .type = Type::Owners,
          .get = getter<peer_processes>,
          .needs = Needs::Owners | Needs::PeerOwners,
          .doc = "Every process that holds the other end, when that is on this machine: in any network "
                 "namespace that can be entered, also behind a docker-proxy",
          .drop = 4},
    peer_field("peer_process", "PEER-NAME", Type::Text, getter<per_peer<process>>, Needs::Nothing,
               "Names of the processes that hold the other end"),
    peer_field("peer_pid", "PEER-PID", Type::Identifier, getter<per_peer<pid>>, Needs::Nothing,
               "Processes that hold the other end"),
    peer_field("peer_command_line", "PEER-COMMAND", Type::Text, getter<per_peer<command_line>>,
               Needs::CommandLine, "Their command lines"),
    peer_field("peer_unit", "PEER-UNIT", Type::Text, getter<per_peer<text_member<&Process::unit>>>,
               Needs::ProcessGroups, "Units of systemd that they run in"),
    peer_field("peer_container", "PEER-CONTAINER", Type::Text,
               getter<per_peer<text_member<&Process::container>>>, Needs::ProcessGroups | Needs::Containers,
               "Containers that they run in"),
    owner_field("proxied_process", "PROXIED", Type::Text, getter<per_proxied<process>>, Needs::ProxyTargets,
                "Processes in the container behind a docker-proxy that holds the socket"),
    owner_field("proxied_pid", "PROXIED-PID", Type::Identifier, getter<per_proxied<pid>>, Needs::ProxyTargets,
                "Those processes by number"),
    owner_field("proxied_container", "PROXIED-CONTAINER", Type::Text,
                getter<per_proxied<text_member<&Process::container>>>,
                Needs::ProxyTargets | Needs::ProcessGroups | Needs::Containers,
                "The container behind a docker-proxy that holds the socket"),
    Field{.name = "kernel_owned",
          .title = "KERNEL",
          .type = Type::Flag,
          .get = getter<kernel_owned>,
          .doc = "The kernel holds the socket for itself; unknown when no process is seen to hold it",
          .subject = "socket"},
};

}  // namespace

std::span<const Field> owner_fields() {
  static constexpr auto Table = about("process", OwnerFields);
  return Table;
}

}  // namespace sockutils
