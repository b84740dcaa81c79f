// Connections by the address at their other end.

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

enum HostColumn : std::size_t {
  AddressCell,
  ConnectionsCell,
  HostRatesCell,
  HostRttCell = 5,
  HostTrendCell,
  WhoCell
};

const Fields& columns_of_hosts() {
  static const Fields columns{&HostAddress,    &Connections, &InRate, &OutRate,
                              &RetransmitRate, &HostRtt,     &Trend,  &Who};
  return columns;
}

struct HostGroup {
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

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

RowKey key_of_address(const sockutils::Address& address) {
  RowKey key;
  for (std::size_t i = 0; i < 8; ++i) {
    key.number = key.number << 8 | address.bytes[i];
    key.group = key.group << 8 | address.bytes[i + 8];
  }
  // 10.0.0.0 is another host than a00::.
  if (!address.is_v6) key.group |= 1ull << 63 | 1;
  return key;
}

std::shared_ptr<const Table> rows_of_hosts(const Frame& frame, const Folding& folding) {
  std::map<sockutils::Address, HostGroup> groups;
  visit_rows(*frame.sockets, [&](const auto& shared, std::size_t) {
    const SocketRow& row = socket_of(shared);
    if (!row.peer_address || row.peer_address->is_wildcard()) return;
    HostGroup& group = groups[*row.peer_address];
    group.sum.add(row);
    if (folding.is_open(key_of_address(*row.peer_address)))
      group.members.push_back(std::static_pointer_cast<const SocketRow>(shared));
    if (row.mark != Mark::Closed) add_names(group.processes, row);
  });
  auto table = std::make_shared<Table>();
  table->columns = columns_of_hosts();
  table->tree_column = AddressCell;
  const std::size_t most = most_members_of(groups);
  for (auto& [address, group] : groups) {
    if (group.sum.sockets == 0) continue;
    auto row = std::make_shared<TableRow>();
    row->key = key_of_address(address);
    row->cells = CompactRow(table->columns.size());
    row->cells.set(AddressCell, address);
    row->cells.set_number(ConnectionsCell, group.sum.sockets);
    set_rates(row->cells, HostRatesCell, group.sum);
    row->cells.set_number(HostRttCell, group.sum.least_rtt);
    set_trend(*row, HostTrendCell, group.sum);
    if (!group.processes.empty()) row->cells.set_text(WhoCell, joined(group.processes));
    const Fold fold = folding.of(row->key);
    const std::uint32_t place = add_row(*table, std::move(row), {Branch::NoParent, 0, fold, nullptr});
    add_members(*table, place, std::move(group.members), most, 0,
                [&](CompactRow& cells, const SocketRow& socket) {
                  cells.set_text(AddressCell, socket_text(*frame.sockets, socket));
                  cells.set_number(HostRttCell, socket.rtt);
                  std::set<std::string> names;
                  add_names(names, socket);
                  if (!names.empty()) cells.set_text(WhoCell, joined(names));
                });
  }
  return table;
}

sockutils::SortKey busiest_host_first() { return {&Trend, true}; }

std::optional<std::string> filter_of_host(const TableRow& row, const Table&) {
  const auto value = row.cells.value(AddressCell);
  const auto* const address = value ? std::get_if<sockutils::Address>(&*value) : nullptr;
  if (address == nullptr) return std::nullopt;
  return "peer_address = " + address->to_string();
}

}  // namespace

const Pane HostsPane{
    .title = "Hosts",
    .help = "connections by the address of their other end; Enter shows those with one",
    .rows = rows_of_hosts,
    .usual_order = busiest_host_first,
    .filter_of = filter_of_host,
    .process_of = nullptr,
};

}  // namespace tui
