/// What the user does to the machine: names the target, freezes it, is asked, and it is checked again.
#pragma once

namespace tui {

struct Desk;

/// That of the row, or those of the rows that are tagged.
void close_sockets(Desk& desk);
void signal_processes(Desk& desk);
void export_table(Desk& desk);

}  // namespace tui
