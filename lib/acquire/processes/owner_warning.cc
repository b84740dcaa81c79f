#include "acquire/processes/owner_warning.h"

#include "common/format_text.h"
#include "common/process_stat.h"
#include "common/text.h"

namespace sockutils {
namespace {

Unknown owners_of(std::size_t sockets) {
  return {"owners", sockets == 1 ? "the owner of 1 socket is unknown"
                                 : format_text("the owners of {} sockets are unknown", sockets)};
}

Warning missing(const Unknown& unknown, const std::string& reason, std::string remedy,
                std::string_view fault = {}) {
  return {Warning::Kind::OwnersMissing, unknown.sentence + ": " + reason, std::move(remedy),
          format_text("{}: {}", unknown.what, fault.empty() ? reason : fault)};
}

Warning nothing_read(const Error& error, const Unknown& unknown) {
  const bool is_proc = error.subject == "/proc";
  return missing(unknown, error.message(),
                 is_proc ? "mount proc on /proc" : "--process-source=proc reads /proc instead");
}

/// Names the processes. If the caller has every capability, there is no remedy.
Warning unreadable(const System& system, const OwnerTable& owners, const Caller& caller,
                   const Unknown& unknown) {
  constexpr std::size_t Most = 3;
  std::vector<std::string> names;
  for (const std::int32_t pid : owners.unreadable_processes())
    names.push_back(names.size() < Most ? label_of(system, pid) : std::string());
  std::string reason = "the descriptors of " + join_some(names, Most) + " may not be read";
  if (caller.may_read_processes()) reason += ", whoever asks";
  return missing(unknown, reason, remedy_for_processes(caller), "descriptors may not be read");
}

}  // namespace

std::string label_of(const System& system, std::int32_t pid) {
  const std::string number = std::to_string(pid);
  const auto text = system.read_file("/proc/" + number + "/stat");
  const auto stat = text ? parse_process_stat(*text) : std::nullopt;
  return stat ? stat->name + '/' + number : number;
}

std::vector<Warning> unread_processes(const System& system, const OwnerTable& owners, const Caller& caller,
                                      const Unknown& unknown) {
  if (owners.error()) return {nothing_read(*owners.error(), unknown)};
  std::vector<Warning> warnings;
  for (ProcGap& gap : caller.proc_gaps())
    warnings.push_back(missing(unknown, gap.reason, std::move(gap.remedy)));
  // hidepid=noaccess hides processes by making them unreadable.
  if (!owners.unreadable_processes().empty() && !caller.is_kept_from_processes())
    warnings.push_back(unreadable(system, owners, caller, unknown));
  return warnings;
}

std::vector<Warning> owner_warnings(const System& system, const OwnerTable& owners, const Caller& caller,
                                    const OwnerlessSockets& ownerless,
                                    const std::optional<OwnerDoubt>& doubt) {
  if (ownerless.all == 0) return {};
  std::vector<Warning> warnings = unread_processes(system, owners, caller, owners_of(ownerless.all));
  if (warnings.empty() && doubt && ownerless.in_doubt != 0)
    warnings.push_back(missing(owners_of(ownerless.in_doubt), doubt->reason, doubt->remedy));
  return warnings;
}

}  // namespace sockutils
