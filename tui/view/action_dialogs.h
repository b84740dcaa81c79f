/// What the user does to the machine: names the target, freezes it, is asked, and it is checked again.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tui/collect/actions.h"
#include "tui/view/model.h"
#include "tui/view/pane_screen.h"
#include "tui/view/view.h"

namespace tui {

class ActionDialogs {
 public:
  /// All of these have to outlive it.
  ActionDialogs(Model& model, PaneScreen& panes, ViewStack& views, Actions& actions)
      : model_(model), panes_(panes), views_(views), actions_(actions) {}

  /// That of the row, or those of the rows that are tagged.
  void close_sockets();
  void signal_processes();
  void export_table();

 private:
  using Sockets = std::vector<sockutils::SocketIdentity>;
  using Processes = std::vector<ProcessTarget>;

  void ask_to_close(const SocketRow& row);
  void ask_to_close_all(const std::vector<std::shared_ptr<const SocketRow>>& rows, std::size_t tagged);
  void close(const sockutils::SocketIdentity& socket);
  void close_all(const Sockets& sockets);
  void choose_signal(const Processes& processes);
  void ask_to_signal(const Processes& held, std::size_t gone, std::size_t word);
  void signal(std::size_t held, int number);
  void write(const std::string& path);
  /// `refrained` is said when it was a no.
  void confirm(std::vector<std::string> lines, std::function<void()> act, std::string_view refrained);

  Model& model_;
  PaneScreen& panes_;
  ViewStack& views_;
  Actions& actions_;
};

}  // namespace tui
