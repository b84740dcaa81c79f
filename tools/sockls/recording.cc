#include "sockls/recording.h"

#include <unistd.h>

#include <algorithm>

#include "common/text.h"
#include "sockutils/value.h"

namespace tools::sockls {

using sockutils::Query;
using sockutils::Recording;
using sockutils::RecordingInfo;
using sockutils::Report;
using sockutils::Result;
using sockutils::SocketKind;

namespace {

constexpr std::string_view Stream = "-";

}  // namespace

Query record_query(const Settings& settings) {
  Query query;
  if (settings.kinds.names_any()) query.kinds = settings.kinds.kinds();
  query.source = settings.source;
  query.numeric = settings.numeric;
  query.resolve_hosts = settings.resolve;
  return query;
}

namespace {

Result<Report> write_recording(const Settings& settings, const Query& query) {
  if (settings.record_to == Stream) return sockutils::record_sockets(query, STDOUT_FILENO, "standard output");
  return sockutils::record_sockets(query, *settings.record_to);
}

}  // namespace

std::optional<std::string> recording_conflict(const Settings& settings,
                                              const std::vector<std::string>& filter) {
  if ((settings.record_to || settings.read_from) && settings.action != Action::List)
    return "a recording does not change: --kill, --watch and --follow look at the machine itself";
  if (settings.record_to && (settings.summary || settings.is_grouped()))
    return "--record writes sockets: count them when they are listed, with --read";
  if (settings.record_to) {
    if (settings.read_from) return "--record and --read do not go together";
    if (settings.quiet || settings.wait)
      return "--record answers no question: -q and --wait have no place beside it";
    if (!filter.empty() || settings.states || settings.listening)
      return "--record takes every socket: choose among them when they are listed, with --read";
    if (settings.record_to == Stream && isatty(STDOUT_FILENO) != 0)
      return "a recording is no text: --record=- does not write to a terminal";
  }
  if (settings.read_from && (settings.all_namespaces || !settings.namespaces.empty()))
    return "-N looks at the namespaces of this machine; which ones a recording holds was said when it was "
           "made";
  if (settings.read_from && settings.wait)
    return "a recording does not change: --wait has no place beside --read";
  return std::nullopt;
}

Result<void> load_recording(Settings& settings) {
  if (!settings.read_from) return {};
  auto recording = settings.read_from == Stream ? Recording::read(STDIN_FILENO, "standard input")
                                                : Recording::open(*settings.read_from);
  if (!recording) return tl::unexpected(recording.error());
  settings.recording = *std::move(recording);
  return {};
}

std::size_t last_snapshot(const Recording& recording) {
  return std::max<std::size_t>(recording.info().times.size(), 1) - 1;
}

void tell_origin(const Recording& recording, const Messages& messages) {
  const RecordingInfo& info = recording.info();
  if (isatty(STDERR_FILENO) == 0 || info.times.empty() || info.times.back() == 0) return;
  std::string text = "recorded ";
  append_value(text, info.times.back(), sockutils::Type::Time, sockutils::Style::Human);
  if (!info.host.empty()) text += " on " + info.host;
  if (!info.kernel.empty()) text += ", Linux " + info.kernel;
  if (info.times.size() > 1)
    text += ", the last of " + std::to_string(info.times.size()) + " snapshots: sockmon --replay plays them";
  messages.note(text);
}

std::vector<SocketKind> chosen_kinds(const Settings& settings) {
  std::vector<SocketKind> kinds = settings.kinds.kinds();
  if (!settings.recording || settings.kinds.names_protocols()) return kinds;
  const std::vector<SocketKind> held = settings.recording->kinds(last_snapshot(*settings.recording));
  std::erase_if(
      kinds, [&](const SocketKind& kind) { return std::find(held.begin(), held.end(), kind) == held.end(); });
  if (!kinds.empty()) return kinds;
  return settings.kinds.names_any() || held.empty() ? settings.kinds.kinds() : held;
}

ExitCode record(const Settings& settings, const Query& query, Messages& messages) {
  const auto report = write_recording(settings, query);
  if (!report) {
    messages.error(report.error());
    return ExitCode::Failed;
  }
  for (const sockutils::Warning& warning : report->warnings) messages.warning(warning);
  if (isatty(STDERR_FILENO) != 0 && settings.record_to != Stream)
    messages.note("recorded " + sockutils::counted(report->rows, "socket") + "; sockls --read " +
                  *settings.record_to + " lists them");
  const bool owners_owed = settings.processes == true && report->owners_missing();
  return report->sockets_missing() || owners_owed ? ExitCode::Failed : ExitCode::Worked;
}

}  // namespace tools::sockls
