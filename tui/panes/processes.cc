// Sockets by the process that holds them, and these by their containers. One that several hold counts for
// each.

#include <array>
#include <map>
#include <set>

#include "tui/panes/grouped.h"
#include "tui/panes/members.h"
#include "tui/view/pane.h"

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

/// A process, or a container.
struct ProcessGroup {
  Sum sum;
  std::string name;
  /// Empty: on the machine itself, or nobody asked.
  std::string container;
  Members members;
};

/// What no process is known to hold stands under the number 0.
using ProcessGroups = std::map<RowKey, ProcessGroup>;
/// By what they are called.
using Containers = std::map<std::string, Sum>;

/// No process has this as its start. Its row is open unless it was closed: who asks for the busiest process
/// wants to see it.
constexpr std::uint64_t OfContainer = UINT64_MAX - 1;

RowKey key_of_container(const std::string& container) {
  return {std::hash<std::string>{}(container) | 1, OfContainer};
}

class Grouping {
 public:
  Grouping(const Frame& frame, const Folding& folding) : frame_(frame), folding_(folding) {
    visit_rows(*frame.sockets, [&](const auto& row, std::size_t) { add_to_owners(row); });
    std::erase_if(groups_, [](const auto& entry) { return entry.second.sum.sockets == 0; });
    most_members_ = most_members_of(groups_);
  }

  std::shared_ptr<const Table> table() && {
    auto table = std::make_shared<Table>();
    table->columns = columns_of_processes();
    table->tree_column = NameCell;
    std::map<std::string, std::uint32_t> places;
    for (const auto& [container, sum] : containers_)
      if (sum.sockets > 0) places.emplace(container, add_container(*table, container, sum));
    for (auto& [key, group] : groups_) {
      if (group.container.empty()) {
        add_process(*table, key, group, Branch::NoParent);
      } else if (folding_.is_open(key_of_container(group.container), true)) {
        add_process(*table, key, group, places.at(group.container));
      }
    }
    add_unexplained(*table);
    return table;
  }

 private:
  void add_to_group(const RowKey& key, ProcessGroup& group, const std::shared_ptr<const TableRow>& row) {
    group.sum.add(socket_of(row));
    if (folding_.is_open(key)) group.members.push_back(std::static_pointer_cast<const SocketRow>(row));
  }

  void add_to_owners(const std::shared_ptr<const TableRow>& row) {
    const auto& owners = row->cells.owners();
    if (!owners || owners->get().empty()) {
      ProcessGroup& nobody = groups_[{}];
      nobody.name = "(unknown, or the kernel)";
      return add_to_group({}, nobody, row);
    }
    std::set<RowKey> counted;
    std::set<std::string> counted_containers;
    for (const sockutils::Owner& owner : owners->get()) {
      const sockutils::Process& process = *owner.process;
      const RowKey key{static_cast<std::uint64_t>(process.pid), process.start_time.value_or(0)};
      // Most have one owner, and there may be very many.
      if (owners->get().size() > 1 && !counted.insert(key).second) continue;
      ProcessGroup& group = groups_[key];
      group.name = process.name.value_or("?");
      add_to_group(key, group, row);
      if (!folding_.by_container || !process.container) continue;
      group.container = *process.container;
      if (counted_containers.insert(group.container).second) containers_[group.container].add(socket_of(row));
    }
  }

  static std::shared_ptr<TableRow> row_of_sum(const RowKey& key, std::string_view name, const Sum& sum) {
    auto row = std::make_shared<TableRow>();
    row->key = key;
    row->cells = CompactRow(columns_of_processes().size());
    row->cells.set_text(NameCell, name);
    row->cells.set_number(SocketsCell, sum.sockets);
    row->cells.set_number(EstablishedCell, sum.established);
    row->cells.set_number(ListeningCell, sum.listening);
    set_rates(row->cells, RatesCell, sum);
    row->cells.set_number(RttCell, sum.least_rtt);
    set_trend(*row, TrendCell, sum);
    return row;
  }

  std::uint32_t add_container(Table& table, const std::string& container, const Sum& sum) const {
    const RowKey key = key_of_container(container);
    return add_row(table, row_of_sum(key, container, sum),
                   {Branch::NoParent, 0, folding_.of(key, true), nullptr});
  }

  void add_process(Table& table, const RowKey& key, ProcessGroup& group, std::uint32_t parent) const {
    auto row = row_of_sum(key, group.name, group.sum);
    if (key.number != 0) row->cells.set_number(PidCell, key.number);
    const std::uint8_t depth = parent == Branch::NoParent ? 0 : 1;
    const std::uint32_t place = add_row(table, std::move(row), {parent, depth, folding_.of(key), nullptr});
    add_members(table, place, std::move(group.members), most_members_, key.number,
                [&](CompactRow& cells, const SocketRow& socket) {
                  if (key.number != 0) cells.set_number(PidCell, key.number);
                  cells.set_text(NameCell, socket_text(*frame_.sockets, socket));
                  cells.set_number(RttCell, socket.rtt);
                });
  }

  void add_unexplained(Table& table) const {
    for (std::size_t i = 0; i < AllUnexplained.size(); ++i) {
      const PacketAccount::Sum& bytes = frame_.packets.*AllUnexplained[i].sum;
      if (!frame_.elapsed || bytes.in + bytes.out == 0) continue;
      auto row = std::make_shared<TableRow>();
      row->key = {0, i + 1};
      row->cells = CompactRow(table.columns.size());
      row->cells.set_text(NameCell, AllUnexplained[i].name);
      row->cells.set_number(RatesCell, whole(sockutils::per_second(bytes.in, *frame_.elapsed)));
      row->cells.set_number(RatesCell + 1, whole(sockutils::per_second(bytes.out, *frame_.elapsed)));
      add_row(table, std::move(row), {});
    }
  }

  const Frame& frame_;
  const Folding& folding_;
  ProcessGroups groups_;
  Containers containers_;
  std::size_t most_members_ = 0;
};

std::shared_ptr<const Table> rows_of_processes(const Frame& frame, const Folding& folding) {
  return Grouping(frame, folding).table();
}

sockutils::SortKey busiest_process_first() { return {&Trend, true}; }

std::string name_of_row(const TableRow& row) {
  const auto value = row.cells.value(NameCell);
  const auto* const name = value ? std::get_if<std::string_view>(&*value) : nullptr;
  return std::string(name != nullptr ? *name : std::string_view{});
}

/// As a value of a filter.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::optional<std::string> filter_of_process(const TableRow& row, const Table&) {
  if (row.key.number == 0) return std::nullopt;
  if (row.key.group == OfContainer) return "container = " + quoted(name_of_row(row));
  return "pid = " + std::to_string(row.key.number);
}

std::optional<ProcessTarget> process_of_row(const TableRow& row) {
  if (row.key.number == 0 || row.key.group == OfContainer) return std::nullopt;
  ProcessTarget target{static_cast<std::int32_t>(row.key.number), {}, name_of_row(row)};
  if (row.key.group != 0) target.start_time = row.key.group;
  return target;
}

}  // namespace

const Pane ProcessesPane{
    .title = "Processes",
    .help = "sockets by the process that holds them; Enter shows those of one",
    .rows = rows_of_processes,
    .usual_order = busiest_process_first,
    .filter_of = filter_of_process,
    .process_of = process_of_row,
};

}  // namespace tui
