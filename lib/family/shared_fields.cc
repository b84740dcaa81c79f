#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <array>

#include "family/shared.h"
#include "model/row.h"

namespace sockutils {
namespace {

/// Entry `Index` of the array of u32 that INET_DIAG_SKMEMINFO, UNIX_DIAG_MEMINFO and their like carry.
template <unsigned Index>
OptionalValue memory(const SocketRow& row) {
  const auto bytes = row.socket.facts.bytes(MemInfo);
  if (!bytes) return std::nullopt;
  const auto value = load<std::uint32_t>(as_bytes(*bytes), Index * sizeof(std::uint32_t));
  return value ? OptionalValue(std::uint64_t{*value}) : std::nullopt;
}

OptionalValue drops(const SocketRow& row) {
  if (const auto counted = row.socket.facts.number(Drops)) return *counted;
  return memory<SK_MEMINFO_DROPS>(row);
}

OptionalValue shutdown(const SocketRow& row) {
  constexpr std::array<std::string_view, 4> Directions{"none", "receive", "send", "both"};
  const auto value = row.socket.facts.number(Shutdown);
  return value ? OptionalValue(Directions[*value & 3]) : std::nullopt;
}

template <std::optional<std::uint64_t> Socket::*Queue>
OptionalValue of_listener(const SocketRow& row) {
  const std::optional<std::uint64_t>& queue = row.socket.*Queue;
  return row.socket.state == State::Listen && queue ? OptionalValue(*queue) : std::nullopt;
}

template <unsigned Index>
constexpr Field memory_field(std::string_view name, std::string_view title, std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = Type::Bytes,
          .get = getter<memory<Index>>,
          .needs = Needs::MemInfo,
          .kernel = "3.3",
          .doc = doc,
          .subject = "memory"};
}

constexpr std::array SharedFields{
    memory_field<SK_MEMINFO_RMEM_ALLOC>("mem_rmem_alloc", "RMEM", "Memory that waits to be received"),
    memory_field<SK_MEMINFO_RCVBUF>("mem_rcvbuf", "RCVBUF", "Limit of that memory (SO_RCVBUF)"),
    memory_field<SK_MEMINFO_WMEM_ALLOC>("mem_wmem_alloc", "WMEM",
                                        "Memory handed to the layers below, not yet sent"),
    memory_field<SK_MEMINFO_SNDBUF>("mem_sndbuf", "SNDBUF", "Limit of the memory for sending (SO_SNDBUF)"),
    memory_field<SK_MEMINFO_FWD_ALLOC>("mem_fwd_alloc", "FWD", "Memory reserved and not yet used"),
    memory_field<SK_MEMINFO_WMEM_QUEUED>("mem_wmem_queued", "WQUEUED",
                                         "Memory of the send queue, sent and not yet sent"),
    memory_field<SK_MEMINFO_OPTMEM>("mem_optmem", "OPTMEM", "Memory of socket options and filters"),
    memory_field<SK_MEMINFO_BACKLOG>("mem_backlog", "MEMBACKLOG",
                                     "Packets that arrived while the process was inside the socket"),
    Field{.name = "drops",
          .title = "DROPS",
          .type = Type::Count,
          .get = getter<drops>,
          .needs = Needs::MemInfo,
          .kernel = "4.7",
          .aliases = "mem_drops",
          .doc = "Packets dropped before they reached the process",
          .subject = "memory"},
    Field{.name = "accept_backlog",
          .title = "BACKLOG",
          .type = Type::Count,
          .get = getter<of_listener<&Socket::recv_queue>>,
          .aliases = "backlog",
          .doc = "Connections that wait to be accepted; of listeners"},
    Field{.name = "accept_backlog_limit",
          .title = "LIMIT",
          .type = Type::Count,
          .get = getter<of_listener<&Socket::send_queue>>,
          .aliases = "backlog_limit",
          .doc = "How many connections may wait to be accepted (listen(2)); of listeners"},
    Field{.name = "shutdown",
          .title = "SHUTDOWN",
          .type = Type::Text,
          .get = getter<shutdown>,
          .kernel = "3.8",
          .doc = "Directions closed by shutdown(2): none, receive, send, both"},
};

}  // namespace

std::span<const Field> shared_fields() { return SharedFields; }

std::optional<Protocol> protocol_of_type(unsigned type) {
  switch (type) {
    case SOCK_STREAM:
      return Protocol::Stream;
    case SOCK_DGRAM:
      return Protocol::Dgram;
    case SOCK_SEQPACKET:
      return Protocol::Seqpacket;
    case SOCK_RDM:
      return Protocol::Rdm;
    default:
      return std::nullopt;
  }
}

std::optional<State> state_of_number(Protocol protocol, unsigned number) {
  const bool connects = protocol == Protocol::Stream || protocol == Protocol::Seqpacket;
  if (number == KernelClose) return connects ? State::Closed : State::Unconnected;
  const bool known = number != 0 && number < 32 && ((StateSet::all().bits() >> number) & 1) != 0;
  return known ? std::optional(static_cast<State>(number)) : std::nullopt;
}

bool take_meminfo_as_queue(Socket& socket, ByteView value) {
  socket.facts.set_bytes(MemInfo, as_text(value));
  const auto queued = load<std::uint32_t>(value, SK_MEMINFO_RMEM_ALLOC * sizeof(std::uint32_t));
  const auto sending = load<std::uint32_t>(value, SK_MEMINFO_WMEM_ALLOC * sizeof(std::uint32_t));
  if (!queued || !sending) return false;
  socket.recv_queue = *queued;
  socket.send_queue = *sending;
  return true;
}

}  // namespace sockutils
