#include "tui/collect/socket_facts.h"

#include <array>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace tui {

using sockutils::OptionalValue;
using sockutils::Values;

namespace {

constexpr std::array<std::string_view, FactCount> FactNames{
    "state",        "inode",     "tcp_bytes_received", "tcp_bytes_acked", "tcp_total_retrans",
    "tcp_segs_out", "tcp_rtt",   "recv_queue",         "send_queue",      "exposure",
    "processes",    "family",    "protocol",           "local_address",   "peer_address",
    "local_port",   "peer_port", "interface_index",    "v6_only",         "netns",
    "cookie"};

/// The facts that a claim needs: no owner and no counter.
constexpr std::array ClaimFacts{StateFact, InodeFact, FamilyFact, ProtocolFact, LocalAddress, PeerAddress,
                                LocalPort, PeerPort,  Interface,  V6Only,       Netns,        Cookie};

std::uint16_t port(Values values, std::size_t place) {
  return static_cast<std::uint16_t>(number(values, place).value_or(0));
}

sockutils::Family family_of(Values facts) {
  return get<sockutils::Family>(facts, FamilyFact).value_or(sockutils::Family::Inet);
}

sockutils::Protocol protocol_of(Values facts) {
  return get<sockutils::Protocol>(facts, ProtocolFact).value_or(sockutils::Protocol::Raw);
}

std::uint64_t hash_of_ends(Values facts) {
  std::string text;
  for (const std::size_t place : {LocalAddress, PeerAddress})
    if (const auto address = get<sockutils::Address>(facts, place)) text += address->to_string() + ' ';
  for (const std::size_t place : {LocalPort, PeerPort})
    text += std::to_string(number(facts, place).value_or(0)) + ' ';
  return std::hash<std::string>{}(text);
}

std::string_view keep_exposure(const OptionalValue& value) {
  const auto* const word = value ? std::get_if<std::string_view>(&*value) : nullptr;
  if (word == nullptr) return {};
  // A few words, kept for ever: rows outlive the book.
  static std::mutex mutex;
  static std::set<std::string, std::less<>> words;
  const std::lock_guard lock(mutex);
  const auto found = words.find(*word);
  return found != words.end() ? *found : *words.insert(std::string(*word)).first;
}

}  // namespace

std::optional<std::uint64_t> number(Values facts, std::size_t fact) {
  return get<std::uint64_t>(facts, fact);
}

RowKey key_of(Values facts) {
  const std::uint64_t netns = number(facts, Netns).value_or(0);
  const auto group = [&](IdentityKind kind) { return key_group(kind, family_of(facts), netns); };
  if (const auto cookie = number(facts, Cookie)) return {*cookie, group(IdentityKind::Cookie)};
  if (const auto inode = number(facts, InodeFact)) return {*inode, group(IdentityKind::Inode)};
  return {hash_of_ends(facts), group(IdentityKind::Ends)};
}

Fields book_fields(const Fields& columns, bool containers) {
  Fields fields;
  for (const sockutils::Field* const column : columns)
    if (column->get != nullptr) fields.push_back(column);
  // Containers are read from the owners; the facts are the last fields.
  if (containers) fields.push_back(sockutils::find_field("container"));
  for (const std::string_view name : FactNames) fields.push_back(sockutils::find_field(name));
  return fields;
}

SocketRow row_of(Values facts) {
  SocketRow row;
  row.key = key_of(facts);
  row.family = family_of(facts);
  row.protocol = protocol_of(facts);
  row.state = get<sockutils::State>(facts, StateFact);
  row.has_cookie = facts[Cookie].has_value();
  row.local_address = get<sockutils::Address>(facts, LocalAddress);
  row.peer_address = get<sockutils::Address>(facts, PeerAddress);
  row.local_port = port(facts, LocalPort);
  row.peer_port = port(facts, PeerPort);
  row.interface = static_cast<std::uint32_t>(number(facts, Interface).value_or(0));
  row.recv_queue = number(facts, RecvQueue);
  row.send_queue = number(facts, SendQueue);
  row.rtt = number(facts, Rtt);
  row.exposure = keep_exposure(facts[Exposure]);
  row.exposed = row.exposure == "any";
  return row;
}

const Fields& claim_fields() {
  static const Fields fields = [] {
    Fields all;
    for (const Fact fact : ClaimFacts) all.push_back(sockutils::find_field(FactNames[fact]));
    return all;
  }();
  return fields;
}

BoundSocket bound_socket(Values values) {
  std::array<OptionalValue, FactCount> facts;
  for (std::size_t i = 0; i < ClaimFacts.size(); ++i) facts[ClaimFacts[i]] = values[i];
  BoundSocket socket;
  socket.key = key_of(facts);
  socket.family = family_of(facts);
  socket.protocol = protocol_of(facts);
  socket.local_address = get<sockutils::Address>(facts, LocalAddress);
  socket.peer_address = get<sockutils::Address>(facts, PeerAddress);
  socket.local_port = port(facts, LocalPort);
  socket.peer_port = port(facts, PeerPort);
  socket.interface = static_cast<std::uint32_t>(number(facts, Interface).value_or(0));
  socket.v6_only = get<bool>(facts, V6Only).value_or(false);
  return socket;
}

}  // namespace tui
