// sockmon: sockets, live.

#include "tui/run.h"

int main(int argc, char** argv) { return static_cast<int>(tui::run(argc, argv)); }
