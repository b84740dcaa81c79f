// Sockets by the process that holds them, and processes by container. A socket that several processes hold
// counts for each.

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

/// Packets without a socket, in a row of their own.
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
  /// 0: a container, or unknown.
  std::uint64_t pid = 0;
  /// Empty: not in a container, or not looked up.
  std::string container;
  Members members;
};

void show_pid(RowCell cell, std::uint64_t pid) {
  if (pid != 0) cell.number(pid);
}

constexpr PaneColumn<ProcessGroup> ProcessColumns[]{
    {&Pid, [](RowCell cell, const ProcessGroup& group) { show_pid(cell, group.pid); },
     [](RowCell cell, const Member& member) { show_pid(cell, member.group.number); }},
    {&Name, [](RowCell cell, const ProcessGroup& group) { cell.text(group.name); }, member_text},
    {&Sockets, sum_of<&Sum::sockets>},
    {&Established, sum_of<&Sum::established>},
    {&Listening, sum_of<&Sum::listening>},
    {&InRate, rate_of<&Sum::in>, rate_of<&Sum::in>},
    {&OutRate, rate_of<&Sum::out>, rate_of<&Sum::out>},
    {&RetransmitRate, retransmit_rate, retransmit_rate},
    {&LeastRtt, sum_of<&Sum::least_rtt>, member_rtt},
    {&Sparkline, trend, trend},
};

/// Sockets without a known process are under the number 0.
using ProcessGroups = std::map<RowKey, ProcessGroup>;
/// By name.
using Containers = std::map<std::string, ProcessGroup>;

/// Not the start time of any process. Containers are expanded by default, because users who look for the
/// busiest process want to see it.
constexpr std::uint64_t OfContainer = UINT64_MAX - 1;

RowKey key_of_container(const std::string& container) {
  return {std::hash<std::string>{}(container) | 1, OfContainer};
}

class Grouping {
 public:
  Grouping(const Frame& frame, const TreeState& tree) : frame_(frame), tree_(tree) {
    visit_rows(*frame.sockets, [&](const auto& row, std::size_t) { add_to_owners(row); });
    std::erase_if(groups_, [](const auto& entry) { return entry.second.sum.sockets == 0; });
    max_members_ = max_members_of(groups_);
  }

  std::shared_ptr<const Table> table() && {
    auto table = table_of(ProcessColumns, Name);
    std::map<std::string, std::uint32_t> places;
    for (const auto& [name, container] : containers_)
      if (container.sum.sockets > 0) places.emplace(name, add_container(*table, container));
    for (auto& [key, group] : groups_) {
      if (group.container.empty()) {
        add_process(*table, key, group, Branch::NoParent);
      } else if (tree_.is_open(key_of_container(group.container), true)) {
        add_process(*table, key, group, places.at(group.container));
      }
    }
    add_unexplained(*table);
    return table;
  }

 private:
  void add_to_group(const RowKey& key, ProcessGroup& group, const std::shared_ptr<const TableRow>& row) {
    group.sum.add(socket_of(row));
    if (tree_.is_open(key)) group.members.push_back(std::static_pointer_cast<const SocketRow>(row));
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
      // Most sockets have one owner, and there may be very many sockets.
      if (owners->get().size() > 1 && !counted.insert(key).second) continue;
      ProcessGroup& group = groups_[key];
      group.name = process.name.value_or("?");
      group.pid = key.number;
      add_to_group(key, group, row);
      if (!tree_.by_container || !process.container) continue;
      group.container = *process.container;
      if (counted_containers.insert(group.container).second) add_to_container(group.container, row);
    }
  }

  void add_to_container(const std::string& name, const std::shared_ptr<const TableRow>& row) {
    ProcessGroup& container = containers_[name];
    container.name = name;
    container.sum.add(socket_of(row));
  }

  std::uint32_t add_container(Table& table, const ProcessGroup& container) const {
    const RowKey key = key_of_container(container.name);
    return add_row(table, row_of_group(ProcessColumns, key, container),
                   {Branch::NoParent, 0, tree_.of(key, true), nullptr});
  }

  void add_process(Table& table, const RowKey& key, ProcessGroup& group, std::uint32_t parent) const {
    const std::uint8_t depth = parent == Branch::NoParent ? 0 : 1;
    const std::uint32_t place =
        add_row(table, row_of_group(ProcessColumns, key, group), {parent, depth, tree_.of(key), nullptr});
    add_members(table, place, std::move(group.members), max_members_, ProcessColumns, *frame_.sockets);
  }

  void add_unexplained(Table& table) const {
    for (std::size_t i = 0; i < AllUnexplained.size(); ++i) {
      const PacketAccount::Sum& bytes = frame_.packets.*AllUnexplained[i].sum;
      if (!frame_.elapsed || bytes.in + bytes.out == 0) continue;
      auto row = std::make_shared<TableRow>();
      row->key = {0, i + 1};
      row->cells = CompactRow(table.columns.size());
      const auto rate = [&](std::uint64_t sum) { return whole(sockutils::per_second(sum, *frame_.elapsed)); };
      row->cells.set_text(place_of(ProcessColumns, Name), AllUnexplained[i].name);
      row->cells.set_number(place_of(ProcessColumns, InRate), rate(bytes.in));
      row->cells.set_number(place_of(ProcessColumns, OutRate), rate(bytes.out));
      add_row(table, std::move(row), {});
    }
  }

  const Frame& frame_;
  const TreeState& tree_;
  ProcessGroups groups_;
  Containers containers_;
  std::size_t max_members_ = 0;
};

std::shared_ptr<const Table> rows_of_processes(const Frame& frame, const TreeState& tree) {
  return Grouping(frame, tree).table();
}

sockutils::SortKey busiest_process_first() { return {&Sparkline, true}; }

std::string name_of_row(const TableRow& row) {
  const auto value = row.cells.value(place_of(ProcessColumns, Name));
  const auto* const name = value ? std::get_if<std::string_view>(&*value) : nullptr;
  return std::string(name != nullptr ? *name : std::string_view{});
}

/// In the form of a filter's value.
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

extern const Pane ProcessesPane{
    .title = "Processes",
    .help = "sockets by the process that holds them; Enter shows those of one",
    .doc = "Sockets by the process that holds them; one that several hold counts for each",
    .rows = rows_of_processes,
    .usual_order = busiest_process_first,
    .filter_of = filter_of_process,
    .process_of = process_of_row,
    .has_containers = true,
};

}  // namespace tui
