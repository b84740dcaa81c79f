#include "sockprobe/question.h"

#include <cerrno>
#include <fstream>
#include <iostream>

namespace tools::sockprobe {
namespace {

using sockutils::Result;

/// A line without its comment and without surrounding blanks.
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
  if (auto read = read_hosts(file, hosts, options); !read) return read;
  // A folder can be opened, but not read.
  if (file.bad()) return tl::unexpected(sockutils::Error{EISDIR, "read", path, {}});
  return {};
}

sockutils::Error wrong(std::string what) { return {0, std::move(what), {}, {}}; }

}  // namespace

ExitCode refuse(const Refusal& refusal, const Messages& messages) {
  if (!refusal.explanation.empty())
    messages.explanation(refusal.explanation);
  else if (refusal.code == ExitCode::Usage)
    messages.usage(refusal.error.message());
  else
    messages.error(refusal.error);
  return refusal.code;
}

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

}  // namespace tools::sockprobe
