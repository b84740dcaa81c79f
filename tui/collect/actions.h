/// What the monitor can do to the machine, when it is told to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/kill.h"
#include "tui/collect/frame.h"

namespace tui {

/// A process, as a row showed it.
struct ProcessTarget {
  std::int32_t pid = 0;
  std::optional<std::uint64_t> start_time;
  std::string name;
};

class Actions {
 public:
  virtual ~Actions() = default;

  /// Errors: as `sockutils::close_socket()`, which checks the cookie.
  virtual sockutils::Result<void> close(const sockutils::SocketIdentity& socket) = 0;
  /// Takes hold of one more process, so that its number can mean no other one any more. Errors: ESRCH when it
  /// is gone, also when another has its number; as pidfd_open(2).
  virtual sockutils::Result<void> hold(const ProcessTarget& process) = 0;
  /// Signals the processes that are held, and says of each, in that order, how it went. Errors: as
  /// pidfd_send_signal(2).
  virtual std::vector<sockutils::Result<void>> signal(int number) = 0;
  virtual void let_go() = 0;
  /// Writes rows to a file that is not there yet: JSON when its name ends so, else CSV.
  virtual sockutils::Result<void> write(const std::string& path, const Fields& columns,
                                        const std::vector<const TableRow*>& rows) = 0;
};

/// To this machine.
std::unique_ptr<Actions> machine_actions();

}  // namespace tui
