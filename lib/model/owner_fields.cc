#include <array>

#include "model/registry.h"
#include "model/row.h"

namespace sockutils {
namespace {

OptionalValue processes(const Row& row) {
  return row.owners.empty() ? std::nullopt : OptionalValue(row.owners);
}

OptionalValue kernel_owned(const Row& row) {
  if (row.socket.kernel_owned) return true;
  return row.owners.empty() ? std::nullopt : OptionalValue(false);
}

template <OptionalValue (*Get)(const Owner&)>
OptionalValue per_owner(const Row& row) {
  return row.owners.empty() ? std::nullopt : OptionalValue(PerOwner{row.owners, Get});
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

constexpr Field owner_field(std::string_view name, std::string_view title, Type type,
                            OptionalValue (*get)(const Row&), Acquire needs, std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = type,
          .get = get,
          .needs = Acquire::Owners | needs,
          .role = Role::PerOwner,
          .align = type == Type::Identifier ? Align::Right : Align::Left,
          .doc = doc,
          .drop = 4};
}

constexpr std::array Fields{
    Field{.name = "processes",
          .title = "PROCESS",
          .type = Type::Owners,
          .get = processes,
          .needs = Acquire::Owners,
          .doc = "Every process that holds the socket, with its descriptors; tables show the first and count "
                 "the others",
          .drop = 4},
    owner_field("pid", "PID", Type::Identifier, per_owner<pid>, Acquire::Nothing,
                "Processes that hold the socket"),
    owner_field("tid", "TID", Type::Identifier, per_owner<tid>, Acquire::Nothing,
                "Threads that hold it; the process itself unless a thread has descriptors of its own"),
    owner_field("fd", "FD", Type::Identifier, per_owner<fd>, Acquire::Nothing,
                "Their file descriptors for it"),
    owner_field("process", "NAME", Type::Text, per_owner<process>, Acquire::Nothing,
                "Their names, as in /proc/PID/comm"),
    owner_field("command_line", "COMMAND", Type::Text, per_owner<command_line>, Acquire::CommandLine,
                "Their command lines"),
    owner_field("executable", "EXECUTABLE", Type::Text, per_owner<executable>, Acquire::Executable,
                "The files that they run"),
    owner_field("process_user", "PROC-USER", Type::Text, per_owner<process_user>,
                Acquire::ProcessDetail | Acquire::Users, "The users that they run as"),
    Field{.name = "kernel_owned",
          .title = "KERNEL",
          .type = Type::Flag,
          .get = kernel_owned,
          .doc = "The kernel holds the socket for itself; unknown when no process is seen to hold it"},
};

}  // namespace

std::span<const Field> owner_fields() { return Fields; }

}  // namespace sockutils
