#include "sockprobe/run.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "common/finish.h"
#include "common/interrupt.h"
#include "common/version_text.h"
#include "sockprobe/capture.h"
#include "sockprobe/options.h"
#include "sockprobe/path.h"
#include "sockprobe/progress.h"
#include "sockprobe/question.h"
#include "sockprobe/repeat.h"
#include "sockprobe/row_query.h"
#include "sockprobe/via.h"
#include "sockprobe/writer.h"

namespace tools::sockprobe {
namespace {

using sockutils::PortState;

ExitCode tell(const Settings& settings, const Messages& messages) {
  Output out(STDOUT_FILENO);
  if (settings.rows.list_fields) write_field_list(settings.rows, row_kind(settings).table, out);
  if (settings.action == Action::Help) out.text() += help_text(tool_doc());
  if (settings.action == Action::Version) out.text() += version_text("sockprobe");
  return finish_output(out, messages);
}

/// Reads /etc/services, or warns: probing works without it.
sockutils::Services load_services(std::vector<sockutils::Warning>& warnings) {
  auto services = sockutils::Services::load();
  if (services) return std::move(*services);
  warnings.push_back(sockutils::no_services_warning(services.error()));
  return {};
}

/// Reports what was not probed, or not completely, because the user ended the program.
void note_interruption(const Question& question, const sockutils::ProbeReport& report,
                       const Messages& messages) {
  std::size_t all = 0;
  for (const sockutils::ProbeHost& host : question.hosts)
    all += host.path.empty() ? question.ports.size() : 1;
  const std::size_t missing = all - std::min(all, report.results);
  messages.note(missing > 0 ? "interrupted: " + std::to_string(missing) + " of " + std::to_string(all) +
                                  " ports were not asked for"
                            : "interrupted before every server was identified");
}

ExitCode probe_once(const Settings& settings, const RowQuery& query, const Question& question,
                    const sockutils::Services& services, std::vector<sockutils::Warning> warnings,
                    Messages& messages) {
  std::optional<Interrupt> interrupt(std::in_place);
  auto capture = Capture::start(settings, question);
  if (!capture) return refuse(capture.error(), messages);
  Output out(STDOUT_FILENO);
  capture->finish_before_death(out, messages);
  const auto writer = make_writer(settings, query, services, out);
  ExitCode code = ExitCode::Worked;
  sockutils::ProbeOptions options = settings.probe;
  options.stop_fd = interrupt->descriptor();
  options.flows = capture->flows();
  ProgressLine line(!settings.quiet);
  const bool writes_at_once = format_of(settings.rows).is_stream;
  options.progress = [&](const sockutils::ProbeProgress& progress) {
    writer->pause();
    line.show(progress);
  };
  const auto report = sockutils::probe_ports(
      question.hosts, question.ports, options, [&](const sockutils::ProbeResult& result) {
        if (result.state == PortState::NotMeasured) code = ExitCode::Failed;
        if (result.state != PortState::Open && code == ExitCode::Worked) code = ExitCode::No;
        if (writes_at_once) line.hide();
        if (!settings.open_only || result.state == PortState::Open) writer->add(result);
        return !out.error();
      });
  line.hide();
  const bool captured = capture->finish(warnings, messages);
  interrupt.reset();
  if (!report) {
    messages.error(report.error());
    return ExitCode::Failed;
  }
  warnings.insert(warnings.end(), report->warnings.begin(), report->warnings.end());
  writer->end(warnings, {});
  if (report->stopped || !captured) code = ExitCode::Failed;
  if (const ExitCode written = finish_output(out, messages); written != ExitCode::Worked) code = written;
  for (const sockutils::Warning& warning : warnings) messages.warning(warning);
  if (report->stopped) note_interruption(question, *report, messages);
  return code;
}

/// Only the exit code is wanted.
void silence_output() {
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null < 0) return;
  ::dup2(null, STDOUT_FILENO);
  ::close(null);
}

ExitCode probe(const CommandLine& line, Messages& messages) {
  if (line.settings.quiet) silence_output();
  std::vector<sockutils::Warning> warnings;
  const sockutils::Services services = load_services(warnings);
  const auto query = make_row_query(line.settings);
  if (!query) return refuse(query.error(), messages);
  if (!line.settings.via.host.empty())
    return probe_via(line, *query, services, std::move(warnings), messages);
  const auto question = make_question(line, services);
  if (!question) return refuse(question.error(), messages);
  if (line.settings.path) return show_paths(line.settings, *query, *question, std::move(warnings), messages);
  if (line.settings.repeats())
    return repeat(line.settings, *query, *question, services, std::move(warnings), messages);
  return probe_once(line.settings, *query, *question, services, std::move(warnings), messages);
}

}  // namespace

ExitCode run(int argc, const char* const* argv) {
  fill_closed_descriptors();
  Messages messages("sockprobe");
  const auto line = parse_command_line(argc, argv);
  if (!line) {
    messages.usage(line.error());
    return ExitCode::Usage;
  }
  if (line->settings.action != Action::Probe || line->settings.rows.list_fields)
    return tell(line->settings, messages);
  return probe(*line, messages);
}

}  // namespace tools::sockprobe
