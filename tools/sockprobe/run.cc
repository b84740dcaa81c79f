#include "sockprobe/run.h"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "common/finish.h"
#include "common/version_text.h"
#include "sockprobe/options.h"
#include "sockprobe/writer.h"

namespace tools::sockprobe {
namespace {

using sockutils::PortState;
using sockutils::Result;

ExitCode tell(const Settings& settings, const Messages& messages) {
  Output out(STDOUT_FILENO);
  if (settings.action == Action::Help) out.text() += help_text(tool_doc());
  if (settings.action == Action::Version) out.text() += version_text("sockprobe");
  return finish_output(out, messages);
}

/// A line without its comment and the blanks around it.
std::string_view content_of(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const std::size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
  line.remove_prefix(begin);
  return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}

Result<void> read_hosts(std::istream& in, std::vector<sockutils::ProbeHost>& hosts,
                        const sockutils::ProbeHostOptions& options) {
  for (std::string line; std::getline(in, line);) {
    const std::string_view host = content_of(line);
    if (host.empty()) continue;
    if (auto added = sockutils::add_probe_hosts(hosts, host, options); !added) return added;
  }
  return {};
}

Result<void> read_host_file(const std::string& path, std::vector<sockutils::ProbeHost>& hosts,
                            const sockutils::ProbeHostOptions& options) {
  if (path == "-") return read_hosts(std::cin, hosts, options);
  errno = 0;
  std::ifstream file(path);
  if (!file) return tl::unexpected(sockutils::Error{errno, "open", path, {}});
  return read_hosts(file, hosts, options);
}

struct Question {
  std::vector<sockutils::ProbeHost> hosts;
  std::vector<sockutils::ProbePort> ports;
};

/// What cannot be asked at all, and how the program ends then.
struct Refusal {
  sockutils::Error error;
  ExitCode code;
};

sockutils::Error wrong(std::string what) { return {0, std::move(what), {}, {}}; }

tl::expected<Question, Refusal> make_question(const CommandLine& line, const sockutils::Services& services) {
  Question question;
  const Settings& settings = line.settings;
  const std::size_t hosts = settings.host_files.empty() ? 1 : 0;
  if (line.operands.size() < hosts) return tl::unexpected(Refusal{wrong("which host?"), ExitCode::Usage});
  for (std::size_t i = hosts; i < line.operands.size(); ++i)
    if (auto added = sockutils::add_probe_ports(question.ports, line.operands[i], services); !added)
      return tl::unexpected(Refusal{added.error(), ExitCode::Usage});
  for (const std::string& path : settings.host_files)
    if (auto read = read_host_file(path, question.hosts, settings.hosts); !read)
      return tl::unexpected(Refusal{read.error(), ExitCode::Failed});
  if (hosts == 1)
    if (auto added = sockutils::add_probe_hosts(question.hosts, line.operands[0], settings.hosts); !added)
      return tl::unexpected(Refusal{added.error(), ExitCode::Failed});
  if (question.hosts.empty())
    return tl::unexpected(Refusal{wrong("no host is named there"), ExitCode::Usage});
  for (const sockutils::ProbeHost& host : question.hosts)
    if (host.path.empty() && question.ports.empty())
      return tl::unexpected(
          Refusal{wrong("which ports? as in: sockprobe " + host.host + " 22"), ExitCode::Usage});
  return question;
}

ExitCode refuse(const Refusal& refusal, const Messages& messages) {
  if (refusal.code == ExitCode::Usage)
    messages.usage(refusal.error.message());
  else
    messages.error(refusal.error);
  return refusal.code;
}

/// Reads /etc/services, or warns: numbers are enough to ask.
sockutils::Services load_services(std::vector<sockutils::Warning>& warnings) {
  auto services = sockutils::Services::load();
  if (services) return std::move(*services);
  warnings.push_back({sockutils::Warning::Kind::NamesMissing,
                      "no service names: " + services.error().message(),
                      "install the package that has it (netbase on Debian)"});
  return {};
}

ExitCode probe(const CommandLine& line, Messages& messages) {
  std::vector<sockutils::Warning> warnings;
  const sockutils::Services services = load_services(warnings);
  const auto question = make_question(line, services);
  if (!question) return refuse(question.error(), messages);
  Output out(STDOUT_FILENO);
  const auto writer = make_writer(line.settings, services, out);
  ExitCode code = ExitCode::Worked;
  const auto report = sockutils::probe_ports(
      question->hosts, question->ports, line.settings.probe, [&](const sockutils::ProbeResult& result) {
        if (result.state == PortState::NotMeasured) code = ExitCode::Failed;
        if (result.state != PortState::Open && code == ExitCode::Worked) code = ExitCode::No;
        if (!line.settings.open_only || result.state == PortState::Open) writer->add(result);
        return !out.error();
      });
  if (!report) {
    messages.error(report.error());
    return ExitCode::Failed;
  }
  warnings.insert(warnings.end(), report->warnings.begin(), report->warnings.end());
  writer->end(warnings);
  if (const ExitCode written = finish_output(out, messages); written != ExitCode::Worked) code = written;
  for (const sockutils::Warning& warning : warnings) messages.warning(warning);
  return code;
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
  if (line->settings.action != Action::Probe) return tell(line->settings, messages);
  return probe(*line, messages);
}

}  // namespace tools::sockprobe
