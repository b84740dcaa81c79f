#include "pipeline/follow.h"

#include <algorithm>
#include <cerrno>
#include <list>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "acquire/namespaces/namespaces.h"
#include "family/inet/destroy.h"
#include "os/netlink_dump.h"
#include "os/wait_set.h"
#include "pipeline/row_builder.h"
#include "pipeline/watched_namespace.h"

namespace sockutils {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds ShortestInterval{10};

/// How often to look for new network namespaces.
constexpr std::chrono::seconds SearchInterval{5};

/// Maximum number of successive datagrams of one network namespace, so that a busy one leaves time for
/// others.
constexpr int MaxInARow = 2000;

/// Whether this error of entering a namespace means that it no longer exists: its file is gone, or refers to
/// another one.
bool has_ended(const Error& error) {
  return error.code == 0 || error.code == ENOENT || error.code == ESRCH || error.code == EINVAL;
}

}  // namespace

std::string_view name(EventKind kind) {
  switch (kind) {
    case EventKind::Opened:
      return "opened";
    case EventKind::Changed:
      return "changed";
    case EventKind::Closed:
      return "closed";
    case EventKind::Lost:
      return "lost";
    case EventKind::Seen:
      return "seen";
    case EventKind::SnapshotDone:
      return "snapshot-done";
  }
  return {};
}

class Follower::Content {
 public:
  Content(const System& system, const Query& query, const FollowOptions& options, WaitSet waiting)
      : system_(system),
        query_(query),
        options_(options),
        interval_(std::max(options.interval, ShortestInterval)),
        plan_(make_following_plan(query_, socket_kinds())),
        dump_groups_(dump_groups_of(plan_.kinds)),
        rows_(system, query_, plan_),
        waiting_(std::move(waiting)),
        values_(query_.fields.size()) {}

  Result<void> begin() {
    auto done = begin_watching();
    if (done && !options_.every_socket) done = look({});
    next_snapshot_ = system_.now().steady;
    if (!options_.every_socket) next_snapshot_ += interval_;
    waiting_.set_time(next_snapshot_);
    return done;
  }

  void set_interval(milliseconds interval) {
    const auto before = std::exchange(interval_, std::max(interval, ShortestInterval));
    next_snapshot_ += interval_ - before;
    waiting_.set_time(next_snapshot_);
  }

  Result<void> run_for(milliseconds limit, const EventSink& sink) {
    // The longest durations would overflow the clock.
    constexpr std::chrono::hours ForEver{24 * 365 * 10};
    const auto end = system_.now().steady + std::min<milliseconds>(limit, ForEver);
    stopped_ = false;
    for (;;) {
      if (system_.now().steady >= next_snapshot_)
        if (auto done = take_confirmed_snapshot(sink); !done) return done;
      const bool heard = !stopped_ && hear(sink);
      const auto now = system_.now().steady;
      if (stopped_ || waiting_.take_wake() || now >= end) return {};
      if (heard || now >= next_snapshot_) continue;
      const auto left = std::chrono::ceil<milliseconds>(std::min(next_snapshot_, end) - now);
      // A signal, or `end`.
      if (!waiting_.wait(left) && system_.now().steady < std::min(next_snapshot_, end)) return {};
    }
  }

  Result<void> finish(const EventSink& sink) {
    stopped_ = false;
    while (!stopped_ && hear(sink)) continue;
    if (stopped_) return {};
    if (auto done = look(sink); !done || stopped_) return done;
    return look(sink);
  }

  int fd() const { return waiting_.fd(); }
  void stop() const { waiting_.wake(); }

  std::vector<FollowedNamespace> namespaces() const {
    std::vector<FollowedNamespace> all;
    for (const WatchedNamespace& one : watched_) all.push_back({one.where(), one.kernel_refusal(), {}});
    for (const auto& [inode, one] : refused_) all.push_back(one);
    return all;
  }

  std::vector<Warning> warnings() {
    std::vector<Warning> all;
    const auto add_once = [&](Warning warning) {
      const auto same = [&](const Warning& other) { return is_same_fault(other, warning); };
      if (std::none_of(all.begin(), all.end(), same)) all.push_back(std::move(warning));
    };
    for (const WatchedNamespace& one : watched_)
      for (Warning& warning : one.warnings()) add_once(std::move(warning));
    for (const Warning& warning : search_warnings_) add_once(warning);
    for (const auto& [inode, one] : refused_)
      for (Warning& warning : refusal_warnings(system_, {{one.where, *one.refusal}}))
        add_once(std::move(warning));
    std::vector<Warning> of_rows;
    rows_.add_warnings(of_rows);
    for (Warning& warning : of_rows) add_once(std::move(warning));
    if (losses_ > 0)
      add_once({Warning::Kind::SocketsMissing,
                "the kernel could not deliver all closings: those of connections that no snapshot saw are "
                "missing",
                "a larger net.core.rmem_max, fewer kinds of sockets or a faster reader"});
    return all;
  }

 private:
  // The watched namespaces.

  Result<void> begin_watching() {
    if (!query_.all_namespaces && query_.namespaces.empty())
      return watch({{}, system_.file_inode(OwnNetworkNamespace).value_or(0), {}});
    Result<void> last;
    for (const NetworkNamespace& space : wanted_namespaces())
      if (auto done = watch(space); !done) last = std::move(done);
    return watched_.empty() ? last : Result<void>{};
  }

  std::vector<NetworkNamespace> wanted_namespaces() {
    if (!query_.all_namespaces) return query_.namespaces;
    NetworkNamespaces all = find_network_namespaces(system_);
    searched_ = system_.now().steady;
    search_warnings_ = std::move(all.warnings);
    return std::move(all.found);
  }

  Result<void> watch(const NetworkNamespace& where) {
    rows_.learn_namespaces({where});
    WatchedNamespace& one = watched_.emplace_back(system_, where, query_.source, rules());
    auto done = one.enter([&] {
      if (!options_.kernel_events) return;
      one.subscribe(plan_.kinds);
      if (one.channel() != nullptr && one.channel()->fd() >= 0)
        if (const auto added = waiting_.add(one.channel()->fd()); !added) one.refuse(added.error());
    });
    if (!done) {
      watched_.pop_back();
      refused_.insert_or_assign(where.inode, FollowedNamespace{where, {}, done.error()});
    }
    return done;
  }

  SocketTracker::Rules rules() {
    return {
        .matches = [this](const Socket& socket, const Holders& holders) { return matches(socket, holders); },
        .holders_of = [this](Socket& socket) { return rows_.holders_of(socket); },
        .owners_wanted = needs_any(plan_.needs, Needs::Owners),
        .peers_wanted = needs_any(plan_.needs, Needs::PeerOwners),
        .kernel_tells = {},
        .judge_unseen = (query_.states | StateSet{State::TimeWait}) == StateSet::all(),
        .tell_all = options_.every_socket};
  }

  bool matches(const Socket& socket, const Holders& holders) {
    if (socket.state && !query_.states.contains(*socket.state) && socket.state != State::Closed) return false;
    if (query_.filter.matches(rows_.row(socket, holders))) return true;
    // What a filter could not know of an owner might have matched.
    if (needs_any(query_.filter.needs(), Needs::Owners)) rows_.note_owner(socket, holders);
    return false;
  }

  void look_for_others() {
    if (!query_.all_namespaces || system_.now().steady - searched_ < SearchInterval) return;
    std::set<std::uint64_t> known;
    for (const WatchedNamespace& one : watched_) known.insert(one.where().inode);
    refused_.clear();
    for (const NetworkNamespace& space : wanted_namespaces()) {
      if (known.contains(space.inode) || !watch(space) || options_.every_socket) continue;
      // All sockets in a namespace that did not exist before are new.
      watched_.back().tracker().begin(system_.now(), false);
      watched_.back().first_snapshot = false;
    }
  }

  /// Its path may have been that of a process that has ended, while others are still in the namespace.
  bool finds_another_way(WatchedNamespace& one) {
    const auto all = find_network_namespaces(system_);
    const auto other = std::find_if(all.found.begin(), all.found.end(), [&](const NetworkNamespace& space) {
      return space.inode == one.where().inode && !space.path.empty() && space.path != one.where().path;
    });
    if (other == all.found.end()) return false;
    one.set_path(other->path);
    return true;
  }

  /// When a namespace has ended, so have its sockets. When it failed for another reason, such as a lack of
  /// descriptors, nothing is known about them. Errors: no namespace could be read.
  Result<void> give_up_failed(const EventSink& sink) {
    std::optional<Error> last;
    std::size_t alive = 0;
    for (auto one = watched_.begin(); one != watched_.end();) {
      const auto failure = std::exchange(one->failure, std::nullopt);
      const bool ended = failure && one->has_ended;
      if (failure && !ended) ++alive;
      if (failure) last = failure;
      if (!ended || finds_another_way(*one)) {
        ++one;
        continue;
      }
      if (!query_.all_namespaces)
        refused_.insert_or_assign(one->where().inode, FollowedNamespace{one->where(), {}, failure});
      rows_.enter(one->netns(), false);
      one->tracker().end_all(system_.now(), changes_of(*one, sink));
      one = watched_.erase(one);
    }
    if (last && watched_.size() == alive) return tl::unexpected(*last);
    return {};
  }

  // Snapshots.

  Result<void> take_confirmed_snapshot(const EventSink& sink) {
    look_for_others();
    auto done = look(sink);
    if (done && !stopped_ && wants_confirmation()) done = look(sink);
    if (done && !stopped_ && options_.every_socket)
      stopped_ = !sink({EventKind::SnapshotDone, system_.now().wall, {}, {}, false, {}});
    next_snapshot_ = system_.now().steady + interval_;
    waiting_.set_time(next_snapshot_);
    return done;
  }

  bool wants_confirmation() {
    return std::any_of(watched_.begin(), watched_.end(),
                       [](WatchedNamespace& one) { return one.tracker().wants_confirmation(); });
  }

  Result<void> look(const EventSink& sink) {
    if (options_.every_socket) rows_.forget_owners();
    rows_.learn_hosts([this](const SocketSink& visit) { read_all(visit); });
    if (wants_tables()) acquire();
    const bool anew = std::exchange(tables_are_new_, false);
    for (WatchedNamespace& one : watched_) read(one, anew, sink);
    // All new sockets are looked up at once, after everything that may explain them was read.
    const auto has_fresh = [](const WatchedNamespace& one) { return !one.fresh.empty(); };
    if (rows_.needs_tables() && std::any_of(watched_.begin(), watched_.end(), has_fresh)) acquire();
    for (WatchedNamespace& one : watched_) finish(one, sink);
    return give_up_failed(sink);
  }

  /// Whether reading the tables now gives better results for this snapshot than those of the previous one.
  bool wants_tables() {
    if (!rows_.needs_tables()) return false;
    return std::any_of(watched_.begin(), watched_.end(), [](WatchedNamespace& one) {
      return one.first_snapshot || one.tracker().wants_holders();
    });
  }

  void acquire() {
    std::vector<NetworkNamespace> where;
    for (const WatchedNamespace& one : watched_) where.push_back(one.where());
    NamespaceReader reader(system_, query_.source, where);
    rows_.acquire(reader, query_.all_namespaces ? std::optional(NetworkNamespaces{where, search_warnings_})
                                                : std::nullopt);
    tables_are_new_ = true;
  }

  void read_all(const SocketSink& visit) {
    for (WatchedNamespace& one : watched_)
      static_cast<void>(one.enter([&] { static_cast<void>(one.read(plan_, dump_groups_, visit)); }));
  }

  void read(WatchedNamespace& one, bool anew, const EventSink& sink) {
    const ChangeSink changes = changes_of(one, sink);
    one.tracker().begin(system_.now(), anew);
    one.fresh.clear();
    one.has_ended = false;
    bool any = true;
    const auto entered = one.enter([&] {
      rows_.enter(one.netns());
      any = one.read(plan_, dump_groups_, [&](Socket& socket) {
        socket.netns = one.netns();
        rows_.complete(socket);
        if (one.first_snapshot || !rows_.needs_tables())
          one.tracker().see(socket, changes);
        else if (!one.tracker().see_known(socket, changes))
          one.fresh.push_back(socket);
        return true;
      });
    });
    if (!entered) fail(one, entered.error());
    if (!any) one.failure = Error{0, "follow sockets", {}, one.warnings().front().message};
  }

  static void fail(WatchedNamespace& one, const Error& error) {
    one.failure = error;
    one.has_ended = has_ended(error);
  }

  void finish(WatchedNamespace& one, const EventSink& sink) {
    if (one.failure) return;
    const ChangeSink changes = changes_of(one, sink);
    const bool is_own = one.where().path.empty();
    rows_.enter(one.netns(), is_own);
    const auto see_fresh = [&] {
      rows_.enter(one.netns());
      for (Socket& socket : std::exchange(one.fresh, {})) {
        rows_.complete(socket);
        one.tracker().see(socket, changes);
      }
    };
    if (!one.fresh.empty())
      if (const auto entered = one.enter(see_fresh); !entered) fail(one, entered.error());
    rows_.enter(one.netns(), is_own);
    // The sockets of a kind that could not be read this time are not closed.
    if (!one.failure) one.tracker().end(one.unread(), changes);
    one.first_snapshot = false;
  }

  // The kernel's reports of closings.

  /// Returns false when nothing arrived.
  bool hear(const EventSink& sink) {
    bool heard = false;
    for (WatchedNamespace& one : watched_) heard = hear(one, sink) || heard;
    return heard;
  }

  bool hear(WatchedNamespace& one, const EventSink& sink) {
    std::optional<Error> fault;
    for (int i = 0; one.channel() != nullptr && i < MaxInARow && !fault; ++i) {
      const auto datagram = one.channel()->receive_within(milliseconds(0));
      if (datagram && !*datagram) break;
      if (datagram)
        one.heard.emplace_back(as_text(**datagram));
      else
        fault = datagram.error();
    }
    const bool any = fault || !one.heard.empty();
    if (!one.heard.empty()) handle_closings(one, sink);
    if (fault) handle_fault(one, *fault, sink);
    return any;
  }

  void handle_closings(WatchedNamespace& one, const EventSink& sink) {
    const auto handle_all = [&](bool is_there) {
      rows_.enter(one.netns(), is_there);
      for (; !stopped_ && !one.heard.empty(); one.heard.pop_front())
        handle_closing(one, one.heard.front(), sink);
    };
    // Interface names are known only inside the namespace; if that no longer exists, the event is still
    // reported.
    const bool has_to_enter = needs_any(plan_.needs, Needs::Interfaces);
    if (!has_to_enter || !one.enter([&] { handle_all(true); })) handle_all(false);
  }

  void handle_closing(WatchedNamespace& one, std::string_view datagram, const EventSink& sink) {
    const Moment now = system_.now();
    if (options_.closings) options_.closings(one.where(), datagram);
    const ChangeSink changes = changes_of(one, sink);
    // Multicast messages have no sequence number and no receiver.
    DumpReader(0, 0).feed(as_bytes(datagram), [&](std::uint16_t, ByteView payload) {
      destroyed_.clear();
      if (inet::decode_destroyed(payload, destroyed_) == Decode::Malformed) return true;
      destroyed_.netns = one.netns();
      one.tracker().destroyed(destroyed_, now, changes);
      return true;
    });
  }

  void handle_fault(WatchedNamespace& one, const Error& error, const EventSink& sink) {
    // Without the kernel's reports, snapshots still find closings.
    if (error.code != ENOBUFS) return one.refuse(error);
    ++losses_;
    if (options_.closings) options_.closings(one.where(), {});
    stopped_ = stopped_ || !sink({EventKind::Lost, system_.now().wall, {}, {}, true, {}});
  }

  ChangeSink changes_of(const WatchedNamespace& one, const EventSink& sink) {
    return [this, &one, &sink](const SocketChange& change) { deliver(one, change, sink); };
  }

  void deliver(const WatchedNamespace& one, const SocketChange& change, const EventSink& sink) {
    if (stopped_ || !sink) return;
    const Socket& socket = change.socket;
    rows_.note_owner(socket, change.holders);
    const SocketRow row = rows_.row(socket, change.holders);
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = query_.fields[i]->get(row);
    stopped_ = !sink({change.kind, change.time, change.previous_state, change.seen, change.from_kernel,
                      values_, one.first_snapshot});
  }

  const System& system_;
  Query query_;
  FollowOptions options_;
  milliseconds interval_;
  Plan plan_;
  std::vector<DumpGroup> dump_groups_;
  RowBuilder rows_;
  WaitSet waiting_;
  /// A list, because there are pointers to its elements.
  std::list<WatchedNamespace> watched_;
  std::vector<Warning> search_warnings_;
  /// By inode number: the namespaces that are not followed.
  std::map<std::uint64_t, FollowedNamespace> refused_;
  Clock::time_point searched_{};
  Clock::time_point next_snapshot_{};
  std::vector<OptionalValue> values_;
  Socket destroyed_;
  bool tables_are_new_ = false;
  std::size_t losses_ = 0;
  bool stopped_ = false;
};

Result<Follower> start_following(const System& system, const Query& query, const FollowOptions& options) {
  if (query.unbound)
    return tl::unexpected(
        Error{EINVAL, "follow", {}, "unbound sockets cannot be told from those that they become"});
  auto waiting = WaitSet::open();
  if (!waiting) return tl::unexpected(waiting.error());
  auto content = std::make_unique<Follower::Content>(system, query, options, *std::move(waiting));
  if (const auto begun = content->begin(); !begun) return tl::unexpected(begun.error());
  return Follower(std::move(content));
}

Result<Follower> Follower::start(const Query& query, const FollowOptions& options) {
  if (auto checked = check(query); !checked) return tl::unexpected(checked.error());
  return start_following(real_system(), query, options);
}

Follower::Follower(std::unique_ptr<Content> content) : content_(std::move(content)) {}
Follower::~Follower() = default;
Follower::Follower(Follower&&) noexcept = default;
Follower& Follower::operator=(Follower&&) noexcept = default;

Result<void> Follower::run_for(std::chrono::milliseconds limit, const EventSink& sink) {
  return content_->run_for(limit, sink);
}
int Follower::fd() const { return content_->fd(); }
void Follower::stop() const { content_->stop(); }
void Follower::set_interval(std::chrono::milliseconds interval) { content_->set_interval(interval); }
Result<void> Follower::finish(const EventSink& sink) { return content_->finish(sink); }
std::vector<FollowedNamespace> Follower::namespaces() const { return content_->namespaces(); }
std::vector<Warning> Follower::warnings() const { return content_->warnings(); }

}  // namespace sockutils
