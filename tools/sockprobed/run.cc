#include "sockprobed/run.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "common/confine/confine.h"
#include "common/finish.h"
#include "common/text.h"
#include "common/version_text.h"
#include "sockprobed/log_output.h"
#include "sockprobed/log_writer.h"
#include "sockprobed/options.h"
#include "sockprobed/signals.h"
#include "sockprobed/wake_up.h"

namespace tools::sockprobed {
namespace {

using sockutils::ServerEvent;

ExitCode tell_about(const Settings& settings, const Messages& messages) {
  Output out(STDOUT_FILENO);
  out.text() += settings.action == Action::Help ? help_text(tool_doc()) : version_text("sockprobed");
  return finish_output(out, messages);
}

ExitCode make_key(const std::string& path, const Messages& messages) {
  const auto key = sockutils::make_key_file(path);
  if (!key) {
    messages.error(key.error());
    return ExitCode::Failed;
  }
  messages.note("the key of " + key->name + " is in " + path + "; both ends need it: --key " + path);
  return ExitCode::Worked;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? "." : path.substr(0, slash + 1);
}

std::string loss_text(std::size_t lines) {
  return sockutils::counted(lines, "line") + " of the log lost: nobody read in time";
}

/// Does not wait.
bool can_write(int fd) {
  pollfd room{fd, POLLOUT, 0};
  return ::poll(&room, 1, 0) > 0;
}

/// The original command line, which is parsed again on reload.
struct CommandLine {
  int argc;
  const char* const* argv;
};

class Daemon {
 public:
  Daemon(CommandLine line, Settings settings, Messages& messages)
      : line_(line), settings_(std::move(settings)), messages_(messages) {}

  ExitCode run() {
    const ExitCode code = serve();
    constexpr std::chrono::milliseconds LongestWait{500};
    const std::size_t lost = log_.finish(LongestWait);
    if (log_.error()) return fail(*log_.error());
    // If nobody reads, waiting for a reader would not help.
    if (lost > 0 && can_write(STDERR_FILENO)) messages_.note(loss_text(lost));
    return code;
  }

 private:
  ExitCode serve() {
    if (signals_.fd() < 0 || wake_up_.fd() < 0) return fail({EMFILE, "wait for", "signals", {}});
    auto server =
        sockutils::TestServer::open(settings_.server, [this](const ServerEvent& event) { log(event); });
    if (!server) return fail(server.error());
    if (auto confined = confine(); !confined) return fail(confined.error());
    for (;;) {
      if (auto served = server->serve(wake_up_.fd()); !served) return fail(served.error());
      log_.flush();
      wait_for_log();
      const Signals::SignalRequest wish = signals_.take();
      if (wish == Signals::SignalRequest::Reload) reload(*server);
      if (wish == Signals::SignalRequest::End) return ExitCode::Worked;
    }
  }

  ExitCode fail(const sockutils::Error& error) {
    messages_.error(error);
    return ExitCode::Failed;
  }

  void log(const ServerEvent& event) {
    std::string line;
    append_log_line(line, event, settings_.log);
    log_.write(line);
    wait_for_log();
  }

  void wait_for_log() { wake_up_.wait_for_room(log_.descriptor(), log_.is_behind()); }

  std::string loss_line(std::size_t lines) const {
    ServerEvent event;
    event.reason = loss_text(lines);
    std::string line;
    append_log_line(line, event, settings_.log);
    return line;
  }

  /// Drops privileges that are no longer needed, and reports that.
  sockutils::Result<void> confine() {
    sockutils::Confinement what{settings_.user == "root" ? "" : settings_.user};
    what.files = what.system_calls = settings_.sandbox;
    for (const std::string& path : settings_.files_to_read_again())
      what.readable_folders.push_back(folder_of(path));
    const auto report = sockutils::confine_process(what);
    if (!report) return tl::unexpected(report.error());
    std::string done;
    for (const std::string& word : report->done) done += (done.empty() ? "confined: " : ", ") + word;
    if (!done.empty()) notice(done);
    for (const std::string& word : report->missing) notice("not confined by " + word);
    return {};
  }

  void notice(std::string reason) {
    ServerEvent event;
    event.kind = ServerEvent::Kind::Notice;
    event.reason = std::move(reason);
    log(event);
  }

  void warn(std::string reason) {
    ServerEvent event;
    event.reason = std::move(reason);
    log(event);
  }

  /// If something cannot be read or served, nothing changes.
  void reload(sockutils::TestServer& server) {
    auto settings = read_settings(line_.argc, line_.argv);
    if (!settings) return warn("not reloaded: " + settings.error().text);
    settings->server.control.sockets = settings_.server.control.sockets;
    if (auto reloaded = server.reload(settings->server); !reloaded)
      return warn("not reloaded: " + reloaded.error().message());
    settings_ = std::move(*settings);
    notice("reloaded");
  }

  CommandLine line_;
  Settings settings_;
  Messages& messages_;
  Signals signals_;
  WakeUp wake_up_{signals_.fd()};
  LogOutput log_{STDOUT_FILENO, [this](std::size_t lines) { return loss_line(lines); }};
};

}  // namespace

namespace {

/// The sockets passed by systemd, sd_listen_fds(3).
std::vector<int> inherited_sockets() {
  const char* const pid = std::getenv("LISTEN_PID");
  const char* const count = std::getenv("LISTEN_FDS");
  if (pid == nullptr || count == nullptr || std::to_string(::getpid()) != pid) return {};
  constexpr int First = 3;
  constexpr int Most = 16;
  std::vector<int> sockets;
  for (int i = 0; i < std::min(static_cast<int>(std::strtol(count, nullptr, 10)), Most); ++i)
    sockets.push_back(First + i);
  return sockets;
}

}  // namespace

ExitCode run(int argc, const char* const* argv) {
  fill_closed_descriptors();
  Messages messages("sockprobed");
  auto settings = read_settings(argc, argv);
  if (!settings) {
    const auto& [text, is_usage] = settings.error();
    is_usage ? messages.usage(text) : messages.note(text);
    return is_usage ? ExitCode::Usage : ExitCode::Failed;
  }
  if (settings->action == Action::MakeKey) return make_key(settings->new_key_file, messages);
  if (settings->action != Action::Serve) return tell_about(*settings, messages);
  settings->server.control.sockets = inherited_sockets();
  return Daemon({argc, argv}, std::move(*settings), messages).run();
}

}  // namespace tools::sockprobed
