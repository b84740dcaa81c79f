#include "tui/collect/packet_counter.h"
#include "tui/collect/socket_facts.h"

#include <netinet/in.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace tui {

using sockutils::SocketKind;
using sockutils::TrafficFlow;
using sockutils::Warning;

namespace {

void add(PacketAccount::Sum& sum, const TrafficFlow& flow) {
  (flow.outgoing ? sum.out : sum.in) += flow.wire_bytes;
}

void claim(const TrafficFlow& flow, const FlowAttribution::Answer& answer, SocketAccounting& book) {
  for (const BoundSocket* const socket : answer.sockets)
    book.add_packets(socket->key, flow.outgoing ? 0 : flow.bytes, flow.outgoing ? flow.bytes : 0);
}

/// 0: unknown.
std::uint64_t own_namespace() {
  struct stat status {};
  return ::stat("/proc/thread-self/ns/net", &status) == 0 ? status.st_ino : 0;
}

/// All sockets without counters, whatever is shown: a hidden socket has packets too.
std::optional<FlowAttribution> claims_in(const sockutils::Query& place, std::uint64_t netns,
                                         const SocketAccounting& book) {
  sockutils::Query query = place;
  query.kinds = kinds_without_counters({});
  query.fields = claim_fields();
  query.numeric = true;
  query.incidental = true;
  std::vector<BoundSocket> sockets;
  const auto listed = sockutils::list_sockets(query, [&](sockutils::Values values) {
    sockets.push_back(bound_socket(values));
    return true;
  });
  if (!listed) return std::nullopt;
  for (const BoundSocket& closed : book.closed_sockets())
    if (netns_of(closed.key) == (netns & 0xffffffff)) sockets.push_back(closed);
  return FlowAttribution(std::move(sockets));
}

}  // namespace

std::vector<SocketKind> kinds_without_counters(const std::vector<SocketKind>& asked) {
  std::vector<SocketKind> kinds;
  for (const SocketKind& kind : asked.empty() ? sockutils::socket_kinds() : asked)
    if (kind.protocol && is_counted_by_packets(kind.family, *kind.protocol)) kinds.push_back(kind);
  return kinds;
}

void account_for(const std::vector<TrafficFlow>& flows, const FlowAttribution* claims, SocketAccounting& book,
                 PacketAccount& account) {
  for (const TrafficFlow& flow : flows) {
    // Connections have counters of their own: for TCP only traffic of other machines matters.
    const bool is_tcp = flow.protocol == IPPROTO_TCP;
    if (!is_tcp && claims != nullptr) {
      const FlowAttribution::Answer answer = claims->find(flow);
      if (answer.verdict == Verdict::Claimed) {
        claim(flow, answer, book);
        add(account.claimed, flow);
        continue;
      }
      if (answer.verdict == Verdict::Ambiguous) {
        add(account.ambiguous, flow);
        continue;
      }
    }
    if (!flow.own)
      add(account.forwarded, flow);
    else if (!is_tcp && claims != nullptr)
      add(account.unclaimed, flow);
  }
}

void add_warnings(const CountFaults& faults, const std::string& where, std::vector<Warning>& warnings) {
  const std::string place = where.empty() ? "" : " in " + where;
  const auto add = [&](std::string message, std::string remedy) {
    warnings.push_back({Warning::Kind::FactsMissing, std::move(message), std::move(remedy)});
  };
  if (!faults.refusal.empty())
    add("no rates of UDP, raw and other sockets without counters" + place + ": " + faults.refusal,
        faults.lacks_right ? "it takes CAP_NET_RAW over its network namespace" : "");
  if (faults.lost > 0)
    add(std::to_string(faults.lost) + " packets were not counted" + place +
            ": rates of sockets without counters are too low",
        "");
  if (faults.ambiguous > 0)
    add("several sockets share a port" + place + ": packets of one of them are shown for none", "");
  if (faults.without_tcp)
    add("what is forwarded of TCP is counted no more" + place + ": there was too much of it", "");
}

void enter_traffic(const sockutils::Traffic& traffic, const sockutils::Query& place, std::uint64_t netns,
                   SocketAccounting& book, PacketAccount& account, CountFaults& faults) {
  faults.lost = traffic.lost + traffic.unclear;
  account.lost += faults.lost;
  faults.without_tcp = traffic.without_tcp;
  const bool any = std::any_of(traffic.flows.begin(), traffic.flows.end(),
                               [](const TrafficFlow& flow) { return flow.protocol != IPPROTO_TCP; });
  const auto known = any ? claims_in(place, netns, book) : std::nullopt;
  const auto before = account.ambiguous;
  account_for(traffic.flows, known ? &*known : nullptr, book, account);
  faults.ambiguous = account.ambiguous.in - before.in + account.ambiguous.out - before.out;
}

PacketCounter::PacketCounter(const std::optional<sockutils::NetworkNamespace>& where) : where_(where) {
  auto meter = sockutils::TrafficMeter::start(where);
  if (meter)
    meter_.emplace(std::move(*meter));
  else
    refuse(meter.error());
}

void PacketCounter::refuse(const sockutils::Error& error) {
  faults_.refusal = error.message();
  faults_.lacks_right = error.code == EPERM || error.code == EACCES;
}

sockutils::CountedPackets PacketCounter::count(SocketAccounting& book, PacketAccount& account) {
  if (!meter_) return {{}, faults_.refusal};
  sockutils::CountedPackets counted{meter_->take(), {}};
  sockutils::Query place;
  if (where_) place.namespaces = {*where_};
  enter_traffic(counted.traffic, place, where_ ? where_->inode : own_namespace(), book, account, faults_);
  if (counted.traffic.failure) {
    refuse(*counted.traffic.failure);
    meter_.reset();
  }
  return counted;
}

void PacketCounter::add_warnings(std::vector<Warning>& warnings) const {
  tui::add_warnings(faults_, where_ ? where_->name : "", warnings);
}

}  // namespace tui
