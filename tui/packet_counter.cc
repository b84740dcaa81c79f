#include "tui/packet_counter.h"
#include "tui/socket_facts.h"

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

void claim(const TrafficFlow& flow, const Claims::Answer& answer, SocketBook& book) {
  for (const BoundSocket* const socket : answer.sockets)
    book.add_packets(socket->key, flow.outgoing ? 0 : flow.bytes, flow.outgoing ? flow.bytes : 0);
}

/// 0: it cannot be told.
std::uint64_t own_namespace() {
  struct stat status {};
  return ::stat("/proc/thread-self/ns/net", &status) == 0 ? status.st_ino : 0;
}

}  // namespace

std::vector<SocketKind> kinds_without_counters(const std::vector<SocketKind>& asked) {
  std::vector<SocketKind> kinds;
  for (const SocketKind& kind : asked.empty() ? sockutils::socket_kinds() : asked)
    if (kind.protocol && is_counted_by_packets(kind.family, *kind.protocol)) kinds.push_back(kind);
  return kinds;
}

void account_for(const std::vector<TrafficFlow>& flows, const Claims* claims, SocketBook& book,
                 PacketAccount& account) {
  for (const TrafficFlow& flow : flows) {
    // Connections count by themselves: of TCP it matters only what is not of this machine.
    const bool is_tcp = flow.protocol == IPPROTO_TCP;
    if (!is_tcp && claims != nullptr) {
      const Claims::Answer answer = claims->find(flow);
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

PacketCounter::PacketCounter(const std::optional<sockutils::NetworkNamespace>& where) : where_(where) {
  auto meter = sockutils::TrafficMeter::start(where);
  if (meter)
    meter_.emplace(std::move(*meter));
  else
    refusal_ = meter.error();
}

/// All sockets without counters, whatever is shown of them: one that is filtered out has its packets too.
std::optional<Claims> PacketCounter::claims(const SocketBook& book) const {
  sockutils::Query query;
  query.kinds = kinds_without_counters({});
  query.fields = claim_fields();
  query.numeric = true;
  if (where_) query.namespaces = {*where_};
  std::vector<BoundSocket> sockets;
  const auto listed = sockutils::list_sockets(query, [&](sockutils::Values values) {
    sockets.push_back(bound_socket(values));
    return true;
  });
  if (!listed) return std::nullopt;
  const std::uint64_t here = where_ ? where_->inode : own_namespace();
  for (const BoundSocket& closed : book.closed_sockets())
    if (netns_of(closed.key) == (here & 0xffffffff)) sockets.push_back(closed);
  return Claims(std::move(sockets));
}

void PacketCounter::count(SocketBook& book, PacketAccount& account) {
  if (!meter_) return;
  const sockutils::Traffic traffic = meter_->take();
  lost_ = traffic.lost + traffic.unclear;
  without_tcp_ = traffic.without_tcp;
  const bool any = std::any_of(traffic.flows.begin(), traffic.flows.end(),
                               [](const TrafficFlow& flow) { return flow.protocol != IPPROTO_TCP; });
  const auto known = any ? claims(book) : std::nullopt;
  const auto before = account.ambiguous;
  account_for(traffic.flows, known ? &*known : nullptr, book, account);
  ambiguous_ = account.ambiguous.in - before.in + account.ambiguous.out - before.out;
  if (!traffic.failure) return;
  refusal_ = traffic.failure;
  meter_.reset();
}

void PacketCounter::add_warnings(std::vector<Warning>& warnings) const {
  const std::string where = where_ && !where_->name.empty() ? " in " + where_->name : "";
  const auto add = [&](std::string message, std::string remedy) {
    warnings.push_back({Warning::Kind::FactsMissing, std::move(message), std::move(remedy)});
  };
  if (refusal_)
    add("no rates of UDP, raw and other sockets without counters" + where + ": " + refusal_->message(),
        refusal_->code == EPERM || refusal_->code == EACCES ? "CAP_NET_RAW, as root has it" : "");
  if (lost_ > 0)
    add(std::to_string(lost_) + " packets were not counted" + where +
            ": rates of sockets without counters are too low",
        "");
  if (ambiguous_ > 0)
    add("several sockets share a port" + where + ": packets of one of them are shown for none", "");
  if (without_tcp_)
    add("what is forwarded of TCP is counted no more" + where + ": there was too much of it", "");
}

}  // namespace tui
