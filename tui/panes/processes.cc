// Sockets by the process that holds them. One that several hold counts for each.

#include <array>
#include <map>
#include <set>

#include "tui/pane.h"
#include "tui/panes/grouped.h"

namespace tui {

using sockutils::Field;
using sockutils::Type;

namespace {

constexpr Field Pid = group_field("pid", "PID", Type::Identifier, "Process", 0);
constexpr Field Name = group_field("process", "PROCESS", Type::Text, "Its name", 0);
constexpr Field Sockets = group_field("sockets", "SOCKETS", Type::Count, "Sockets that it holds", 2);
constexpr Field Established = group_field("established", "ESTAB", Type::Count, "Of these, connections", 4);
constexpr Field Listening = group_field("listening", "LISTEN", Type::Count, "Of these, listeners", 4);
constexpr Field LeastRtt =
    group_field("least_rtt", "RTT", Type::Microseconds, "Smallest round-trip time of them", 6);

enum Column : std::size_t {
  PidCell,
  NameCell,
  SocketsCell,
  EstablishedCell,
  ListeningCell,
  RatesCell,
  RttCell = 8,
  TrendCell
};

const Fields& columns_of_processes() {
  static const Fields columns{&Pid,    &Name,    &Sockets,        &Established, &Listening,
                              &InRate, &OutRate, &RetransmitRate, &LeastRtt,    &Trend};
  return columns;
}

/// What packets say that no socket explains, each a row of its own.
struct Unexplained {
  std::string_view name;
  PacketAccount::Sum PacketAccount::*sum;
};
constexpr std::array<Unexplained, 3> AllUnexplained{{
    {"(forwarded)", &PacketAccount::forwarded},
    {"(no socket)", &PacketAccount::unclaimed},
    {"(one of several that share a port)", &PacketAccount::ambiguous},
}};

struct ProcessGroup {
  Sum sum;
  std::string name;
};

/// What no process is known to hold stands under the number 0.
using ProcessGroups = std::map<RowKey, ProcessGroup>;

void add_to_owners(ProcessGroups& groups, const SocketRow& row) {
  const auto& owners = row.cells.owners();
  if (!owners || owners->get().empty()) {
    ProcessGroup& nobody = groups[{}];
    nobody.name = "(unknown, or the kernel)";
    nobody.sum.add(row);
    return;
  }
  std::set<RowKey> counted;
  for (const sockutils::Owner& owner : owners->get()) {
    const sockutils::Process& process = *owner.process;
    const RowKey key{static_cast<std::uint64_t>(process.pid), process.start_time.value_or(0)};
    // Most have one owner, and there may be very many.
    if (owners->get().size() > 1 && !counted.insert(key).second) continue;
    ProcessGroup& group = groups[key];
    group.name = process.name.value_or("?");
    group.sum.add(row);
  }
}

void add_unexplained(Table& table, const Frame& frame) {
  for (std::size_t i = 0; i < AllUnexplained.size(); ++i) {
    const PacketAccount::Sum& bytes = frame.packets.*AllUnexplained[i].sum;
    if (!frame.elapsed || bytes.in + bytes.out == 0) continue;
    auto row = std::make_shared<TableRow>();
    row->key = {0, i + 1};
    row->cells = KeptRow(table.columns.size());
    row->cells.set_text(NameCell, AllUnexplained[i].name);
    row->cells.set_number(RatesCell, whole(sockutils::per_second(bytes.in, *frame.elapsed)));
    row->cells.set_number(RatesCell + 1, whole(sockutils::per_second(bytes.out, *frame.elapsed)));
    table.rows.push_back(std::move(row));
  }
}

std::shared_ptr<const Table> rows_of_processes(const Frame& frame) {
  ProcessGroups groups;
  visit_rows(*frame.sockets, [&](const auto& row, std::size_t) { add_to_owners(groups, socket_of(row)); });
  auto table = std::make_shared<Table>();
  table->columns = columns_of_processes();
  for (const auto& [key, group] : groups) {
    if (group.sum.sockets == 0) continue;
    auto row = std::make_shared<TableRow>();
    row->key = key;
    row->cells = KeptRow(table->columns.size());
    if (key.number != 0) row->cells.set_number(PidCell, key.number);
    row->cells.set_text(NameCell, group.name);
    row->cells.set_number(SocketsCell, group.sum.sockets);
    row->cells.set_number(EstablishedCell, group.sum.established);
    row->cells.set_number(ListeningCell, group.sum.listening);
    set_rates(row->cells, RatesCell, group.sum);
    row->cells.set_number(RttCell, group.sum.least_rtt);
    set_trend(*row, TrendCell, group.sum);
    table->rows.push_back(std::move(row));
  }
  add_unexplained(*table, frame);
  return table;
}

sockutils::SortKey busiest_process_first() { return {&Trend, true}; }

std::optional<std::string> filter_of_process(const TableRow& row, const Table&) {
  if (row.key.number == 0) return std::nullopt;
  return "pid = " + std::to_string(row.key.number);
}

}  // namespace

const Pane ProcessesPane{
    .title = "Processes",
    .help = "sockets by the process that holds them; Enter shows those of one",
    .rows = rows_of_processes,
    .usual_order = busiest_process_first,
    .filter_of = filter_of_process,
};

}  // namespace tui
