/// Restores the terminal when the program crashes.
#pragma once

#include <string>

namespace tui {

/// Remembers the current settings of the terminal on standard input.
void remember_terminal();

/// From now on, SIGSEGV and similar signals first write `sequences` and restore those settings.
void restore_after_crash(const std::string& sequences);

void forget_crash_handling();

}  // namespace tui
