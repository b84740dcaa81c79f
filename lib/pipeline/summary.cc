#include "pipeline/summary.h"

#include <algorithm>
#include <set>

#include "acquire/recordings/replay_system.h"
#include "counters/system_limits.h"
#include "pipeline/list.h"
#include "pipeline/summary_section.h"
#include "sockutils/list.h"

namespace sockutils {
namespace {

using RowValues = std::vector<OptionalValue>;
using FieldList = std::vector<const Field*>;

OptionalValue first_of(const OptionalValue& value) {
  const auto* list = value ? std::get_if<PerOwner>(&*value) : nullptr;
  return list != nullptr && !list->owners.empty() ? list->get(list->owners.front()) : std::nullopt;
}

std::optional<std::uint64_t> number(const OptionalValue& value) {
  const auto* const found = value ? std::get_if<std::uint64_t>(&*value) : nullptr;
  return found != nullptr ? std::optional(*found) : std::nullopt;
}

class Summarizer {
 public:
  Summarizer(const System& system, const Query& query, const SummaryOptions& options)
      : system_(system), query_(query), options_(options) {
    query_.fields.clear();
    query_.sort.clear();
    query_.listeners_first = false;
    query_.limit.reset();
    states_ = add_count({"family", "protocol", "state"});
    peers_ = add_count(query.resolve_hosts ? std::vector<std::string_view>{"peer_address", "peer_host"}
                                           : std::vector<std::string_view>{"peer_address"});
    destinations_ = add_count({"protocol", "local_address", "peer_address", "peer_port"});
    if (options.owners) processes_ = add_count({"pid", "process"});
    plan_listeners();
  }

  Result<Summary> run() {
    read_port_range();
    auto report = list_sockets(system_, query_, [this](Values row) {
      take(row);
      return true;
    });
    if (!report) return tl::unexpected(report.error());
    Summary summary;
    summary.report = std::move(*report);
    std::vector<SectionDraft> drafts{states_section(), listeners_section()};
    if (processes_) drafts.push_back(processes_section());
    drafts.insert(drafts.end(), {peers_section(), destinations_section(), memory_section(system_),
                                 limits_section(system_)});
    for (SectionDraft& draft : drafts) summary.sections.emplace_back(std::move(draft));
    return summary;
  }

 private:
  /// Groups, and where their input is in a row of the listing.
  struct Count {
    Grouping grouping;
    Groups groups;
    std::vector<std::size_t> columns;
  };

  std::size_t column_of(const Field* field) {
    const auto found = std::find(query_.fields.begin(), query_.fields.end(), field);
    if (found != query_.fields.end()) return static_cast<std::size_t>(found - query_.fields.begin());
    query_.fields.push_back(field);
    return query_.fields.size() - 1;
  }
  std::size_t column_of(std::string_view name) { return column_of(find_field(name)); }

  std::unique_ptr<Count> add_count(const std::vector<std::string_view>& names) {
    FieldList by;
    for (const std::string_view name : names) by.push_back(find_field(name));
    // A plain count is always valid.
    Grouping grouping = *Grouping::make(by, {});
    auto count = std::make_unique<Count>(Count{grouping, Groups(grouping), {}});
    for (const Field* field : grouping.input()) count->columns.push_back(column_of(field));
    return count;
  }

  void plan_listeners() {
    std::vector<std::string_view> names{"protocol", "local"};
    if (!query_.numeric) names.emplace_back("local_service");
    names.insert(names.end(), {"recv_queue", "send_queue"});
    if (find_field("exposure") != nullptr) names.emplace_back("exposure");
    if (options_.owners) names.insert(names.end(), {"process", "pid"});
    FieldList fields;
    for (const std::string_view name : names) {
      fields.push_back(find_field(name));
      listener_columns_.push_back(column_of(name));
    }
    listeners_ = std::make_shared<SummarySection::Content>("listeners", "Listeners", fields);
    // Sorted by protocol, then by port, which is not shown by itself.
    fields.push_back(find_field("local_port"));
    listener_columns_.push_back(column_of("local_port"));
    listener_order_ = {{0, false}, {fields.size() - 1, false}, {1, false}};
    listener_rows_ = RowStore(fields.size(), options_.top, listener_order_);
    state_ = column_of("state");
    local_port_ = column_of("local_port");
    local_address_ = column_of("local_address");
    peer_address_ = column_of("peer_address");
    timer_expires_ = column_of("timer_expires");
    peer_port_ = column_of("peer_port");
  }

  /// A service may listen within the range of ephemeral ports: connections to it use none of them.
  void read_port_range() {
    const auto range = system_.read_file("/proc/sys/net/ipv4/ip_local_port_range");
    const auto reserved = system_.read_file("/proc/sys/net/ipv4/ip_local_reserved_ports");
    if (range) ports_ = PortRange::parse(*range, reserved.value_or(""));
    if (!ports_) return;
    const auto text = [this](const char* path) { return system_.read_file(path).value_or(""); };
    reuse_ = TimeWaitReuse::parse(text("/proc/sys/net/ipv4/tcp_tw_reuse"),
                                  text("/proc/sys/net/ipv4/tcp_tw_reuse_delay"),
                                  text("/proc/sys/net/ipv4/tcp_timestamps"));
    Query listening;
    listening.kinds = query_.kinds;
    std::erase_if(listening.kinds, [](const SocketKind& kind) { return kind.protocol != Protocol::Tcp; });
    if (listening.kinds.empty() && !query_.kinds.empty()) return;
    listening.states = {State::Listen};
    listening.source = query_.source;
    listening.fields = {find_field("local_port")};
    // What cannot be read here is missing from the main listing too, which has the warning.
    static_cast<void>(list_sockets(system_, listening, [this](Values row) {
      if (const auto port = number(row[0])) listening_ports_.insert(*port);
      return true;
    }));
  }

  void take(Values row) {
    add(*states_, row);
    if (processes_ && row[processes_->columns[0]]) add(*processes_, row);
    const auto* const state = row[state_] ? std::get_if<State>(&*row[state_]) : nullptr;
    // An unconnected socket receives from anyone only if it has a port.
    const bool receives = state != nullptr && *state == State::Unconnected && row[local_port_];
    if (receives || (state != nullptr && *state == State::Listen)) return take_listener(row);
    if (!row[peer_address_]) return;
    add(*peers_, row);
    if (uses_ephemeral_port(row) && !gives_port(row, state)) add(*destinations_, row);
  }

  /// Whether the next connection to the same destination may use the port of this one.
  bool gives_port(Values row, const State* state) const {
    const auto expires = number(row[timer_expires_]);
    if (state == nullptr || *state != State::TimeWait || !expires) return false;
    const auto is_loopback = [&](std::size_t column) {
      const auto address = get<Address>(row, column);
      return address && address->is_loopback();
    };
    return reuse_.gives_port(is_loopback(local_address_) || is_loopback(peer_address_), *expires);
  }

  bool uses_ephemeral_port(Values row) const {
    const auto port = number(row[local_port_]);
    return row[peer_port_] && port && ports_ && ports_->contains(*port) && listening_ports_.count(*port) == 0;
  }

  void add(Count& count, Values row) {
    projected_.clear();
    for (const std::size_t column : count.columns) projected_.push_back(row[column]);
    count.groups.add(projected_);
  }

  void take_listener(Values row) {
    ++listener_count_;
    projected_.clear();
    for (const std::size_t column : listener_columns_) {
      const bool by_owner = query_.fields[column]->role == Role::PerOwner;
      projected_.push_back(by_owner ? first_of(row[column]) : row[column]);
    }
    listener_rows_.add(projected_);
  }

  SectionDraft listeners_section() {
    listener_rows_.sort(listener_order_);
    for (std::size_t i = 0; i < listener_rows_.size(); ++i)
      listeners_->rows.add(listener_rows_[i].first(listeners_->fields.size()));
    listeners_->left_out = listener_count_ - listener_rows_.size();
    return listeners_;
  }

  /// A section of groups; `more` appends values to their rows.
  template <class More>
  SectionDraft section(Count& count, std::string_view name, std::string_view title,
                       std::initializer_list<std::string_view> own_fields, const More& more,
                       std::optional<std::size_t> limit) {
    FieldList fields = count.grouping.output();
    fields.pop_back();
    for (const std::string_view field : own_fields) fields.push_back(summary_field(field));
    auto draft = std::make_shared<SummarySection::Content>(name, title, std::move(fields));
    const std::size_t all = count.groups.finish({}, limit);
    for (std::size_t i = 0; i < count.groups.size(); ++i) {
      const Values group = count.groups[i];
      RowValues row(group.begin(), group.end());
      more(row);
      draft->rows.add(row);
    }
    draft->left_out = all - count.groups.size();
    return draft;
  }

  SectionDraft states_section() {
    return section(
        *states_, "states", "Sockets", {"count"}, [](RowValues&) {}, std::nullopt);
  }

  SectionDraft processes_section() {
    return section(
        *processes_, "processes", "Processes with most sockets", {"count", "file_limit", "used_percent"},
        [this](RowValues& row) {
          const auto pid = number(row[0]);
          const auto limits =
              system_.read_file("/proc/" + std::to_string(pid.value_or(0)) + "/limits").value_or("");
          const auto files = parse_open_files_limit(limits);
          row.push_back(files ? OptionalValue(*files) : std::nullopt);
          row.push_back(used_percent(row[2], row[3]));
        },
        options_.top);
  }

  SectionDraft peers_section() {
    return section(
        *peers_, "peers", "Remote hosts with most connections", {"count"}, [](RowValues&) {}, options_.top);
  }

  SectionDraft destinations_section() {
    return section(
        *destinations_, "destinations", "Ephemeral ports by destination", {"ports", "limit", "used_percent"},
        [this](RowValues& row) {
          row.emplace_back(ports_->size());
          row.push_back(used_percent(row[4], row[5]));
        },
        options_.top);
  }

  const System& system_;
  Query query_;
  SummaryOptions options_;
  std::unique_ptr<Count> states_;
  std::unique_ptr<Count> peers_;
  std::unique_ptr<Count> destinations_;
  std::unique_ptr<Count> processes_;
  SectionDraft listeners_;
  std::vector<std::size_t> listener_columns_;
  std::vector<Plan::SortColumn> listener_order_;
  RowStore listener_rows_{0};
  std::size_t listener_count_ = 0;
  std::optional<PortRange> ports_;
  TimeWaitReuse reuse_;
  std::set<std::uint64_t> listening_ports_;
  RowValues projected_;
  // Columns of the listing.
  std::size_t state_ = 0;
  std::size_t local_port_ = 0;
  std::size_t local_address_ = 0;
  std::size_t peer_address_ = 0;
  std::size_t timer_expires_ = 0;
  std::size_t peer_port_ = 0;
};

}  // namespace

Result<Summary> summarize(const System& system, const Query& query, const SummaryOptions& options) {
  return Summarizer(system, query, options).run();
}

Result<Summary> summarize(const Query& query, const SummaryOptions& options) {
  if (!query.recording) return summarize(real_system(), query, options);
  const auto system = recorded_system(query);
  if (!system) return tl::unexpected(system.error());
  const RecordedKinds kinds = recorded_kinds(query);
  auto summary = summarize(**system, kinds.query, options);
  if (!summary) return summary;
  summary->report.warnings.insert(summary->report.warnings.begin(), kinds.missing.begin(),
                                  kinds.missing.end());
  adapt_warnings(summary->report, *query.recording);
  return summary;
}

SummarySection::SummarySection(std::string_view name, std::string_view title,
                               std::vector<const Field*> fields,
                               std::span<const std::vector<OptionalValue>> rows, std::size_t left_out) {
  auto content = std::make_shared<Content>(name, title, std::move(fields));
  for (const RowValues& row : rows) content->rows.add(row);
  content->left_out = left_out;
  content_ = std::move(content);
}

std::string_view SummarySection::name() const { return content_->name; }
std::string_view SummarySection::title() const { return content_->title; }
const std::vector<const Field*>& SummarySection::fields() const { return content_->fields; }
std::size_t SummarySection::size() const { return content_->rows.size(); }
Values SummarySection::operator[](std::size_t index) const { return content_->rows[index]; }
std::size_t SummarySection::left_out() const { return content_->left_out; }

}  // namespace sockutils
