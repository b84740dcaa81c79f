#include <array>

#include "tui/view/pane.h"

namespace tui {

std::span<const Pane> panes() {
  static const std::array list{SocketsPane, ProcessesPane, HostsPane, ListenersPane, InterfacesPane};
  return list;
}

}  // namespace tui
