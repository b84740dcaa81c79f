// All sockets.

#include "tui/view/pane.h"

namespace tui {
namespace {

std::shared_ptr<const Table> rows_of_sockets(const Frame& frame, const TreeState&) { return frame.sockets; }

/// The busiest sockets come first.
sockutils::SortKey busiest_first() { return {&Sparkline, true}; }

}  // namespace

extern const Pane SocketsPane{
    .title = "Sockets",
    .help = "every socket; Enter shows all about one",
    .doc =
        "Every socket; Enter shows everything that the kernel tells of one, what is remarkable about it in "
        "plain "
        "words, and its history",
    .rows = rows_of_sockets,
    .usual_order = busiest_first,
    .filter_of = nullptr,
    .process_of = nullptr,
};

}  // namespace tui
