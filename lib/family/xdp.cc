#include "family/xdp.h"

#include <linux/xdp_diag.h>
#include <sys/socket.h>

#include <array>
#include <string>

#include "family/attributes.h"
#include "family/shared.h"
#include "model/registry.h"

namespace sockutils::xdp {
namespace {

/// struct xdp_diag_info, xdp_diag_umem and xdp_diag_stats as they came.
constexpr AttributeKey Info{"xdp_info"};
constexpr AttributeKey Umem{"xdp_umem"};
constexpr AttributeKey Stats{"xdp_stats"};
/// Entries of the rings.
constexpr AttributeKey ReceiveRing{"xdp_rx_ring"};
constexpr AttributeKey SendRing{"xdp_tx_ring"};
constexpr AttributeKey FillRing{"xdp_fill_ring"};
constexpr AttributeKey CompletionRing{"xdp_completion_ring"};

/// A socket that is not bound has interface 0 and queue 0.
bool take_info(ByteView value, Socket& socket) {
  const auto info = load<xdp_diag_info>(value);
  if (!info || info->ifindex == 0) return info.has_value();
  socket.interface = info->ifindex;
  socket.facts.set_bytes(LocalName, "queue-" + std::to_string(info->queue_id));
  return take_struct<xdp_diag_info>(socket, Info, value);
}

bool take_uid(ByteView value, Socket& socket) {
  socket.uid = load<std::uint32_t>(value);
  return socket.uid.has_value();
}

bool take_attribute(unsigned type, ByteView value, Socket& socket) {
  switch (type) {
    case XDP_DIAG_INFO:
      return take_info(value, socket);
    case XDP_DIAG_UID:
      return take_uid(value, socket);
    case XDP_DIAG_RX_RING:
      return take_number<std::uint32_t>(socket, ReceiveRing, value);
    case XDP_DIAG_TX_RING:
      return take_number<std::uint32_t>(socket, SendRing, value);
    case XDP_DIAG_UMEM:
      return take_struct<xdp_diag_umem>(socket, Umem, value);
    case XDP_DIAG_UMEM_FILL_RING:
      return take_number<std::uint32_t>(socket, FillRing, value);
    case XDP_DIAG_UMEM_COMPLETION_RING:
      return take_number<std::uint32_t>(socket, CompletionRing, value);
    case XDP_DIAG_MEMINFO:
      return take_meminfo_as_queue(socket, value);
    case XDP_DIAG_STATS:
      return take_struct<xdp_diag_stats>(socket, Stats, value);
    default:
      return true;
  }
}

std::uint32_t show_flags(Needs needs) {
  std::uint32_t show = XDP_SHOW_INFO | XDP_SHOW_MEMINFO;
  if (needs_any(needs, Needs::XdpRings)) show |= XDP_SHOW_RING_CFG | XDP_SHOW_UMEM;
  if (needs_any(needs, Needs::XdpStats)) show |= XDP_SHOW_STATS;
  return show;
}

OptionalValue zero_copy(const SocketRow& row) {
  const auto umem = kept_struct<xdp_diag_umem>(row, Umem);
  return umem ? OptionalValue((umem->flags & XDP_DU_F_ZEROCOPY) != 0) : std::nullopt;
}

/// 0 until the memory is bound to an interface.
template <class T, T Member>
OptionalValue bound_member(const SocketRow& row) {
  const auto umem = kept_struct<xdp_diag_umem>(row, Umem);
  return umem && umem->ifindex != 0 ? OptionalValue(std::uint64_t{(*umem).*Member}) : std::nullopt;
}

constexpr Field ring_field(std::string_view name, std::string_view title, OptionalValue (*get)(const Row&),
                           std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = Type::Count,
          .get = get,
          .needs = Needs::XdpRings,
          .kernel = "5.1",
          .doc = doc};
}

template <auto Member>
constexpr Field umem_field(std::string_view name, std::string_view title, Type type, std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = type,
          .get = getter<MemberOf<Umem, Member>::get>,
          .needs = Needs::XdpRings,
          .kernel = "5.1",
          .doc = doc};
}

template <auto Member>
constexpr Field bound_field(std::string_view name, std::string_view title, std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = Type::Identifier,
          .get = getter<bound_member<decltype(Member), Member>>,
          .needs = Needs::XdpRings,
          .kernel = "5.1",
          .doc = doc};
}

template <auto Member>
constexpr Field stats_field(std::string_view name, std::string_view title, std::string_view doc) {
  return {.name = name,
          .title = title,
          .type = Type::Count,
          .get = getter<MemberOf<Stats, Member>::get>,
          .needs = Needs::XdpStats,
          .kernel = "5.9",
          .doc = doc};
}

constexpr std::array Fields{
    Field{.name = "xdp_queue",
          .title = "XDP-QUEUE",
          .type = Type::Identifier,
          .get = getter<MemberOf<Info, &xdp_diag_info::queue_id>::get>,
          .kernel = "5.1",
          .doc = "Queue of the interface that an AF_XDP socket is bound to"},
    ring_field("xdp_rx_ring", "XDP-RX", getter<kept_number<ReceiveRing>>,
               "Entries of an AF_XDP socket's ring for receiving"),
    ring_field("xdp_tx_ring", "XDP-TX", getter<kept_number<SendRing>>, "Entries of its ring for sending"),
    ring_field("xdp_fill_ring", "XDP-FILL", getter<kept_number<FillRing>>,
               "Entries of the ring that hands free memory to the kernel"),
    ring_field("xdp_completion_ring", "XDP-COMPL", getter<kept_number<CompletionRing>>,
               "Entries of the ring that hands back memory whose packets were sent"),
    umem_field<&xdp_diag_umem::id>("xdp_umem_id", "UMEM", Type::Identifier,
                                   "The memory for packets, which several AF_XDP sockets can share"),
    umem_field<&xdp_diag_umem::size>("xdp_umem_size", "UMEM-SIZE", Type::Bytes, "Size of that memory"),
    umem_field<&xdp_diag_umem::num_pages>("xdp_umem_pages", "UMEM-PAGES", Type::Count,
                                          "Pages of that memory"),
    umem_field<&xdp_diag_umem::chunk_size>("xdp_umem_chunk_size", "CHUNK", Type::Bytes,
                                           "Room for one packet in that memory"),
    umem_field<&xdp_diag_umem::headroom>("xdp_umem_headroom", "HEADROOM", Type::Bytes,
                                         "Bytes left free before each packet in that memory"),
    umem_field<&xdp_diag_umem::refs>("xdp_umem_references", "UMEM-REFS", Type::Count,
                                     "Sockets that share that memory"),
    bound_field<&xdp_diag_umem::ifindex>("xdp_umem_interface_index", "UMEM-IFINDEX",
                                         "Index of the interface that uses that memory"),
    bound_field<&xdp_diag_umem::queue_id>("xdp_umem_queue", "UMEM-QUEUE", "Queue of that interface"),
    Field{.name = "xdp_zero_copy",
          .title = "ZEROCOPY",
          .type = Type::Flag,
          .get = getter<zero_copy>,
          .needs = Needs::XdpRings,
          .kernel = "5.1",
          .doc = "The interface's driver puts packets into that memory without copying them"},
    stats_field<&xdp_diag_stats::n_rx_dropped>(
        "xdp_rx_dropped", "XDP-DROPPED",
        "Packets dropped by an AF_XDP socket for other reasons than those below"),
    stats_field<&xdp_diag_stats::n_rx_invalid>("xdp_rx_invalid", "XDP-RX-INVALID",
                                               "Entries of the fill ring that made no sense"),
    stats_field<&xdp_diag_stats::n_rx_full>("xdp_rx_full", "XDP-RX-FULL",
                                            "Packets dropped since the ring for receiving was full"),
    stats_field<&xdp_diag_stats::n_fill_ring_empty>("xdp_fill_empty", "XDP-FILL-EMPTY",
                                                    "How often the fill ring had no memory to give"),
    stats_field<&xdp_diag_stats::n_tx_invalid>("xdp_tx_invalid", "XDP-TX-INVALID",
                                               "Entries of the ring for sending that made no sense"),
    stats_field<&xdp_diag_stats::n_tx_ring_empty>("xdp_tx_empty", "XDP-TX-EMPTY",
                                                  "How often the ring for sending had nothing to send"),
};

}  // namespace

void append_request(std::string& out, const SocketKind&, const DumpRequest& request) {
  xdp_diag_req message{};
  message.sdiag_family = AF_XDP;
  message.xdiag_show = show_flags(request.needs);
  append_object(out, message);
}

Decode decode(ByteView payload, const SocketKind& kind, Socket& socket) {
  const auto message = load<xdp_diag_msg>(payload);
  if (!message) return Decode::Malformed;
  socket.family = kind.family;
  // SOCK_RAW is the only type that there is.
  socket.protocol = Protocol::Raw;
  socket.state = State::Unconnected;
  if (message->xdiag_ino != 0) socket.inode = message->xdiag_ino;
  socket.cookie = join_cookie(message->xdiag_cookie);
  bool complete = true;
  const bool intact = for_each_attribute(
      after(payload, sizeof(xdp_diag_msg)),
      [&](unsigned type, ByteView value) { complete = take_attribute(type, value, socket) && complete; });
  return intact && complete ? Decode::Complete : Decode::Partial;
}

std::span<const Field> fields() {
  static constexpr auto Table = about("xdp", Fields);
  return Table;
}

}  // namespace sockutils::xdp
