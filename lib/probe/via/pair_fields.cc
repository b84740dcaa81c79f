// Fields of the results of both ends.

#include <algorithm>
#include <array>

#include "probe/engine/row_values.h"
#include "sockutils/via.h"

namespace sockutils {
/// Each kind of row has a namespace of its own, because sources may be compiled together.
namespace pair_rows {
namespace {

using Train = std::optional<TrainFacts> PairResult::*;

// ----------------------------------------------------------------------------------------------------
// Composite fields, for people.

/// The reason and the changes.
OptionalValue what(const PairRow& row) {
  std::string text = row.result.reason;
  for (const std::string& change : row.result.changes) text += (text.empty() ? "" : "; ") + change;
  return row.keep(text);
}

/// `0 %` of the datagrams sent in that direction.
std::string loss_text(const std::optional<TrainFacts>& train) {
  if (!train || train->sent == 0) return "-";
  const std::uint32_t lost = train->sent - std::min(train->sent, train->received);
  return std::to_string((100 * lost + train->sent / 2) / train->sent) + " %";
}

std::string variation_text(const std::optional<TrainFacts>& train) {
  if (!train || !train->variation) return "-";
  return std::to_string(train->variation->count()) + "us";
}

template <std::string (*Text)(const std::optional<TrainFacts>&)>
OptionalValue both_ways(const PairRow& row) {
  if (!row.result.there) return std::nullopt;
  return row.keep(Text(row.result.there) + " / " + Text(row.result.back));
}

// ----------------------------------------------------------------------------------------------------
// Facts.

OptionalValue service(const PairRow& row) {
  return rows::text(row.services.name(row.result.port.port, name(row.result.port.protocol)));
}

bool was_measured(const PairRow& row) { return row.result.verdict != PairVerdict::NotMeasured; }

OptionalValue handshake(const PairRow& row) {
  const bool has_one = was_measured(row) && row.result.port.protocol == Protocol::Tcp;
  return has_one ? OptionalValue(row.result.handshake) : std::nullopt;
}

OptionalValue data(const PairRow& row) {
  return was_measured(row) ? OptionalValue(row.result.data) : std::nullopt;
}

OptionalValue ecn_survives(const PairRow& row) {
  return row.result.ecn_survives ? OptionalValue(*row.result.ecn_survives) : std::nullopt;
}

template <std::optional<Address> PairResult::*Member>
OptionalValue address(const PairRow& row) {
  return rows::address_of(row.result.*Member);
}

template <std::uint16_t PairResult::*Port>
OptionalValue port(const PairRow& row) {
  return rows::number_unless_zero(row.result.*Port);
}

template <auto Member>
OptionalValue number(const PairRow& row) {
  return rows::number(row.result.*Member);
}

template <auto Get>
OptionalValue of_syn(const PairRow& row) {
  return row.result.syn ? OptionalValue(Get(*row.result.syn)) : std::nullopt;
}

template <Train T, std::uint32_t TrainFacts::*Member>
OptionalValue of_train(const PairRow& row) {
  const auto& train = row.result.*T;
  return train ? OptionalValue(std::uint64_t{(*train).*Member}) : std::nullopt;
}

template <Train T>
OptionalValue variation(const PairRow& row) {
  const auto& train = row.result.*T;
  return train ? rows::duration(train->variation) : std::nullopt;
}

// ----------------------------------------------------------------------------------------------------

struct Place {
  std::string_view json = {};
  std::string_view subject = "port";
  std::uint8_t drop = 5;
};

constexpr Field fact(std::string_view name, std::string_view title, Type type,
                     OptionalValue (*get)(const Row&), std::string_view doc, const Place& place = {}) {
  return {.name = name,
          .title = title,
          .type = type,
          .get = get,
          .doc = doc,
          .drop = place.drop,
          .json = place.json,
          .subject = place.subject};
}

constexpr Field composed(std::string_view name, std::string_view title, OptionalValue (*get)(const Row&),
                         std::uint8_t drop, std::string_view doc) {
  Field field = fact(name, title, Type::Text, get, doc, {.drop = drop});
  field.role = Role::Composite;
  return field;
}

constexpr std::array Fields{
    composed("protocol_port", "PORT", getter<[](const PairRow& row) {
               return row.keep(rows::port_text(row.result.port.protocol, row.result.port.port));
             }>,
             0, "Protocol and port"),
    fact("direction", "DIRECTION", Type::Text,
         getter<[](const PairRow& row) { return name(row.result.direction); }>,
         "to server, or to client: which way it was tried", {.drop = 0}),
    fact("protocol", "PROTO", Type::Protocol,
         getter<[](const PairRow& row) { return row.result.port.protocol; }>, "tcp or udp"),
    fact("port", "PORT", Type::Port,
         getter<[](const PairRow& row) { return std::uint64_t{row.result.port.port}; }>, "Port"),
    fact("service", "SERVICE", Type::Text, getter<service>, "Name of the port in /etc/services"),
    fact("verdict", "VERDICT", Type::Text,
         getter<[](const PairRow& row) { return name(row.result.verdict); }>,
         "open, NAT-rewritten, altered, blocked on the way there, blocked on the way back, not measured",
         {.drop = 0}),
    composed("what", "WHAT", getter<what>, 1, "What was changed on the way, and what else there is to say"),
    fact("reason", "REASON", Type::Text,
         getter<[](const PairRow& row) { return rows::text(row.result.reason); }>, "More about it"),
    fact("changes", "CHANGES", Type::List,
         getter<[](const PairRow& row) { return row.keep(row.result.changes).value_or(TextList()); }>,
         "What was changed on the way"),
    fact("handshake", "HANDSHAKE", Type::Flag, getter<handshake>, "The connection was made; of TCP"),
    fact("data", "DATA", Type::Flag, getter<data>, "Bytes went both ways"),
    fact("sent_from", "SENT-FROM", Type::Address, getter<address<&PairResult::sent_from>>,
         "Address that it was sent from", {.json = "sent_from.address"}),
    fact("sent_from_port", "SENT-PORT", Type::Port, getter<port<&PairResult::sent_from_port>>, "Port of it",
         {.json = "sent_from.port"}),
    fact("seen_from", "SEEN-FROM", Type::Address, getter<address<&PairResult::seen_from>>,
         "Address that it arrived from", {.json = "seen_from.address"}),
    fact("seen_from_port", "SEEN-PORT", Type::Port, getter<port<&PairResult::seen_from_port>>, "Port of it",
         {.json = "seen_from.port"}),
    fact("hops_there", "HOPS", Type::Count, getter<number<&PairResult::hops_there>>,
         "Routers on the way there, by how much the TTL fell", {.drop = 2}),
    fact("hops_back", "HOPS-BACK", Type::Count, getter<number<&PairResult::hops_back>>,
         "Routers on the way back; of UDP"),
    fact("dscp_sent", "DSCP", Type::Count, getter<number<&PairResult::dscp_sent>>, "DSCP that was sent"),
    fact("dscp_seen", "DSCP-SEEN", Type::Count, getter<number<&PairResult::dscp_seen>>, "DSCP that arrived"),
    fact("ecn_survives", "ECN", Type::Flag, getter<ecn_survives>, "ECT(0) arrived as it was sent; of UDP"),
    fact("ttl", "TTL", Type::Count,
         getter<of_syn<[](const SynFacts& syn) -> std::uint64_t { return syn.ttl; }>>,
         "TTL with which the SYN arrived", {"syn.ttl", "syn"}),
    fact("tos", "TOS", Type::Count,
         getter<of_syn<[](const SynFacts& syn) -> std::uint64_t { return syn.tos; }>>,
         "DSCP and ECN of the SYN", {"syn.tos", "syn"}),
    fact("mss", "MSS", Type::Bytes, getter<of_syn<[](const SynFacts& syn) { return rows::number(syn.mss); }>>,
         "Maximum segment size of the SYN", {"syn.mss", "syn"}),
    fact("window_scale", "WSCALE", Type::Count,
         getter<of_syn<[](const SynFacts& syn) { return rows::number(syn.window_scale); }>>,
         "Window scale of the SYN", {"syn.window_scale", "syn"}),
    fact("timestamps", "TS", Type::Flag, getter<of_syn<[](const SynFacts& syn) { return syn.timestamps; }>>,
         "The SYN offers timestamps", {"syn.timestamps", "syn"}),
    fact("sack", "SACK", Type::Flag, getter<of_syn<[](const SynFacts& syn) { return syn.sack_permitted; }>>,
         "The SYN permits selective acknowledgements", {"syn.sack", "syn"}),
    fact("ecn_setup", "ECN-SETUP", Type::Flag,
         getter<of_syn<[](const SynFacts& syn) { return syn.ecn_setup; }>>, "The SYN asks for ECN",
         {"syn.ecn_setup", "syn"}),
    fact("round_trip", "TIME", Type::Microseconds,
         getter<[](const PairRow& row) { return rows::duration(row.result.round_trip); }>,
         "Shortest time from the SYN to the connection, or from a datagram to its answer"),
    composed("loss", "LOST THERE/BACK", getter<both_ways<loss_text>>, 3, "Loss each way; of UDP"),
    composed("variation", "JITTER THERE/BACK", getter<both_ways<variation_text>>, 4,
             "How much the time on the way varies, each way; of UDP"),
    fact("sent_there", "SENT", Type::Count, getter<of_train<&PairResult::there, &TrainFacts::sent>>,
         "Datagrams sent there", {"there.sent", "datagrams"}),
    fact("received_there", "RECEIVED", Type::Count,
         getter<of_train<&PairResult::there, &TrainFacts::received>>, "Those that arrived",
         {"there.received", "datagrams"}),
    fact("duplicates_there", "DUPLICATES", Type::Count,
         getter<of_train<&PairResult::there, &TrainFacts::duplicates>>, "Those that arrived once more",
         {"there.duplicates", "datagrams"}),
    fact("reordered_there", "REORDERED", Type::Count,
         getter<of_train<&PairResult::there, &TrainFacts::reordered>>, "Those that came after a later one",
         {"there.reordered", "datagrams"}),
    fact("variation_there", "JITTER", Type::Microseconds, getter<variation<&PairResult::there>>,
         "How much their time on the way varies, RFC 3550", {"there.variation", "datagrams"}),
    fact("sent_back", "SENT-BACK", Type::Count, getter<of_train<&PairResult::back, &TrainFacts::sent>>,
         "Datagrams sent back", {"back.sent", "datagrams"}),
    fact("received_back", "RECEIVED-BACK", Type::Count,
         getter<of_train<&PairResult::back, &TrainFacts::received>>, "Those that arrived here",
         {"back.received", "datagrams"}),
    fact("duplicates_back", "DUPLICATES-BACK", Type::Count,
         getter<of_train<&PairResult::back, &TrainFacts::duplicates>>, "Those that arrived here once more",
         {"back.duplicates", "datagrams"}),
    fact("reordered_back", "REORDERED-BACK", Type::Count,
         getter<of_train<&PairResult::back, &TrainFacts::reordered>>,
         "Those that came here after a later one", {"back.reordered", "datagrams"}),
    fact("variation_back", "JITTER-BACK", Type::Microseconds, getter<variation<&PairResult::back>>,
         "How much their time on the way back varies, RFC 3550", {"back.variation", "datagrams"}),
    fact("path_mtu", "PATH MTU", Type::Bytes, getter<number<&PairResult::path_mtu>>,
         "Largest packet that arrives whole; of UDP", {.drop = 2}),
};

}  // namespace
}  // namespace pair_rows

const FieldTable& pair_fields() {
  static const FieldTable table("results", {pair_rows::Fields});
  return table;
}

}  // namespace sockutils
