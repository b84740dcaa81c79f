// What passes through each interface, whoever it is for.

#include <algorithm>

#include "tui/panes/grouped.h"
#include "tui/view/pane.h"

namespace tui {

using sockutils::Field;
using sockutils::InterfaceCounters;
using sockutils::Type;

namespace {

constexpr Field InterfaceName = group_field("interface", "INTERFACE", Type::Text, "Name", 0);
constexpr Field PacketsIn =
    group_field("packets_in", "PACKETS IN", Type::Count, "Packets received each second", 3);
constexpr Field PacketsOut =
    group_field("packets_out", "PACKETS OUT", Type::Count, "Packets sent each second", 3);
constexpr Field Errors = group_field("errors", "ERRORS", Type::Count, "Errors since it is there", 2);
constexpr Field Drops = group_field("drops", "DROPS", Type::Count, "Packets dropped since it is there", 2);
constexpr Field TotalIn =
    group_field("total_in", "IN ALL", Type::Bytes, "Bytes received since it is there", 4);
constexpr Field TotalOut =
    group_field("total_out", "OUT ALL", Type::Bytes, "Bytes sent since it is there", 4);

const Fields& columns_of_interfaces() {
  static const Fields columns{&InterfaceName, &InRate, &OutRate, &PacketsIn, &PacketsOut,
                              &Errors,        &Drops,  &TotalIn, &TotalOut};
  return columns;
}

const InterfaceCounters* find_interface(const std::optional<sockutils::MachineCounters>& machine,
                                        const std::string& name) {
  if (!machine) return nullptr;
  const auto found = std::find_if(machine->interfaces.begin(), machine->interfaces.end(),
                                  [&](const InterfaceCounters& other) { return other.name == name; });
  return found != machine->interfaces.end() ? &*found : nullptr;
}

std::shared_ptr<const TableRow> row_of_interface(const InterfaceCounters& now,
                                                 const InterfaceCounters* before,
                                                 std::optional<Clock::duration> elapsed) {
  auto row = std::make_shared<TableRow>();
  row->key = {std::hash<std::string>{}(now.name), 0};
  row->cells = CompactRow(columns_of_interfaces().size());
  row->cells.set_text(0, now.name);
  if (before != nullptr && elapsed) {
    const auto rate = [&](std::uint64_t then, std::uint64_t value) {
      return whole(sockutils::per_second(sockutils::counter_difference(then, value), *elapsed));
    };
    row->cells.set_number(1, rate(before->in.bytes, now.in.bytes));
    row->cells.set_number(2, rate(before->out.bytes, now.out.bytes));
    row->cells.set_number(3, rate(before->in.packets, now.in.packets));
    row->cells.set_number(4, rate(before->out.packets, now.out.packets));
  }
  row->cells.set_number(5, now.in.errors + now.out.errors);
  row->cells.set_number(6, now.in.drops + now.out.drops);
  row->cells.set_number(7, now.in.bytes);
  row->cells.set_number(8, now.out.bytes);
  return row;
}

std::shared_ptr<const Table> rows_of_interfaces(const Frame& frame, const Folding&) {
  auto table = std::make_shared<Table>();
  table->columns = columns_of_interfaces();
  if (!frame.machine) return table;
  for (const InterfaceCounters& interface : frame.machine->interfaces)
    table->rows.push_back(
        row_of_interface(interface, find_interface(frame.machine_before, interface.name), frame.elapsed));
  return table;
}

sockutils::SortKey busiest_interface_first() { return {&InRate, true}; }

}  // namespace

const Pane InterfacesPane{
    .title = "Interfaces",
    .help = "what passes through each interface, whoever it is for",
    .rows = rows_of_interfaces,
    .usual_order = busiest_interface_first,
    .filter_of = nullptr,
    .process_of = nullptr,
};

}  // namespace tui
