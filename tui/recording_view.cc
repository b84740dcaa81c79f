#include "tui/recording_view.h"
#include "tui/socket_facts.h"

#include <algorithm>
#include <set>

namespace tui {

using sockutils::EventKind;
using sockutils::Query;
using sockutils::Values;
using sockutils::Warning;

namespace {

/// Snapshots before one that is jumped to: rates need one, small graphs some.
constexpr std::size_t WarmUp = 10;

Clock::time_point moment_of(std::uint64_t elapsed) {
  // Not at the clock's zero, which may mean something to others.
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

void RecordingView::begin(const Wish& wish) {
  book_ = SocketBook(wish.columns, {});
  columns_ = wish.columns;
  version_ = wish.version;
  position_.reset();
  machine_.reset();
}

Frame RecordingView::show(std::size_t position, const Wish& wish) {
  const bool other = version_ != wish.version || columns_ != wish.columns;
  const bool follows = position_ && position == *position_ + 1;
  if (other || !follows) begin(wish);
  std::size_t next = follows && !other ? position : position - std::min(position, WarmUp);
  for (;; ++next) {
    Frame frame;
    position_ = next;
    take(wish, frame);
    if (next == position) return frame;
  }
}

void RecordingView::take(const Wish& wish, Frame& frame) {
  const std::size_t position = *position_;
  const auto now = moment_of(file_.elapsed(position));
  std::string failure;
  std::vector<Warning> warnings;
  const auto read = file_.read(position);
  if (!read) {
    failure = read.error().message();
  } else {
    shown_ = *read;
    Query query = wish.query;
    query.recording = shown_;
    query.fields = book_fields(wish.columns, wish.containers);
    const bool first = book_.size() == 0;
    const auto report = sockutils::list_sockets(query, [&](Values values) {
      const EventKind kind = first ? EventKind::Seen : EventKind::Opened;
      book_.take({kind, {}, {}, {}, false, values}, now, first);
      return true;
    });
    if (!report) failure = report.error().message();
    if (report) warnings = report->warnings;
    for (const RowKey& key : gone(query)) book_.close(key, now);
  }
  frame = book_.finish_look(now);
  frame.failure = std::move(failure);
  frame.warnings = std::move(warnings);
  if (position + 1 == size() && !file_.damage().empty())
    frame.warnings.push_back({Warning::Kind::SocketsMissing, "after this: " + file_.damage(), {}});
  frame.wall = std::chrono::system_clock::time_point(
      std::chrono::microseconds(static_cast<std::int64_t>(file_.time(position))));
  if (read)
    if (auto machine = sockutils::read_machine_counters(*shown_, 0)) frame.machine = *std::move(machine);
  frame.machine_before = std::exchange(machine_, frame.machine);
  frame.replay = ReplayPlace{position, size(), file_.elapsed(position), file_.elapsed(size() - 1), 0};
}

/// Those that were there and are no more, rather than matching the filter no more.
std::vector<RowKey> RecordingView::gone(const Query& shown) const {
  std::vector<RowKey> unseen = book_.unseen();
  if (unseen.empty()) return unseen;
  Query query = shown;
  query.filter = {};
  query.states = sockutils::StateSet::all();
  query.fields = claim_fields();
  std::set<RowKey> there;
  const auto report = sockutils::list_sockets(query, [&](Values values) {
    there.insert(bound_socket(values).key);
    return true;
  });
  if (!report) return {};
  std::erase_if(unseen, [&](const RowKey& key) { return there.contains(key); });
  return unseen;
}

Details RecordingView::details(const DetailTarget& target, const Wish& wish) const {
  Query query = wish.query;
  query.recording = shown_;
  Details details = read_details(target, query);
  details.history = book_.history_of(target.key);
  return details;
}

}  // namespace tui
