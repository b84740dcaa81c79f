#include "tui/collect/actions.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "common/new_file.h"
#include "common/output.h"
#include "common/process_stat.h"
#include "tui/collect/owned_fd.h"
#include "tui/view/render_rows.h"

namespace tui {

using sockutils::Error;
using sockutils::Result;

namespace {

std::string rendered(const tools::Format& format, const Fields& columns,
                     const std::vector<const TableRow*>& rows) {
  tools::Output memory;
  RenderedRows rendered(format, memory, {}, columns);
  rendered.add(rows);
  rendered.end();
  return std::move(memory.text());
}

class MachineActions final : public Actions {
 public:
  Result<void> close(const sockutils::SocketIdentity& socket) override {
    return sockutils::close_socket(socket);
  }

  Result<void> hold(const ProcessTarget& process) override {
    const std::string name = process.name + "/" + std::to_string(process.pid);
    const long fd = ::syscall(SYS_pidfd_open, process.pid, 0);
    if (fd < 0) return tl::unexpected(Error{errno, "hold", name, {}});
    OwnedFd pidfd(static_cast<int>(fd));
    // From now on the pidfd means this process; the start time shows whether its pid had already been reused.
    if (process.start_time) {
      const auto start_time = sockutils::process_start_time(process.pid);
      if (!start_time && start_time.error().code != ENOENT && start_time.error().code != ESRCH)
        return tl::unexpected(start_time.error());
      if (start_time != *process.start_time)
        return tl::unexpected(
            Error{ESRCH, "hold", name, start_time ? "another process has its number now" : "it has ended"});
    }
    held_.push_back({std::move(pidfd), name});
    return {};
  }

  std::vector<Result<void>> signal(int number) override {
    std::vector<Result<void>> results;
    for (const Held& held : held_) {
      if (::syscall(SYS_pidfd_send_signal, held.pidfd.get(), number, nullptr, 0) == 0)
        results.emplace_back();
      else
        results.push_back(tl::unexpected(Error{errno, "signal", held.name, {}}));
    }
    return results;
  }

  void let_go() override { held_.clear(); }

  Result<void> write(const std::string& path, const Fields& columns,
                     const std::vector<const TableRow*>& rows) override {
    return sockutils::create_file(path, rendered(format_of_file(path), columns, rows));
  }

 private:
  struct Held {
    OwnedFd pidfd;
    std::string name;
  };
  std::vector<Held> held_;
};

}  // namespace

std::unique_ptr<Actions> machine_actions() { return std::make_unique<MachineActions>(); }

}  // namespace tui
