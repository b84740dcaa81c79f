#include "pipeline/follow.h"

#include <linux/sock_diag.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>
#include <utility>

#include "acquire/dumps/socket_reader.h"
#include "acquire/names/system_names.h"
#include "acquire/namespaces/namespaces.h"
#include "acquire/processes/owner_table.h"
#include "acquire/processes/owner_warning.h"
#include "family/inet/destroy.h"
#include "model/row.h"
#include "os/netlink_dump.h"
#include "pipeline/plan.h"
#include "pipeline/socket_tracker.h"

namespace sockutils {
namespace {

constexpr std::chrono::milliseconds ShortestInterval{10};

struct DestroyGroup {
  SocketKind kind;
  unsigned group;
};

const std::array<DestroyGroup, 4>& destroy_groups() {
  static const std::array<DestroyGroup, 4> groups{{
      {{Family::Inet, Protocol::Tcp}, SKNLGRP_INET_TCP_DESTROY},
      {{Family::Inet6, Protocol::Tcp}, SKNLGRP_INET6_TCP_DESTROY},
      {{Family::Inet, Protocol::Udp}, SKNLGRP_INET_UDP_DESTROY},
      {{Family::Inet6, Protocol::Udp}, SKNLGRP_INET6_UDP_DESTROY},
  }};
  return groups;
}

bool holds(const std::vector<SocketKind>& kinds, const SocketKind& kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

Query without_order(const Query& query) {
  Query plain = query;
  plain.sort.clear();
  plain.listeners_first = false;
  plain.resolve_hosts = false;
  return plain;
}

/// A state outside of the query's is a state to be told of, so all are read. TIME_WAIT is what is left of a
/// connection under another cookie: it is read only for those who ask for it.
StateSet states_to_read(StateSet asked) {
  return (StateSet::all() - StateSet{State::TimeWait}) | (asked & StateSet{State::TimeWait});
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
    case EventKind::Round:
      return "round";
  }
  return {};
}

class Follower::Content {
 public:
  Content(const System& system, const Query& query, const FollowOptions& options)
      : system_(system),
        query_(without_order(query)),
        interval_(std::max(options.interval, ShortestInterval)),
        every_socket_(options.every_socket),
        closings_(options.closings),
        plan_(make_plan(query_, socket_kinds())),
        readings_(readings_of(plan_.kinds)),
        names_(system, plan_.needs),
        reader_(system, query.source),
        tracker_({.matches = [this](const Socket& socket,
                                    std::span<const Owner> owners) { return matches(socket, owners); },
                  .owners_of = [this](const Socket& socket) { return owners_of(socket); },
                  .kernel_tells = [this](const Socket& socket) { return kernel_tells(socket); },
                  .judge_unseen = (query.states | StateSet{State::TimeWait}) == StateSet::all(),
                  .tell_all = options.every_socket}),
        values_(query_.fields.size()) {
    names_.learn_namespaces(query_.namespaces);
  }

  Result<void> begin(bool kernel_events) {
    auto done = in_there([&] {
      if (const auto netns = system_.file_inode(OwnNetworkNamespace)) netns_ = *netns;
      if (kernel_events) subscribe();
      return every_socket_ ? Result<void>() : look({});
    });
    next_snapshot_ = system_.now().steady;
    if (!every_socket_) next_snapshot_ += interval_;
    return done;
  }

  void set_interval(std::chrono::milliseconds interval) {
    const auto before = std::exchange(interval_, std::max(interval, ShortestInterval));
    next_snapshot_ += interval_ - before;
  }

  Result<void> run_for(std::chrono::milliseconds limit, const EventSink& sink) {
    const auto end = system_.now().steady + limit;
    stopped_ = false;
    for (;;) {
      if (system_.now().steady >= next_snapshot_) {
        if (auto done = take_confirmed_snapshot(sink); !done) return done;
      }
      const auto now = system_.now().steady;
      if (stopped_) return {};
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::min(next_snapshot_, end) - now);
      const bool heard = wait_for_events(std::max(wait, std::chrono::milliseconds(0)), sink);
      if (stopped_ || (!heard && system_.now().steady < next_snapshot_) || system_.now().steady >= end)
        return {};
    }
  }

  Result<void> finish(const EventSink& sink) {
    stopped_ = false;
    while (!stopped_ && channel_ && wait_for_events(std::chrono::milliseconds(0), sink)) continue;
    if (stopped_) return {};
    if (auto done = take_snapshot(sink); !done || stopped_) return done;
    return take_snapshot(sink);
  }

  const std::optional<Error>& kernel_refusal() const { return kernel_refusal_; }

  std::vector<Warning> warnings() const {
    std::vector<Warning> all = reader_.warnings();
    if (needs_any(plan_.needs, Acquire::Owners)) {
      if (auto warning = owner_warning(system_, owners_, ownerless_)) all.push_back(*warning);
    }
    all.insert(all.end(), names_.warnings().begin(), names_.warnings().end());
    if (losses_ > 0)
      all.push_back(
          {Warning::Kind::SocketsMissing,
           "the kernel could not deliver all closings: those of connections that no snapshot saw are "
           "missing",
           "a larger net.core.rmem_max, fewer kinds of sockets or a faster reader"});
    return all;
  }

 private:
  void subscribe() {
    auto channel = system_.open_sock_diag();
    if (!channel) {
      kernel_refusal_ = channel.error();
      return;
    }
    bool any = false;
    for (const DestroyGroup& row : destroy_groups()) {
      if (query_.source == Source::Proc || !holds(plan_.kinds, row.kind)) continue;
      if (const auto joined = (*channel)->subscribe(row.group); !joined) {
        kernel_refusal_ = joined.error();
        return;
      }
      any = true;
    }
    if (any) channel_ = std::move(*channel);
  }

  bool kernel_tells(const Socket& socket) const {
    return channel_ && socket.cookie &&
           std::any_of(destroy_groups().begin(), destroy_groups().end(), [&](const DestroyGroup& row) {
             return row.kind.family == socket.family && row.kind.protocol == socket.protocol;
           });
  }

  bool matches(const Socket& socket, std::span<const Owner> owners) const {
    if (socket.state && !query_.states.contains(*socket.state) && socket.state != State::Closed) return false;
    return query_.filter.matches(SocketRow{socket, owners, names_});
  }

  /// Searches /proc when a socket is new, once in each snapshot.
  std::span<const Owner> owners_of(const Socket& socket) {
    if (!needs_any(plan_.needs, Acquire::Owners)) return {};
    if (!owners_are_fresh_) {
      owners_ = OwnerTable::read(system_, query_.process_source, plan_.needs,
                                 [this](std::uint32_t uid) { return std::string(names_.user(uid)); });
      owners_are_fresh_ = true;
    }
    const auto owners = owners_.owners_of(*socket.inode);
    if (owners.empty() && !socket.kernel_owned && matches(socket, owners)) ++ownerless_;
    return owners;
  }

  Result<void> take_confirmed_snapshot(const EventSink& sink) {
    auto done = take_snapshot(sink);
    if (done && !stopped_ && tracker_.wants_confirmation()) done = take_snapshot(sink);
    if (done && !stopped_ && every_socket_)
      stopped_ = !sink({EventKind::Round, system_.now().wall, {}, {}, false, {}});
    next_snapshot_ = system_.now().steady + interval_;
    return done;
  }

  /// Runs `work` in the network namespace that is followed. What was opened there stays there.
  Result<void> in_there(const std::function<Result<void>()>& work) const {
    if (query_.namespaces.empty()) return work();
    const NetworkNamespace& where = query_.namespaces.front();
    Result<void> done = tl::unexpected(Error{0, "enter", where.path, "its last process has ended"});
    const auto entered = system_.in_network_namespace(where.path, [&] {
      const auto inode = system_.file_inode(OwnNetworkNamespace);
      if (!inode || where.inode == 0 || *inode == where.inode) done = work();
    });
    return entered ? done : entered;
  }

  Result<void> take_snapshot(const EventSink& sink) {
    return in_there([&] { return look(sink); });
  }

  Result<void> look(const EventSink& sink) {
    owners_are_fresh_ = false;
    const ChangeSink changes = [&](const SocketChange& change) { deliver(change, sink); };
    const std::size_t before = reader_.kinds_read();
    tracker_.begin(system_.now());
    const ReadRequest request{states_to_read(query_.states), plan_.needs};
    for (const Reading& reading : readings_) {
      reader_.read(reading, request, [&](Socket& socket) {
        socket.netns = netns_;
        tracker_.see(socket, changes);
        return true;
      });
    }
    const std::size_t kinds = reader_.kinds_read() - before;
    most_kinds_ = std::max(most_kinds_, kinds);
    // A kind that failed this time has not lost its sockets.
    tracker_.end(kinds == most_kinds_, changes);
    if (kinds > 0 || reader_.warnings().empty()) return {};
    return tl::unexpected(Error{0, "follow sockets", {}, reader_.warnings().front().message});
  }

  /// False when nothing came in time, or a signal did.
  bool wait_for_events(std::chrono::milliseconds limit, const EventSink& sink) {
    if (!channel_) {
      std::this_thread::sleep_for(limit);
      return false;
    }
    const auto datagram = channel_->receive_within(limit);
    if (!datagram) {
      take_fault(datagram.error(), sink);
      return true;
    }
    if (!*datagram) return false;
    // Interfaces have their names there alone; that they are not known any more is no fault of the event.
    const auto told = in_there([&] {
      take_closings(**datagram, sink);
      return Result<void>();
    });
    if (!told) take_closings(**datagram, sink);
    return true;
  }

  void take_closings(ByteView datagram, const EventSink& sink) {
    const Moment now = system_.now();
    if (closings_) closings_(as_text(datagram));
    const ChangeSink changes = [&](const SocketChange& change) { deliver(change, sink); };
    // Messages to a group have no sequence number and no receiver.
    DumpReader(0, 0).feed(datagram, [&](std::uint16_t, ByteView payload) {
      destroyed_.clear();
      if (inet::decode_destroyed(payload, destroyed_) == Decode::Malformed) return true;
      destroyed_.netns = netns_;
      tracker_.destroyed(destroyed_, now, changes);
      return true;
    });
  }

  void take_fault(const Error& error, const EventSink& sink) {
    if (error.code == ENOBUFS) {
      ++losses_;
      if (closings_) closings_({});
      if (!sink({EventKind::Lost, system_.now().wall, {}, {}, true, {}})) stopped_ = true;
      return;
    }
    // Without it snapshots still tell.
    kernel_refusal_ = error;
    channel_.reset();
  }

  void deliver(const SocketChange& change, const EventSink& sink) {
    if (stopped_ || !sink) return;
    const SocketRow row{change.socket, change.owners, names_};
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = query_.fields[i]->get(row);
    stopped_ =
        !sink({change.kind, change.time, change.previous_state, change.seen, change.from_kernel, values_});
  }

  const System& system_;
  Query query_;
  std::chrono::milliseconds interval_;
  bool every_socket_;
  std::function<void(std::string_view)> closings_;
  Plan plan_;
  std::vector<Reading> readings_;
  SystemNames names_;
  SocketReader reader_;
  SocketTracker tracker_;
  std::vector<OptionalValue> values_;
  std::unique_ptr<NetlinkChannel> channel_;
  std::optional<Error> kernel_refusal_;
  std::optional<std::uint64_t> netns_;
  OwnerTable owners_;
  bool owners_are_fresh_ = false;
  Socket destroyed_;
  std::chrono::steady_clock::time_point next_snapshot_{};
  std::size_t most_kinds_ = 0;
  std::size_t ownerless_ = 0;
  std::size_t losses_ = 0;
  bool stopped_ = false;
};

Result<Follower> start_following(const System& system, const Query& query, const FollowOptions& options) {
  if (query.all_namespaces || query.namespaces.size() > 1)
    return tl::unexpected(Error{EINVAL, "follow", {}, "one network namespace can be followed at a time"});
  auto content = std::make_unique<Follower::Content>(system, query, options);
  if (const auto begun = content->begin(options.kernel_events); !begun) return tl::unexpected(begun.error());
  return Follower(std::move(content));
}

Result<Follower> Follower::start(const Query& query, const FollowOptions& options) {
  return start_following(real_system(), query, options);
}

Follower::Follower(std::unique_ptr<Content> content) : content_(std::move(content)) {}
Follower::~Follower() = default;
Follower::Follower(Follower&&) noexcept = default;
Follower& Follower::operator=(Follower&&) noexcept = default;

Result<void> Follower::run_for(std::chrono::milliseconds limit, const EventSink& sink) {
  return content_->run_for(limit, sink);
}

void Follower::set_interval(std::chrono::milliseconds interval) { content_->set_interval(interval); }

Result<void> Follower::finish(const EventSink& sink) { return content_->finish(sink); }

const std::optional<Error>& Follower::kernel_refusal() const { return content_->kernel_refusal(); }

std::vector<Warning> Follower::warnings() const { return content_->warnings(); }

}  // namespace sockutils
