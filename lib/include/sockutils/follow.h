/// Events of sockets as they happen: opened, changed, closed.
///
/// Closings of TCP and UDP sockets are reported by the kernel (the destroy groups of sock_diag(7), Linux 4.2;
/// no privilege needed), so even the shortest connection is not missed. All other events come from comparing
/// snapshots.
///
///     Query query;
///     if (auto named = query.columns({"local", "peer"}); !named) return 1;
///     auto follower = Follower::start(query, {});
///     std::size_t events = 0;
///     const auto count = [&](const Event&) { return ++events > 0; };
///     if (auto followed = follower->run_for(std::chrono::milliseconds(10), count); !followed) return 1;
///     std::cout << events << " events\n";  // prints: ... events
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/export.h"
#include "sockutils/field.h"
#include "sockutils/list.h"

namespace sockutils {

/// Kinds of events.
enum class EventKind : std::uint8_t {
  Opened,        ///< the socket is in this snapshot and was not in the one before
  Changed,       ///< its state changed, or it has begun to match the filter
  Closed,        ///< the socket is gone
  Lost,          ///< the kernel could not deliver all closings: some are not reported
  Seen,          ///< it was in the snapshot before, too; only with `FollowOptions::every_socket`
  SnapshotDone,  ///< a snapshot is complete; only with `FollowOptions::every_socket`
};

/// `opened`, `changed`, `closed`, `lost`, `seen`, `snapshot-done`.
SOCKUTILS_EXPORT std::string_view name(EventKind kind);

/// One event.
struct Event {
  EventKind kind;
  /// When it was noticed: closings from the kernel at once, all others with the next snapshot.
  std::chrono::system_clock::time_point time;
  /// The state before, when it was known.
  std::optional<State> previous_state;
  /// How long the socket was seen, a lower bound of its lifetime. Only for `Closed`; no value when no
  /// snapshot had it.
  std::optional<std::chrono::microseconds> seen;
  /// The kernel reported the event together with the final counters; else the counters are those of the last
  /// snapshot.
  bool from_kernel = false;
  /// The values of `Query::fields`, valid during the call; empty for `Lost` and `SnapshotDone`. A closed
  /// socket is reported with the owners that it had.
  Values values;
  /// It comes from the first snapshot of its network namespace: the socket may have existed for long.
  bool first_snapshot = false;
};

/// An event as a row of `event_fields()`; it refers to the event and to `Query::fields`.
struct EventRow : ComposedRow {
  EventRow(const Event& its_event, std::span<const Field* const> its_fields)
      : event(its_event), fields(its_fields) {}

  const Event& event;
  std::span<const Field* const> fields;
};
/// `events`: the fields of the event itself, which take an `EventRow`, followed by the fields of sockets,
/// whose values are in `Event::values`.
SOCKUTILS_EXPORT const FieldTable& event_fields();
/// The fields of sockets that are part of the event field `detail`, if they are in `Query::fields`.
SOCKUTILS_EXPORT std::span<const std::string_view> event_detail_fields();

/// Receives one event. Returning false ends the call that delivered it: further events of that snapshot are
/// not delivered.
using EventSink = std::function<bool(const Event&)>;

/// How to follow.
struct FollowOptions {
  /// Time between snapshots, at least 10 milliseconds.
  std::chrono::milliseconds interval{1000};
  /// Whether to ask the kernel for closings.
  bool kernel_events = true;
  /// For live views: each snapshot, including the first one, reports every socket that matches, unchanged
  /// ones as `Seen`, and ends with `SnapshotDone`. A socket that no longer matches is not reported any more,
  /// nor is its closing. Values of earlier snapshots are not kept: `Closed` has what the kernel said last, if
  /// it did, else only what identifies the socket. The first snapshot is taken by the first `run_for()`, not
  /// by `start()`.
  bool every_socket = false;
  /// For recordings: receives the kernel's reports of closings, as netlink messages of sock_diag(7) with
  /// their headers, before they become events, and an empty text where the kernel could not deliver some.
  /// Called in the thread that receives the message.
  std::function<void(const NetworkNamespace& where, std::string_view datagram)> closings = {};
};

/// A network namespace, and whether it is followed.
struct FollowedNamespace {
  /// Without a path: the one of the thread that called `start()`.
  NetworkNamespace where;
  /// Why the kernel does not report closings there, so that only snapshots do; no value when it does, or was
  /// not asked to.
  std::optional<Error> kernel_refusal = {};
  /// Why it is not followed at all; no value when it is.
  std::optional<Error> refusal = {};
};

/// Follows the sockets of a query; the sort order of the query is ignored.
///
/// A socket that has matched the filter once is followed until it closes, even if it stops matching. A socket
/// that lived between two snapshots is reported when the filter matches what the kernel says at its end: its
/// addresses, ports and counters, but neither state nor owner.
///
/// Several network namespaces are followed side by side; with `Query::all_namespaces` also those that are
/// created later. When a namespace ends, so do its sockets. The sink may be called on another thread while
/// the caller waits.
///
/// The owners of a socket and of its other end are looked up when it is new, and again while none was found.
/// With `Query::resolve_hosts` new hosts can delay a snapshot by up to 2 seconds.
///
/// Thread safety: not for use by several threads at once, except `stop()`, and always in the network
/// namespace in which it was started.
class SOCKUTILS_EXPORT Follower {
 public:
  /// Takes the first snapshot, whose sockets are not reported as events. Errors: nothing could be read;
  /// EINVAL for `Query::unbound`; as setns(2) when no network namespace can be entered; as epoll_create(2),
  /// timerfd_create(2), eventfd(2).
  static Result<Follower> start(const Query& query, const FollowOptions& options);

  ~Follower();
  Follower(Follower&&) noexcept;
  Follower& operator=(Follower&&) noexcept;

  /// Waits for events and delivers them, for about `limit`; a signal and `stop()` end it early. Errors: a
  /// snapshot could not be taken at all.
  Result<void> run_for(std::chrono::milliseconds limit, const EventSink& sink);

  /// For callers that also wait for other things: poll(2) reports it readable when `run_for()` with a limit
  /// of 0 has something to do. The descriptor belongs to the follower.
  int fd() const;
  /// Ends the `run_for()` that another thread is in, or else the next one. May be called from any thread and
  /// from signal handlers.
  void stop() const;

  /// Changes the time between snapshots from now on; bounds as in `FollowOptions`.
  void set_interval(std::chrono::milliseconds interval);

  /// Reports what has happened up to now, without waiting for the next snapshot. For the end of following.
  Result<void> finish(const EventSink& sink);

  /// The namespaces that are followed, and those that could not be.
  std::vector<FollowedNamespace> namespaces() const;
  /// What could not be read so far, including lost events; each warning once.
  std::vector<Warning> warnings() const;

  class Content;
  explicit Follower(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

}  // namespace sockutils
