#include "pipeline/list.h"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

#include "acquire/namespaces/namespace_reader.h"
#include "acquire/namespaces/namespaces.h"
#include "acquire/recordings/replay_system.h"
#include "common/number_set.h"
#include "family/family.h"
#include "pipeline/plan.h"
#include "pipeline/row_builder.h"
#include "pipeline/sort.h"
#include "sockutils/record.h"

namespace sockutils {
namespace {

NetworkNamespaces namespaces_of(const System& system, const Query& query) {
  return query.all_namespaces ? find_network_namespaces(system) : NetworkNamespaces{query.namespaces, {}};
}

/// Maximum number of sockets that wait for their owners; a socket takes more memory than the data received
/// ahead.
constexpr std::size_t MaxEarly = 10'000;

/// Runs one listing, and keeps everything that it acquired, because values of its rows refer to it.
class Lister {
 public:
  Lister(const System& system, const Query& query)
      : query_(query),
        plan_(make_plan(query, socket_kinds())),
        dump_groups_(dump_groups_of(plan_.kinds)),
        namespaces_(namespaces_of(system, query)),
        reader_(system, query.recording ? Source::Auto : query.source, namespaces_.found),
        rows_(system, query, plan_),
        values_(plan_.fields.size()) {
    rows_.learn_namespaces(namespaces_.found);
    reader_.on_entering([this](std::optional<std::uint64_t> netns) { rows_.enter(netns); });
  }

  Result<Report> run(const RowSink& sink) {
    rows_.learn_hosts([this](const SocketSink& visit) {
      for (const Plan::Pass& pass : plan_.passes) read_sockets(pass, visit);
    });
    rows_.acquire_ahead(reader_, query_.all_namespaces ? std::optional(namespaces_) : std::nullopt);
    if (query_.unbound) search_unbound();
    for (const Plan::Pass& pass : plan_.passes)
      if (is_full() || !run_pass(pass, sink)) break;
    if (sorted_) finish_sorted(sink);
    if (reader_.kinds_read() == 0 && !reader_.warnings().empty()) return tl::unexpected(nothing_read());
    return report();
  }

 private:
  void search_unbound() {
    std::unordered_set<std::uint64_t> listed;
    reader_.read(dump_groups_, every_state, [&](const Socket& socket) {
      if (socket.inode) listed.insert(*socket.inode);
      return true;
    });
    std::unordered_set<std::uint64_t> namespaces;
    reader_.visit_each([&](std::optional<std::uint64_t> netns) {
      if (netns) namespaces.insert(*netns);
    });
    unbound_ = rows_.find_unbound(namespaces, listed);
  }

  /// The unbound sockets of a pass; those without a state come with the last pass.
  template <class Visit>
  bool visit_unbound(const Plan::Pass& pass, const Visit& visit) {
    const bool last = &pass == &plan_.passes.back();
    return std::all_of(unbound_.begin(), unbound_.end(), [&](Socket& socket) {
      const bool here = socket.state ? pass.states.contains(*socket.state) : last;
      return !here || visit(socket);
    });
  }

  template <class Visit>
  bool read_pass(const Plan::Pass& pass, const Visit& visit) {
    return read_sockets(pass, visit) && visit_unbound(pass, visit);
  }

  /// A socket without a state is read from a file in every pass, and is listed in the last one.
  template <class Visit>
  bool read_sockets(const Plan::Pass& pass, const Visit& visit) {
    const bool last = &pass == &plan_.passes.back();
    return reader_.read(
        dump_groups_, [&](const DumpGroup& group) { return plan_.request_for(pass, group); },
        [&](Socket& socket) { return (!socket.state && !socket.cookie && !last) || visit(socket); });
  }

  /// Returns false when the sink wants no more rows.
  bool run_pass(const Plan::Pass& pass, const RowSink& sink) {
    if (!pass.sorted)
      return read_pass(pass, [&](Socket& socket) {
        return (!sorted_ || finish_sorted(sink)) && (!is_wanted(socket) || deliver(sink));
      });
    if (!early_.empty()) held_.push_back(std::exchange(early_, {}));
    sorted_ = make_store();
    const bool may_wait = &pass != &plan_.passes.back() && namespaces_.found.size() <= 1;
    read_pass(pass, [&](Socket& socket) {
      if (may_wait && rows_.is_waiting() && early_.size() < MaxEarly) {
        early_.push_back(socket);
      } else {
        add_early();
        add_sorted(socket);
      }
      return true;
    });
    // The next dump begins while the owners for this one are still being read.
    return (may_wait && rows_.is_waiting()) || finish_sorted(sink);
  }

  RowStore make_store() const {
    const std::size_t fields = plan_.fields.size();
    return query_.limit ? RowStore(fields, *query_.limit - delivered_, plan_.sort) : RowStore(fields);
  }

  void add_early() {
    for (Socket& socket : std::exchange(early_, {})) add_sorted(socket);
  }
  void add_sorted(Socket& socket) {
    if (is_wanted(socket)) sorted_->add(values_);
  }

  /// Delivers the rows of earlier passes, pass by pass, and then those of this one.
  bool finish_sorted(const RowSink& sink) {
    std::optional<RowStore> own = std::exchange(sorted_, std::nullopt);
    for (std::vector<Socket>& sockets : std::exchange(held_, {})) {
      sorted_ = make_store();
      for (Socket& socket : sockets) add_sorted(socket);
      if (!deliver_sorted(sink)) return false;
    }
    sorted_ = std::move(own);
    add_early();
    return deliver_sorted(sink);
  }

  bool deliver_sorted(const RowSink& sink) {
    sorted_->sort(plan_.sort);
    bool goes_on = true;
    for (std::size_t i = 0; i < sorted_->size() && goes_on; ++i) goes_on = deliver(sink, (*sorted_)[i]);
    sorted_.reset();
    return goes_on;
  }

  /// Whether the socket makes a row; its values are then in `values_`.
  bool is_wanted(Socket& socket) {
    // A dump can contain a socket twice while its table changes, and so can repeated dumps.
    if (socket.cookie && !seen_[Table::of(socket)].insert(*socket.cookie)) return false;
    rows_.complete(socket);
    const Holders holders = rows_.holders_of(socket);
    const SocketRow row = rows_.row(socket, holders);
    const bool wanted = query_.filter.matches(row);
    // An unknown owner might have matched the filter.
    const bool owner_matters = wanted || filter_asks_owners_;
    if (owner_matters) rows_.note_owner(socket, holders);
    if (!wanted) return false;
    for (std::size_t i = 0; i < plan_.fields.size(); ++i) values_[i] = plan_.fields[i]->get(row);
    return true;
  }

  bool deliver(const RowSink& sink) { return deliver(sink, values_); }
  bool deliver(const RowSink& sink, Values row) {
    ++delivered_;
    return sink(row.first(query_.fields.size())) && !is_full();
  }
  bool is_full() const { return query_.limit && delivered_ >= *query_.limit; }

  Error nothing_read() const {
    const Warning first = reader_.warnings().front();
    return {0, "list sockets", {}, first.message + (first.remedy.empty() ? "" : " (" + first.remedy + ")")};
  }

  Report report() {
    Report report;
    report.rows = delivered_;
    report.warnings = reader_.warnings();
    report.warnings.insert(report.warnings.end(), namespaces_.warnings.begin(), namespaces_.warnings.end());
    rows_.add_warnings(report.warnings);
    report.notes = reader_.notes();
    rows_.add_notes(report.notes);
    return report;
  }

  /// The scope within which a cookie is unique.
  struct Table {
    std::uint64_t netns;
    std::optional<Family> family;
    std::uint64_t part;
    static Table of(const Socket& socket) { return {socket.netns.value_or(0), socket.family, socket.part}; }
    friend auto operator<=>(const Table&, const Table&) = default;
  };

  const Query& query_;
  Plan plan_;
  std::vector<DumpGroup> dump_groups_;
  NetworkNamespaces namespaces_;
  NamespaceReader reader_;
  RowBuilder rows_;
  std::vector<Socket> unbound_;
  std::vector<OptionalValue> values_;
  std::map<Table, NumberSet> seen_;
  /// The rows of a pass that are to be sorted, and sockets that arrived before their owners.
  std::optional<RowStore> sorted_;
  std::vector<Socket> early_;
  /// Such sockets of earlier passes, one list for each.
  std::vector<std::vector<Socket>> held_;
  std::size_t delivered_ = 0;
  bool filter_asks_owners_ = needs_any(query_.filter.needs(), Needs::Owners);
};

/// Replaces warnings about files that a dump of ss(8) cannot hold.
void adapt_to_dump(Report& report, const Recording& recording) {
  const auto is_owners = [](const Warning& warning) { return warning.kind == Warning::Kind::OwnersMissing; };
  if (std::erase_if(report.warnings, is_owners) > 0)
    report.warnings.push_back({Warning::Kind::OwnersMissing, "a dump of ss holds no processes", {}});
  const auto& snapshots = recording.content().parsed.snapshots;
  if (std::any_of(snapshots.begin(), snapshots.end(),
                  [](const record::Snapshot& one) { return one.used_own_names && *one.used_own_names; }))
    report.warnings.push_back(
        {Warning::Kind::NamesMissing, "a dump of ss holds no names: they are those of this machine", {}});
}

/// Of a protocol that was dumped over one version of IP, the other version is not missing.
bool has_other_version(const std::vector<SocketKind>& kinds, const SocketKind& missing) {
  return is_internet(missing.family) && std::any_of(kinds.begin(), kinds.end(), [&](const SocketKind& kind) {
           return is_internet(kind.family) && kind.protocol == missing.protocol;
         });
}

}  // namespace

/// The lister comes first, because the values of the rows point into it.
struct Snapshot::Content {
  Content(const System& system, const Query& asked, std::unique_ptr<System> owned)
      : recorded(std::move(owned)),
        query(asked),
        lister(std::make_unique<Lister>(system, query)),
        rows(asked.fields.size()) {}

  /// What the lister reads from, if not this machine.
  std::unique_ptr<System> recorded = nullptr;
  Query query;
  std::unique_ptr<Lister> lister;
  RowStore rows;
  Report report;
};

std::vector<SocketKind> socket_kinds() {
  std::vector<SocketKind> kinds;
  for (const FamilyHandler& handler : family_handlers()) kinds.push_back(handler.kind);
  return kinds;
}

bool Report::sockets_missing() const {
  return std::any_of(warnings.begin(), warnings.end(), [](const Warning& warning) {
    return warning.kind == Warning::Kind::SocketsMissing || warning.kind == Warning::Kind::SocketsMalformed;
  });
}

bool Report::owners_missing() const {
  return std::any_of(warnings.begin(), warnings.end(),
                     [](const Warning& warning) { return warning.kind == Warning::Kind::OwnersMissing; });
}

Result<Report> list_sockets(const System& system, const Query& query, const RowSink& sink) {
  return Lister(system, query).run(sink);
}

void adapt_warnings(Report& report, const Recording& recording) {
  for (Warning& warning : report.warnings) warning.remedy.clear();
  if (recording.info().sockets_alone) adapt_to_dump(report, recording);
  const std::string& damage = recording.info().damage;
  if (!damage.empty()) report.warnings.push_back({Warning::Kind::SocketsMissing, damage, {}});
}

RecordedKinds recorded_kinds(const Query& query) {
  RecordedKinds result{query, {}};
  result.query.kinds.clear();
  if (query.namespaces.empty() && !query.all_namespaces)
    result.query.namespaces = query.recording->namespaces(query.snapshot);
  std::vector<SocketKind> missing;
  for (const SocketKind& kind : make_plan(query, socket_kinds()).kinds) {
    const bool is_there = query.incidental || query.recording->was_asked_for(kind, query.snapshot);
    (is_there ? result.query.kinds : missing).push_back(kind);
  }
  if (query.recording->info().sockets_alone)
    std::erase_if(missing, [&](const auto& kind) { return has_other_version(result.query.kinds, kind); });
  for (const SocketKind& kind : missing) {
    const auto handlers = family_handlers();
    const auto handler = std::find_if(handlers.begin(), handlers.end(),
                                      [&](const FamilyHandler& known) { return known.kind == kind; });
    result.missing.push_back(
        {Warning::Kind::SocketsMissing, std::string(handler->title) + " sockets: not in the recording", {}});
  }
  return result;
}

Result<Report> list_sockets(const Query& query, const RowSink& sink) {
  if (auto checked = check(query); !checked) return tl::unexpected(checked.error());
  if (!query.recording) return list_sockets(real_system(), query, sink);
  const auto system = recorded_system(query);
  if (!system) return tl::unexpected(system.error());
  const RecordedKinds kinds = recorded_kinds(query);
  if (kinds.query.kinds.empty())
    return tl::unexpected(Error{0, "list sockets", {}, kinds.missing.front().message});
  auto report = list_sockets(**system, kinds.query, sink);
  if (!report) return report;
  report->warnings.insert(report->warnings.begin(), kinds.missing.begin(), kinds.missing.end());
  adapt_warnings(*report, *query.recording);
  return report;
}

Result<Snapshot> take_snapshot(const System& system, const Query& query, std::unique_ptr<System> owned,
                               const std::vector<Warning>& warnings) {
  auto content = std::make_unique<Snapshot::Content>(system, query, std::move(owned));
  auto report = content->lister->run([&](Values row) {
    content->rows.add(row);
    return true;
  });
  if (!report) return tl::unexpected(report.error());
  content->report = std::move(*report);
  content->report.warnings.insert(content->report.warnings.begin(), warnings.begin(), warnings.end());
  if (query.recording) adapt_warnings(content->report, *query.recording);
  return Snapshot(std::move(content));
}

Result<Snapshot> take_snapshot(const Query& query) {
  if (auto checked = check(query); !checked) return tl::unexpected(checked.error());
  if (!query.recording) return take_snapshot(real_system(), query);
  auto system = recorded_system(query);
  if (!system) return tl::unexpected(system.error());
  const RecordedKinds kinds = recorded_kinds(query);
  if (kinds.query.kinds.empty())
    return tl::unexpected(Error{0, "list sockets", {}, kinds.missing.front().message});
  // Arguments are evaluated in unspecified order, so the reference is taken before the pointer is moved.
  const System& recorded = **system;
  return take_snapshot(recorded, kinds.query, std::move(*system), kinds.missing);
}

Snapshot::Snapshot() = default;
Snapshot::Snapshot(std::unique_ptr<Content> content) : content_(std::move(content)) {}
Snapshot::~Snapshot() = default;
Snapshot::Snapshot(Snapshot&&) noexcept = default;
Snapshot& Snapshot::operator=(Snapshot&&) noexcept = default;

std::size_t Snapshot::size() const { return content_ ? content_->rows.size() : 0; }
Values Snapshot::operator[](std::size_t index) const { return content_->rows[index]; }
const Report& Snapshot::report() const {
  static const Report none;
  return content_ ? content_->report : none;
}

}  // namespace sockutils
