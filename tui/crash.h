/// Gives the terminal back when the program dies of a mistake of its own.
#pragma once

#include <string>

namespace tui {

/// Remembers the settings of the terminal on standard input, as they are now.
void remember_terminal();

/// From now on, SIGSEGV and its kin write `sequences` and bring those settings back before they do what they
/// did.
void restore_after_crash(const std::string& sequences);

void forget_crash_handling();

}  // namespace tui
