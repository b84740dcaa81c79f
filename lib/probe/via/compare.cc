#include "probe/via/compare.h"

#include <algorithm>

#include "common/format_text.h"
#include "probe/via/target.h"

namespace sockutils::probe {
namespace {

std::optional<std::uint8_t> hops(std::optional<std::uint8_t> sent, std::optional<std::uint8_t> seen) {
  if (!sent || !seen || *seen > *sent) return std::nullopt;
  return static_cast<std::uint8_t>(*sent - *seen);
}

/// Compares the DSCP. `tos` is the value that arrived.
void add_dscp(PairResult& result, const TriedPort& tried, std::uint8_t tos) {
  result.dscp_sent = static_cast<std::uint8_t>(tried.tos >> 2);
  result.dscp_seen = static_cast<std::uint8_t>(tos >> 2);
  if (result.dscp_sent != result.dscp_seen)
    result.changes.push_back(format_text("dscp {} -> {}", *result.dscp_sent, *result.dscp_seen));
}

void add_ecn(PairResult& result, const SeenPort& seen) {
  constexpr unsigned Mask = 3;
  constexpr unsigned Ect0 = 2;
  constexpr unsigned Congestion = 3;
  if (!seen.ecn_tos) return;
  const unsigned ecn = *seen.ecn_tos & Mask;
  result.ecn_survives = ecn == Ect0 || ecn == Congestion;
  if (!*result.ecn_survives) result.changes.push_back(format_text("ecn {} -> {}", Ect0, ecn));
}

void add_syn(PairResult& result, const TriedPort& tried, const SynFacts& syn) {
  result.syn = syn;
  result.hops_there = hops(tried.ttl, syn.ttl);
  add_dscp(result, tried, syn.tos);
  if (tried.mss && syn.mss && *tried.mss != *syn.mss)
    result.changes.push_back(format_text("mss {} -> {}", *tried.mss, *syn.mss));
  if (tried.mss && !syn.mss) result.changes.emplace_back("mss removed");
  const auto check = [&](const std::optional<bool>& sent, bool arrived, const char* what) {
    if (sent.value_or(arrived) != arrived)
      result.changes.push_back(std::string(what) + (arrived ? " added" : " removed"));
  };
  check(tried.window_scaling, syn.window_scale.has_value(), "window scale");
  check(tried.timestamps, syn.timestamps, "timestamps");
  check(tried.sack, syn.sack_permitted, "sack");
}

/// Compares the source, and returns whether it was changed.
bool add_source(PairResult& result, const TriedPort& tried, const SeenPort& seen) {
  if (tried.local) {
    result.sent_from = tried.local->address;
    result.sent_from_port = tried.local->port;
  }
  if (seen.source) {
    result.seen_from = seen.source->address;
    result.seen_from_port = seen.source->port;
  }
  if (!tried.local || !seen.source) return false;
  // Scopes are local to each machine.
  const bool same = tried.local->address.bytes == seen.source->address.bytes &&
                    tried.local->address.is_v6 == seen.source->address.is_v6 &&
                    tried.local->port == seen.source->port;
  if (!same) result.changes.push_back("source " + to_string(*tried.local) + " -> " + to_string(*seen.source));
  return !same;
}

PairVerdict verdict_of_passing(const PairResult& result, bool rewritten) {
  if (result.changes.size() > (rewritten ? 1u : 0u)) return PairVerdict::Altered;
  return rewritten ? PairVerdict::NatRewritten : PairVerdict::Open;
}

std::string failure_of(const TriedPort& tried) {
  if (!tried.error_from) return tried.error;
  return tried.error + " from " + tried.error_from->to_string();
}

void compare_stream(PairResult& result, const TriedPort& tried, const SeenPort& seen) {
  const bool rewritten = add_source(result, tried, seen);
  if (seen.syn) add_syn(result, tried, *seen.syn);
  result.handshake = tried.connected && seen.accepted > 0;
  result.data = tried.echoed >= BytesToEcho;
  if (tried.connected && seen.accepted == 0) {
    result.verdict = PairVerdict::Altered;
    result.changes.emplace_back("answered by somebody else");
  } else if (!tried.connected) {
    const bool arrived = seen.accepted > 0 || seen.half_open > 0;
    result.verdict = arrived ? PairVerdict::BlockedBack : PairVerdict::BlockedThere;
    result.reason = failure_of(tried);
  } else if (!result.data) {
    const bool arrived = seen.bytes >= BytesToEcho;
    result.verdict = arrived ? PairVerdict::BlockedBack : PairVerdict::BlockedThere;
    result.reason = format_text("handshake only; of {} bytes {} arrived and {} came back", BytesToEcho,
                                seen.bytes, tried.echoed);
  } else {
    result.verdict = verdict_of_passing(result, rewritten);
  }
}

std::string loss_text(const PairResult& result) {
  const std::uint32_t lost_there = result.there->sent - std::min(result.there->sent, result.there->received);
  const std::uint32_t lost_back = result.back->sent - std::min(result.back->sent, result.back->received);
  if (lost_there == 0 && lost_back == 0) return {};
  return format_text("{} of {} lost on the way there, {} of {} on the way back", lost_there,
                     result.there->sent, lost_back, result.back->sent);
}

void compare_datagrams(PairResult& result, const TriedPort& tried, const SeenPort& seen) {
  const bool rewritten = add_source(result, tried, seen);
  result.there = seen.train;
  result.there->sent = tried.sent;
  result.back = tried.answers;
  result.back->sent = seen.train.received;
  if (seen.tos) add_dscp(result, tried, *seen.tos);
  add_ecn(result, seen);
  result.hops_there = hops(tried.ttl, seen.ttl);
  result.hops_back = hops(PairTtl, tried.answer_ttl);
  if (tried.path_mtu > 0) result.path_mtu = tried.path_mtu;
  if (seen.train.received == 0) {
    result.verdict = tried.answers.received > 0 ? PairVerdict::Altered : PairVerdict::BlockedThere;
    result.reason = failure_of(tried);
  } else if (tried.answers.received == 0) {
    result.verdict = PairVerdict::BlockedBack;
    result.reason = failure_of(tried);
  } else {
    result.data = true;
    result.verdict = verdict_of_passing(result, rewritten);
    result.reason = loss_text(result);
  }
}

}  // namespace

PairResult compare(PairDirection direction, const TriedPort& tried, const SeenPort& seen) {
  PairResult result;
  result.direction = direction;
  result.port = tried.port;
  if (tried.round_trip_us) result.round_trip = std::chrono::microseconds(*tried.round_trip_us);
  if (tried.port.protocol == Protocol::Udp)
    compare_datagrams(result, tried, seen);
  else
    compare_stream(result, tried, seen);
  return result;
}

PairResult not_measured(PairDirection direction, const ProbePort& port, std::string reason) {
  PairResult result;
  result.direction = direction;
  result.port = port;
  result.reason = std::move(reason);
  return result;
}

}  // namespace sockutils::probe
