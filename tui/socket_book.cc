#include "tui/socket_book.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "tui/human.h"

namespace tui {

using sockutils::Event;
using sockutils::EventKind;
using sockutils::OptionalValue;
using sockutils::Values;

namespace {

/// Looks that a history reaches back.
constexpr std::size_t HistoryLength = 120;
/// Of these, those that a row's small graph shows.
constexpr std::size_t TrendLength = 10;

/// What is read of a socket besides its columns and its identity, in this order.
enum Fact : std::size_t {
  StateFact,
  InodeFact,
  BytesIn,
  BytesOut,
  Retransmits,
  SegmentsOut,
  Rtt,
  RecvQueue,
  SendQueue,
  Exposure,
  Processes,
  Family,
  Protocol,
  LocalAddress,
  PeerAddress,
  LocalPort,
  PeerPort,
  Netns,
  Cookie,
  FactCount
};

constexpr std::array<std::string_view, FactCount> FactNames{
    "state",    "inode",         "tcp_bytes_received", "tcp_bytes_acked", "tcp_total_retrans", "tcp_segs_out",
    "tcp_rtt",  "recv_queue",    "send_queue",         "exposure",        "processes",         "family",
    "protocol", "local_address", "peer_address",       "local_port",      "peer_port",         "netns",
    "cookie"};

template <class T>
std::optional<T> get(Values values, std::size_t place) {
  if (!values[place]) return std::nullopt;
  const T* const value = std::get_if<T>(&*values[place]);
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

std::optional<std::uint64_t> number(Values values, std::size_t place) {
  return get<std::uint64_t>(values, place);
}

/// What is not one of these is known by its ends, which are few.
enum class KeyKind : std::uint64_t { Cookie, Inode, Ends };

std::uint64_t hash_of_ends(Values facts) {
  std::string text;
  for (const std::size_t place : {LocalAddress, PeerAddress})
    if (const auto address = get<sockutils::Address>(facts, place)) text += address->to_string() + ' ';
  for (const std::size_t place : {LocalPort, PeerPort})
    text += std::to_string(number(facts, place).value_or(0)) + ' ';
  return std::hash<std::string>{}(text);
}

RowKey key_of(Values facts) {
  const auto family = get<sockutils::Family>(facts, Family);
  const std::uint64_t netns = number(facts, Netns).value_or(0) & 0xffffffff;
  const auto group = [&](KeyKind kind) {
    return static_cast<std::uint64_t>(kind) << 48 |
           static_cast<std::uint64_t>(family.value_or(sockutils::Family::Inet)) << 40 | netns;
  };
  if (const auto cookie = number(facts, Cookie)) return {*cookie, group(KeyKind::Cookie)};
  if (const auto inode = number(facts, InodeFact)) return {*inode, group(KeyKind::Inode)};
  return {hash_of_ends(facts), group(KeyKind::Ends)};
}

std::uint64_t rounded(double rate) { return static_cast<std::uint64_t>(std::llround(rate)); }

std::optional<std::uint64_t> rounded(const std::optional<double>& rate) {
  return rate ? std::optional(rounded(*rate)) : std::nullopt;
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

void push(std::vector<Moment>& history, const Moment& moment) {
  if (history.size() >= HistoryLength) history.erase(history.begin());
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

/// What a closed socket has instead of a rate.
void set_total(KeptRow& cells, std::size_t column, std::optional<std::uint64_t> bytes) {
  if (bytes) cells.set_text(column, short_bytes(*bytes));
}

/// As far as anybody sees.
bool is_like(const SocketRow& a, const SocketRow& b) {
  return a.mark == b.mark && a.cells == b.cells && a.trend == b.trend && a.history.empty() &&
         b.history.empty() && a.counters.bytes_in == b.counters.bytes_in &&
         a.counters.bytes_out == b.counters.bytes_out && a.counters.segments_out == b.counters.segments_out &&
         a.recv_queue == b.recv_queue && a.send_queue == b.send_queue && a.state == b.state;
}

}  // namespace

Fields book_fields(const Fields& columns) {
  Fields fields;
  for (const sockutils::Field* const column : columns)
    if (column->get != nullptr) fields.push_back(column);
  const auto identity = sockutils::identity_fields();
  fields.insert(fields.end(), identity.begin(), identity.end());
  for (const std::string_view name : FactNames) fields.push_back(sockutils::find_field(name));
  return fields;
}

SocketBook::SocketBook(Fields columns, const Options& options)
    : columns_(std::move(columns)), options_(options) {}

/// The entry of the event's socket, which knows what the event is then.
SocketBook::Entry& SocketBook::place_for(const Event& event, Clock::time_point now) {
  const bool closing = event.kind == EventKind::Closed;
  Entry& entry = entries_[key_of(event.values.last(FactCount))];
  if (entry.closed && !closing) entry = Entry{};
  const bool fresh = entry.row == nullptr;
  if (fresh) entry.first_seen = now;
  if (event.kind == EventKind::Opened && fresh) {
    ++totals_.opened;
    entry.new_until = now + options_.mark_new;
  }
  if (closing && !entry.closed) {
    ++totals_.closed;
    if (fresh) ++totals_.opened;
    entry.closed = now;
  }
  return entry;
}

void SocketBook::begin_anew() {
  // What has closed is not told again, and may not be what is asked for now.
  std::erase_if(entries_, [](const auto& item) { return item.second.closed.has_value(); });
  anew_ = true;
}

void SocketBook::set_columns(Fields columns) {
  columns_ = std::move(columns);
  begin_anew();
}

void SocketBook::take(const Event& event, Clock::time_point now) {
  if (event.kind == EventKind::Lost) ++losses_;
  if (event.values.empty()) return;
  Entry& entry = place_for(event, now);
  const bool fresh = entry.row == nullptr;
  const bool born = fresh && !anew_ && (event.kind == EventKind::Opened || !event.seen);
  // A look may be taken twice, to be sure of closings.
  const bool again = !fresh && entry.look == look_ && !entry.closed;
  if (again && event.kind == EventKind::Seen) return;
  std::shared_ptr<SocketRow> row = make_row(event, entry);
  row->key = key_of(event.values.last(FactCount));
  row->counters.time = now;
  if (again) {
    row->rates = entry.row->rates;
  } else {
    count(*row, entry, born);
  }
  entry.look = look_;
  row->history = entry.history;
  row->trend = trend_of(entry.history);
  row->mark = entry.closed ? Mark::Closed : entry.new_until ? Mark::New : Mark::Same;
  fill_own_columns(*row, now);
  if (entry.row == nullptr || !is_like(*row, *entry.row)) entry.row = std::move(row);
}

std::shared_ptr<SocketRow> SocketBook::make_row(const Event& event, const Entry& entry) {
  auto row = std::make_shared<SocketRow>();
  const Values facts = event.values.last(FactCount);
  const std::size_t identity = sockutils::identity_fields().size();
  const Values shown = event.values.first(event.values.size() - FactCount - identity);
  row->cells = KeptRow(columns_.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i]->get != nullptr) row->cells.set(i, shown[next++], columns_[i]->type);
  row->identity = sockutils::identity_of(event.values.subspan(shown.size(), identity));
  row->family = get<sockutils::Family>(facts, Family).value_or(sockutils::Family::Inet);
  row->protocol = get<sockutils::Protocol>(facts, Protocol).value_or(sockutils::Protocol::Raw);
  row->state = get<sockutils::State>(facts, StateFact);
  row->local_address = get<sockutils::Address>(facts, LocalAddress);
  row->peer_address = get<sockutils::Address>(facts, PeerAddress);
  row->local_port = static_cast<std::uint16_t>(number(facts, LocalPort).value_or(0));
  row->recv_queue = number(facts, RecvQueue);
  row->send_queue = number(facts, SendQueue);
  row->counters = {{},
                   number(facts, BytesIn),
                   number(facts, BytesOut),
                   number(facts, Retransmits),
                   number(facts, SegmentsOut)};
  row->rtt = number(facts, Rtt);
  row->exposure = std::string(get<std::string_view>(facts, Exposure).value_or(std::string_view()));
  row->exposed = row->exposure == "any";
  row->first_seen = entry.first_seen;
  const bool fresh = event.kind == EventKind::Opened || event.kind == EventKind::Changed;
  row->cells.set_owners(keep_owners(facts[Processes], entry, fresh));
  // A socket that closes keeps the owners that it had.
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i]->type == sockutils::Type::Owners && row->cells.owners())
      row->cells.set(i, std::span<const sockutils::Owner>(), columns_[i]->type);
  return row;
}

std::shared_ptr<const KeptOwners> SocketBook::keep_owners(const OptionalValue& value, const Entry& entry,
                                                          bool fresh) {
  const auto* const owners = value ? std::get_if<std::span<const sockutils::Owner>>(&*value) : nullptr;
  const auto& before = entry.row ? entry.row->cells.owners() : nullptr;
  if (owners == nullptr || owners->empty()) return before;
  if (before && !fresh && before->owners.size() == owners->size()) return before;
  auto kept = std::make_shared<KeptOwners>();
  for (const sockutils::Owner& owner : *owners) {
    auto& known = processes_[{owner.process->pid, owner.process->start_time.value_or(0)}];
    auto process = known.lock();
    // It may have executed another program meanwhile.
    if (!process || *process != *owner.process)
      known = process = std::make_shared<const sockutils::Process>(*owner.process);
    kept->owners.push_back({process.get(), owner.tid, owner.fd});
    kept->processes.push_back(std::move(process));
  }
  return kept;
}

void SocketBook::count(SocketRow& row, Entry& entry, bool born) {
  const sockutils::CounterReading before = std::exchange(entry.reading, row.counters);
  const bool known = entry.row != nullptr;
  if (!known && !born) return;
  const auto change = known ? change_between(before, row.counters) : change_since_birth(row.counters);
  add(totals_.change, change);
  // The end comes at any moment: the last piece of an interval makes no rate.
  if (entry.closed) return;
  const auto since = known ? before.time : last_look_.value_or(row.counters.time);
  row.rates = rates_of(change, row.counters.time - since);
  const Moment moment{as_float(row.rates.bytes_in), as_float(row.rates.bytes_out),
                      row.rtt ? static_cast<float>(*row.rtt) : -1.0F};
  if (is_busy(moment) || !entry.history.empty()) push(entry.history, moment);
  if (std::none_of(entry.history.begin(), entry.history.end(), is_busy)) entry.history.clear();
}

void SocketBook::fill_own_columns(SocketRow& row, Clock::time_point now) const {
  const auto in = rounded(row.rates.bytes_in);
  const auto out = rounded(row.rates.bytes_out);
  const bool closed = row.mark == Mark::Closed;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const sockutils::Field* const column = columns_[i];
    if (closed && column == &InRate) set_total(row.cells, i, row.counters.bytes_in);
    if (closed && column == &OutRate) set_total(row.cells, i, row.counters.bytes_out);
    if (column == &InRate) row.cells.set_number(i, in);
    if (column == &OutRate) row.cells.set_number(i, out);
    if (column == &RetransmitRate && row.rates.retransmits)
      row.cells.set_number(i, static_cast<std::uint64_t>(std::ceil(*row.rates.retransmits)));
    if (column == &Trend && !row.trend.empty()) row.cells.set_number(i, activity_of(row.trend));
    if (column == &SeenFor) {
      const auto seen = std::chrono::duration_cast<std::chrono::seconds>(now - row.first_seen);
      row.cells.set_number(i, static_cast<std::uint64_t>(seen.count()) * 1'000'000);
    }
  }
}

/// A mark that has had its time goes.
void SocketBook::settle(Entry& entry, Clock::time_point now) {
  if (!entry.new_until || now < *entry.new_until) return;
  entry.new_until.reset();
  if (entry.closed) return;
  auto row = std::make_shared<SocketRow>(*entry.row);
  row->mark = Mark::Same;
  entry.row = std::move(row);
}

Frame SocketBook::finish_look(Clock::time_point now) {
  Frame frame;
  auto table = std::make_shared<Table>();
  table->columns = columns_;
  table->rows.reserve(entries_.size());
  for (auto place = entries_.begin(); place != entries_.end();) {
    Entry& entry = place->second;
    const bool over = entry.closed && now - *entry.closed >= options_.keep_closed;
    // What is still there and not told of matches no more. A dump may miss a socket once.
    const bool filtered_out = !entry.closed && look_ - entry.look >= (anew_ ? 1U : 2U);
    if (over || filtered_out) {
      place = entries_.erase(place);
      continue;
    }
    settle(entry, now);
    if (!entry.closed && entry.row->state) ++totals_.states[static_cast<std::size_t>(*entry.row->state)];
    table->rows.push_back(entry.row);
    ++place;
  }
  frame.sockets = std::move(table);
  if (last_look_) frame.elapsed = now - *last_look_;
  if (frame.elapsed) {
    const auto rates = rates_of(totals_.change, *frame.elapsed);
    push(history_, {as_float(rates.bytes_in), as_float(rates.bytes_out), -1.0F});
  }
  frame.history = history_;
  frame.totals = std::exchange(totals_, {});
  frame.number = look_++;
  last_look_ = now;
  anew_ = false;
  forget_processes();
  return frame;
}

void SocketBook::forget_processes() {
  if (look_ % 64 == 0) std::erase_if(processes_, [](const auto& item) { return item.second.expired(); });
}

}  // namespace tui
