// Traffic of each interface, local or forwarded.

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

/// The counters of an interface, and those at the previous frame, if known.
struct Counted {
  const InterfaceCounters& now;
  const InterfaceCounters* before;
  std::optional<Clock::duration> elapsed;
};

template <auto Direction, auto Counter>
void each_second(RowCell cell, const Counted& counted) {
  if (counted.before == nullptr || !counted.elapsed) return;
  const auto gained =
      sockutils::counter_difference(counted.before->*Direction.*Counter, counted.now.*Direction.*Counter);
  cell.number(whole(sockutils::per_second(gained, *counted.elapsed)));
}

template <auto Direction, auto Counter>
void in_all(RowCell cell, const Counted& counted) {
  cell.number(counted.now.*Direction.*Counter);
}

template <auto Counter>
void both_ways(RowCell cell, const Counted& counted) {
  cell.number(counted.now.in.*Counter + counted.now.out.*Counter);
}

constexpr auto In = &InterfaceCounters::in;
constexpr auto Out = &InterfaceCounters::out;
using Traffic = sockutils::InterfaceTraffic;

constexpr PaneColumn<Counted> InterfaceColumns[]{
    {&InterfaceName, [](RowCell cell, const Counted& counted) { cell.text(counted.now.name); }},
    {&InRate, each_second<In, &Traffic::bytes>},
    {&OutRate, each_second<Out, &Traffic::bytes>},
    {&PacketsIn, each_second<In, &Traffic::packets>},
    {&PacketsOut, each_second<Out, &Traffic::packets>},
    {&Errors, both_ways<&Traffic::errors>},
    {&Drops, both_ways<&Traffic::drops>},
    {&TotalIn, in_all<In, &Traffic::bytes>},
    {&TotalOut, in_all<Out, &Traffic::bytes>},
};

const InterfaceCounters* find_interface(const std::optional<sockutils::MachineCounters>& machine,
                                        const std::string& name) {
  if (!machine) return nullptr;
  const auto found = std::find_if(machine->interfaces.begin(), machine->interfaces.end(),
                                  [&](const InterfaceCounters& other) { return other.name == name; });
  return found != machine->interfaces.end() ? &*found : nullptr;
}

std::shared_ptr<const Table> rows_of_interfaces(const Frame& frame, const TreeState&) {
  auto table = table_of(InterfaceColumns, InterfaceName);
  if (!frame.machine) return table;
  for (const InterfaceCounters& interface : frame.machine->interfaces) {
    const Counted counted{interface, find_interface(frame.machine_before, interface.name), frame.elapsed};
    table->rows.push_back(
        row_of_group(InterfaceColumns, {std::hash<std::string>{}(interface.name), 0}, counted));
  }
  return table;
}

sockutils::SortKey busiest_interface_first() { return {&InRate, true}; }

}  // namespace

extern const Pane InterfacesPane{
    .title = "Interfaces",
    .help = "what passes through each interface, whoever it is for",
    .doc = "What passes through each interface, whoever it is for",
    .rows = rows_of_interfaces,
    .usual_order = busiest_interface_first,
    .filter_of = nullptr,
    .process_of = nullptr,
};

}  // namespace tui
