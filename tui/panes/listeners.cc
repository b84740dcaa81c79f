// Sockets that accept connections or receive from anyone: from where they can be reached, and their queues.

#include <map>
#include <set>
#include <utility>

#include "render/cell_text.h"
#include "tui/panes/grouped.h"
#include "tui/panes/members.h"
#include "tui/view/pane.h"

namespace tui {

using sockutils::Field;
using sockutils::State;
using sockutils::Type;

namespace {

constexpr Field ListenerProtocol = group_field("protocol", "PROTO", Type::Protocol, "Protocol", 1);
constexpr Field Local = group_field("local", "LOCAL", Type::Endpoint, "Where it takes traffic", 0);
constexpr Field Reached =
    group_field("exposure", "REACHED", Type::Text,
                "From where it can be reached: loopback, link, private, public, any", 1);
constexpr Field Waiting =
    group_field("recv_queue", "WAITING", Type::Count,
                "Connections that wait to be accepted, or bytes that wait to be read", 2);
constexpr Field Limit = group_field("send_queue", "BACKLOG", Type::Count, "How many connections may wait", 3);
constexpr Field Used = group_field("connections", "CONNS", Type::Count, "Connections to its port now", 3);
constexpr Field Accepted =
    group_field("opened", "OPENED", Type::Count, "Connections to its port of late that are marked as new", 5);
constexpr Field Holder = group_field("processes", "PROCESS", Type::Owners, "Who holds it", 1);

bool takes_traffic(const SocketRow& row) {
  return row.mark != Mark::Closed && row.state && sockutils::ListeningStates.contains(*row.state);
}

struct PortUse {
  Sum sum;
  std::uint64_t fresh = 0;
  Members members;
};
using PortKey = std::pair<sockutils::Protocol, std::uint16_t>;

std::map<PortKey, PortUse> use_of_ports(const Frame& frame, const std::set<PortKey>& open) {
  std::map<PortKey, PortUse> ports;
  visit_rows(*frame.sockets, [&](const auto& shared, std::size_t) {
    const SocketRow& row = socket_of(shared);
    if (row.state == State::Listen || row.local_port == 0) return;
    const PortKey port{row.protocol, row.local_port};
    PortUse& use = ports[port];
    use.sum.add(row);
    if (open.contains(port)) use.members.push_back(std::static_pointer_cast<const SocketRow>(shared));
    if (row.mark == Mark::New) ++use.fresh;
  });
  return ports;
}

/// A socket that receives from anyone; for one that accepts connections, also its queues.
struct Listener {
  const SocketRow& socket;
  const Table& sockets;
  Sum sum = {};
  std::optional<std::uint64_t> backlog = {};
  std::optional<std::uint64_t> connections = {};
  std::optional<std::uint64_t> opened = {};
};

template <auto Number>
void number_of(RowCell cell, const Listener& listener) {
  cell.number(listener.*Number);
}

/// For a listener and for the rows below it.
template <class Row>
void protocol_of(RowCell cell, const Row& row) {
  cell.value(row.socket.protocol);
}
template <class Row>
void waiting_of(RowCell cell, const Row& row) {
  cell.number(row.socket.recv_queue);
}
template <class Row>
void holder_of(RowCell cell, const Row& row) {
  cell.owners(row.socket.cells.owners());
}

void end_of(RowCell cell, const Listener& listener) {
  if (!listener.socket.local_address) return;
  cell.value(local_end(listener.sockets, listener.socket));
}
void end_of(RowCell cell, const Member& member) {
  cell.text(state_text(member.socket) + " " + peer_text(member.sockets, member.socket));
}

void exposure_of(RowCell cell, const Listener& listener) {
  if (!listener.socket.exposure.empty()) cell.text(listener.socket.exposure);
}

constexpr PaneColumn<Listener> ListenerColumns[]{
    {&ListenerProtocol, protocol_of, protocol_of},
    {&Local, end_of, end_of},
    {&Reached, exposure_of},
    {&Waiting, waiting_of, waiting_of},
    {&Limit, number_of<&Listener::backlog>},
    {&Used, number_of<&Listener::connections>},
    {&Accepted, number_of<&Listener::opened>},
    {&InRate, rate_of<&Sum::in>, rate_of<&Sum::in>},
    {&OutRate, rate_of<&Sum::out>, rate_of<&Sum::out>},
    {&RetransmitRate, retransmit_rate, retransmit_rate},
    {&Sparkline, trend, trend},
    {&Holder, holder_of, holder_of},
};

std::shared_ptr<const TableRow> row_of_listener(const Table& sockets, const SocketRow& socket,
                                                const PortUse& use) {
  const bool takes_connections = socket.state == State::Listen;
  auto row = row_of_group(
      ListenerColumns, socket.key,
      takes_connections ? Listener{socket, sockets, use.sum, socket.send_queue, use.sum.sockets, use.fresh}
                        : Listener{socket, sockets});
  row->mark = socket.mark;
  row->exposed = socket.exposed;
  return row;
}

/// The ports whose connections are shown.
std::set<PortKey> open_ports(const Frame& frame, const TreeState& tree) {
  std::set<PortKey> ports;
  // There may be very many sockets, and usually nothing is expanded.
  if (tree.is_as_usual()) return ports;
  visit_rows(*frame.sockets, [&](const auto& shared, std::size_t) {
    const SocketRow& row = socket_of(shared);
    if (row.state == State::Listen && takes_traffic(row) && tree.is_open(row.key))
      ports.emplace(row.protocol, row.local_port);
  });
  return ports;
}

std::shared_ptr<const Table> rows_of_listeners(const Frame& frame, const TreeState& tree) {
  const auto open = open_ports(frame, tree);
  const auto ports = use_of_ports(frame, open);
  auto table = table_of(ListenerColumns, Local);
  static const PortUse unused;
  visit_rows(*frame.sockets, [&](const auto& shared, std::size_t) {
    const SocketRow& row = socket_of(shared);
    if (!takes_traffic(row)) return;
    const auto found = ports.find({row.protocol, row.local_port});
    const PortUse& use = found != ports.end() ? found->second : unused;
    const bool has_connections = row.state == State::Listen && use.sum.sockets > 0;
    const Fold fold = has_connections ? tree.of(row.key) : Fold::Nothing;
    const std::uint32_t place =
        add_row(*table, row_of_listener(*frame.sockets, row, use),
                {Branch::NoParent, 0, fold, std::static_pointer_cast<const SocketRow>(shared)});
    if (fold == Fold::Open)
      add_members(*table, place, use.members, max_members(open.size()), ListenerColumns, *frame.sockets);
  });
  return table;
}

sockutils::SortKey by_local_end() { return {&Local, false}; }

std::optional<std::string> filter_of_listener(const TableRow& row, const Table&) {
  const auto protocol = row.cells.value(place_of(ListenerColumns, ListenerProtocol));
  const auto* const known = protocol ? std::get_if<sockutils::Protocol>(&*protocol) : nullptr;
  std::string text;
  tools::append_cell_text(text, row.cells.value(place_of(ListenerColumns, Local)), Type::Endpoint);
  const std::size_t colon = text.rfind(':');
  if (known == nullptr || colon == std::string::npos || text.ends_with('*')) return std::nullopt;
  return "protocol = " + std::string(name(*known)) + " and local_port = " + text.substr(colon + 1);
}

}  // namespace

extern const Pane ListenersPane{
    .title = "Listeners",
    .help = "what takes connections, or datagrams from anyone; Enter shows the sockets of its port",
    .doc =
        "What takes connections, or datagrams from anyone: from where it can be reached, how much of its "
        "backlog "
        "is in use, and what goes on at its port",
    .rows = rows_of_listeners,
    .usual_order = by_local_end,
    .filter_of = filter_of_listener,
    .process_of = nullptr,
};

}  // namespace tui
