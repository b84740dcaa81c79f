#include "source/lister.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/number_set.h"
#include "family/family.h"
#include "model/row.h"
#include "query/plan.h"
#include "query/sort.h"
#include "source/owner_table.h"
#include "source/owner_warning.h"
#include "source/socket_reader.h"
#include "source/system_names.h"

namespace sockutils {
namespace {

/// Runs one listing. What it acquired stays in it: values of its rows point there.
class Lister {
 public:
  Lister(const System& system, const Query& query)
      : system_(system),
        query_(query),
        plan_(make_plan(query, socket_kinds())),
        readings_(readings_of(plan_.kinds)),
        names_(system, plan_.needs),
        reader_(system, query.source),
        values_(plan_.fields.size()) {}

  Result<Report> run(const RowSink& sink) {
    if (const auto netns = system_.file_inode("/proc/thread-self/ns/net")) netns_ = *netns;
    if (needs_any(plan_.needs, Acquire::HostNames)) learn_hosts();
    if (needs_any(plan_.needs, Acquire::Owners)) read_owners();
    for (const Plan::Pass& pass : plan_.passes)
      if (!run_pass(pass, sink)) break;
    if (reader_.kinds_read() == 0 && !reader_.warnings().empty()) return tl::unexpected(nothing_read());
    return report();
  }

 private:
  void read_owners() {
    reader_.open();
    owners_ = OwnerTable::read(system_, query_.process_source, plan_.needs,
                               [this](std::uint32_t uid) { return std::string(names_.user(uid)); });
  }

  /// Host names are wanted all at once, before the first row: a first look finds the addresses.
  void learn_hosts() {
    std::set<Address> addresses;
    for (const Plan::Pass& pass : plan_.passes) {
      read_sockets(pass.states, [&](const Socket& socket) {
        for (const auto& address : {socket.local_address, socket.peer_address})
          if (address && !address->is_wildcard()) addresses.insert(*address);
        return true;
      });
    }
    if (const auto learned = names_.learn_hosts({addresses.begin(), addresses.end()}); !learned)
      warnings_.push_back({Warning::Kind::NamesMissing, learned.error().message(), {}});
  }

  template <class Visit>
  bool read_sockets(StateSet states, const Visit& visit) {
    const DumpRequest request{states, plan_.needs};
    for (const Reading& reading : readings_)
      if (!reader_.read(reading, request, visit)) return false;
    return true;
  }

  /// False when the sink wants no more.
  bool run_pass(const Plan::Pass& pass, const RowSink& sink) {
    if (!pass.sorted)
      return read_sockets(pass.states, [&](Socket& socket) { return !is_wanted(socket) || deliver(sink); });
    RowStore rows(plan_.fields.size());
    read_sockets(pass.states, [&](Socket& socket) {
      if (is_wanted(socket)) rows.add(values_);
      return true;
    });
    rows.sort(plan_.sort);
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (!deliver(sink, rows[i])) return false;
    return true;
  }

  /// Whether the socket is a row; its values are in `values_` then.
  bool is_wanted(Socket& socket) {
    // A dump can show one socket twice while its table changes, and so do repeated dumps.
    if (socket.cookie && !seen_[socket.family].insert(*socket.cookie)) return false;
    socket.netns = netns_;
    const auto owners = socket.inode ? owners_.owners_of(*socket.inode) : std::span<const Owner>{};
    const Row row{socket, owners, names_};
    const bool wanted = query_.filter.matches(row);
    // What a filter could not know of an owner might have matched.
    const bool owner_matters = wanted || filter_asks_owners_;
    if (owner_matters && owners.empty() && socket.inode && !socket.kernel_owned) ++ownerless_;
    if (!wanted) return false;
    for (std::size_t i = 0; i < plan_.fields.size(); ++i) values_[i] = plan_.fields[i]->get(row);
    return true;
  }

  bool deliver(const RowSink& sink) { return deliver(sink, values_); }
  bool deliver(const RowSink& sink, Values row) {
    ++rows_;
    return sink(row.first(query_.fields.size()));
  }

  Error nothing_read() const {
    const Warning& first = reader_.warnings().front();
    return {0, "list sockets", {}, first.message + (first.remedy.empty() ? "" : " (" + first.remedy + ")")};
  }

  Report report() {
    Report report;
    report.rows = rows_;
    report.warnings = reader_.warnings();
    if (needs_any(plan_.needs, Acquire::Owners)) {
      if (auto warning = owner_warning(system_, owners_, ownerless_)) report.warnings.push_back(*warning);
    }
    for (const auto& more : {warnings_, names_.warnings()})
      report.warnings.insert(report.warnings.end(), more.begin(), more.end());
    return report;
  }

  const System& system_;
  const Query& query_;
  Plan plan_;
  std::vector<Reading> readings_;
  SystemNames names_;
  SocketReader reader_;
  OwnerTable owners_;
  std::vector<OptionalValue> values_;
  std::map<Family, NumberSet> seen_;
  std::optional<std::uint64_t> netns_;
  std::vector<Warning> warnings_;
  std::size_t rows_ = 0;
  std::size_t ownerless_ = 0;
  bool filter_asks_owners_ = needs_any(query_.filter.needs(), Acquire::Owners);
};

}  // namespace

/// The lister first: the values of the rows point into it.
struct Snapshot::Content {
  Content(const System& system, const Query& asked)
      : query(asked), lister(std::make_unique<Lister>(system, query)), rows(asked.fields.size()) {}

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

Result<Report> list_sockets(const Query& query, const RowSink& sink) {
  return list_sockets(real_system(), query, sink);
}

Result<Snapshot> take_snapshot(const System& system, const Query& query) {
  auto content = std::make_unique<Snapshot::Content>(system, query);
  auto report = content->lister->run([&](Values row) {
    content->rows.add(row);
    return true;
  });
  if (!report) return tl::unexpected(report.error());
  content->report = std::move(*report);
  return Snapshot(std::move(content));
}

Result<Snapshot> take_snapshot(const Query& query) { return take_snapshot(real_system(), query); }

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
