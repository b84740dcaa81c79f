/// Commands for playback.
#pragma once

namespace tui {

struct Desk;

void toggle_playing(Desk& desk);
void change_speed(Desk& desk, int direction);
/// Moves forward by this many snapshots, or back when negative.
void step(Desk& desk, int snapshots);
void pause_and_step(Desk& desk, int snapshots);
void go_to_first(Desk& desk);
void go_to_last(Desk& desk);
void ask_for_place(Desk& desk);

}  // namespace tui
