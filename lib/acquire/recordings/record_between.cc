#include "acquire/recordings/record_between.h"

#include <algorithm>

#include "common/wire.h"

namespace sockutils::record {
namespace {

using std::chrono::microseconds;

enum ClosingsFlag : std::uint8_t { SomeLost = 1 };
enum PacketsFlag : std::uint8_t { WithoutTcp = 1 };
enum FlowFlag : std::uint8_t { Outgoing = 1, ToMany = 2, ManyPeers = 4, Own = 8 };

std::uint8_t flag(bool is_set, std::uint8_t bit) { return is_set ? bit : std::uint8_t{0}; }

constexpr std::size_t V4Size = 4;

void append_address(std::string& out, const Address& address) {
  const std::size_t size = address.is_v6 ? address.bytes.size() : V4Size;
  append_wire_text(out, {reinterpret_cast<const char*>(address.bytes.data()), size});
}

std::optional<Address> read_address(WireReader& reader) {
  const auto bytes = reader.text();
  Address address;
  if (!bytes || (bytes->size() != V4Size && bytes->size() != address.bytes.size())) return std::nullopt;
  address.is_v6 = bytes->size() != V4Size;
  std::copy(bytes->begin(), bytes->end(), address.bytes.begin());
  return address;
}

std::string flow_text(const TrafficFlow& flow) {
  std::string out;
  append_wire(out, static_cast<std::uint8_t>(flag(flow.outgoing, Outgoing) | flag(flow.to_many, ToMany) |
                                             flag(flow.many_peers, ManyPeers) | flag(flow.own, Own)));
  append_wire(out, flow.protocol);
  append_wire(out, flow.interface);
  append_address(out, flow.local);
  append_wire(out, flow.local_port);
  append_address(out, flow.peer);
  append_wire(out, flow.peer_port);
  for (const std::uint64_t number : {flow.packets, flow.bytes, flow.wire_bytes}) append_wire(out, number);
  return out;
}

template <class T>
bool take(WireReader& reader, T& into) {
  const auto number = reader.number<T>();
  if (number) into = *number;
  return number.has_value();
}

std::optional<TrafficFlow> parse_flow(std::string_view text) {
  WireReader reader(text);
  TrafficFlow flow;
  std::uint8_t flags = 0;
  if (!take(reader, flags) || !take(reader, flow.protocol) || !take(reader, flow.interface))
    return std::nullopt;
  const auto local = read_address(reader);
  if (!local || !take(reader, flow.local_port)) return std::nullopt;
  const auto peer = read_address(reader);
  if (!peer || !take(reader, flow.peer_port)) return std::nullopt;
  for (std::uint64_t* const number : {&flow.packets, &flow.bytes, &flow.wire_bytes})
    if (!take(reader, *number)) return std::nullopt;
  flow.outgoing = (flags & Outgoing) != 0;
  flow.to_many = (flags & ToMany) != 0;
  flow.many_peers = (flags & ManyPeers) != 0;
  flow.own = (flags & Own) != 0;
  flow.local = *local;
  flow.peer = *peer;
  return flow;
}

/// So many texts; false when one of them is not there, or `visit` says so.
template <class Visit>
bool visit_texts(WireReader& reader, const Visit& visit) {
  const auto count = reader.number<std::uint32_t>();
  if (!count) return false;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto text = reader.text();
    if (!text || !visit(*text)) return false;
  }
  return true;
}

}  // namespace

std::string closings_payload(const HeardClosings& closings, std::chrono::steady_clock::time_point now) {
  std::string out;
  append_wire(out, flag(closings.lost, SomeLost));
  append_wire_text(out, closings.refusal);
  append_wire(out, static_cast<std::uint32_t>(closings.messages.size()));
  std::string message;
  for (const HeardClosings::Message& heard : closings.messages) {
    const auto ago = std::chrono::duration_cast<microseconds>(now - heard.time).count();
    message.clear();
    append_wire(message, static_cast<std::uint64_t>(std::max<microseconds::rep>(ago, 0)));
    append_wire_text(out, message += heard.datagram);
  }
  return out;
}

std::optional<RecordedClosings> parse_closings(std::string_view payload) {
  WireReader reader(payload);
  RecordedClosings closings;
  const auto flags = reader.number<std::uint8_t>();
  const auto refusal = reader.text();
  if (!flags || !refusal) return std::nullopt;
  closings.lost = (*flags & SomeLost) != 0;
  closings.refusal = *refusal;
  const bool whole = visit_texts(reader, [&](std::string_view text) {
    WireReader message(text);
    const auto ago = message.number<std::uint64_t>();
    if (ago) closings.messages.push_back({*ago, message.rest()});
    return ago.has_value();
  });
  return whole ? std::optional(std::move(closings)) : std::nullopt;
}

std::string packets_payload(const CountedPackets& packets) {
  std::string out;
  append_wire(out, flag(packets.traffic.without_tcp, WithoutTcp));
  append_wire_text(out, packets.refusal);
  append_wire(out, packets.traffic.lost);
  append_wire(out, packets.traffic.unclear);
  append_wire(out, static_cast<std::uint32_t>(packets.traffic.flows.size()));
  for (const TrafficFlow& flow : packets.traffic.flows) append_wire_text(out, flow_text(flow));
  return out;
}

std::optional<CountedPackets> parse_packets(std::string_view payload) {
  WireReader reader(payload);
  CountedPackets packets;
  const auto flags = reader.number<std::uint8_t>();
  const auto refusal = reader.text();
  if (!flags || !refusal || !take(reader, packets.traffic.lost) || !take(reader, packets.traffic.unclear))
    return std::nullopt;
  packets.traffic.without_tcp = (*flags & WithoutTcp) != 0;
  packets.refusal = *refusal;
  const bool whole = visit_texts(reader, [&](std::string_view text) {
    const auto flow = parse_flow(text);
    if (flow) packets.traffic.flows.push_back(*flow);
    return flow.has_value();
  });
  return whole ? std::optional(std::move(packets)) : std::nullopt;
}

}  // namespace sockutils::record
