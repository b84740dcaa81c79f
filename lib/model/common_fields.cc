#include <array>

#include "model/exposure.h"
#include "model/registry.h"
#include "model/row.h"

namespace sockutils {
namespace {

template <class T>
OptionalValue widen(const std::optional<T>& number) {
  return number ? OptionalValue(std::uint64_t{*number}) : std::nullopt;
}

/// A name that was not found, or not asked for, is absent.
OptionalValue text(std::string_view name) { return name.empty() ? std::nullopt : OptionalValue(name); }

OptionalValue family(const SocketRow& row) {
  return row.socket.family ? OptionalValue(*row.socket.family) : std::nullopt;
}
OptionalValue protocol(const SocketRow& row) {
  return row.socket.protocol ? OptionalValue(*row.socket.protocol) : std::nullopt;
}
OptionalValue state(const SocketRow& row) {
  return row.socket.state ? OptionalValue(*row.socket.state) : std::nullopt;
}

struct Side {
  std::optional<Address> Socket::*address;
  std::optional<std::uint16_t> Socket::*port;
  const AttributeKey* name;
  const AttributeKey* stand_in;
};

constexpr Side Local{&Socket::local_address, &Socket::local_port, &LocalName, &LocalStandIn};
constexpr Side Peer{&Socket::peer_address, &Socket::peer_port, &PeerName, &PeerStandIn};

template <const Side& S>
OptionalValue address(const SocketRow& row) {
  const auto& value = row.socket.*S.address;
  return value ? OptionalValue(*value) : std::nullopt;
}

template <const Side& S>
OptionalValue port(const SocketRow& row) {
  return widen(row.socket.*S.port);
}

template <const Side& S>
std::string_view service_name(const SocketRow& row) {
  const auto& number = row.socket.*S.port;
  const auto& protocol = row.socket.protocol;
  return number && protocol ? row.names.service(*number, *protocol) : std::string_view{};
}

template <const Side& S>
OptionalValue service(const SocketRow& row) {
  return text(service_name<S>(row));
}

template <const Side& S>
OptionalValue host(const SocketRow& row) {
  const auto& value = row.socket.*S.address;
  return value ? text(row.names.host(*value)) : std::nullopt;
}

Endpoint internet_end(const SocketRow& row, const Address& address, std::optional<std::uint16_t> port) {
  Endpoint end{.address = address, .port = port, .host = row.names.host(address)};
  end.dual_stack = address.is_v6 && row.socket.v6_only == false;
  end.scope_id = address.scope_id;
  // The kernel reports the IP protocol of a raw socket as its local port.
  if (port && row.socket.protocol == Protocol::Raw) end.port_name = row.names.service(*port, Protocol::Raw);
  return end;
}

/// The interface that the socket is bound to (SO_BINDTODEVICE) is part of its local end: two sockets may have
/// the same address and port on different links.
template <const Side& S>
OptionalValue endpoint(const SocketRow& row) {
  const Socket& socket = row.socket;
  const auto& address = socket.*S.address;
  auto name = address ? std::nullopt : socket.facts.bytes(*S.name);
  if (!address && !name) name = socket.facts.bytes(*S.stand_in);
  if (!address && !name) return Endpoint{.any = true};
  Endpoint end = address ? internet_end(row, *address, socket.*S.port) : Endpoint{.text = *name};
  if (S.name == &LocalName && socket.interface) end.scope_id = *socket.interface;
  if (end.scope_id != 0) end.scope = row.names.interface(end.scope_id);
  return end;
}

/// Which end of a connection is the service: the one whose port has a name; when both have, the lower
/// port, since ephemeral ports are high.
OptionalValue either_service(const SocketRow& row) {
  const std::string_view local = service_name<Local>(row);
  const std::string_view peer = service_name<Peer>(row);
  if (local.empty() || peer.empty()) return text(local.empty() ? peer : local);
  return text(*row.socket.peer_port < *row.socket.local_port ? peer : local);
}

OptionalValue recv_queue(const SocketRow& row) { return widen(row.socket.recv_queue); }
OptionalValue send_queue(const SocketRow& row) { return widen(row.socket.send_queue); }
OptionalValue inode(const SocketRow& row) { return widen(row.socket.inode); }
OptionalValue cookie(const SocketRow& row) { return widen(row.socket.cookie); }
OptionalValue netns(const SocketRow& row) { return widen(row.socket.netns); }
OptionalValue netns_name(const SocketRow& row) {
  return row.socket.netns ? text(row.names.network_namespace(*row.socket.netns)) : std::nullopt;
}
OptionalValue uid(const SocketRow& row) { return widen(row.socket.uid); }
OptionalValue user(const SocketRow& row) {
  return row.socket.uid ? text(row.names.user(*row.socket.uid)) : std::nullopt;
}
OptionalValue interface(const SocketRow& row) {
  return row.socket.interface ? text(row.names.interface(*row.socket.interface)) : std::nullopt;
}
OptionalValue interface_index(const SocketRow& row) { return widen(row.socket.interface); }
OptionalValue exposure(const SocketRow& row) { return text(exposure_of(row.socket)); }
OptionalValue unbound(const SocketRow& row) {
  return row.socket.unbound ? OptionalValue(*row.socket.unbound) : std::nullopt;
}
OptionalValue kernel_protocol(const SocketRow& row) {
  const auto name = row.socket.facts.bytes(KernelProtocol);
  return name ? text(*name) : std::nullopt;
}

constexpr std::array CommonFields{
    Field{.name = "family",
          .title = "FAMILY",
          .type = Type::Family,
          .get = getter<family>,
          .doc = "Address family",
          .drop = 3},
    Field{.name = "protocol",
          .title = "PROTO",
          .type = Type::Protocol,
          .get = getter<protocol>,
          .aliases = "proto",
          .doc = "Protocol within the family",
          .drop = 1},
    Field{.name = "state",
          .title = "STATE",
          .type = Type::State,
          .get = getter<state>,
          .doc = "State of the connection",
          .drop = 1},
    Field{.name = "recv_queue",
          .title = "RECV-Q",
          .type = Type::Bytes,
          .get = getter<recv_queue>,
          .aliases = "recvq recv-q",
          .doc = "Bytes that the process has not yet read; for a listener, connections that it has not yet "
                 "accepted",
          .drop = 6},
    Field{
        .name = "send_queue",
        .title = "SEND-Q",
        .type = Type::Bytes,
        .get = getter<send_queue>,
        .aliases = "sendq send-q",
        .doc = "Bytes that the peer has not yet acknowledged; for a listener, how many connections may wait",
        .drop = 6},
    Field{.name = "local",
          .title = "LOCAL",
          .type = Type::Endpoint,
          .get = getter<endpoint<Local>>,
          .needs = Needs::Interfaces | Needs::Services,
          .role = Role::Composite,
          .doc =
              "Local end: address, interface that it is bound to, and port, or path; of a raw socket the IP "
              "protocol",
          .drop = 0,
          .subject = "ends"},
    Field{.name = "local_address",
          .title = "LOCAL-ADDRESS",
          .type = Type::Address,
          .get = getter<address<Local>>,
          .doc = "Local address",
          .drop = 1,
          .subject = "ends"},
    Field{.name = "local_port",
          .title = "LPORT",
          .type = Type::Port,
          .get = getter<port<Local>>,
          .aliases = "lport",
          .doc = "Local port; for raw sockets the IP protocol, for ping sockets the ICMP identifier",
          .drop = 1,
          .subject = "ends"},
    Field{.name = "local_service",
          .title = "LSERVICE",
          .type = Type::Text,
          .get = getter<service<Local>>,
          .needs = Needs::Services,
          .doc = "Name of the local port in /etc/services; of a raw socket that of the IP protocol in "
                 "/etc/protocols",
          .subject = "ends"},
    Field{.name = "local_host",
          .title = "LOCAL-HOST",
          .type = Type::Text,
          .get = getter<host<Local>>,
          .needs = Needs::HostNames,
          .doc = "Host name of the local address, when names are looked up (-r)",
          .subject = "ends"},
    Field{.name = "peer",
          .title = "PEER",
          .type = Type::Endpoint,
          .get = getter<endpoint<Peer>>,
          .needs = Needs::Interfaces | Needs::UnixPeer,
          .role = Role::Composite,
          .doc = "Other end: address and port, or path",
          .drop = 2,
          .subject = "ends"},
    Field{.name = "peer_address",
          .title = "PEER-ADDRESS",
          .type = Type::Address,
          .get = getter<address<Peer>>,
          .doc = "Address of the other end",
          .drop = 2,
          .subject = "ends"},
    Field{.name = "peer_port",
          .title = "PPORT",
          .type = Type::Port,
          .get = getter<port<Peer>>,
          .aliases = "pport rport",
          .doc = "Port of the other end",
          .drop = 2,
          .subject = "ends"},
    Field{.name = "peer_service",
          .title = "PSERVICE",
          .type = Type::Text,
          .get = getter<service<Peer>>,
          .needs = Needs::Services,
          .doc = "Name of the other end's port in /etc/services",
          .subject = "ends"},
    Field{.name = "peer_host",
          .title = "PEER-HOST",
          .type = Type::Text,
          .get = getter<host<Peer>>,
          .needs = Needs::HostNames,
          .doc = "Host name of the other end, when names are looked up (-r)",
          .subject = "ends"},
    Field{.name = "service",
          .title = "SERVICE",
          .type = Type::Text,
          .get = getter<either_service>,
          .needs = Needs::Services,
          .role = Role::Composite,
          .doc = "The service that the socket belongs to: the end whose port has a name",
          .drop = 7,
          .subject = "ends"},
    Field{.name = "uid",
          .title = "UID",
          .type = Type::Identifier,
          .get = getter<uid>,
          .doc = "User that the socket belongs to, by number; unknown for TIME_WAIT and SYN_RECV",
          .drop = 5},
    Field{.name = "user",
          .title = "USER",
          .type = Type::Text,
          .get = getter<user>,
          .needs = Needs::Users,
          .doc = "User that the socket belongs to, by name",
          .drop = 5},
    Field{.name = "inode",
          .title = "INODE",
          .type = Type::Identifier,
          .get = getter<inode>,
          .aliases = "ino",
          .doc = "Inode number, as in /proc/PID/fd; absent when no file holds the socket"},
    Field{
        .name = "cookie",
        .title = "COOKIE",
        .type = Type::Identifier,
        .get = getter<cookie>,
        .kernel = "3.3",
        .doc =
            "The kernel's own identity of the socket within its namespace (SO_COOKIE); only through netlink"},
    Field{.name = "netns",
          .title = "NETNS",
          .type = Type::Identifier,
          .get = getter<netns>,
          .doc = "Network namespace, by the inode number of its file"},
    Field{.name = "netns_name",
          .title = "NAMESPACE",
          .type = Type::Text,
          .get = getter<netns_name>,
          .needs = Needs::NamespaceNames,
          .doc =
              "Network namespace, by its name under /run/netns, else its container, else its oldest process "
              "as in nginx/812",
          .drop = 3},
    Field{.name = "interface",
          .title = "IFACE",
          .type = Type::Text,
          .get = getter<interface>,
          .needs = Needs::Interfaces,
          .aliases = "dev",
          .doc = "Interface that the socket is bound to"},
    Field{.name = "interface_index",
          .title = "IFINDEX",
          .type = Type::Identifier,
          .get = getter<interface_index>,
          .doc = "Index of the interface that the socket is bound to"},
    Field{.name = "exposure",
          .title = "EXPOSURE",
          .type = Type::Text,
          .get = getter<exposure>,
          .doc =
              "From where a listener, or a socket that receives from anyone, can be reached: loopback, link, "
              "private, public, any (every address of the machine)"},
    Field{.name = "unbound",
          .title = "UNBOUND",
          .type = Type::Flag,
          .get = getter<unbound>,
          .doc =
              "No table of the kernel lists the socket: it is neither bound nor connected, or of a kind that "
              "the kernel cannot list; told with --unbound"},
    Field{.name = "kernel_protocol",
          .title = "KERNEL-PROTO",
          .type = Type::Text,
          .get = getter<kernel_protocol>,
          .kernel = "3.7",
          .doc = "Protocol of an unbound socket as the kernel calls it in /proc/net/protocols"},
};

}  // namespace

std::span<const Field> common_fields() { return CommonFields; }

}  // namespace sockutils
