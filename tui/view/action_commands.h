/// Actions on the machine: each one names its targets, fixes them, asks for confirmation, and checks them
/// again.
#pragma once

namespace tui {

struct Desk;

/// Closes the socket of the current row, or those of the tagged rows.
void close_sockets(Desk& desk);
void signal_processes(Desk& desk);
void export_table(Desk& desk);

}  // namespace tui
