#include "tui/collect/recording_view.h"

#include <algorithm>

#include "tui/collect/namespace_watcher.h"
#include "tui/collect/packet_counter.h"
#include "tui/collect/socket_facts.h"

namespace tui {

using sockutils::EventKind;
using sockutils::Query;
using sockutils::Values;
using sockutils::Warning;

namespace {

/// Number of snapshots to read before the target of a jump: rates need one, sparklines several.
constexpr std::size_t WarmUp = 10;

/// The largest time that the clock can represent; a file may contain any number.
constexpr std::uint64_t LongestRecording = 9'000'000'000'000'000;

Clock::time_point moment_of(std::uint64_t elapsed) {
  elapsed = std::min(elapsed, LongestRecording);
  // Not the clock's zero, which may have a special meaning.
  return Clock::time_point(std::chrono::hours(1)) + std::chrono::microseconds(elapsed);
}

}  // namespace

void RecordingView::refresh() { static_cast<void>(file_.refresh()); }

std::size_t RecordingView::at(std::uint64_t elapsed) const {
  std::size_t low = 0;
  std::size_t high = size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (file_.elapsed(middle) <= elapsed)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 ? low - 1 : 0;
}

std::size_t RecordingView::find(const PlaceWish& place) const {
  if (size() == 0) return 0;
  if (place.unit == PlaceWish::Unit::Number) return std::min<std::size_t>(place.amount, size() - 1);
  if (place.unit == PlaceWish::Unit::Percent) {
    const std::uint64_t length = file_.elapsed(size() - 1);
    return at(length / 100 * place.amount + length % 100 * place.amount / 100);
  }
  return at(place.amount);
}

void RecordingView::begin(const ViewRequest& request) {
  book_ = SocketAccounting(request.columns, {});
  columns_ = request.columns;
  version_ = request.version;
  position_.reset();
  first_ = true;
  machine_.reset();
}

Frame RecordingView::show(std::size_t position, const ViewRequest& request) {
  const bool other = version_ != request.version || columns_ != request.columns;
  const bool follows = position_ && position == *position_ + 1;
  if (other || !follows) begin(request);
  std::size_t next = follows && !other ? position : position - std::min(position, WarmUp);
  for (;; ++next) {
    Frame frame;
    position_ = next;
    take(request, frame);
    if (next == position) return frame;
  }
}

void RecordingView::take(const ViewRequest& request, Frame& frame) {
  const std::size_t position = *position_;
  const auto now = moment_of(file_.elapsed(position));
  std::string failure;
  std::vector<Warning> warnings;
  const auto read = file_.read(position);
  std::vector<sockutils::IntervalEvents> between;
  if (!read) {
    failure = read.error().message();
  } else {
    shown_ = *read;
    between = shown_->between();
    Query query = request.query;
    query.recording = shown_;
    query.fields = book_fields(request.columns, request.containers);
    if (!first_) take_closings(query, file_.elapsed(position));
    const auto report = sockutils::list_sockets(query, [&](Values values) {
      const EventKind kind = first_ ? EventKind::Seen : EventKind::Opened;
      book_.take({kind, {}, {}, {}, false, values}, now, first_);
      return true;
    });
    if (!report) failure = report.error().message();
    if (report) warnings = report->warnings;
    for (const RowKey& key : gone(query)) book_.close(key, now);
    first_ = false;
  }
  Frame packets;
  take_packets(request, between, packets);
  frame = book_.finish_look(now);
  frame.packets = packets.packets;
  frame.failure = std::move(failure);
  frame.warnings = std::move(warnings);
  frame.warnings.insert(frame.warnings.end(), packets.warnings.begin(), packets.warnings.end());
  if (position + 1 == size() && !file_.damage().empty())
    frame.warnings.push_back({Warning::Kind::SocketsMissing, "after this: " + file_.damage(), {}});
  frame.wall = std::chrono::system_clock::time_point(
      std::chrono::microseconds(static_cast<std::int64_t>(file_.time(position))));
  if (read) read_machine(frame);
  frame.machine_before = std::exchange(machine_, frame.machine);
  frame.replay = ReplayPlace{position, size(), file_.elapsed(position), file_.elapsed(size() - 1), 0};
}

/// Connections whose closing the kernel reported: those in the book, and of those that lived between two
/// snapshots, the ones that match.
void RecordingView::take_closings(const Query& query, std::uint64_t elapsed) {
  const auto snapshot = std::chrono::system_clock::time_point(
      std::chrono::microseconds(static_cast<std::int64_t>(file_.time(*position_))));
  std::optional<std::set<RowKey>> before_it;
  const auto was_there = [&](const RowKey& key) {
    if (!before_it) before_it = keys_before(query);
    return before_it->contains(key);
  };
  const auto tell = [&](const sockutils::Event& event) {
    sockutils::Event told = event;
    const RowKey key = key_of(event.values.last(FactCount));
    if (!book_.knows(key) && was_there(key)) told.seen = std::chrono::microseconds(0);
    const auto ago = std::chrono::duration_cast<std::chrono::microseconds>(snapshot - event.time);
    const std::uint64_t longest = elapsed - file_.elapsed(*position_ - 1);
    book_.take(told, moment_of(elapsed - std::min(longest, static_cast<std::uint64_t>(ago.count()))));
    return true;
  };
  static_cast<void>(sockutils::list_closings(query, tell));
  Query all = query;
  all.filter = {};
  static_cast<void>(sockutils::list_closings(all, [&](const sockutils::Event& event) {
    return !book_.is_open(key_of(event.values.last(FactCount))) || tell(event);
  }));
}

/// Adds the recorded traffic, and warns of what is missing.
void RecordingView::take_packets(const ViewRequest& request,
                                 const std::vector<sockutils::IntervalEvents>& between, Frame& frame) {
  const bool wanted = request.count_packets && !kinds_without_counters(request.query.kinds).empty();
  bool any = false;
  for (const sockutils::IntervalEvents& one : between) {
    const bool several = between.size() > 1;
    if (one.closings && !one.closings->refusal.empty())
      frame.warnings.push_back(closings_not_told(one.closings->refusal));
    if (one.closings && one.closings->lost)
      frame.warnings.push_back({Warning::Kind::SocketsMissing,
                                "some closings were not told when this was recorded: connections that no "
                                "snapshot has are missing",
                                {}});
    if (!one.packets || !wanted) continue;
    any = true;
    CountFaults faults;
    faults.refusal = one.packets->refusal;
    if (faults.refusal.empty()) {
      Query place;
      place.recording = shown_;
      place.namespaces = {*one.where};
      enter_traffic(one.packets->traffic, place, one.where->inode, book_, frame.packets, faults);
      frame.packets.counting = true;
    } else {
      frame.packets.refusal = faults.refusal;
    }
    add_warnings(faults, several ? one.where->name : "", frame.warnings);
  }
  if (!wanted)
    frame.packets.refusal = "packets are not to be counted";
  else if (!any)
    frame.packets.refusal = "the recording has none";
  book_.set_counting(frame.packets.counting);
  for (Warning& warning : frame.warnings) warning.remedy.clear();
}

void RecordingView::read_machine(Frame& frame) {
  const auto spaces = shown_->namespaces();
  if (spaces.empty())
    if (auto machine = sockutils::read_machine_counters(*shown_, 0)) frame.machine = *std::move(machine);
  for (const sockutils::NetworkNamespace& where : spaces)
    if (auto counters = sockutils::read_machine_counters(*shown_, 0, where))
      add_counters(frame.machine, *std::move(counters), spaces.size() > 1 ? name_of(where) : "");
}

std::optional<std::set<RowKey>> RecordingView::all_keys(const Query& shown) const {
  Query query = shown;
  query.filter = {};
  query.states = sockutils::StateSet::all();
  query.fields = claim_fields();
  std::set<RowKey> keys;
  const auto report = sockutils::list_sockets(query, [&](Values values) {
    keys.insert(bound_socket(values).key);
    return true;
  });
  return report ? std::optional(std::move(keys)) : std::nullopt;
}

/// The sockets of the previous snapshot: one that existed but did not match did not live between two
/// snapshots. Without a filter, the book has them all.
std::set<RowKey> RecordingView::keys_before(const Query& shown) const {
  const auto every = sockutils::StateSet{sockutils::State::TimeWait} | shown.states;
  if (*position_ == 0 || (shown.filter.matches_everything() && every == sockutils::StateSet::all()))
    return {};
  const auto before = file_.read(*position_ - 1);
  if (!before) return {};
  Query query = shown;
  query.recording = *before;
  return all_keys(query).value_or(std::set<RowKey>{});
}

/// The sockets that are closed, as opposed to those that no longer match the filter.
std::vector<RowKey> RecordingView::gone(const Query& shown) const {
  std::vector<RowKey> unseen = book_.unseen();
  if (unseen.empty()) return unseen;
  const auto there = all_keys(shown);
  if (!there) return {};
  std::erase_if(unseen, [&](const RowKey& key) { return there->contains(key); });
  return unseen;
}

Details RecordingView::details(const DetailTarget& target, const ViewRequest& request) const {
  Query query = request.query;
  query.recording = shown_;
  Details details = read_details(target, query);
  details.history = book_.history_of(target.key);
  return details;
}

}  // namespace tui
