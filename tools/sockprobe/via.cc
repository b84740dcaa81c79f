#include "sockprobe/via.h"

#include <unistd.h>

#include <optional>

#include "common/finish.h"
#include "common/interrupt.h"
#include "render/row_output.h"
#include "sockprobe/capture.h"
#include "sockprobe/progress.h"
#include "sockprobe/question.h"
#include "sockprobe/row_query.h"

namespace tools::sockprobe {
namespace {

using sockutils::PairResult;
using sockutils::PairVerdict;

tl::expected<sockutils::PairOptions, Refusal> options_of(const CommandLine& line,
                                                         const sockutils::Services& services) {
  const Settings& settings = line.settings;
  sockutils::PairOptions options;
  for (const std::string& word : line.operands)
    if (auto added = sockutils::add_probe_ports(options.ports, word, services); !added)
      return tl::unexpected(Refusal{added.error(), ExitCode::Usage});
  if (options.ports.empty())
    return tl::unexpected(Refusal{
        {0, "which ports? as in: sockprobe --via " + settings.via.host + " 22", {}, {}}, ExitCode::Usage});
  std::vector<sockutils::ProbeHost> hosts;
  if (auto added = sockutils::add_probe_hosts(hosts, settings.via.host, settings.hosts); !added)
    return tl::unexpected(Refusal{added.error()});
  if (!hosts.front().path.empty())
    return tl::unexpected(Refusal{{0, "--via needs a host, no path", {}, {}}, ExitCode::Usage});
  options.server = hosts.front().address;
  options.server_name = hosts.front().host;
  options.trust = settings.via.trust;
  if (!settings.via.key_file.empty()) {
    auto keys = sockutils::read_key_file(settings.via.key_file);
    if (!keys) return tl::unexpected(Refusal{keys.error()});
    options.trust.keys = std::move(*keys);
  }
  options.port = settings.via.port;
  options.to_client = settings.via.reverse;
  options.timeout = settings.probe.timeout.value_or(options.timeout);
  options.datagrams = settings.via.datagrams.value_or(options.datagrams);
  options.dscp = settings.probe.dscp;
  return options;
}

bool passes(const PairResult& result) {
  return result.verdict == PairVerdict::Open || result.verdict == PairVerdict::NatRewritten ||
         (result.verdict == PairVerdict::Altered && result.data);
}

/// Holds back all results, because their order and the choice of columns may depend on all of them.
class PairWriter {
 public:
  PairWriter(const Settings& settings, const RowQuery& query, const sockutils::Services& services,
             Output& out)
      : settings_(settings), query_(query), services_(services), out_(out) {}

  void add(const PairResult& result) {
    if (!query_.filter.matches(sockutils::PairRow(result, services_))) return;
    results_.push_back(result);
    if (!format_of(settings_.rows).is_stream || !query_.order.empty()) return;
    write();
    out_.flush();
  }

  void end(std::span<const sockutils::Warning> warnings) {
    write();
    output_->end(warnings);
  }

 private:
  void write() {
    std::deque<sockutils::PairRow> rows;
    for (const PairResult& result : results_) rows.emplace_back(result, services_);
    const auto sorted = in_order(rows, query_.order);
    const std::vector<const sockutils::Row*> all(sorted.begin(), sorted.end());
    if (!output_) {
      const Fields fields = without_empty_columns(query_, all);
      output_.emplace(RowOutputSetup{.choice = settings_.rows, .fields = fields, .out = out_});
    }
    for (const sockutils::Row* const row : all) output_->row(*row);
    results_.clear();
  }

  const Settings& settings_;
  const RowQuery& query_;
  const sockutils::Services& services_;
  Output& out_;
  std::vector<PairResult> results_;
  std::optional<RowOutput> output_;
};

}  // namespace

ExitCode probe_via(const CommandLine& line, const RowQuery& query, const sockutils::Services& services,
                   std::vector<sockutils::Warning> warnings, Messages& messages) {
  auto options = options_of(line, services);
  if (!options) return refuse(options.error(), messages);
  std::optional<Interrupt> interrupt(std::in_place);
  auto capture = Capture::start(line.settings, {{{options->server_name, options->server}}, options->ports});
  if (!capture) return refuse(capture.error(), messages);
  options->stop_fd = interrupt->descriptor();
  options->flows = capture->flows();
  options->server_packets = capture->flows() != nullptr;
  Output out(STDOUT_FILENO);
  capture->finish_before_death(out, messages);
  PairWriter writer(line.settings, query, services, out);
  ProgressLine progress_line(!line.settings.quiet);
  options->progress = [&](const sockutils::PairProgress& progress) { progress_line.show(progress); };
  ExitCode code = ExitCode::Worked;
  const auto asked = sockutils::probe_via(*options, [&](const PairResult& result) {
    if (result.verdict == PairVerdict::NotMeasured) code = ExitCode::Failed;
    if (!passes(result) && code == ExitCode::Worked) code = ExitCode::No;
    progress_line.hide();
    if (!line.settings.open_only || passes(result)) writer.add(result);
    return !out.error();
  });
  progress_line.hide();
  const bool captured = capture->finish(warnings, messages);
  interrupt.reset();
  if (!asked) {
    messages.error(asked.error());
    return ExitCode::Failed;
  }
  const bool kept = captured && capture->keep_server_packets(*asked, messages);
  warnings.insert(warnings.end(), asked->warnings.begin(), asked->warnings.end());
  writer.end(warnings);
  if (const ExitCode written = finish_output(out, messages); written != ExitCode::Worked) code = written;
  for (const sockutils::Warning& warning : warnings) messages.warning(warning);
  if (asked->stopped) messages.note("interrupted");
  return asked->stopped || !kept ? ExitCode::Failed : code;
}

}  // namespace tools::sockprobe
