#include "sockprobe/path.h"

#include <unistd.h>

#include <deque>
#include <memory>
#include <optional>

#include "common/finish.h"
#include "common/interrupt.h"
#include "render/row_output.h"
#include "sockprobe/capture.h"
#include "sockprobe/cells.h"
#include "sockprobe/progress.h"
#include "sockutils/probe.h"
#include "sockutils/value.h"

namespace tools::sockprobe {
namespace {

using sockutils::PathHop;
using sockutils::PortState;
using sockutils::ProbePath;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

class PathWriter {
 public:
  virtual ~PathWriter() = default;
  virtual void add(const ProbePath& path) = 0;
  virtual void end(std::span<const sockutils::Warning>) {}
};

/// A paragraph for each route, for a person watching.
class TextWriter final : public PathWriter {
 public:
  explicit TextWriter(Output& out) : out_(out) {}

  void add(const ProbePath& path) override {
    if (!first_) out_.text() += '\n';
    first_ = false;
    const sockutils::PathRow way(path, nullptr);
    line(port_of(way, sockutils::path_fields()) + " " + std::string(name(path.state)) + ": " + path.reason +
         (path.from && path.from != path.address ? " from " + path.from->to_string() : ""));
    std::size_t width = 1;
    for (const PathHop& hop : path.hops)
      if (hop.from) width = std::max(width, hop.from->to_string().size());
    for (const PathHop& hop : path.hops) line(text_of(hop, width));
    if (path.mtu) line(text_of(*path.mtu));
    out_.flush();
  }

 private:
  void line(std::string_view text) {
    sockutils::append_escaped(out_.text(), text);
    out_.text() += '\n';
  }

  static std::string text_of(const PathHop& hop, std::size_t width) {
    const std::string number = std::to_string(hop.ttl);
    std::string text = "  " + std::string(number.size() < 2 ? 1 : 0, ' ') + number + "  ";
    text += padded(hop.from ? hop.from->to_string() : "*", width) + "  ";
    const std::string time = hop.time ? duration_of(*hop.time) : "-";
    return text + padded(time, 7) + " " + (hop.reason.empty() ? "no answer" : hop.reason);
  }

  static std::string text_of(const sockutils::PathMtu& mtu) {
    std::string text = "  path MTU " + std::to_string(mtu.bytes);
    if (mtu.from) text += ", says " + mtu.from->to_string();
    return text + (mtu.confirmed ? "" : ", as far as anybody says");
  }

  Output& out_;
  bool first_ = true;
};

/// A row for each hop, and one for a route without any known hop. With a sort order, rows are held back.
class HopWriter final : public PathWriter {
 public:
  HopWriter(const Settings& settings, const RowQuery& query, Output& out)
      : query_(query), out_(out), output_({settings.rows, query.fields, out}) {}

  void add(const ProbePath& path) override {
    paths_.push_back(path);
    const ProbePath& kept = paths_.back();
    for (const PathHop& hop : kept.hops) rows_.emplace_back(kept, &hop);
    if (kept.hops.empty()) rows_.emplace_back(kept, nullptr);
    if (!query_.order.empty()) return;
    write();
    out_.flush();
  }

  void end(std::span<const sockutils::Warning> warnings) override {
    write();
    output_.end(warnings);
  }

 private:
  void write() {
    const ProbePath* last = nullptr;
    for (const sockutils::PathRow* const row : in_order(rows_, query_.order)) {
      if (!query_.filter.matches(*row)) continue;
      if (last != nullptr && last != &row->path) output_.end_group();
      last = &row->path;
      output_.row(*row);
    }
    output_.end_group();
    rows_.clear();
    paths_.clear();
  }

  const RowQuery& query_;
  Output& out_;
  RowOutput output_;
  std::deque<ProbePath> paths_;
  std::deque<sockutils::PathRow> rows_;
};

std::unique_ptr<PathWriter> make_path_writer(const Settings& settings, const RowQuery& query, Output& out) {
  const bool in_words = format_of(settings.rows).is_interactive && settings.rows.columns.empty() &&
                        settings.rows.order.empty() && settings.filter.empty();
  if (in_words) return std::make_unique<TextWriter>(out);
  return std::make_unique<HopWriter>(settings, query, out);
}

}  // namespace

ExitCode show_paths(const Settings& settings, const RowQuery& query, const Question& question,
                    std::vector<sockutils::Warning> warnings, Messages& messages) {
  std::optional<Interrupt> interrupt(std::in_place);
  auto capture = Capture::start(settings, question);
  if (!capture) return refuse(capture.error(), messages);
  Output out(STDOUT_FILENO);
  capture->finish_before_death(out, messages);
  const auto writer = make_path_writer(settings, query, out);
  ExitCode code = ExitCode::Worked;
  sockutils::ProbePathOptions options{.probe = settings.probe, .most_hops = settings.most_hops};
  options.probe.stop_fd = interrupt->descriptor();
  options.probe.flows = capture->flows();
  ProgressLine line(!settings.quiet);
  options.progress = [&](const sockutils::ProbePathProgress& progress) { line.show(progress); };
  const auto report = trace_probe_paths(question.hosts, question.ports, options, [&](const ProbePath& path) {
    if (path.state == PortState::NotMeasured) code = ExitCode::Failed;
    if (path.state != PortState::Open && code == ExitCode::Worked) code = ExitCode::No;
    line.hide();
    writer->add(path);
    return !out.error();
  });
  line.hide();
  const bool captured = capture->finish(warnings, messages);
  interrupt.reset();
  if (!report) {
    messages.error(report.error());
    return ExitCode::Failed;
  }
  writer->end(warnings);
  if (!captured) code = ExitCode::Failed;
  if (const ExitCode written = finish_output(out, messages); written != ExitCode::Worked) code = written;
  for (const sockutils::Warning& warning : warnings) messages.warning(warning);
  if (!report->stopped) return code;
  messages.note("interrupted");
  return ExitCode::Failed;
}

}  // namespace tools::sockprobe
