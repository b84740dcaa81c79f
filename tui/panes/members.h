/// The rows below a group: its sockets.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tui/panes/grouped.h"

namespace tui {

/// The sockets of an expanded group.
using Members = std::vector<std::shared_ptr<const SocketRow>>;

/// Adds a row; returns its index.
std::uint32_t add_row(Table& table, std::shared_ptr<const TableRow> row, Branch branch);

/// Maximum number of sockets shown in each of several expanded groups: more than anyone reads, but few enough
/// to be made anew for each frame.
std::size_t max_members(std::size_t open_groups);
/// The same for groups by their keys.
template <class Groups>
std::size_t max_members_of(const Groups& groups) {
  return max_members(static_cast<std::size_t>(std::count_if(
      groups.begin(), groups.end(), [](const auto& entry) { return !entry.second.members.empty(); })));
}

/// Adds the sockets of the row at `parent`; if there are more than `most`, the busiest ones, and a row with
/// the number of the others.
void add_members(Table& table, std::uint32_t parent, Members members, std::size_t most,
                 const std::function<void(TableRow& row, const SocketRow& socket)>& fill);
/// The same with the columns of the group; `sockets` is the table of sockets.
template <class Group, std::size_t Count>
void add_members(Table& table, std::uint32_t parent, Members members, std::size_t most,
                 PaneColumns<Group, Count> columns, const Table& sockets) {
  const RowKey group = table.rows[parent]->key;
  add_members(table, parent, std::move(members), most, [&](TableRow& row, const SocketRow& socket) {
    Member member{socket, sockets, group, {}};
    member.sum.add(socket);
    for (std::size_t i = 0; i < Count; ++i)
      if (columns[i].fill_member != nullptr) columns[i].fill_member({row, i}, member);
  });
}

/// `ESTAB`; `-` when it has none.
std::string state_text(const SocketRow& socket);
/// The local endpoint in numbers, with the names of interface and protocol from the table of sockets.
sockutils::Endpoint local_end(const Table& sockets, const SocketRow& socket);
/// An endpoint as shown in the table of sockets.
std::string local_text(const Table& sockets, const SocketRow& socket);
std::string peer_text(const Table& sockets, const SocketRow& socket);
/// `tcp LISTEN *:22`, `udp 192.0.2.7:68 -> 192.0.2.1:67`.
std::string socket_text(const Table& sockets, const SocketRow& socket);
inline void member_text(RowCell cell, const Member& member) {
  cell.text(socket_text(member.sockets, member.socket));
}

}  // namespace tui
