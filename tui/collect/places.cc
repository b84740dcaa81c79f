#include "tui/collect/places.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace tui {

using sockutils::Error;
using sockutils::MachineCounters;
using sockutils::NetworkNamespace;
using sockutils::Result;
using sockutils::Warning;
using std::chrono::milliseconds;

namespace {

/// How often namespaces are looked for that were not there before.
constexpr std::chrono::seconds SearchEvery{5};
/// What is heard of a namespace in one go that is not waited for: one that never falls silent has to leave
/// time for the others.
constexpr int MostInOneGo = 2000;

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
  // The same number in each of them.
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

Result<void> Places::start(const sockutils::Query& query, milliseconds interval, bool with_packets) {
  query_ = query;
  interval_ = interval;
  counts_packets_ = with_packets && !kinds_without_counters(query.kinds).empty();
  refusals_.clear();
  refused_.clear();
  places_.clear();
  searched_ = Clock::now();
  if (!query.all_namespaces && query.namespaces.empty()) return add(std::nullopt);
  sockutils::NetworkNamespaces all{query.namespaces, {}};
  if (query.all_namespaces) all = sockutils::find_network_namespaces();
  refusals_ = all.warnings;
  refused_.clear();
  Result<void> last;
  for (const NetworkNamespace& space : all.found)
    if (auto added = add(space); !added) last = std::move(added);
  return places_.empty() ? last : Result<void>{};
}

Result<void> Places::add(const std::optional<NetworkNamespace>& where) {
  sockutils::Query query = query_;
  query.all_namespaces = false;
  query.namespaces.clear();
  // A namespace is entered by its path; one without is that of this thread.
  if (where && !where->path.empty()) query.namespaces = {*where};
  sockutils::FollowOptions options{.interval = interval_, .every_socket = true};
  if (keeps_)
    options.closings = [this, number = number_of(where)](std::string_view datagram) {
      keep_closing(number, datagram);
    };
  auto follower = sockutils::Follower::start(query, options);
  if (!follower) {
    if (where) {
      refused_.push_back(*where);
      refusals_.push_back(
          {Warning::Kind::SocketsMissing, name_of(*where) + ": " + follower.error().message(), {}});
    }
    return tl::unexpected(follower.error());
  }
  places_.push_back({where, std::move(*follower)});
  if (counts_packets_) begin_counting(where);
  return {};
}

/// An empty one stands for those that the kernel could not deliver.
void Places::keep_closing(std::uint64_t netns, std::string_view datagram) {
  sockutils::HeardClosings& closings = closings_[netns];
  kept_ += datagram.size();
  closings.lost = closings.lost || datagram.empty() || kept_ > MostKept;
  if (!datagram.empty() && kept_ <= MostKept)
    closings.messages.push_back({Clock::now(), std::string(datagram)});
}

std::vector<sockutils::Between> Places::fetch_between() {
  std::vector<sockutils::Between> all;
  for (const Place& place : places_) {
    const std::uint64_t number = number_of(place.where);
    sockutils::Between between{place.where, std::move(closings_[number]), {}};
    if (const auto& refusal = place.follower.kernel_refusal()) between.closings->refusal = refusal->message();
    if (const auto counted = packets_.find(number); counted != packets_.end())
      between.packets = std::move(counted->second);
    all.push_back(std::move(between));
  }
  closings_.clear();
  packets_.clear();
  kept_ = 0;
  return all;
}

std::vector<NetworkNamespace> Places::namespaces() const {
  std::vector<NetworkNamespace> all;
  for (const Place& place : places_)
    if (place.where) all.push_back(*place.where);
  all.insert(all.end(), refused_.begin(), refused_.end());
  return all;
}

void Places::begin_counting(const std::optional<NetworkNamespace>& where) {
  const std::uint64_t number = number_of(where);
  if (!counters_.contains(number)) counters_.emplace(number, PacketCounter(where));
}

void Places::set_interval(milliseconds interval) {
  interval_ = interval;
  for (Place& place : places_) place.follower.set_interval(interval);
}

/// The first one is waited for, the others have kept what they heard.
Result<bool> Places::run_for(milliseconds limit, const std::function<bool()>& stop) {
  std::optional<Error> last;
  for (auto place = places_.begin(); place != places_.end() && !stop();) {
    const auto heard = hear(*place, place == places_.begin() ? limit : milliseconds(0), stop);
    if (heard) {
      ++place;
      continue;
    }
    last = heard.error();
    give_up(*place, *last);
    place = places_.erase(place);
  }
  if (query_.all_namespaces && !stop() && Clock::now() - searched_ >= SearchEvery) look_for_others();
  if (places_.empty() && last) return tl::unexpected(*last);
  const bool all =
      std::all_of(places_.begin(), places_.end(), [](const Place& place) { return place.looked_at; });
  if (all)
    for (Place& place : places_) place.looked_at = false;
  return all && !places_.empty();
}

Result<void> Places::hear(Place& place, milliseconds limit, const std::function<bool()>& stop) {
  int events = 0;
  int before = 0;
  const auto take = [&](const sockutils::Event& event) {
    ++events;
    if (event.kind == sockutils::EventKind::Round) {
      place.looked_at = true;
      place.first_look = false;
    } else {
      book_.take(event, Clock::now(), place.first_look);
    }
    return !stop();
  };
  do {
    before = events;
    if (auto done = place.follower.run_for(limit, take); !done) return done;
  } while (limit.count() == 0 && events > before && events < MostInOneGo && !place.looked_at && !stop());
  return {};
}

/// Its path may have led there by way of a process that has ended, while others are still in it.
void Places::give_up(Place& place, const Error& error) {
  if (!place.where) return;
  const NetworkNamespace gone = *place.where;
  const auto all = sockutils::find_network_namespaces();
  const auto other = std::find_if(all.found.begin(), all.found.end(),
                                  [&](const NetworkNamespace& space) { return space.inode == gone.inode; });
  // What counts there keeps the namespace alive, so it ends first.
  counters_.erase(gone.inode);
  if (other != all.found.end() && !other->path.empty() && other->path != gone.path && add(*other)) return;
  book_.close_namespace(gone.inode, Clock::now());
  if (!query_.all_namespaces)
    refusals_.push_back({Warning::Kind::SocketsMissing, name_of(gone) + ": " + error.message(), {}});
}

void Places::look_for_others() {
  searched_ = Clock::now();
  const auto all = sockutils::find_network_namespaces();
  refusals_ = all.warnings;
  refused_.clear();
  std::set<std::uint64_t> known;
  for (const Place& place : places_) known.insert(number_of(place.where));
  for (const NetworkNamespace& space : all.found)
    if (!known.contains(space.inode)) static_cast<void>(add(space));
}

void Places::count_packets(PacketAccount& account) {
  for (auto& [number, counter] : counters_) {
    auto counted = counter.count(book_, account);
    if (keeps_) packets_[number] = std::move(counted);
    account.counting = account.counting || counter.counting();
    if (!counter.refusal().empty()) account.refusal = counter.refusal();
  }
  if (counters_.empty()) account.refusal = "packets are not to be counted";
  book_.set_counting(account.counting);
}

std::vector<Warning> Places::warnings() const {
  std::vector<Warning> all;
  const auto add_once = [&](const Warning& warning) {
    const auto same = [&](const Warning& other) { return other.message == warning.message; };
    if (std::none_of(all.begin(), all.end(), same)) all.push_back(warning);
  };
  for (const Place& place : places_) {
    for (const Warning& warning : place.follower.warnings()) add_once(warning);
    if (const auto& refusal = place.follower.kernel_refusal())
      add_once(closings_not_told(refusal->message()));
  }
  for (const Warning& warning : refusals_) add_once(warning);
  std::vector<Warning> of_packets;
  for (const auto& [number, counter] : counters_) counter.add_warnings(of_packets);
  for (const Warning& warning : of_packets) add_once(warning);
  return all;
}

std::optional<MachineCounters> Places::machine() const {
  std::optional<MachineCounters> sum;
  for (const Place& place : places_) {
    auto counters = place.where && !place.where->path.empty() ? sockutils::read_machine_counters(*place.where)
                                                              : sockutils::read_machine_counters();
    if (!counters) continue;
    const bool several = places_.size() > 1 && place.where;
    add_counters(sum, *std::move(counters), several ? name_of(*place.where) : "");
  }
  return sum;
}

}  // namespace tui
