#include "tui/collect/namespace_watcher.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tui {

using sockutils::FollowedNamespace;
using sockutils::MachineCounters;
using sockutils::NetworkNamespace;
using sockutils::Result;
using sockutils::Warning;
using std::chrono::milliseconds;

namespace {

std::uint64_t number_of(const std::optional<NetworkNamespace>& where) { return where ? where->inode : 0; }

using Counter = std::optional<std::uint64_t> MachineCounters::*;
constexpr std::array<Counter, 19> Counters{
    &MachineCounters::tcp_active_opens,  &MachineCounters::tcp_passive_opens,
    &MachineCounters::tcp_attempt_fails, &MachineCounters::tcp_resets,
    &MachineCounters::tcp_segments_in,   &MachineCounters::tcp_segments_out,
    &MachineCounters::tcp_retransmits,   &MachineCounters::udp_in,
    &MachineCounters::udp_out,           &MachineCounters::udp_no_ports,
    &MachineCounters::udp_errors,        &MachineCounters::udp_full_buffers,
    &MachineCounters::listen_overflows,  &MachineCounters::listen_drops,
    &MachineCounters::sockets,           &MachineCounters::tcp_sockets,
    &MachineCounters::tcp_orphans,       &MachineCounters::tcp_time_wait,
    &MachineCounters::udp_sockets};

}  // namespace

std::string name_of(const NetworkNamespace& space) {
  return space.name.empty() ? "namespace " + std::to_string(space.inode) : space.name;
}

void add_counters(std::optional<MachineCounters>& sum, MachineCounters more, const std::string& where) {
  if (!sum) sum.emplace();
  for (const Counter counter : Counters)
    if (const auto& value = more.*counter) (*sum).*counter = ((*sum).*counter).value_or(0) + *value;
  // A machine-wide number, the same in each namespace.
  if (more.tcp_memory_pages) sum->tcp_memory_pages = more.tcp_memory_pages;
  for (sockutils::InterfaceCounters& interface : more.interfaces) {
    if (!where.empty()) interface.name.insert(0, where + "/");
    sum->interfaces.push_back(std::move(interface));
  }
}

Warning closings_not_told(const std::string& refusal) {
  return {
      Warning::Kind::SocketsMissing,
      "the kernel does not tell of closings (" + refusal + "): connections between two looks are not seen",
      "a shorter interval sees more"};
}

Result<void> NamespaceWatcher::start(const sockutils::Query& query, milliseconds interval,
                                     bool with_packets) {
  stop();
  query_ = query;
  counts_packets_ = with_packets && !kinds_without_counters(query.kinds).empty();
  sockutils::FollowOptions options{.interval = interval, .every_socket = true};
  if (keeps_)
    options.closings = [this](const NetworkNamespace& where, std::string_view datagram) {
      keep_closing(number_of(named(where)), datagram);
    };
  auto follower = sockutils::Follower::start(query, options);
  if (!follower) return tl::unexpected(follower.error());
  {
    const std::lock_guard lock(mutex_);
    follower_ = *std::move(follower);
  }
  adapt_counters();
  return {};
}

void NamespaceWatcher::stop() {
  const std::lock_guard lock(mutex_);
  follower_.reset();
}

void NamespaceWatcher::interrupt() const {
  const std::lock_guard lock(mutex_);
  if (follower_) follower_->stop();
}

Result<bool> NamespaceWatcher::run() {
  constexpr std::chrono::hours AsLongAsItTakes{1};
  bool done = false;
  const auto result = follower_->run_for(AsLongAsItTakes, [&](const sockutils::Event& event) {
    done = event.kind == sockutils::EventKind::SnapshotDone;
    if (!done) book_.take(event, Clock::now(), event.first_snapshot);
    return !done;
  });
  if (!result) return tl::unexpected(result.error());
  if (done) adapt_counters();
  return done;
}

NamespaceWatcher::MaybeNamespace NamespaceWatcher::named(const NetworkNamespace& where) const {
  const bool is_own = !query_.all_namespaces && query_.namespaces.empty();
  return is_own ? std::nullopt : MaybeNamespace(where);
}

std::vector<FollowedNamespace> NamespaceWatcher::followed() const {
  if (!follower_) return {};
  auto all = follower_->namespaces();
  std::erase_if(all, [](const FollowedNamespace& one) { return one.refusal.has_value(); });
  return all;
}

/// A packet counter keeps its namespace alive, so it is removed when the namespace is no longer followed.
void NamespaceWatcher::adapt_counters() {
  const auto all = followed();
  std::erase_if(counters_, [&](const auto& item) {
    return std::none_of(all.begin(), all.end(), [&](const FollowedNamespace& one) {
      return number_of(named(one.where)) == item.first;
    });
  });
  if (!counts_packets_) return;
  for (const FollowedNamespace& one : all) {
    const auto where = named(one.where);
    if (!counters_.contains(number_of(where))) counters_.emplace(number_of(where), PacketCounter(where));
  }
}

/// An empty datagram stands for reports that the kernel could not deliver.
void NamespaceWatcher::keep_closing(std::uint64_t netns, std::string_view datagram) {
  sockutils::HeardClosings& closings = closings_[netns];
  kept_ += datagram.size();
  closings.lost = closings.lost || datagram.empty() || kept_ > MaxKept;
  if (!datagram.empty() && kept_ <= MaxKept)
    closings.messages.push_back({Clock::now(), std::string(datagram)});
}

std::vector<sockutils::IntervalEvents> NamespaceWatcher::fetch_between() {
  std::vector<sockutils::IntervalEvents> all;
  for (const FollowedNamespace& one : followed()) {
    const auto where = named(one.where);
    sockutils::IntervalEvents between{where, std::move(closings_[number_of(where)]), {}};
    if (one.kernel_refusal) between.closings->refusal = one.kernel_refusal->message();
    if (const auto counted = packets_.find(number_of(where)); counted != packets_.end())
      between.packets = std::move(counted->second);
    all.push_back(std::move(between));
  }
  closings_.clear();
  packets_.clear();
  kept_ = 0;
  return all;
}

std::vector<NetworkNamespace> NamespaceWatcher::namespaces() const {
  std::vector<NetworkNamespace> all;
  for (const FollowedNamespace& one : follower_->namespaces())
    if (auto where = named(one.where)) all.push_back(*std::move(where));
  return all;
}

void NamespaceWatcher::count_packets(PacketAccount& account) {
  for (auto& [number, counter] : counters_) {
    auto counted = counter.count(book_, account);
    if (keeps_) packets_[number] = std::move(counted);
    account.counting = account.counting || counter.counting();
    if (!counter.refusal().empty()) account.refusal = counter.refusal();
  }
  if (counters_.empty()) account.refusal = "packets are not to be counted";
  book_.set_counting(account.counting);
}

std::vector<Warning> NamespaceWatcher::warnings() const {
  std::vector<Warning> all = follower_->warnings();
  for (const FollowedNamespace& one : followed())
    if (one.kernel_refusal) all.push_back(closings_not_told(one.kernel_refusal->message()));
  for (const auto& [number, counter] : counters_) counter.add_warnings(all);
  std::vector<Warning> once;
  for (Warning& warning : all) {
    const auto same = [&](const Warning& other) { return other.message == warning.message; };
    if (std::none_of(once.begin(), once.end(), same)) once.push_back(std::move(warning));
  }
  return once;
}

std::optional<MachineCounters> NamespaceWatcher::machine() const {
  std::optional<MachineCounters> sum;
  const auto all = followed();
  for (const FollowedNamespace& one : all) {
    auto counters = one.where.path.empty() ? sockutils::read_machine_counters()
                                           : sockutils::read_machine_counters(one.where);
    if (counters) add_counters(sum, *std::move(counters), all.size() > 1 ? name_of(one.where) : "");
  }
  return sum;
}

}  // namespace tui
