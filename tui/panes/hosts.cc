// Connections by the address at their other end.

#include <map>
#include <set>

#include "tui/pane.h"
#include "tui/panes/grouped.h"

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

std::shared_ptr<const Table> rows_of_hosts(const Frame& frame) {
  std::map<sockutils::Address, HostGroup> groups;
  visit_rows(*frame.sockets, [&](const auto& shared, std::size_t) {
    const SocketRow& row = socket_of(shared);
    if (!row.peer_address || row.peer_address->is_wildcard() || row.mark == Mark::Closed) return;
    HostGroup& group = groups[*row.peer_address];
    group.sum.add(row);
    add_names(group.processes, row);
  });
  auto table = std::make_shared<Table>();
  table->columns = columns_of_hosts();
  for (const auto& [address, group] : groups) {
    auto row = std::make_shared<TableRow>();
    row->key = key_of_address(address);
    row->cells = KeptRow(table->columns.size());
    row->cells.set(AddressCell, address, Type::Address);
    row->cells.set_number(ConnectionsCell, group.sum.sockets);
    set_rates(row->cells, HostRatesCell, group.sum);
    row->cells.set_number(HostRttCell, group.sum.least_rtt);
    set_trend(*row, HostTrendCell, group.sum);
    if (!group.processes.empty()) row->cells.set_text(WhoCell, joined(group.processes));
    table->rows.push_back(std::move(row));
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
};

}  // namespace tui
