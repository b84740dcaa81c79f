#include "tui/panes/members.h"

#include <algorithm>

#include "render/cell_text.h"

namespace tui {
namespace {

/// Keeps only the busiest; returns the number of those removed.
std::size_t leave_busiest(Members& members, std::size_t most) {
  if (members.size() <= most) return 0;
  const auto end = members.begin() + static_cast<std::ptrdiff_t>(most);
  std::nth_element(members.begin(), end, members.end(), [](const auto& a, const auto& b) {
    const std::uint64_t left = activity_of(a->trend);
    const std::uint64_t right = activity_of(b->trend);
    return left != right ? left > right : a->key < b->key;
  });
  const std::size_t left_out = members.size() - most;
  members.resize(most);
  return left_out;
}

/// The endpoint as shown in the table of sockets, if the table has the column.
std::optional<sockutils::Endpoint> shown_end(const Table& sockets, const SocketRow& socket,
                                             std::string_view column) {
  const auto found = std::find(sockets.columns.begin(), sockets.columns.end(), sockutils::find_field(column));
  if (found == sockets.columns.end()) return std::nullopt;
  const auto value = socket.cells.value(static_cast<std::size_t>(found - sockets.columns.begin()));
  const auto* const end = value ? std::get_if<sockutils::Endpoint>(&*value) : nullptr;
  return end != nullptr ? std::optional(*end) : std::nullopt;
}

std::string end_text(const std::optional<sockutils::Endpoint>& shown, const sockutils::Endpoint& own) {
  // Not escaped here, but where it is shown.
  if (shown && !shown->text.empty()) return std::string(shown->text);
  std::string text;
  const bool known = shown || own.address;
  tools::append_cell_text(text, known ? sockutils::OptionalValue(shown.value_or(own)) : std::nullopt,
                          sockutils::Type::Endpoint);
  return text;
}

}  // namespace

std::uint32_t add_row(Table& table, std::shared_ptr<const TableRow> row, Branch branch) {
  table.rows.push_back(std::move(row));
  table.branches.push_back(std::move(branch));
  return static_cast<std::uint32_t>(table.rows.size() - 1);
}

std::size_t max_members(std::size_t open_groups) {
  constexpr std::size_t InAll = 20'000;
  return std::clamp<std::size_t>(InAll / std::max<std::size_t>(open_groups, 1), 10, 1000);
}

void add_members(Table& table, std::uint32_t parent, Members members, std::size_t most,
                 const std::function<void(TableRow& row, const SocketRow& socket)>& fill) {
  const std::size_t left_out = leave_busiest(members, most);
  const std::uint64_t under = table.rows[parent]->key.number;
  const auto depth = static_cast<std::uint8_t>(table.branches[parent].depth + 1);
  for (auto& socket : members) {
    auto row = std::make_shared<TableRow>();
    row->key = socket->key;
    row->key.under = under;
    row->mark = socket->mark;
    row->cells = CompactRow(table.columns.size());
    fill(*row, *socket);
    add_row(table, std::move(row), {parent, depth, Fold::Nothing, std::move(socket)});
  }
  if (left_out == 0) return;
  auto more = std::make_shared<TableRow>();
  more->key = {0, UINT64_MAX, under};
  more->cells = CompactRow(table.columns.size());
  more->cells.set_text(table.tree_column, "and " + std::to_string(left_out) + " more: Enter shows all");
  add_row(table, std::move(more), {parent, depth, Fold::Nothing, nullptr});
}

std::string state_text(const SocketRow& socket) {
  std::string text;
  tools::append_cell_text(text, socket.state ? sockutils::OptionalValue(*socket.state) : std::nullopt,
                          sockutils::Type::State);
  return text;
}

sockutils::Endpoint local_end(const Table& sockets, const SocketRow& socket) {
  sockutils::Endpoint end;
  end.address = socket.local_address;
  end.port = socket.local_port;
  end.scope_id = socket.interface;
  if (const auto shown = shown_end(sockets, socket, "local")) {
    end.scope = shown->scope;
    end.port_name = shown->port_name;
  }
  return end;
}

std::string local_text(const Table& sockets, const SocketRow& socket) {
  return end_text(shown_end(sockets, socket, "local"), local_end(sockets, socket));
}

std::string peer_text(const Table& sockets, const SocketRow& socket) {
  sockutils::Endpoint end;
  end.address = socket.peer_address;
  end.port = socket.peer_port;
  if (end.address) end.scope_id = end.address->scope_id;
  return end_text(shown_end(sockets, socket, "peer"), end);
}

std::string socket_text(const Table& sockets, const SocketRow& socket) {
  std::string text(name(socket.protocol));
  const bool connected = socket.state == sockutils::State::Established;
  if (socket.state && !connected) text += " " + state_text(socket);
  text += " " + local_text(sockets, socket);
  const bool has_peer = socket.peer_address && !socket.peer_address->is_wildcard();
  if (has_peer) text += " -> " + peer_text(sockets, socket);
  return text;
}

}  // namespace tui
