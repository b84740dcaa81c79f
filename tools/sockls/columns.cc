#include "sockls/columns.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "common/words.h"
#include "sockls/event_columns.h"
#include "sockutils/follow.h"

namespace tools::sockls {

using sockutils::Family;
using sockutils::Field;
using sockutils::FieldTable;
using sockutils::Needs;
using sockutils::Protocol;
using sockutils::SocketKind;

namespace {

constexpr Needs NameNeeds = Needs::Services | Needs::Users;

bool spans_families(std::span<const SocketKind> kinds) {
  const auto group = [](const SocketKind& kind) {
    return is_internet(kind.family) ? Family::Inet : kind.family;
  };
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](const SocketKind& kind) { return group(kind) != group(kinds.front()); });
}

bool has_internet(std::span<const SocketKind> kinds) {
  return std::any_of(kinds.begin(), kinds.end(),
                     [](const SocketKind& kind) { return is_internet(kind.family); });
}

void append(Fields& fields, std::span<const std::string_view> names) {
  for (const Field* field : named_fields(sockutils::socket_fields(), names)) fields.push_back(field);
}

void append(Fields& fields, std::initializer_list<std::string_view> names) {
  append(fields, std::span(names.begin(), names.size()));
}

/// What stands in for addresses and ports in families that have none, one fact to a cell.
void append_flat_ends(Fields& fields, std::span<const SocketKind> kinds) {
  if (has_internet(kinds)) append(fields, {"local_address", "local_port", "peer_address", "peer_port"});
  for (const SocketKind& kind : kinds) {
    if (kind.family == Family::Unix) append(fields, {"path", "peer_inode"});
    if (kind.family == Family::Packet) append(fields, {"packet_protocol", "interface"});
    if (kind.family == Family::Netlink) append(fields, {"netlink_port_id"});
    if (kind.family == Family::Vsock)
      append(fields, {"vsock_cid", "vsock_port", "vsock_peer_cid", "vsock_peer_port"});
    if (kind.family == Family::Xdp) append(fields, {"interface", "xdp_queue"});
    if (kind.family == Family::Tipc)
      append(fields, {"tipc_node", "tipc_port", "tipc_peer_node", "tipc_peer_port"});
  }
}

Fields listed_fields(const Settings& settings, std::span<const SocketKind> kinds, bool flat) {
  Fields fields;
  if (settings.spans_namespaces()) append(fields, {"netns_name"});
  if (spans_families(kinds)) append(fields, {"family"});
  append(fields, {"protocol", "state", "recv_queue", "send_queue"});
  if (flat) {
    append_flat_ends(fields, kinds);
  } else {
    append(fields, {"local", "peer"});
  }
  if (!settings.numeric && has_internet(kinds)) append(fields, {"service"});
  if (!settings.numeric) append(fields, {"user"});
  if (!settings.shows_owners()) return fields;
  flat ? append(fields, {"pid", "process"}) : append(fields, {"processes"});
  return fields;
}

/// Every field that the options allow to be acquired.
Fields everything(const Settings& settings) {
  Needs refused = settings.resolve && !settings.numeric ? Needs::Nothing : Needs::HostNames;
  if (settings.numeric) refused = refused | NameNeeds;
  if (!settings.shows_owners()) refused = refused | Needs::Owners;
  Fields result;
  for (const Field* field : sockutils::fields()) {
    // Endpoints are also useful without names.
    const bool composite = field->role == sockutils::Role::Composite;
    if (composite || !needs_any(field->needs, refused)) result.push_back(field);
  }
  return result;
}

/// Every fact that is there for the asking.
Fields all_cheap_facts(const Settings& settings) {
  Needs allowed = Needs::Interfaces | (settings.numeric ? Needs::Nothing : NameNeeds);
  if (settings.shows_owners()) allowed = allowed | Needs::Owners;
  if (settings.resolve) allowed = allowed | Needs::HostNames;
  if (settings.spans_namespaces()) allowed = allowed | Needs::NamespaceNames;
  Fields result;
  for (const Field* field : sockutils::fields()) {
    if (field->role == sockutils::Role::Fact && (field->needs & ~allowed) == Needs::Nothing) {
      result.push_back(field);
    }
  }
  return result;
}

Fields default_fields(const Settings& settings, std::span<const SocketKind> kinds) {
  const DefaultFields style = format_of(settings.rows).default_fields;
  if (style == DefaultFields::All) return all_cheap_facts(settings);
  if (style == DefaultFields::Everything) return everything(settings);
  return listed_fields(settings, kinds, style == DefaultFields::Flat);
}

/// The protocols that have facts of their own, and how those begin. Those of TCP are there for whatever is
/// like it.
constexpr std::array<std::pair<std::string_view, Protocol>, 5> OwnFacts{{
    {"tcp_", Protocol::Tcp},
    {"mptcp_", Protocol::Mptcp},
    {"sctp_", Protocol::Sctp},
    {"local_addresses", Protocol::Sctp},
    {"peer_addresses", Protocol::Sctp},
}};

/// Whether a column that an option adds has something to say of these kinds: what only MPTCP or SCTP has
/// would be empty for all else, and is added when nothing else is listed.
bool suits(const Field& field, std::span<const SocketKind> kinds) {
  for (const auto& [prefix, protocol] : OwnFacts) {
    if (!field.name.starts_with(prefix)) continue;
    const auto has_it = [&](const SocketKind& kind) { return kind.protocol == protocol; };
    const bool some = std::any_of(kinds.begin(), kinds.end(), has_it);
    const bool every = std::all_of(kinds.begin(), kinds.end(), has_it);
    if (protocol != Protocol::Tcp) return every;
    return some || std::none_of(kinds.begin(), kinds.end(), [](const SocketKind& kind) {
             return kind.protocol == Protocol::Mptcp || kind.protocol == Protocol::Sctp;
           });
  }
  return true;
}

}  // namespace

Fields family_columns(const Settings& settings, std::span<const SocketKind> kinds) {
  Fields fields;
  if (!settings.extended || !settings.kinds.by_name()) return fields;
  for (const SocketKind& kind : kinds) {
    if (kind.family == Family::Unix)
      append(fields, {"peer_inode", "pending", "vfs_inode", "vfs_device", "shutdown"});
    if (kind.family == Family::Packet)
      append(fields, {"packet_flags", "packet_version", "packet_rx_ring", "packet_tx_ring",
                      "packet_fanout_id", "packet_fanout_mode", "packet_memberships", "packet_filter_size"});
    if (kind.family == Family::Netlink)
      append(fields, {"netlink_group_list", "netlink_flags", "netlink_destination"});
    if (kind.family == Family::Vsock) append(fields, {"shutdown"});
    if (kind.family == Family::Xdp)
      append(fields, {"xdp_rx_ring", "xdp_tx_ring", "xdp_fill_ring", "xdp_completion_ring", "xdp_umem_id",
                      "xdp_umem_size", "xdp_umem_chunk_size", "xdp_zero_copy", "xdp_rx_dropped"});
    if (kind.family == Family::Tipc)
      append(fields, {"tipc_service_type", "tipc_service_instance", "tipc_published", "tipc_link_congested",
                      "tipc_peer_congested", "tipc_group", "drops"});
  }
  return fields;
}

tl::expected<Fields, std::string> parse_fields(std::string_view list) {
  Fields fields;
  for (const std::string_view word : split_list(list)) {
    const auto field = find_named_field(sockutils::socket_fields(), word);
    if (!field) return tl::unexpected(field.error());
    fields.push_back(*field);
  }
  return fields;
}

const FieldTable& row_table(const Settings& settings) {
  return settings.action == Action::Follow ? sockutils::event_fields() : sockutils::socket_fields();
}

tl::expected<Fields, std::string> shown_fields(const Settings& settings, std::span<const SocketKind> kinds) {
  Fields usual = default_fields(settings, kinds);
  std::copy_if(settings.extra_columns.begin(), settings.extra_columns.end(), std::back_inserter(usual),
               [&](const Field* field) { return suits(*field, kinds); });
  for (const Field* field : family_columns(settings, kinds)) usual.push_back(field);
  if (settings.action == Action::Follow) usual = event_columns(settings, usual);
  auto fields = choose_fields(settings.rows, row_table(settings), std::move(usual));
  if (fields && settings.action == Action::Follow) return with_event(settings, *std::move(fields));
  return fields;
}

}  // namespace tools::sockls
