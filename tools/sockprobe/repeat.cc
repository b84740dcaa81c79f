#include "sockprobe/repeat.h"

#include <unistd.h>

#include <algorithm>
#include <map>

#include "common/finish.h"
#include "common/interrupt.h"
#include "sockprobe/capture.h"
#include "sockprobe/writer.h"

namespace tools::sockprobe {
namespace {

using sockutils::PortState;
using sockutils::ProbeResult;
using std::chrono::milliseconds;

class Repeating {
 public:
  Repeating(const Settings& settings, const RowQuery& query, const Question& question,
            const sockutils::Services& services, std::vector<sockutils::Warning> warnings, Messages& messages)
      : settings_(settings),
        query_(query),
        question_(question),
        options_(settings.probe),
        services_(services),
        messages_(messages),
        out_(STDOUT_FILENO),
        warnings_(std::move(warnings)) {
    // Each probe counts separately: lost packets must not be retried silently.
    if (!options_.retries) options_.retries = 0;
    // Servers should not have to identify themselves every second.
    options_.identify = false;
    if (settings.until_limit) end_ = Clock::now() + *settings.until_limit;
  }

  ExitCode run() {
    {
      Interrupt interrupt;
      options_.stop_fd = interrupt.descriptor();
      auto capture = Capture::start(settings_, question_);
      if (!capture) return refuse(capture.error(), messages_);
      capture_ = std::move(*capture);
      options_.flows = capture_.flows();
      capture_.finish_before_death(out_, messages_);
      writer_ = make_writer(settings_, query_, services_, out_);
      Clock::time_point next = Clock::now();
      while (ask() && !is_over()) {
        next = std::max(next + settings_.interval, Clock::now());
        if (!sleep_until(end_ ? std::min(next, *end_) : next, interrupt)) break;
      }
      // The terminal has echoed ^C on this line.
      const bool in_terminal = format_of(settings_.rows).is_interactive && ::isatty(STDOUT_FILENO) != 0;
      if (in_terminal && interrupt.requested()) {
        out_.text() += '\n';
        out_.flush();
      }
      captured_ = capture_.finish(warnings_, messages_);
    }
    return finish();
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Port = std::pair<std::size_t, std::size_t>;

  /// One round. Returns false when it is the last.
  bool ask() {
    writer_->begin_round(++rounds_);
    latest_.clear();
    const auto report = sockutils::probe_ports(question_.hosts, question_.ports, options_,
                                               [&](const ProbeResult& result) { return take(result); });
    if (!report) {
      error_ = report.error();
      return false;
    }
    for (const sockutils::Warning& warning : report->warnings) messages_.warning(warning);
    writer_->end_round();
    writer_->pause();
    return !report->stopped && !out_.error();
  }

  bool take(const ProbeResult& result) {
    failed_ = failed_ || result.state == PortState::NotMeasured;
    all_open_ = all_open_ && result.state == PortState::Open;
    const Port port{result.host_index, result.port_index};
    latest_[port] = result.state;
    Series& series = series_[port];
    series.last = result;
    series.statistics.add(result);
    if (!settings_.open_only || result.state == PortState::Open) writer_->add(result);
    return !out_.error();
  }

  /// A host name is open when one of its addresses is, and closed when none of them is.
  bool is_reached() const {
    std::map<std::pair<std::string, std::size_t>, bool> open;
    for (const auto& [port, state] : latest_) {
      if (state == PortState::NotMeasured) return false;
      bool& is_open = open[{question_.hosts[port.first].host, port.second}];
      is_open = is_open || state == PortState::Open;
    }
    const bool wanted = settings_.until == Until::Open;
    return !open.empty() &&
           std::all_of(open.begin(), open.end(), [=](const auto& entry) { return entry.second == wanted; });
  }

  bool is_over() {
    reached_ = settings_.until != Until::Nothing && is_reached();
    const bool late = end_ && Clock::now() >= *end_;
    return reached_ || late || (settings_.count && rounds_ >= *settings_.count);
  }

  static bool sleep_until(Clock::time_point time, Interrupt& interrupt) {
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(time - Clock::now());
      if (interrupt.wait(std::max(left, milliseconds(0))) == Interrupt::Wake::End) return false;
      if (Clock::now() >= time) return true;
    }
  }

  ExitCode finish() {
    std::vector<Series> series;
    for (auto& [port, one] : series_) series.push_back(std::move(one));
    writer_->end(warnings_, series);
    const ExitCode written = finish_output(out_, messages_);
    for (const sockutils::Warning& warning : warnings_) messages_.warning(warning);
    if (error_) messages_.error(*error_);
    if (error_ || !captured_ || written != ExitCode::Worked) return ExitCode::Failed;
    if (settings_.until != Until::Nothing) return reached_ ? ExitCode::Worked : ExitCode::No;
    if (failed_) return ExitCode::Failed;
    return all_open_ ? ExitCode::Worked : ExitCode::No;
  }

  const Settings& settings_;
  const RowQuery& query_;
  const Question& question_;
  sockutils::ProbeOptions options_;
  const sockutils::Services& services_;
  Messages& messages_;
  /// Must outlive the output, which may finish the capture.
  Capture capture_;
  Output out_;
  std::unique_ptr<Writer> writer_;
  std::vector<sockutils::Warning> warnings_;
  std::optional<Clock::time_point> end_;
  std::size_t rounds_ = 0;
  std::map<Port, PortState> latest_;
  std::map<Port, Series> series_;
  bool all_open_ = true;
  bool failed_ = false;
  bool reached_ = false;
  bool captured_ = false;
  std::optional<sockutils::Error> error_;
};

}  // namespace

ExitCode repeat(const Settings& settings, const RowQuery& query, const Question& question,
                const sockutils::Services& services, std::vector<sockutils::Warning> warnings,
                Messages& messages) {
  return Repeating(settings, query, question, services, std::move(warnings), messages).run();
}

}  // namespace tools::sockprobe
