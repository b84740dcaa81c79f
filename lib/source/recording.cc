#include <algorithm>

#include "family/family.h"
#include "sockutils/services.h"
#include "sockutils/version.h"
#include "source/lister.h"
#include "source/machine_counters.h"
#include "source/recorded_channel.h"
#include "source/recorded_system.h"
#include "source/recording_system.h"

namespace sockutils {
namespace {

std::string proc_path(const FamilyHandler& handler) {
  return "/proc/thread-self/net/" + std::string(handler.proc_file);
}

bool is_answered(const record::Namespace& where, const FamilyHandler& handler) {
  if (where.facts.contains({record::Question::File, proc_path(handler)})) return true;
  if (handler.append_request == nullptr) return false;
  std::string request;
  handler.append_request(request, handler.kind, {});
  const auto key = record::dump_key(handler.message_type, as_bytes(request));
  if (!key) return false;
  RecordedChannel channel(where.dumps);
  return channel.can_answer(*key);
}

/// Dumps of other kinds tell who holds the other ends. What says nothing of kinds, as the dumps of `ss` do,
/// has those that it holds.
bool is_named(const record::Namespace& where, const FamilyHandler& handler) {
  const auto says_kinds = std::any_of(where.facts.begin(), where.facts.end(), [](const auto& fact) {
    return fact.first.first == record::Question::Kind;
  });
  return !says_kinds || where.facts.contains({record::Question::Kind, handler.title});
}

const record::Snapshot* snapshot_of(const Recording::Content& content, std::size_t index) {
  return index < content.parsed.snapshots.size() ? &content.parsed.snapshots[index] : nullptr;
}

/// Everything that can be asked, so that nothing is missing from the recording.
Query whole_query(const Query& asked) {
  Query query;
  query.kinds = asked.kinds.empty() ? socket_kinds() : asked.kinds;
  query.source = asked.source;
  query.numeric = asked.numeric;
  query.resolve_hosts = asked.resolve_hosts;
  query.unbound = true;
  query.namespaces = asked.namespaces;
  query.all_namespaces = asked.all_namespaces;
  for (const Field* field : fields()) query.fields.push_back(field);
  return query;
}

}  // namespace

struct RecordingWriter::Content {
  NewFile file;
};

Result<Report> record_snapshot(const System& inner, const MachineFacts& machine, const Query& query,
                               NewFile& file) {
  Recorder recorder(file);
  const auto steady =
      std::chrono::duration_cast<std::chrono::microseconds>(inner.now().steady.time_since_epoch());
  recorder.begin_snapshot(machine.time, static_cast<std::uint64_t>(steady.count()),
                          {{}, machine.host, machine.kernel, machine.hardware, version(), {}});
  const Query whole = whole_query(query);
  for (const FamilyHandler& handler : family_handlers())
    if (std::find(whole.kinds.begin(), whole.kinds.end(), handler.kind) != whole.kinds.end())
      recorder.fact(record::Question::Kind, handler.title, 0, {});
  const RecordingSystem system(inner, recorder);
  // Names are looked up when a row asks for them, so that every row is looked at.
  auto report = list_sockets(system, whole, [&](Values) { return !recorder.error(); });
  if (!report) return report;
  // For the file alone.
  static_cast<void>(read_machine_counters(system));
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

Recording::Recording(std::unique_ptr<const Content> content) : content_(std::move(content)) {}
Recording::~Recording() = default;

Recording::Result Recording::parse(std::string bytes, const std::string& name) {
  auto content = std::make_unique<Content>();
  content->bytes = std::move(bytes);
  auto parsed = record::parse(content->bytes, name);
  if (!parsed) return tl::unexpected(parsed.error());
  content->parsed = *std::move(parsed);
  return std::make_shared<const Recording>(std::move(content));
}

Recording::Result Recording::open(const std::string& path) {
  auto bytes = read_input(path, record::may_be_recording);
  if (!bytes) return tl::unexpected(bytes.error());
  return parse(*std::move(bytes), path);
}

Recording::Result Recording::read(int fd, const std::string& name) {
  auto bytes = read_descriptor(fd, name, record::may_be_recording);
  if (!bytes) return tl::unexpected(bytes.error());
  return parse(*std::move(bytes), name);
}

const RecordingInfo& Recording::info() const { return content_->parsed.info; }

std::vector<SocketKind> Recording::kinds(std::size_t snapshot) const {
  std::vector<SocketKind> kinds;
  const record::Snapshot* const found = snapshot_of(*content_, snapshot);
  if (found == nullptr) return kinds;
  const record::Namespace& first = found->namespaces.begin()->second;
  for (const FamilyHandler& handler : family_handlers())
    if (is_named(first, handler) && is_answered(first, handler)) kinds.push_back(handler.kind);
  return kinds;
}

bool Recording::was_asked_for(const SocketKind& kind, std::size_t snapshot) const {
  const record::Snapshot* const found = snapshot_of(*content_, snapshot);
  if (found == nullptr) return true;
  const auto handlers = family_handlers();
  return std::any_of(handlers.begin(), handlers.end(), [&](const FamilyHandler& handler) {
    return handler.kind == kind && is_named(found->namespaces.begin()->second, handler);
  });
}

FilterNames Recording::filter_names(std::size_t snapshot) const {
  FilterNames names;
  const record::Snapshot* const found = snapshot_of(*content_, snapshot);
  if (found == nullptr) return names;
  const auto system = std::make_shared<const RecordedSystem>(*found);
  names.service = [system](std::string_view name) {
    const auto text = system->read_file("/etc/services");
    return text ? Services::parse(*text).ports(name) : std::vector<std::uint16_t>{};
  };
  names.host = [system](std::string_view name) { return system->host_addresses(std::string(name)); };
  names.interface = [system](std::string_view name) { return system->interface_index(std::string(name)); };
  names.user = [system](std::string_view name) { return system->user_id(std::string(name)); };
  names.cgroup = [system](std::string_view path) { return system->cgroup_id(path); };
  return names;
}

Result<MachineCounters> read_machine_counters(const Recording& recording, std::size_t snapshot) {
  const record::Snapshot* const found = snapshot_of(recording.content(), snapshot);
  if (found == nullptr)
    return tl::unexpected(Error{0, "read", "recording", "there is no snapshot " + std::to_string(snapshot)});
  return read_machine_counters(RecordedSystem(*found));
}

Result<std::unique_ptr<System>> recorded_system(const Query& query) {
  const record::Snapshot* const found = snapshot_of(query.recording->content(), query.snapshot);
  if (found == nullptr)
    return tl::unexpected(
        Error{0, "read", "recording", "there is no snapshot " + std::to_string(query.snapshot)});
  return std::make_unique<RecordedSystem>(*found);
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

Result<Report> RecordingWriter::add(const Query& query) {
  return record_snapshot(real_system(), machine_facts(), query, content_->file);
}

RecordingWriter::RecordingWriter(std::unique_ptr<Content> content) : content_(std::move(content)) {}
RecordingWriter::~RecordingWriter() = default;
RecordingWriter::RecordingWriter(RecordingWriter&&) noexcept = default;
RecordingWriter& RecordingWriter::operator=(RecordingWriter&&) noexcept = default;

}  // namespace sockutils
