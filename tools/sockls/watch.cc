#include "sockls/watch.h"

#include <unistd.h>

#include <algorithm>

#include "common/finish.h"
#include "common/interrupt.h"
#include "common/text.h"
#include "common/words.h"
#include "render/cell_text.h"
#include "sockls/columns.h"
#include "sockls/extra_fields.h"
#include "sockls/listing.h"
#include "sockls/query.h"
#include "sockls/screen.h"
#include "sockls/watch_snapshot.h"
#include "sockutils/value.h"

namespace tools::sockls {

using sockutils::OptionalValue;
using sockutils::Query;

namespace {

std::string seconds_of(std::chrono::milliseconds interval) {
  std::string text = std::to_string(static_cast<double>(interval.count()) / 1000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

/// Writes one round after the other, in one of three ways.
class RoundWriter {
 public:
  virtual ~RoundWriter() = default;
  /// `heading` says when, and how many.
  virtual void write(std::string_view heading, WallTime time, const std::vector<MarkedRow>& rows) = 0;
  virtual void end(std::span<const sockutils::Warning> warnings) = 0;
};

/// A table of its own for each round.
class TableWriter : public RoundWriter {
 public:
  TableWriter(const Settings& settings, std::span<const sockutils::Field* const> shown)
      : settings_(settings), wanted_(wanted_fields(settings)), fields_{&MarkField} {
    fields_.insert(fields_.end(), shown.begin(), shown.end());
  }
  void end(std::span<const sockutils::Warning>) override {}

 protected:
  /// The heading, which is cut to `terminal`, and the table.
  std::string page(std::string_view heading, const Terminal& terminal,
                   const std::vector<MarkedRow>& rows) const {
    Output memory;
    const std::string line = sockutils::escape_text(heading);
    if (terminal.width && sockutils::display_width(line) > *terminal.width) {
      append_cut(memory.text(), line, *terminal.width, Keep::Start, terminal.utf8 ? "…" : "~");
    } else {
      memory.text() += line;
    }
    memory.text() += '\n';
    const auto renderer = format_of(settings_.rows)
                              .make({.fields = fields_,
                                     .out = memory,
                                     .terminal = terminal,
                                     .header = settings_.rows.header,
                                     .wanted = wanted_,
                                     .exact = columns_are_exact(settings_.rows)});
    renderer->begin();
    std::vector<OptionalValue> values;
    for (const MarkedRow& row : rows) {
      values = {sign(row.mark)};
      values.insert(values.end(), row.values.begin(), row.values.end());
      renderer->row(values);
    }
    renderer->end({});
    return std::move(memory.text());
  }

  const Settings& settings_;

 private:
  std::vector<const sockutils::Field*> wanted_;
  std::vector<const sockutils::Field*> fields_;
};

class ScreenWriter final : public TableWriter {
 public:
  ScreenWriter(const Settings& settings, std::span<const sockutils::Field* const> shown, Output& out)
      : TableWriter(settings, shown), screen_(out) {}

  void write(std::string_view heading, WallTime, const std::vector<MarkedRow>& rows) override {
    // The terminal may have another size by now.
    const Terminal terminal = examine_terminal(STDOUT_FILENO, settings_.rows.colour);
    screen_.show(fit_page(page(heading, terminal, rows), terminal.height.value_or(0)));
  }

 private:
  Screen screen_;
};

class BlockWriter final : public TableWriter {
 public:
  BlockWriter(const Settings& settings, std::span<const sockutils::Field* const> shown, Output& out)
      : TableWriter(settings, shown), out_(out) {}

  void write(std::string_view heading, WallTime, const std::vector<MarkedRow>& rows) override {
    out_.text() += page(heading, examine_terminal(STDOUT_FILENO, settings_.rows.colour), rows);
    out_.flush();
  }

 private:
  Output& out_;
};

/// All rounds in one document, or one run of lines.
class ProgramWriter final : public RoundWriter {
 public:
  ProgramWriter(const Settings& settings, std::span<const sockutils::Field* const> shown, Output& out)
      : out_(out), fields_{&TimeField, &MarkField} {
    fields_.insert(fields_.end(), shown.begin(), shown.end());
    renderer_ = format_of(settings.rows)
                    .make({.fields = fields_,
                           .out = out,
                           .terminal = examine_terminal(STDOUT_FILENO, settings.rows.colour),
                           .header = settings.rows.header,
                           .wanted = {},
                           .exact = true});
    renderer_->begin();
  }

  void write(std::string_view, WallTime time, const std::vector<MarkedRow>& rows) override {
    const std::string when = sockutils::time_stamp(time);
    std::vector<OptionalValue> values;
    for (const MarkedRow& row : rows) {
      values = {std::string_view(when), name(row.mark)};
      values.insert(values.end(), row.values.begin(), row.values.end());
      renderer_->row(values);
    }
    out_.flush();
  }

  void end(std::span<const sockutils::Warning> warnings) override { renderer_->end(warnings); }

 private:
  Output& out_;
  std::vector<const sockutils::Field*> fields_;
  std::unique_ptr<Renderer> renderer_;
};

class Watching {
 public:
  Watching(const Settings& settings, const Query& query, const std::vector<std::string>& filter,
           Messages& messages)
      : settings_(settings),
        messages_(messages),
        query_(query),
        shown_(query.fields),
        filter_(join(filter, " ")),
        out_(STDOUT_FILENO) {
    const auto identity = round_fields();
    query_.fields.insert(query_.fields.end(), identity.begin(), identity.end());
    if (settings.time_limit) end_ = Clock::now() + *settings.time_limit;
  }

  ExitCode run() {
    Interrupt interrupt;
    make_writer();
    while (look()) {
      if (is_over() || !sleep(interrupt)) break;
    }
    writer_->end(warnings_);
    writer_.reset();
    return end();
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Deadline = std::chrono::time_point<Clock, std::chrono::duration<double>>;

  void make_writer() {
    const Terminal terminal = examine_terminal(STDOUT_FILENO, settings_.rows.colour);
    on_screen_ = terminal.can_redraw;
    if (!format_of(settings_.rows).is_interactive) {
      on_screen_ = false;
      writer_ = std::make_unique<ProgramWriter>(settings_, shown_, out_);
    } else if (on_screen_) {
      writer_ = std::make_unique<ScreenWriter>(settings_, shown_, out_);
    } else {
      writer_ = std::make_unique<BlockWriter>(settings_, shown_, out_);
    }
  }

  /// False when nothing could be read, or written.
  bool look() {
    auto snapshot = sockutils::take_snapshot(query_);
    if (!snapshot) {
      error_ = snapshot.error();
      return false;
    }
    WatchSnapshot now(std::move(*snapshot), shown_.size());
    const auto rows = rounds_ == 0 ? now.unmarked() : now.compared_with(last_);
    keep_warnings(now.report());
    const WallTime time = std::chrono::system_clock::now();
    writer_->write(heading(time, now.size(), rows), time, rows);
    // The rows that have gone point into the round before: it is let go of only here.
    last_ = std::move(now);
    ++rounds_;
    return !out_.error();
  }

  std::string heading(WallTime time, std::size_t count, const std::vector<MarkedRow>& rows) const {
    std::string text = on_screen_ ? time_for_people(time).substr(0, 8) : sockutils::time_stamp(time);
    text += "  " + sockutils::counted(count, "socket");
    for (const Mark mark : {Mark::New, Mark::Changed, Mark::Gone}) {
      const auto marked =
          std::count_if(rows.begin(), rows.end(), [=](const MarkedRow& row) { return row.mark == mark; });
      if (marked > 0) text += "  " + std::string(sign(mark)) + std::to_string(marked);
    }
    if (on_screen_) text += "  every " + seconds_of(settings_.interval);
    if (!filter_.empty()) text += "  " + filter_;
    if (on_screen_ && !warnings_.empty())
      text += "  (warnings: " + std::to_string(warnings_.size()) + ", at the end)";
    return text;
  }

  void keep_warnings(const sockutils::Report& report) {
    missing_ = missing_ || is_incomplete(report.warnings, settings_, query_);
    for (const auto& warning : report.warnings) {
      const auto same = [&](const auto& known) { return is_same_fault(known, warning); };
      if (std::any_of(warnings_.begin(), warnings_.end(), same)) continue;
      warnings_.push_back(warning);
      // Words would spoil the page.
      if (!on_screen_) messages_.warning(warning);
    }
  }

  bool is_over() const {
    return (settings_.count_limit && rounds_ >= *settings_.count_limit) || (end_ && Clock::now() >= *end_);
  }

  /// False when it is to end.
  bool sleep(Interrupt& interrupt) const {
    std::chrono::duration<double> left = settings_.interval;
    if (end_) left = std::clamp<std::chrono::duration<double>>(*end_ - Clock::now(), left.zero(), left);
    // Another size is reason enough to write the page anew.
    return interrupt.wait(std::chrono::ceil<std::chrono::milliseconds>(left)) != Interrupt::Wake::End;
  }

  ExitCode end() {
    const ExitCode written = finish_output(out_, messages_);
    if (written != ExitCode::Worked) return written;
    for (const auto& warning : warnings_) messages_.warning(warning);
    if (error_) messages_.error(*error_);
    return error_ || missing_ ? ExitCode::Failed : ExitCode::Worked;
  }

  const Settings& settings_;
  Messages& messages_;
  Query query_;
  std::vector<const sockutils::Field*> shown_;
  std::string filter_;
  Output out_;
  bool on_screen_ = false;
  std::unique_ptr<RoundWriter> writer_;
  WatchSnapshot last_;
  std::uint64_t rounds_ = 0;
  std::vector<sockutils::Warning> warnings_;
  bool missing_ = false;
  std::optional<sockutils::Error> error_;
  std::optional<Deadline> end_;
};

}  // namespace

ExitCode watch(const Settings& settings, const Query& query, const std::vector<std::string>& filter,
               Messages& messages) {
  return Watching(settings, query, filter, messages).run();
}

}  // namespace tools::sockls
