#include "sockprobe/path.h"

#include <unistd.h>

#include <memory>
#include <optional>

#include "common/finish.h"
#include "common/interrupt.h"
#include "render/json_value.h"
#include "sockprobe/capture.h"
#include "sockprobe/cells.h"
#include "sockprobe/path_writer.h"
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

class TextWriter final : public PathWriter {
 public:
  explicit TextWriter(Output& out) : out_(out) {}

  void add(const ProbePath& path) override {
    if (!first_) out_.text() += '\n';
    first_ = false;
    sockutils::ProbeResult end;
    end.host = path.host;
    end.address = path.address;
    end.port = path.port;
    end.protocol = path.protocol;
    line(end_of(end) + " " + port_of(end) + " " + std::string(name(path.state)) + ": " + path.reason +
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

class JsonPathWriter final : public PathWriter {
 public:
  JsonPathWriter(bool is_document, Output& out) : is_document_(is_document), out_(out), json_(out.text()) {
    if (is_document_) out_.text() += "{\"results\": [";
  }

  void add(const ProbePath& path) override {
    if (is_document_) out_.text() += first_ ? "\n" : ",\n";
    first_ = false;
    append(path);
    if (is_document_) return;
    out_.text() += '\n';
    out_.flush();
  }

  void end(std::span<const sockutils::Warning> warnings) override {
    if (!is_document_) return;
    out_.text() += first_ ? "], \"warnings\": [" : "\n], \"warnings\": [";
    for (const sockutils::Warning& warning : warnings) {
      out_.text() += &warning == warnings.data() ? "\n" : ",\n";
      json_.warning(warning);
    }
    out_.text() += "]}\n";
  }

 private:
  void append(const ProbePath& path) {
    json_.begin();
    json_.member("host", path.host);
    json_.member("address", path.address.to_string());
    json_.member("protocol", name(path.protocol));
    json_.member("port", std::uint64_t{path.port});
    json_.member("state", name(path.state));
    json_.member("reason", path.reason);
    if (path.from) json_.member("from", path.from->to_string());
    json_.begin_list("hops");
    for (const PathHop& hop : path.hops) {
      json_.begin_element();
      json_.member("ttl", std::uint64_t{hop.ttl});
      if (hop.from) json_.member("from", hop.from->to_string());
      if (hop.time) json_.member("time", static_cast<std::uint64_t>(hop.time->count()));
      if (!hop.reason.empty()) json_.member("reason", hop.reason);
      json_.end();
    }
    json_.end_list();
    if (path.mtu) {
      json_.begin("mtu");
      json_.member("bytes", std::uint64_t{path.mtu->bytes});
      if (path.mtu->from) json_.member("from", path.mtu->from->to_string());
      json_.flag("confirmed", path.mtu->confirmed);
      json_.end();
    }
    json_.end();
  }

  bool is_document_;
  Output& out_;
  JsonAppender json_;
  bool first_ = true;
};

std::unique_ptr<PathWriter> make_path_writer(const Settings& settings, Output& out) {
  if (settings.form == Form::Table) return std::make_unique<TextWriter>(out);
  if (settings.form == Form::Csv) return make_path_csv_writer(settings, out);
  return std::make_unique<JsonPathWriter>(settings.form == Form::Json, out);
}

}  // namespace

ExitCode show_paths(const Settings& settings, const Question& question,
                    std::vector<sockutils::Warning> warnings, Messages& messages) {
  std::optional<Interrupt> interrupt(std::in_place);
  auto capture = Capture::start(settings, question);
  if (!capture) return refuse(capture.error(), messages);
  Output out(STDOUT_FILENO);
  capture->finish_before_death(out, messages);
  const auto writer = make_path_writer(settings, out);
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
