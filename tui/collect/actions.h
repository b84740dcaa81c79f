/// The actions of the monitor on the machine, at the user's request.
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

/// A process as shown in a row.
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
  /// Opens a pidfd for one more process, so that signals cannot reach a later process with the same pid.
  /// Errors: ESRCH when it is gone, also if another process has its pid; as pidfd_open(2).
  virtual sockutils::Result<void> hold(const ProcessTarget& process) = 0;
  /// Signals the held processes, and returns the result for each, in order. Errors: as pidfd_send_signal(2).
  virtual std::vector<sockutils::Result<void>> signal(int number) = 0;
  virtual void let_go() = 0;
  /// Writes rows to a new file: JSON if its name ends in that, else CSV.
  virtual sockutils::Result<void> write(const std::string& path, const Fields& columns,
                                        const std::vector<const TableRow*>& rows) = 0;
};

/// Actions on this machine.
std::unique_ptr<Actions> machine_actions();

}  // namespace tui
