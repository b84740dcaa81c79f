#include "tui/collect/socket_accounting.h"

#include <algorithm>
#include <cmath>

#include "tui/collect/socket_facts.h"
#include "tui/view/human.h"

namespace tui {

using sockutils::Event;
using sockutils::EventKind;
using sockutils::OptionalValue;
using sockutils::Owner;
using sockutils::Values;

namespace {

/// Number of frames in a history.
constexpr std::size_t HistoryLength = 120;
/// Number of these that the sparkline of a row shows.
constexpr std::size_t TrendLength = 10;
/// With more busy sockets than this, histories are only kept for sparklines.
constexpr std::size_t MaxHistories = 20'000;

std::optional<std::uint64_t> rounded(CompactOptional<float> rate) {
  return rate ? std::optional(static_cast<std::uint64_t>(std::llround(*rate))) : std::nullopt;
}

float as_float(const std::optional<double>& value) { return value ? static_cast<float>(*value) : -1.0F; }

void add(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& more) {
  if (more) sum = sum.value_or(0) + *more;
}

void add(sockutils::CounterChange& sum, const sockutils::CounterChange& more) {
  add(sum.bytes_in, more.bytes_in);
  add(sum.bytes_out, more.bytes_out);
  add(sum.retransmits, more.retransmits);
  add(sum.segments_out, more.segments_out);
}

bool is_busy(const Moment& moment) { return moment.in > 0 || moment.out > 0; }

void push(std::vector<Moment>& history, const Moment& moment, std::size_t most) {
  if (history.size() >= most)
    history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(most - 1));
  history.push_back(moment);
}

std::vector<float> trend_of(const std::vector<Moment>& history) {
  const std::size_t length = std::min(history.size(), TrendLength);
  std::vector<float> trend;
  trend.reserve(length);
  for (std::size_t i = history.size() - length; i < history.size(); ++i)
    trend.push_back(std::max(history[i].in, 0.0F) + std::max(history[i].out, 0.0F));
  return trend;
}

/// Whether two rows look the same.
bool is_like(const SocketRow& a, const SocketRow& b) {
  return a.mark == b.mark && a.state == b.state && a.rates == b.rates && a.recv_queue == b.recv_queue &&
         a.send_queue == b.send_queue && a.rtt == b.rtt && a.trend == b.trend;
}

bool is_same(const Owner& a, const Owner& b, bool may_differ) {
  return a.process->pid == b.process->pid && a.process->start_time == b.process->start_time &&
         a.tid == b.tid && a.fd == b.fd && (!may_differ || *a.process == *b.process);
}

bool is_same(std::span<const std::span<const Owner>> lists, const OwnerList& before, bool may_differ) {
  if (lists.size() != before.lists()) return false;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const std::span<const Owner> then = before.get(i);
    if (lists[i].size() != then.size()) return false;
    if (lists[i].data() == then.data()) continue;
    if (!std::equal(then.begin(), then.end(), lists[i].begin(),
                    [=](const Owner& a, const Owner& b) { return is_same(a, b, may_differ); }))
      return false;
  }
  return true;
}

bool has_packets(const SocketRow& row) { return is_counted_by_packets(row.family, row.protocol); }

}  // namespace

SocketAccounting::CounterSample SocketAccounting::CounterSample::of(
    const sockutils::CounterReading& counters) {
  return {counters.time, counters.bytes_in, counters.bytes_out, counters.retransmits, counters.segments_out};
}

sockutils::CounterReading SocketAccounting::CounterSample::counters() const {
  return {time, bytes_in, bytes_out, retransmits, segments_out};
}

SocketAccounting::SocketAccounting(Fields columns, const Options& options)
    : columns_(std::move(columns)), options_(options) {}

/// The entry for the event's socket, which is updated with what the event implies.
SocketAccounting::Entry& SocketAccounting::place_for(const RowKey& key, const Event& event,
                                                     Clock::time_point now) {
  const bool closing = event.kind == EventKind::Closed;
  Entry& entry = entries_[key];
  if (entry.is_closed() && !closing) entry = Entry{};
  const bool fresh = entry.row == nullptr;
  if (event.kind == EventKind::Opened && fresh) {
    ++totals_.opened;
    entry.new_until = now + options_.mark_new;
  }
  if (closing && !entry.is_closed()) {
    ++totals_.closed;
    if (fresh) ++totals_.opened;
    entry.closed = now;
  }
  return entry;
}

void SocketAccounting::begin_anew() {
  // Closed sockets are not reported again, and may not match the new request.
  std::erase_if(entries_, [](const auto& item) { return item.second.is_closed(); });
  anew_ = true;
}

void SocketAccounting::set_columns(Fields columns) {
  columns_ = std::move(columns);
  begin_anew();
}

void SocketAccounting::close_namespace(std::uint64_t netns, Clock::time_point now) {
  for (auto& [key, entry] : entries_) {
    if (netns_of(key) == (netns & 0xffffffff) && !entry.is_closed()) close(entry, now);
  }
}

void SocketAccounting::close(Entry& entry, Clock::time_point now) {
  ++totals_.closed;
  entry.closed = now;
  auto row = std::make_shared<SocketRow>(*entry.row);
  row->rates = {};
  finish_row(*row, entry, now);
  entry.row = std::move(row);
}

void SocketAccounting::close(const RowKey& key, Clock::time_point now) {
  const auto found = entries_.find(key);
  if (found != entries_.end() && !found->second.is_closed()) close(found->second, now);
}

bool SocketAccounting::is_open(const RowKey& key) const {
  const auto found = entries_.find(key);
  return found != entries_.end() && !found->second.is_closed();
}

std::vector<RowKey> SocketAccounting::unseen() const {
  std::vector<RowKey> keys;
  for (const auto& [key, entry] : entries_)
    if (entry.look != look_ && !entry.is_closed()) keys.push_back(key);
  return keys;
}

void SocketAccounting::take(const Event& event, Clock::time_point now, bool first_look) {
  if (event.kind == EventKind::Lost) ++losses_;
  if (event.values.empty()) return;
  const Values facts = event.values.last(FactCount);
  SocketRow row = row_of(facts);
  Entry& entry = place_for(row.key, event, now);
  row.first_seen = entry.row ? entry.row->first_seen : now;
  const bool fresh = entry.row == nullptr;
  const bool born = fresh && !anew_ && !first_look && (event.kind == EventKind::Opened || !event.seen);
  // A snapshot may be taken twice, to confirm closings.
  const bool again = !fresh && entry.look == look_ && !entry.is_closed();
  if (again && event.kind == EventKind::Seen) return;
  if (again || has_packets(row)) {
    // Packets are counted at the end of the snapshot.
    if (!fresh) row.rates = entry.row->rates;
    if (fresh && has_packets(row)) entry.reading.time = born ? last_look_.value_or(now) : now;
  } else {
    CounterSample reading{now, number(facts, BytesIn), number(facts, BytesOut), number(facts, Retransmits),
                          number(facts, SegmentsOut)};
    // Not all closings come with counters.
    if (entry.is_closed() && !fresh && !reading.bytes_in && !reading.bytes_out) {
      reading = entry.reading;
      reading.time = now;
    }
    count(row, entry, reading, born);
  }
  entry.look = look_;
  mark(row, entry);
  pack(event.values.first(event.values.size() - FactCount), facts[Processes], row, entry, now);
  auto owners = keep_owners(entry, event.kind != EventKind::Seen);
  // Most sockets do not change between frames.
  if (!fresh && is_like(row, *entry.row) && owners == entry.row->cells.owners() &&
      builder_.has_made(entry.row->cells))
    return;
  row.cells = builder_.finish(std::move(owners));
  entry.row = std::make_shared<const SocketRow>(std::move(row));
}

/// Adds the cells of a row to the builder. The first list of owners is of the socket itself: its current
/// owners, or those that it had before it was closed.
void SocketAccounting::pack(Values shown, const OptionalValue& owners, const SocketRow& row,
                            const Entry& entry, Clock::time_point now) {
  static const sockutils::Field* const processes = sockutils::find_field("processes");
  const CompactRow* const before = entry.row ? &entry.row->cells : nullptr;
  const auto* const told = owners ? std::get_if<std::span<const Owner>>(&*owners) : nullptr;
  std::span<const Owner> held = told != nullptr ? *told : std::span<const Owner>();
  if (held.empty() && before != nullptr && before->owners()) held = before->owners()->get();
  builder_.begin(columns_.size(), held);
  std::size_t next = 0;
  std::string text;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const sockutils::Field* const column = columns_[i];
    OptionalValue value = column->get != nullptr ? shown[next++] : own_value(*column, row, entry, now, text);
    // A closed socket keeps its last values.
    if (!value && entry.is_closed() && before != nullptr && column->get != nullptr) value = before->value(i);
    if (column == processes && !held.empty()) value = held;
    builder_.add(value);
  }
}

/// The lists that the builder has seen, or the previous lists if they are equal.
std::shared_ptr<const OwnerList> SocketAccounting::keep_owners(const Entry& entry, bool may_differ) {
  const auto lists = builder_.owners();
  auto before = entry.row ? entry.row->cells.owners() : nullptr;
  if (before ? is_same(lists, *before, may_differ) : lists.size() == 1 && lists.front().empty())
    return before;
  return std::make_shared<const OwnerList>(lists, processes_);
}

void SocketAccounting::count(SocketRow& row, Entry& entry, const CounterSample& now, bool born) {
  const CounterSample before = std::exchange(entry.reading, now);
  const bool known = entry.row != nullptr;
  if (!known && !born) return;
  const auto counters = now.counters();
  const auto change = known ? change_between(before.counters(), counters) : change_since_birth(counters);
  add(totals_.change, change);
  // A socket can close at any time, so the last part of an interval gives no rate.
  if (entry.is_closed()) return;
  const auto since = known ? before.time : last_look_.value_or(now.time);
  const auto rates = rates_of(change, now.time - since);
  row.rates = {rates.bytes_in, rates.bytes_out, rates.retransmits};
  remember(entry, {as_float(rates.bytes_in), as_float(rates.bytes_out),
                   row.rtt ? static_cast<float>(*row.rtt) : -1.0F});
}

void SocketAccounting::remember(Entry& entry, const Moment& moment) {
  const bool had = !entry.history.empty();
  if (is_busy(moment) || had)
    push(entry.history, moment, histories_ > MaxHistories ? TrendLength : HistoryLength);
  if (std::none_of(entry.history.begin(), entry.history.end(), is_busy)) {
    entry.history.clear();
    entry.history.shrink_to_fit();
  }
  if (!had && !entry.history.empty()) ++histories_;
  if (had && entry.history.empty()) --histories_;
}

/// For sockets without counters: adds up the bytes of their packets since they were first seen.
void SocketAccounting::count_packets(const RowKey& key, Entry& entry, Clock::time_point now) {
  if (!has_packets(*entry.row)) return;
  if (!counting_) {
    if (!entry.row->rates.bytes_in) return;
    auto row = std::make_shared<SocketRow>(*entry.row);
    row->rates = {};
    finish_row(*row, entry, now);
    entry.row = std::move(row);
    return;
  }
  const auto found = packets_.find(key);
  const PacketBytes bytes = found != packets_.end() ? found->second : PacketBytes{};
  auto row = std::make_shared<SocketRow>(*entry.row);
  CounterSample reading{now, bytes.in, bytes.out, {}, {}};
  // The counters start at 0.
  if (!entry.reading.bytes_in) {
    entry.reading.bytes_in = 0;
    entry.reading.bytes_out = 0;
  }
  count(*row, entry, reading, false);
  finish_row(*row, entry, now);
  if (!is_like(*row, *entry.row) || !(row->cells == entry.row->cells)) entry.row = std::move(row);
}

void SocketAccounting::add_packets(const RowKey& key, std::uint64_t in, std::uint64_t out) {
  if (!entries_.contains(key)) return;
  PacketBytes& bytes = packets_[key];
  bytes.in += in;
  bytes.out += out;
}

std::vector<BoundSocket> SocketAccounting::closed_sockets() const {
  std::vector<BoundSocket> closed;
  for (const auto& [key, entry] : entries_) {
    if (!entry.is_closed() || !has_packets(*entry.row)) continue;
    const SocketRow& row = *entry.row;
    closed.push_back({key, row.family, row.protocol, row.local_address, row.peer_address, row.local_port,
                      row.peer_port, row.interface, false, true});
  }
  return closed;
}

void SocketAccounting::mark(SocketRow& row, const Entry& entry) const {
  row.trend = trend_of(entry.history);
  row.mark = entry.is_closed() ? Mark::Closed : entry.is_new() ? Mark::New : Mark::Same;
}

/// The same for a row that already has cells.
void SocketAccounting::finish_row(SocketRow& row, const Entry& entry, Clock::time_point now) const {
  mark(row, entry);
  std::string text;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const sockutils::Field& column = *columns_[i];
    if (column.get != nullptr) continue;
    row.cells.set(i, own_value(column, row, entry, now, text));
  }
  row.cells.seal();
}

/// The values of the monitor's own columns. A closed socket shows totals instead of rates, as text that is
/// kept in `text`.
OptionalValue SocketAccounting::own_value(const sockutils::Field& column, const SocketRow& row,
                                          const Entry& entry, Clock::time_point now,
                                          std::string& text) const {
  const bool closed = row.mark == Mark::Closed;
  const auto number = [](std::optional<std::uint64_t> value) {
    return value ? OptionalValue(*value) : std::nullopt;
  };
  const auto rate = [&](CompactOptional<float> value, CompactOptional<std::uint64_t> total) -> OptionalValue {
    if (!closed) return number(rounded(value));
    if (!total) return std::nullopt;
    text = short_bytes(*total);
    return std::string_view(text);
  };
  if (&column == &InRate) return rate(row.rates.bytes_in, entry.reading.bytes_in);
  if (&column == &OutRate) return rate(row.rates.bytes_out, entry.reading.bytes_out);
  if (&column == &RetransmitRate && row.rates.retransmits)
    return static_cast<std::uint64_t>(std::ceil(*row.rates.retransmits));
  if (&column == &Sparkline && !row.trend.empty()) return activity_of(row.trend);
  if (&column != &SeenFor) return std::nullopt;
  const auto seen = std::chrono::duration_cast<std::chrono::seconds>(now - row.first_seen);
  return static_cast<std::uint64_t>(seen.count()) * 1'000'000;
}

/// Removes a mark whose time is over.
void SocketAccounting::settle(Entry& entry, Clock::time_point now) {
  if (!entry.is_new() || now < entry.new_until) return;
  entry.new_until = Never;
  if (entry.is_closed()) return;
  auto row = std::make_shared<SocketRow>(*entry.row);
  row->mark = Mark::Same;
  entry.row = std::move(row);
}

bool SocketAccounting::is_over(const Entry& entry, Clock::time_point now) const {
  if (entry.is_closed()) return now - entry.closed >= options_.keep_closed;
  // An open socket that is not reported no longer matches. A dump may miss a socket once.
  return look_ - entry.look >= (anew_ ? 1U : 2U);
}

Frame SocketAccounting::finish_look(Clock::time_point now) {
  Frame frame;
  auto table = std::make_shared<Table>();
  table->columns = columns_;
  table->of_sockets = true;
  table->rows.reserve(entries_.size());
  for (auto place = entries_.begin(); place != entries_.end();) {
    Entry& entry = place->second;
    if (is_over(entry, now)) {
      if (!entry.history.empty()) --histories_;
      packets_.erase(place->first);
      place = entries_.erase(place);
      continue;
    }
    settle(entry, now);
    count_packets(place->first, entry, now);
    if (!entry.is_closed() && entry.row->state) ++totals_.states[static_cast<std::size_t>(*entry.row->state)];
    table->rows.push_back(entry.row);
    ++place;
  }
  frame.sockets = std::move(table);
  if (last_look_) frame.elapsed = now - *last_look_;
  if (frame.elapsed) {
    const auto rates = rates_of(totals_.change, *frame.elapsed);
    push(history_, {as_float(rates.bytes_in), as_float(rates.bytes_out), -1.0F}, HistoryLength);
  }
  frame.history = history_;
  frame.totals = std::exchange(totals_, {});
  frame.number = look_++;
  last_look_ = now;
  anew_ = false;
  if (look_ % 64 == 0) processes_.forget_unused();
  return frame;
}

std::vector<Moment> SocketAccounting::history_of(const RowKey& key) const {
  const auto found = entries_.find(key);
  return found != entries_.end() ? found->second.history : std::vector<Moment>{};
}

}  // namespace tui
