#include "pipeline/list.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <map>
#include <set>

#include "acquire/dumps/unbound.h"
#include "acquire/names/system_names.h"
#include "acquire/names/unix_names.h"
#include "acquire/namespaces/namespace_reader.h"
#include "acquire/namespaces/namespaces.h"
#include "acquire/processes/kernel_sockets.h"
#include "acquire/processes/owner_table.h"
#include "acquire/processes/owner_warning.h"
#include "acquire/processes/socket_files.h"
#include "acquire/recordings/recorded_system.h"
#include "common/number_set.h"
#include "family/family.h"
#include "model/row.h"
#include "pipeline/peers.h"
#include "pipeline/plan.h"
#include "pipeline/sort.h"
#include "sockutils/record.h"

namespace sockutils {
namespace {

NetworkNamespaces namespaces_of(const System& system, const Query& query) {
  return query.all_namespaces ? find_network_namespaces(system) : NetworkNamespaces{query.namespaces, {}};
}

/// Whole dumps without attributes, for a first look.
std::optional<ReadRequest> every_state(const Reading&) { return ReadRequest{}; }

/// What may be received of a dump for each open file while the owners are read; together with what the owners
/// take it stays below 64 bytes.
constexpr std::size_t BytesAheadPerFile = 24;

/// Sockets that wait for their owners, at most; they are larger than what is received ahead.
constexpr std::size_t MostEarly = 10'000;

/// Runs one listing. What it acquired stays in it: values of its rows point there.
class Lister {
 public:
  Lister(const System& system, const Query& query)
      : system_(system),
        query_(query),
        plan_(make_plan(query, socket_kinds())),
        readings_(readings_of(plan_.kinds)),
        namespaces_(namespaces_of(system, query)),
        names_(system, plan_.needs),
        reader_(system, query.recording ? Source::Auto : query.source, namespaces_.found),
        values_(plan_.fields.size()) {
    names_.learn_namespaces(namespaces_.found);
    reader_.on_entering([this](std::optional<std::uint64_t> netns) { names_.enter(netns); });
  }

  Result<Report> run(const RowSink& sink) {
    if (needs_any(plan_.needs, Acquire::HostNames)) learn_hosts();
    if (needs_any(plan_.needs, Acquire::Owners) || query_.unbound) read_owners();
    if (needs_any(plan_.needs, Acquire::PeerOwners | Acquire::ProxyTargets)) read_peers();
    if (needs_any(plan_.needs, Acquire::UnixPeer)) learn_unix_names();
    if (query_.unbound) search_unbound();
    for (const Plan::Pass& pass : plan_.passes)
      if (is_full() || !run_pass(pass, sink)) break;
    if (sorted_) finish_sorted(sink);
    if (reader_.kinds_read() == 0 && !reader_.warnings().empty()) return tl::unexpected(nothing_read());
    return report();
  }

 private:
  void read_owners() {
    reader_.open();
    if (query_.source != Source::Proc) kernel_sockets_.note(reader_, readings_);
    const auto read = [this] {
      return OwnerTable::read(system_, query_.process_source, plan_.needs,
                              [this](std::uint32_t uid) { return std::string(owner_names_.user(uid)); });
    };
    const bool wanted_first =
        query_.unbound || needs_any(plan_.needs, Acquire::PeerOwners | Acquire::ProxyTargets);
    const std::uint64_t files = open_files(system_);
    if (wanted_first || files < ManyFiles) {
      owners_ = read();
      return;
    }
    // The dump begins meanwhile. Where no thread is to be had, it waits.
    pending_owners_ = std::async(std::launch::async | std::launch::deferred, read);
    reader_.receive_ahead(files * BytesAheadPerFile);
  }

  const OwnerTable& owners() {
    if (pending_owners_.valid()) {
      owners_ = pending_owners_.get();
      reader_.receive_ahead(0);
    }
    return owners_;
  }

  void read_peers() {
    const bool whole = needs_any(plan_.needs, Acquire::PeerOwners);
    peers_.emplace(system_, owners_);
    peers_->read(query_.source, query_.all_namespaces ? namespaces_ : find_network_namespaces(system_),
                 whole ? StateSet::all() : ListeningStates);
  }

  /// Host names are wanted all at once, before the first row: a first look finds the addresses.
  void learn_hosts() {
    std::set<Address> addresses;
    for (const Plan::Pass& pass : plan_.passes) {
      read_sockets(pass, [&](const Socket& socket) {
        for (const auto& address : {socket.local_address, socket.peer_address})
          if (address && !address->is_wildcard()) addresses.insert(*address);
        return true;
      });
    }
    if (const auto learned = names_.learn_hosts({addresses.begin(), addresses.end()}); !learned)
      warnings_.push_back({Warning::Kind::NamesMissing, learned.error().message(), {}});
  }

  /// The names of peers are those of other sockets: a first look finds them.
  void learn_unix_names() {
    if (query_.source == Source::Proc) return;  // which tells of no peers
    std::vector<Reading> unix_readings = readings_;
    std::erase_if(unix_readings,
                  [](const Reading& reading) { return reading.parts.front()->kind.family != Family::Unix; });
    if (unix_readings.empty()) return;
    reader_.read(unix_readings, every_state, [this](const Socket& socket) {
      unix_names_.learn(socket);
      return true;
    });
  }

  void search_unbound() {
    std::unordered_set<std::uint64_t> listed;
    reader_.read(readings_, every_state, [&](const Socket& socket) {
      if (socket.inode) listed.insert(*socket.inode);
      return true;
    });
    reader_.visit_each([&](std::optional<std::uint64_t> netns) {
      if (!netns) return;
      for (Socket& socket : find_unbound(system_, owners_, {plan_.kinds, *netns, listed})) {
        socket.netns = netns;
        unbound_.push_back(std::move(socket));
      }
    });
    if (auto warning = unbound_warning(owners_)) warnings_.push_back(std::move(*warning));
  }

  /// Those of a pass; what has no state comes with the last.
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

  template <class Visit>
  bool read_sockets(const Plan::Pass& pass, const Visit& visit) {
    return reader_.read(
        readings_,
        [&](const Reading& reading) -> std::optional<ReadRequest> {
          const auto dumps = pass.dumps_of(reading.parts.front()->kind);
          if (dumps.empty()) return std::nullopt;
          return ReadRequest{pass.states, plan_.needs, dumps};
        },
        visit);
  }

  /// False when the sink wants no more.
  bool run_pass(const Plan::Pass& pass, const RowSink& sink) {
    if (!pass.sorted)
      return read_pass(pass, [&](Socket& socket) {
        return (!sorted_ || finish_sorted(sink)) && (!is_wanted(socket) || deliver(sink));
      });
    const std::size_t fields = plan_.fields.size();
    sorted_ = query_.limit ? RowStore(fields, *query_.limit - rows_, plan_.sort) : RowStore(fields);
    const bool may_wait = &pass != &plan_.passes.back() && namespaces_.found.size() <= 1;
    read_pass(pass, [&](Socket& socket) {
      if (may_wait && pending_owners_.valid() && early_.size() < MostEarly) {
        early_.push_back(socket);
      } else {
        add_early();
        add_sorted(socket);
      }
      return true;
    });
    // The next dump begins while the owners of these are still being read.
    return !early_.empty() || finish_sorted(sink);
  }

  void add_early() {
    for (Socket& socket : std::exchange(early_, {})) add_sorted(socket);
  }
  void add_sorted(Socket& socket) {
    if (is_wanted(socket)) sorted_->add(values_);
  }

  bool finish_sorted(const RowSink& sink) {
    add_early();
    sorted_->sort(plan_.sort);
    bool goes_on = true;
    for (std::size_t i = 0; i < sorted_->size() && goes_on; ++i) goes_on = deliver(sink, (*sorted_)[i]);
    sorted_.reset();
    return goes_on;
  }

  /// Whether the socket is a row; its values are in `values_` then.
  bool is_wanted(Socket& socket) {
    // A dump can show one socket twice while its table changes, and so do repeated dumps.
    if (socket.cookie && !seen_[Table::of(socket)].insert(*socket.cookie)) return false;
    if (query_.unbound && !socket.unbound) socket.unbound = false;
    unix_names_.complete(socket);
    const OwnerTable& table = this->owners();
    const auto owners = socket.inode ? table.owners_of(*socket.inode) : std::span<const Owner>{};
    if (owners.empty() && kernel_sockets_.holds(socket, table)) socket.kernel_owned = true;
    SocketRow row{socket, owners, names_};
    if (needs_any(plan_.needs, Acquire::PeerOwners)) row.peers = peers_->peers_of(socket);
    if (needs_any(plan_.needs, Acquire::ProxyTargets))
      row.proxied = peers_->proxied_by(owners, socket.netns.value_or(0));
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
    return sink(row.first(query_.fields.size())) && !is_full();
  }
  bool is_full() const { return query_.limit && rows_ >= *query_.limit; }

  Error nothing_read() const {
    const Warning first = reader_.warnings().front();
    return {0, "list sockets", {}, first.message + (first.remedy.empty() ? "" : " (" + first.remedy + ")")};
  }

  Report report() {
    Report report;
    report.rows = rows_;
    report.warnings = reader_.warnings();
    report.notes = reader_.notes();
    const OwnerTable& table = owners();
    if (!table.source().empty()) report.notes.push_back("owners from " + table.source());
    if (needs_any(plan_.needs, Acquire::Owners)) {
      const std::size_t ownerless = ownerless_ + (peers_ ? peers_->ownerless() : 0);
      if (auto warning = owner_warning(system_, table, ownerless)) report.warnings.push_back(*warning);
    }
    const auto of_peers = peers_ ? peers_->warnings() : std::vector<Warning>{};
    for (const auto& more : {namespaces_.warnings, table.warnings(), of_peers, warnings_, names_.warnings()})
      report.warnings.insert(report.warnings.end(), more.begin(), more.end());
    return report;
  }

  /// Where a cookie stands for one row.
  struct Table {
    std::uint64_t netns;
    std::optional<Family> family;
    std::uint64_t part;
    static Table of(const Socket& socket) { return {socket.netns.value_or(0), socket.family, socket.part}; }
    friend auto operator<=>(const Table&, const Table&) = default;
  };

  const System& system_;
  const Query& query_;
  Plan plan_;
  std::vector<Reading> readings_;
  NetworkNamespaces namespaces_;
  SystemNames names_;
  NamespaceReader reader_;
  OwnerTable owners_;
  /// Of the users of processes: `names_` is not for two threads.
  SystemNames owner_names_{system_, plan_.needs};
  UnixNames unix_names_;
  std::vector<Socket> unbound_;
  std::optional<PeerTable> peers_;
  KernelSockets kernel_sockets_{system_};
  std::vector<OptionalValue> values_;
  std::map<Table, NumberSet> seen_;
  std::vector<Warning> warnings_;
  /// The rows of a pass that are put in order, and sockets that came before their owners.
  std::optional<RowStore> sorted_;
  std::vector<Socket> early_;
  std::size_t rows_ = 0;
  std::size_t ownerless_ = 0;
  bool filter_asks_owners_ = needs_any(query_.filter.needs(), Acquire::Owners);
  /// Last, so that its thread ends before what it uses.
  std::future<OwnerTable> pending_owners_;
};

}  // namespace

/// The lister first: the values of the rows point into it.
struct Snapshot::Content {
  Content(const System& system, const Query& asked, std::unique_ptr<System> owned)
      : recorded(std::move(owned)),
        query(asked),
        lister(std::make_unique<Lister>(system, query)),
        rows(asked.fields.size()) {}

  /// What the lister reads from when it is not this machine.
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
  const std::string& damage = recording.info().damage;
  if (!damage.empty()) report.warnings.push_back({Warning::Kind::SocketsMissing, damage, {}});
}

RecordedKinds recorded_kinds(const Query& query) {
  RecordedKinds result{query, {}};
  result.query.kinds.clear();
  if (query.namespaces.empty() && !query.all_namespaces)
    result.query.namespaces = query.recording->namespaces(query.snapshot);
  for (const SocketKind& kind : make_plan(query, socket_kinds()).kinds) {
    if (query.incidental || query.recording->was_asked_for(kind, query.snapshot)) {
      result.query.kinds.push_back(kind);
      continue;
    }
    const auto handlers = family_handlers();
    const auto handler = std::find_if(handlers.begin(), handlers.end(),
                                      [&](const FamilyHandler& known) { return known.kind == kind; });
    result.missing.push_back(
        {Warning::Kind::SocketsMissing, std::string(handler->title) + " sockets: not in the recording", {}});
  }
  return result;
}

Result<Report> list_sockets(const Query& query, const RowSink& sink) {
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
  if (!query.recording) return take_snapshot(real_system(), query);
  auto system = recorded_system(query);
  if (!system) return tl::unexpected(system.error());
  const RecordedKinds kinds = recorded_kinds(query);
  if (kinds.query.kinds.empty())
    return tl::unexpected(Error{0, "list sockets", {}, kinds.missing.front().message});
  // The arguments of a call are evaluated in any order: the system is named before it is handed over.
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
