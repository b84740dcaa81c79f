#include "tui/app.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tui/collect/owned_fd.h"
#include "tui/view/canvas.h"
#include "tui/view/session.h"

namespace tui {

using tools::ExitCode;

namespace {

constexpr std::array<int, 7> HeldSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};

/// Delivers signals through a descriptor, for this thread and those that it starts.
class Signals {
 public:
  Signals() : fd_((block(), ::signalfd(-1, &held_, SFD_CLOEXEC | SFD_NONBLOCK))) {}
  /// The program is about to end: signals that arrived meanwhile asked for that, as does a Ctrl-C still to
  /// come from a key that is held down. Handled by curses, they would change the exit status.
  ~Signals() {
    while (next() != 0) {
    }
    for (const int signal : {SIGTERM, SIGHUP, SIGQUIT})
      if (sigismember(&held_, signal) == 1) ::signal(signal, SIG_DFL);
    if (sigismember(&held_, SIGINT) == 1) ::signal(SIGINT, SIG_IGN);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int fd() const { return fd_.get(); }
  /// Returns 0 when there is none.
  int next() const {
    signalfd_siginfo info{};
    return ::read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
  }

 private:
  /// Signals that the caller of the program has set to be ignored stay ignored.
  void block() {
    sigemptyset(&held_);
    for (const int signal : HeldSignals) {
      struct sigaction action {};
      const bool ignored = ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
      if (!ignored) sigaddset(&held_, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
  }

  sigset_t held_{};
  sigset_t before_{};
  OwnedFd fd_;
};

class App {
 public:
  App(std::unique_ptr<Canvas> canvas, const Settings& settings, const sockutils::Query& query,
      const std::string& filter, const Signals& signals, const SourceMaker& make_source)
      : signals_(signals),
        canvas_(std::move(canvas)),
        news_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        actions_(machine_actions()),
        session_(settings, query, filter, canvas_->utf8(), *actions_),
        source_(make_source(session_.request(), [this] { announce(); })) {
    session_.take_request_change();
  }

  Settings settings_now() const { return session_.settings_now(); }

  void run() {
    draw();
    while (!done_) {
      wait();
      take_signals();
      if (take_keys() && !done_) {
        // Shows the effect of a key before looking at the next frame, which may be large.
        if (session_.take_request_change()) source_->set_request(session_.request());
        draw();
      }
      take_news();
      if (session_.take_request_change()) source_->set_request(session_.request());
      if (!done_) draw();
    }
  }

 private:
  void announce() const {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(news_.get(), &one, sizeof one));
  }

  void wait() {
    std::array<pollfd, 3> sources{
        {{STDIN_FILENO, POLLIN, 0}, {signals_.fd(), POLLIN, 0}, {news_.get(), POLLIN, 0}}};
    if (::poll(sources.data(), sources.size(), -1) < 0) return;
    has_keys_ = (sources[0].revents & POLLIN) != 0;
    // The terminal was closed.
    if (!has_keys_ && (sources[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) done_ = true;
  }

  void take_signals() {
    for (int signal = signals_.next(); signal != 0; signal = signals_.next()) {
      if (signal == SIGWINCH) {
        canvas_->fit();
      } else if (signal == SIGTSTP) {
        suspend();
      } else if (signal != SIGCONT) {
        done_ = true;
      }
    }
  }

  /// Returns whether there were any.
  bool take_keys() {
    if (!has_keys_) return false;
    bool any = false;
    while (!done_) {
      const auto key = canvas_->read_key();
      if (!key) break;
      any = true;
      obey(session_.handle(*key, Clock::now()));
    }
    // Readable without any data: the end of the input.
    silent_reads_ = any ? 0 : silent_reads_ + 1;
    constexpr int MaxSilentReads = 20;
    if (silent_reads_ > MaxSilentReads) done_ = true;
    return any;
  }

  void obey(Session::Request request) {
    if (request == Session::Request::Quit) done_ = true;
    if (request == Session::Request::Suspend) suspend();
    if (request == Session::Request::Redraw) {
      canvas_->fit();
      canvas_->forget();
    }
  }

  void suspend() {
    canvas_->suspend();
    ::raise(SIGSTOP);
    canvas_->resume();
  }

  void take_news() {
    std::uint64_t count = 0;
    static_cast<void>(!::read(news_.get(), &count, sizeof count));
    if (auto frame = source_->frame(); frame && frame != frame_) {
      frame_ = frame;
      session_.take(std::move(frame), Clock::now());
    }
    if (auto details = source_->details(); details && details != details_) {
      details_ = details;
      session_.take(std::move(details));
    }
  }

  void draw() {
    if (grid_.width() != canvas_->width() || grid_.height() != canvas_->height())
      grid_.resize(canvas_->width(), canvas_->height());
    session_.draw(grid_);
    canvas_->show(grid_, session_.cursor());
  }

  const Signals& signals_;
  std::unique_ptr<Canvas> canvas_;
  OwnedFd news_;
  std::unique_ptr<Actions> actions_;
  Session session_;
  std::shared_ptr<const Frame> frame_;
  std::shared_ptr<const Details> details_;
  Grid grid_;
  bool done_ = false;
  bool has_keys_ = false;
  int silent_reads_ = 0;
  /// Declared last, so that its thread ends first.
  std::unique_ptr<FrameSource> source_;
};

}  // namespace

ExitCode watch(Settings& settings, const sockutils::Query& query, const std::string& filter,
               const SourceMaker& make_source, tools::Messages& messages) {
  const Signals signals;
  const auto terminal = tools::examine_terminal(STDOUT_FILENO, settings.rows.colour);
  auto canvas = Canvas::open({.colour = terminal.colour, .mouse = settings.mouse});
  if (!canvas) {
    messages.error(canvas.error());
    return ExitCode::Failed;
  }
  {
    App app(std::move(*canvas), settings, query, filter, signals, make_source);
    app.run();
    settings = app.settings_now();
  }
  return ExitCode::Worked;
}

}  // namespace tui
