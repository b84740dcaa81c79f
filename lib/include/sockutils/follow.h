/// What happens to sockets, as it happens: opened, changed, closed.
///
/// Closings of TCP and UDP sockets come from the kernel (the destroy groups of sock_diag(7), Linux 4.2; they
/// take no privilege), so that not even the shortest connection is missed; all else comes from comparing
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

/// What happened.
enum class EventKind : std::uint8_t {
  Opened,        ///< a snapshot has it, the one before had not
  Changed,       ///< its state is another, or it has come to match the filter
  Closed,        ///< it is gone
  Lost,          ///< the kernel could not deliver all closings: some are not told
  Seen,          ///< a snapshot has it, as the one before had; only with `FollowOptions::every_socket`
  SnapshotDone,  ///< a snapshot is complete; only with `FollowOptions::every_socket`
};

/// `opened`, `changed`, `closed`, `lost`, `seen`, `snapshot-done`.
SOCKUTILS_EXPORT std::string_view name(EventKind kind);

/// One event.
struct Event {
  EventKind kind;
  /// When it was noticed: the kernel's closings at once, all else with the next snapshot.
  std::chrono::system_clock::time_point time;
  /// The state before, when it was known.
  std::optional<State> previous_state;
  /// How long the socket was seen, which is the least that it lived. Only when it closes; no value when no
  /// snapshot had it.
  std::optional<std::chrono::microseconds> seen;
  /// The kernel told it, and with it the last counters; else they are those of the last snapshot.
  bool from_kernel = false;
  /// The values of `Query::fields`, valid during the call; empty for `Lost` and `SnapshotDone`. A socket that
  /// closes keeps the owners that it had.
  Values values;
  /// It comes from the first snapshot of its network namespace: the socket may have been there for long.
  bool first_snapshot = false;
};

/// What happened, as a row of `event_fields()`; it refers to the event and to `Query::fields`.
struct EventRow : ComposedRow {
  EventRow(const Event& its_event, std::span<const Field* const> its_fields)
      : event(its_event), fields(its_fields) {}

  const Event& event;
  std::span<const Field* const> fields;
};
/// `events`: what is to say of an event, which `EventRow` gives, and behind that the fields of sockets, whose
/// values are in `Event::values`.
SOCKUTILS_EXPORT const FieldTable& event_fields();
/// Fields of sockets that the field `detail` of events tells, as far as they are in `Query::fields`.
SOCKUTILS_EXPORT std::span<const std::string_view> event_detail_fields();

/// Receives one event. Returning false ends the call that gave it: what else its snapshot has is not told
/// then.
using EventSink = std::function<bool(const Event&)>;

/// How to follow.
struct FollowOptions {
  /// Time between snapshots, 10 milliseconds at least.
  std::chrono::milliseconds interval{1000};
  /// Whether to ask the kernel for closings.
  bool kernel_events = true;
  /// For views of what there is: each snapshot, the first one too, tells of every socket that matches, those
  /// that stayed the same as `Seen`, and then of itself as `Round`. A socket that matches no more is not told
  /// of, nor is its end. An end has what the kernel said last, if it did, else who the socket was: what was
  /// told of it before is not kept for that. The first one is taken by the first `run_for()`, not by
  /// `start()`.
  bool every_socket = false;
  /// Receives what the kernel says of closings, netlink messages of sock_diag(7) with their headers, before
  /// it is told as events, and an empty text where it could not deliver some. For recordings. In the thread
  /// that is told.
  std::function<void(const NetworkNamespace& where, std::string_view datagram)> closings = {};
};

/// A network namespace, and how it is followed.
struct FollowedNamespace {
  /// Without a path: that of the thread that started to follow.
  NetworkNamespace where;
  /// Why the kernel's closings are not heard there, so that only snapshots tell; no value when they are, or
  /// need not be.
  std::optional<Error> kernel_refusal = {};
  /// Why it is not followed at all; no value when it is.
  std::optional<Error> refusal = {};
};

/// Follows the sockets of a query, whose order is of no meaning here.
///
/// A socket that has matched the filter once is followed to its end, whatever it matches by then. One that
/// lived between two snapshots is told when the filter matches what the kernel says of it at its end: ends
/// and counters, neither state nor owner.
///
/// Several network namespaces are followed side by side, with `Query::all_namespaces` also those that come to
/// be later. When one ends, so do its sockets. The sink may be called on another thread while the caller
/// waits.
///
/// Who holds a socket, and its other end, is looked up when it is new, and again while nobody was found; what
/// `Query::resolve_hosts` asks for can hold up a snapshot for 2 seconds when new hosts appear.
///
/// Thread safety: not for several threads at once, but for `stop()`, and always in the network namespace in
/// which it was started.
class SOCKUTILS_EXPORT Follower {
 public:
  /// Takes the first snapshot: what it has is no event.
  /// Errors: when nothing could be read; EINVAL for `Query::unbound`; as setns(2) when no network namespace
  /// can be entered; as epoll_create(2), timerfd_create(2), eventfd(2).
  static Result<Follower> start(const Query& query, const FollowOptions& options);

  ~Follower();
  Follower(Follower&&) noexcept;
  Follower& operator=(Follower&&) noexcept;

  /// Waits for events and hands them on, for about as long as `limit`; a signal and `stop()` end it early.
  /// Errors: when a snapshot could not be taken at all.
  Result<void> run_for(std::chrono::milliseconds limit, const EventSink& sink);

  /// For those who wait for other things as well: can be read, as poll(2) has it, when `run_for()` with a
  /// limit of 0 has something to do. It belongs to the follower.
  int fd() const;
  /// Ends the `run_for()` that another thread is in, or else the next one. From any thread, and from signal
  /// handlers.
  void stop() const;

  /// Another time between snapshots, from now on; bounds as in `FollowOptions`.
  void set_interval(std::chrono::milliseconds interval);

  /// Tells what happened up to now, rather than with the next snapshot. For the end of following.
  Result<void> finish(const EventSink& sink);

  /// Those that are followed by now, and those that should be.
  std::vector<FollowedNamespace> namespaces() const;
  /// What could not be read so far, losses included; each once.
  std::vector<Warning> warnings() const;

  class Content;
  explicit Follower(std::unique_ptr<Content> content);

 private:
  std::unique_ptr<Content> content_;
};

}  // namespace sockutils
