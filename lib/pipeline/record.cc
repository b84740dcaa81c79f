#include "pipeline/record.h"

#include <algorithm>
#include <utility>

#include "acquire/counters/count.h"
#include "acquire/namespaces/namespaces.h"
#include "acquire/recordings/recording_system.h"
#include "common/wire.h"
#include "family/family.h"
#include "pipeline/list.h"
#include "sockutils/version.h"

namespace sockutils {
namespace {

bool includes_kind(const std::vector<SocketKind>& kinds, const SocketKind& kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

/// A query for everything, so that nothing is missing from the recording.
Query whole_query(const Query& asked, const std::vector<SocketKind>& incidental) {
  Query query;
  query.kinds = asked.kinds;
  for (const SocketKind& kind : incidental)
    if (!includes_kind(query.kinds, kind)) query.kinds.push_back(kind);
  query.source = asked.source;
  query.numeric = asked.numeric;
  query.resolve_hosts = asked.resolve_hosts;
  query.unbound = true;
  query.namespaces = asked.namespaces;
  // Name servers are asked only on request.
  for (const Field* field : fields())
    if (query.resolve_hosts || !needs_any(field->needs, Needs::HostNames)) query.fields.push_back(field);
  return query;
}

/// Writes which namespaces the query means, and what happened in each.
void record_namespaces(const System& system, const Query& query, std::span<const IntervalEvents> between,
                       Recorder& recorder) {
  std::vector<NetworkNamespace> spaces = query.namespaces;
  if (spaces.empty()) spaces.push_back({{}, system.file_inode(OwnNetworkNamespace).value_or(0), {}});
  for (const NetworkNamespace& space : spaces) {
    std::string value;
    append_wire(value, space.inode);
    recorder.fact(FactKind::RecordedNamespace, space.path, 0, value += space.name);
  }
  const auto now = system.now().steady;
  for (const IntervalEvents& one : between) recorder.between(one.where ? one.where->path : "", one, now);
}

/// Reads the counters only so that they are recorded.
void record_counters(const RecordingSystem& system, const Query& query) {
  const auto read = [&] { static_cast<void>(read_machine_counters(system)); };
  if (query.namespaces.empty()) read();
  for (const NetworkNamespace& space : query.namespaces) {
    if (space.path.empty())
      read();
    else
      static_cast<void>(system.in_network_namespace(space.path, read));
  }
}

}  // namespace

struct RecordingWriter::Content {
  NewFile file;
};

Result<Report> record_snapshot(const System& inner, const MachineFacts& machine, const Query& query,
                               NewFile& file, const RecordingWriter::More& more) {
  Recorder recorder(file);
  const auto steady =
      std::chrono::duration_cast<std::chrono::microseconds>(inner.now().steady.time_since_epoch());
  recorder.begin_snapshot(machine.time, static_cast<std::uint64_t>(steady.count()),
                          {{}, machine.host, machine.kernel, machine.hardware, version(), {}});
  Query asked = query;
  if (asked.kinds.empty()) asked.kinds = socket_kinds();
  for (const FamilyHandler& handler : family_handlers())
    if (includes_kind(asked.kinds, handler.kind)) recorder.fact(FactKind::Kind, handler.title, 0, {});
  const RecordingSystem system(inner, recorder);
  NetworkNamespaces spaces;
  if (asked.all_namespaces) {
    spaces = find_network_namespaces(system);
    asked.namespaces = std::exchange(spaces.found, {});
  }
  record_namespaces(system, asked, more.between, recorder);
  const Query whole = whole_query(asked, more.incidental);
  // Names are looked up when a row needs them, so all rows must be produced.
  auto report = list_sockets(system, whole, [&](Values) { return !recorder.error(); });
  if (!report) return report;
  report->warnings.insert(report->warnings.end(), spaces.warnings.begin(), spaces.warnings.end());
  record_counters(system, asked);
  recorder.end_snapshot();
  if (recorder.error()) return tl::unexpected(*recorder.error());
  if (const auto done = file.commit(); !done) return tl::unexpected(done.error());
  return report;
}

Result<Report> record_system(const System& inner, const MachineFacts& machine, const Query& query,
                             NewFile file) {
  if (const auto begun = file.append(record::header()); !begun) return tl::unexpected(begun.error());
  return record_snapshot(inner, machine, query, file);
}

Result<Report> record_sockets(const Query& query, const std::string& path) {
  auto file = NewFile::create(path);
  if (!file) return tl::unexpected(file.error());
  return record_system(real_system(), machine_facts(), query, std::move(*file));
}

Result<Report> record_sockets(const Query& query, int fd, const std::string& name) {
  return record_system(real_system(), machine_facts(), query, NewFile::on(fd, name));
}

Result<RecordingWriter> RecordingWriter::create(const std::string& path) {
  auto file = NewFile::create(path);
  if (!file) return tl::unexpected(file.error());
  if (const auto begun = file->append(record::header()); !begun) return tl::unexpected(begun.error());
  return RecordingWriter(std::make_unique<Content>(Content{std::move(*file)}));
}

Result<Report> RecordingWriter::add(const Query& query, const More& more) {
  return record_snapshot(real_system(), machine_facts(), query, content_->file, more);
}

RecordingWriter::RecordingWriter(std::unique_ptr<Content> content) : content_(std::move(content)) {}
RecordingWriter::~RecordingWriter() = default;
RecordingWriter::RecordingWriter(RecordingWriter&&) noexcept = default;
RecordingWriter& RecordingWriter::operator=(RecordingWriter&&) noexcept = default;

}  // namespace sockutils
