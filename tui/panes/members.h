/// The rows under a group: the sockets that it is made of.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tui/frame.h"

namespace tui {

/// The sockets of a group that is open.
using Members = std::vector<std::shared_ptr<const SocketRow>>;

/// Adds a row; returns its place.
std::uint32_t add_row(Table& table, std::shared_ptr<const TableRow> row, Branch branch);

/// Adds the sockets of the row at `parent`, or the busiest of very many and a row that says how many more
/// there are. `fill` makes the cells of one but its rates.
void add_members(Table& table, std::uint32_t parent, Members members, std::uint64_t under,
                 const std::function<void(KeptRow& cells, const SocketRow& socket)>& fill);

/// `ESTAB`; `-` when it has none.
std::string state_text(const SocketRow& socket);
/// An end as the table of sockets shows it.
std::string local_text(const Table& sockets, const SocketRow& socket);
std::string peer_text(const Table& sockets, const SocketRow& socket);
/// `tcp LISTEN *:22`, `udp 192.0.2.7:68 -> 192.0.2.1:67`.
std::string socket_text(const Table& sockets, const SocketRow& socket);

}  // namespace tui
