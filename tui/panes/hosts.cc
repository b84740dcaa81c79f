// Connections by peer address.

#include <map>
#include <set>

#include "tui/panes/grouped.h"
#include "tui/panes/members.h"
#include "tui/view/pane.h"

namespace tui {

using sockutils::Field;
using sockutils::Type;

namespace {

constexpr Field HostAddress =
    group_field("peer_address", "HOST", Type::Address, "Address of the other end", 0);
constexpr Field Connections = group_field("connections", "CONNS", Type::Count, "Connections with it", 2);
constexpr Field HostRtt =
    group_field("least_rtt", "RTT", Type::Microseconds, "Smallest round-trip time of them", 3);
constexpr Field Who = group_field("process", "PROCESSES", Type::Text, "Who here talks to it", 1);

struct HostGroup {
  sockutils::Address address;
  Sum sum;
  std::set<std::string> processes;
  Members members;
};

void add_names(std::set<std::string>& names, const SocketRow& row) {
  const auto& owners = row.cells.owners();
  if (!owners) return;
  for (const sockutils::Owner& owner : owners->get())
    if (owner.process->name && !names.contains(*owner.process->name)) names.insert(*owner.process->name);
}

void show_names(RowCell cell, const HostGroup& host) {
  std::string text;
  for (const std::string& name : host.processes) text += (text.empty() ? "" : " ") + name;
  if (!host.processes.empty()) cell.text(text);
}
void show_names(RowCell cell, const Member& member) {
  HostGroup alone;
  add_names(alone.processes, member.socket);
  show_names(cell, alone);
}

constexpr PaneColumn<HostGroup> HostColumns[]{
    {&HostAddress, [](RowCell cell, const HostGroup& host) { cell.value(host.address); }, member_text},
    {&Connections, sum_of<&Sum::sockets>},
    {&InRate, rate_of<&Sum::in>, rate_of<&Sum::in>},
    {&OutRate, rate_of<&Sum::out>, rate_of<&Sum::out>},
    {&RetransmitRate, retransmit_rate, retransmit_rate},
    {&HostRtt, sum_of<&Sum::least_rtt>, member_rtt},
    {&Sparkline, trend, trend},
    {&Who, show_names, show_names},
};

RowKey key_of_address(const sockutils::Address& address) {
  RowKey key;
  for (std::size_t i = 0; i < 8; ++i) {
    key.number = key.number << 8 | address.bytes[i];
    key.group = key.group << 8 | address.bytes[i + 8];
  }
  // Distinguishes 10.0.0.0 from a00::.
  if (!address.is_v6) key.group |= 1ull << 63 | 1;
  return key;
}

std::shared_ptr<const Table> rows_of_hosts(const Frame& frame, const TreeState& tree) {
  std::map<sockutils::Address, HostGroup> groups;
  visit_rows(*frame.sockets, [&](const auto& shared, std::size_t) {
    const SocketRow& row = socket_of(shared);
    if (!row.peer_address || row.peer_address->is_wildcard()) return;
    HostGroup& group = groups[*row.peer_address];
    group.sum.add(row);
    if (tree.is_open(key_of_address(*row.peer_address)))
      group.members.push_back(std::static_pointer_cast<const SocketRow>(shared));
    if (row.mark != Mark::Closed) add_names(group.processes, row);
  });
  auto table = table_of(HostColumns, HostAddress);
  const std::size_t most = max_members_of(groups);
  for (auto& [address, group] : groups) {
    if (group.sum.sockets == 0) continue;
    group.address = address;
    const RowKey key = key_of_address(address);
    const std::uint32_t place =
        add_row(*table, row_of_group(HostColumns, key, group), {Branch::NoParent, 0, tree.of(key), nullptr});
    add_members(*table, place, std::move(group.members), most, HostColumns, *frame.sockets);
  }
  return table;
}

sockutils::SortKey busiest_host_first() { return {&Sparkline, true}; }

std::optional<std::string> filter_of_host(const TableRow& row, const Table&) {
  const auto value = row.cells.value(place_of(HostColumns, HostAddress));
  const auto* const address = value ? std::get_if<sockutils::Address>(&*value) : nullptr;
  if (address == nullptr) return std::nullopt;
  return "peer_address = " + address->to_string();
}

}  // namespace

extern const Pane HostsPane{
    .title = "Hosts",
    .help = "connections by the address of their other end; Enter shows those with one",
    .doc = "Connections by the address of their other end",
    .rows = rows_of_hosts,
    .usual_order = busiest_host_first,
    .filter_of = filter_of_host,
    .process_of = nullptr,
};

}  // namespace tui
