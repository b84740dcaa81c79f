// What takes connections, or datagrams from anyone: from where it can be reached, and how it copes.

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

enum ListenerColumn : std::size_t {
  ProtocolCell,
  LocalCell,
  ExposureCell,
  WaitingCell,
  LimitCell,
  ConnectionsOfListener,
  AcceptedCell,
  ListenerRates,
  ListenerTrend = 10,
  HolderCell
};

const Fields& columns_of_listeners() {
  static const Fields columns{&ListenerProtocol, &Local,  &Reached, &Waiting,        &Limit, &Used,
                              &Accepted,         &InRate, &OutRate, &RetransmitRate, &Trend, &Holder};
  return columns;
}

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

void set_local(CompactRow& cells, const SocketRow& row) {
  if (!row.local_address) return;
  sockutils::Endpoint end;
  end.address = row.local_address;
  end.port = row.local_port;
  cells.set(LocalCell, end);
}

void set_holder(CompactRow& cells, const SocketRow& socket) {
  cells.set_owners(HolderCell, socket.cells.owners());
}

std::shared_ptr<const TableRow> row_of(const SocketRow& socket, const PortUse& use, std::size_t columns) {
  auto row = std::make_shared<TableRow>();
  row->key = socket.key;
  row->mark = socket.mark;
  row->exposed = socket.exposed;
  row->cells = CompactRow(columns);
  row->cells.set(ProtocolCell, socket.protocol);
  set_local(row->cells, socket);
  if (!socket.exposure.empty()) row->cells.set_text(ExposureCell, socket.exposure);
  row->cells.set_number(WaitingCell, socket.recv_queue);
  if (socket.state == State::Listen) row->cells.set_number(LimitCell, socket.send_queue);
  if (socket.state == State::Listen) {
    row->cells.set_number(ConnectionsOfListener, use.sum.sockets);
    row->cells.set_number(AcceptedCell, use.fresh);
    set_rates(row->cells, ListenerRates, use.sum);
    set_trend(*row, ListenerTrend, use.sum);
  }
  set_holder(row->cells, socket);
  return row;
}

void add_connections(Table& table, std::uint32_t listener, const PortUse& use, std::size_t most,
                     const Table& sockets) {
  add_members(table, listener, use.members, most, table.rows[listener]->key.number,
              [&](CompactRow& cells, const SocketRow& socket) {
                cells.set(ProtocolCell, socket.protocol);
                cells.set_text(LocalCell, state_text(socket) + " " + peer_text(sockets, socket));
                cells.set_number(WaitingCell, socket.recv_queue);
                set_holder(cells, socket);
              });
}

/// The ports of which connections are shown.
std::set<PortKey> open_ports(const Frame& frame, const Folding& folding) {
  std::set<PortKey> ports;
  // There may be very many sockets, and most of the time nothing is open.
  if (folding.is_as_usual()) return ports;
  visit_rows(*frame.sockets, [&](const auto& shared, std::size_t) {
    const SocketRow& row = socket_of(shared);
    if (row.state == State::Listen && takes_traffic(row) && folding.is_open(row.key))
      ports.emplace(row.protocol, row.local_port);
  });
  return ports;
}

std::shared_ptr<const Table> rows_of_listeners(const Frame& frame, const Folding& folding) {
  const auto open = open_ports(frame, folding);
  const auto ports = use_of_ports(frame, open);
  auto table = std::make_shared<Table>();
  table->columns = columns_of_listeners();
  table->tree_column = LocalCell;
  static const PortUse unused;
  visit_rows(*frame.sockets, [&](const auto& shared, std::size_t) {
    const SocketRow& row = socket_of(shared);
    if (!takes_traffic(row)) return;
    const auto found = ports.find({row.protocol, row.local_port});
    const PortUse& use = found != ports.end() ? found->second : unused;
    const bool has_connections = row.state == State::Listen && use.sum.sockets > 0;
    const Fold fold = has_connections ? folding.of(row.key) : Fold::Nothing;
    const std::uint32_t place =
        add_row(*table, row_of(row, use, table->columns.size()),
                {Branch::NoParent, 0, fold, std::static_pointer_cast<const SocketRow>(shared)});
    if (fold == Fold::Open) add_connections(*table, place, use, most_members(open.size()), *frame.sockets);
  });
  return table;
}

sockutils::SortKey by_local_end() { return {&Local, false}; }

std::optional<std::string> filter_of_listener(const TableRow& row, const Table&) {
  const auto protocol = row.cells.value(ProtocolCell);
  const auto* const known = protocol ? std::get_if<sockutils::Protocol>(&*protocol) : nullptr;
  std::string text;
  tools::append_cell_text(text, row.cells.value(LocalCell), Type::Endpoint);
  const std::size_t colon = text.rfind(':');
  if (known == nullptr || colon == std::string::npos || text.ends_with('*')) return std::nullopt;
  return "protocol = " + std::string(name(*known)) + " and local_port = " + text.substr(colon + 1);
}

}  // namespace

const Pane ListenersPane{
    .title = "Listeners",
    .help = "what takes connections, or datagrams from anyone; Enter shows the sockets of its port",
    .rows = rows_of_listeners,
    .usual_order = by_local_end,
    .filter_of = filter_of_listener,
    .process_of = nullptr,
};

}  // namespace tui
