#include "pipeline/plan.h"

#include <algorithm>
#include <cerrno>

#include "model/socket.h"

namespace sockutils {
namespace {

/// Without Needs::Interfaces: `ss -n` prints names of interfaces, too.
constexpr Needs NameLookups = Needs::Services | Needs::Users | Needs::HostNames;

std::vector<SocketKind> internet_kinds(const std::vector<SocketKind>& all) {
  std::vector<SocketKind> kinds;
  std::copy_if(all.begin(), all.end(), std::back_inserter(kinds),
               [](const SocketKind& kind) { return is_internet(kind.family); });
  return kinds;
}

/// The position of `field` in the row; appends it if it is not there yet.
std::size_t column_of(std::vector<const Field*>& row, const Field* field) {
  const auto found = std::find(row.begin(), row.end(), field);
  if (found != row.end()) return static_cast<std::size_t>(found - row.begin());
  row.push_back(field);
  return row.size() - 1;
}

void plan_order(Plan& plan, const Query& query) {
  for (const SortKey& key : query.sort)
    plan.sort.push_back({column_of(plan.fields, key.field), key.descending});
  if (!query.sort.empty() || !query.listeners_first) return;
  for (const std::string_view name : {"local_port", "protocol", "family", "local_address"})
    plan.sort.push_back({column_of(plan.fields, find_field(name)), false});
}

void plan_passes(Plan& plan, const Query& query) {
  const StateSet states = query.states & query.filter.possible_states();
  if (!query.sort.empty() || !query.listeners_first) {
    plan.passes.push_back({states, !query.sort.empty()});
    return;
  }
  // First sockets that accept connections, then those that receive from anyone; both are few. The rest is
  // streamed.
  plan.passes.push_back({states & StateSet{State::Listen}, true});
  plan.passes.push_back({states & StateSet{State::Unconnected}, true});
  plan.passes.push_back({states - ListeningStates, false});
  std::erase_if(plan.passes, [](const Plan::Pass& pass) { return pass.states.empty(); });
}

bool holds_kind(const std::vector<SocketKind>& kinds, Family family, const SocketKind& like) {
  return std::find(kinds.begin(), kinds.end(), SocketKind{family, like.protocol}) != kinds.end();
}

void plan_needs(Plan& plan, const Query& query) {
  plan.needs = query.filter.needs();
  for (const Field* field : plan.fields) plan.needs = plan.needs | field->needs;
  if (query.numeric) plan.needs = plan.needs & ~NameLookups;
  if (query.resolve_hosts && !query.numeric) plan.needs = plan.needs | Needs::HostNames;
}

/// Both IP versions of a protocol have the same program, because one dump may deliver both.
void plan_kernel_filters(Plan& plan, const Filter& filter) {
  for (Plan::Pass& pass : plan.passes) {
    for (const SocketKind& kind : plan.kinds) {
      if (!takes_kernel_filter(kind)) continue;
      const KernelTarget target{*kind.protocol, holds_kind(plan.kinds, Family::Inet, kind),
                                holds_kind(plan.kinds, Family::Inet6, kind), pass.states};
      pass.filtered.push_back({kind, plan_dumps(filter, target, plan.needs)});
    }
  }
}

Result<void> check_field(const Field* field) {
  if (field != nullptr && field->get != nullptr) return {};
  const std::string name(field == nullptr ? "" : field->name);
  return tl::unexpected(Error{EINVAL, "list sockets", name,
                              field == nullptr ? "a field is null" : "it is no fact of a socket"});
}

}  // namespace

Result<void> check(const Query& query) {
  for (const Field* field : query.fields)
    if (auto checked = check_field(field); !checked) return checked;
  for (const SortKey& key : query.sort)
    if (auto checked = check_field(key.field); !checked) return checked;
  return {};
}

std::span<const KernelDump> Plan::Pass::dumps_of(const SocketKind& kind) const {
  for (const Filtered& row : filtered)
    if (row.kind == kind) return row.dumps;
  return whole_dump();
}

std::optional<ReadRequest> Plan::request_for(const Pass& pass, const DumpGroup& group) const {
  const auto dumps = pass.dumps_of(group.parts.front()->kind);
  if (dumps.empty()) return std::nullopt;
  return ReadRequest{pass.states, needs, dumps};
}

Plan make_plan(const Query& query, const std::vector<SocketKind>& all_kinds) {
  Plan plan;
  plan.kinds = query.kinds.empty() ? internet_kinds(all_kinds) : query.kinds;
  plan.fields = query.fields;
  plan_order(plan, query);
  plan_passes(plan, query);
  plan_needs(plan, query);
  plan_kernel_filters(plan, query.filter);
  return plan;
}

Plan make_following_plan(const Query& query, const std::vector<SocketKind>& all_kinds) {
  Plan plan;
  plan.kinds = query.kinds.empty() ? internet_kinds(all_kinds) : query.kinds;
  plan.fields = query.fields;
  // TIME_WAIT is the remnant of a connection under another cookie: read only on request.
  const StateSet unasked = StateSet{State::TimeWait} - query.states;
  plan.passes.push_back({StateSet::all() - unasked});
  plan_needs(plan, query);
  plan_kernel_filters(plan, Filter{});
  return plan;
}

}  // namespace sockutils
