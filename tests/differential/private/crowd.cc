#include "differential/private/crowd.h"

#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

namespace sockutils::test {
namespace {

void make_listener(Crowd& crowd) {
  const int family = crowd.random_family();
  UniqueFd listener = make_socket(family, SOCK_STREAM);
  if (family == AF_INET6) set_option(listener, IPPROTO_IPV6, IPV6_V6ONLY, crowd.toss() ? 1 : 0);
  if (crowd.random(4) == 0) set_option_text(listener, SOL_SOCKET, SO_BINDTODEVICE, "lo");
  bind_to(listener, crowd.random_address(family));
  listen_on(listener, static_cast<int>(1 + crowd.random(200)));
  crowd.keep(std::move(listener));
}

TcpConnection make_connection(Crowd& crowd) { return make_tcp_connection(crowd.random_family()); }

void keep(Crowd& crowd, TcpConnection connection) {
  for (UniqueFd* fd : {&connection.listener, &connection.client, &connection.server})
    if (*fd) crowd.keep(std::move(*fd));
}

void make_busy_connection(Crowd& crowd) {
  TcpConnection connection = make_connection(crowd);
  if (crowd.toss()) send_text(connection.client, crowd.random_bytes(3000));
  if (crowd.toss()) send_text(connection.server, crowd.random_bytes(3000));
  if (crowd.toss()) set_option(connection.client, SOL_SOCKET, SO_KEEPALIVE, 1);
  keep(crowd, std::move(connection));
}

void make_mapped_connection(Crowd& crowd) {
  UniqueFd listener = make_socket(AF_INET6, SOCK_STREAM);
  set_option(listener, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  bind_to(listener, SocketAddress::v6("::"));
  listen_on(listener, 3);
  const std::uint16_t port = SocketAddress::local_of(listener.get()).port();
  const UniqueFd& client = crowd.keep(make_socket(AF_INET, SOCK_STREAM));
  connect_to(client, SocketAddress::v4("127.0.0.1", port));
  crowd.keep(accept_from(listener));
  crowd.keep(std::move(listener));
}

void make_unaccepted_connection(Crowd& crowd) {
  const int family = crowd.random_family();
  const UniqueFd& listener = crowd.keep(make_tcp_listener(family, 5));
  const SocketAddress address = SocketAddress::local_of(listener.get());
  connect_to(crowd.keep(make_socket(family, SOCK_STREAM)), address);
}

void make_half_closed_connection(Crowd& crowd) {
  TcpConnection connection = make_connection(crowd);
  shut_down_sending(connection.client);
  if (crowd.toss()) connection.client = UniqueFd();
  keep(crowd, std::move(connection));
}

void make_time_wait(Crowd& crowd) {
  TcpConnection connection = make_connection(crowd);
  connection.client = UniqueFd();
  connection.server = UniqueFd();
  keep(crowd, std::move(connection));
}

void make_unanswered_connection(Crowd& crowd) {
  const int family = crowd.random_family();
  const UniqueFd& listener = crowd.keep(make_tcp_listener(family, 5));
  const SocketAddress address = SocketAddress::local_of(listener.get());
  UniqueFd client = make_socket(family, SOCK_STREAM);
  // Deaf at one end or the other: SYN_SENT alone, or SYN_SENT and SYN_RECV.
  make_deaf(crowd.toss() ? listener : client);
  begin_connecting(client, address);
  crowd.keep(std::move(client));
}

void make_orphan(Crowd& crowd) {
  TcpConnection connection = make_connection(crowd);
  make_deaf(connection.server);
  send_text(connection.client, crowd.random_bytes(1000));
  connection.client = UniqueFd();
  keep(crowd, std::move(connection));
}

void make_bound(Crowd& crowd) {
  const int family = crowd.random_family();
  bind_to(crowd.keep(make_socket(family, SOCK_STREAM)), crowd.random_address(family));
}

void make_datagram_pair(Crowd& crowd, int protocol) {
  const int family = crowd.random_family();
  UniqueFd receiver = make_socket(family, SOCK_DGRAM, protocol);
  UniqueFd sender = make_socket(family, SOCK_DGRAM, protocol);
  bind_to(receiver, loopback(family));
  connect_to(sender, SocketAddress::local_of(receiver.get()));
  for (unsigned i = crowd.random(4); i > 0; --i) send_text(sender, crowd.random_bytes(500));
  crowd.keep(std::move(receiver));
  crowd.keep(std::move(sender));
}

void make_udp(Crowd& crowd) { make_datagram_pair(crowd, IPPROTO_UDP); }

void make_udplite(Crowd& crowd) {
  if (UniqueFd(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE))) make_datagram_pair(crowd, IPPROTO_UDPLITE);
}

void make_wildcard_udp(Crowd& crowd) {
  const int family = crowd.random_family();
  bind_to(crowd.keep(make_socket(family, SOCK_DGRAM)), crowd.random_address(family));
}

void make_raw(Crowd& crowd) {
  const int family = crowd.random_family();
  const UniqueFd& fd = crowd.keep(make_socket(family, SOCK_RAW, static_cast<int>(150 + crowd.random(100))));
  if (crowd.toss()) bind_to(fd, loopback(family));
  if (crowd.toss()) connect_to(fd, loopback(family));
}

void make_ping(Crowd& crowd) {
  const int family = crowd.random_family();
  const int protocol = family == AF_INET6 ? static_cast<int>(IPPROTO_ICMPV6) : IPPROTO_ICMP;
  bind_to(crowd.keep(make_socket(family, SOCK_DGRAM, protocol)), loopback(family));
}

int random_unix_type(Crowd& crowd) {
  constexpr std::array Types{SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  return Types[crowd.random(Types.size())];
}

void make_unix_bound(Crowd& crowd) {
  const UniqueFd& fd = crowd.keep(make_socket(AF_UNIX, random_unix_type(crowd)));
  if (crowd.random(4) != 0) bind_to(fd, SocketAddress::unix_name(crowd.random_name()));
}

void make_unix_pair(Crowd& crowd) {
  auto [one, other] = make_socketpair(random_unix_type(crowd));
  if (crowd.toss()) send_text(one, crowd.random_bytes(300));
  crowd.keep(std::move(one));
  crowd.keep(std::move(other));
}

void make_unix_connection(Crowd& crowd) {
  const int type = crowd.toss() ? SOCK_STREAM : SOCK_SEQPACKET;
  const std::string name = crowd.random_name();
  UniqueFd listener = make_socket(AF_UNIX, type);
  bind_to(listener, SocketAddress::unix_name(name));
  listen_on(listener, static_cast<int>(1 + crowd.random(20)));
  connect_to(crowd.keep(make_socket(AF_UNIX, type)), SocketAddress::unix_name(name));
  if (crowd.toss()) crowd.keep(accept_from(listener));
  crowd.keep(std::move(listener));
}

void make_packet(Crowd& crowd) {
  constexpr std::array<int, 4> EtherTypes{0, ETH_P_IP, ETH_P_ARP, 0x88b5};
  const int ether_type = EtherTypes[crowd.random(EtherTypes.size())];
  const UniqueFd& fd = crowd.keep(make_socket(AF_PACKET, crowd.toss() ? SOCK_RAW : SOCK_DGRAM, 0));
  // ETH_P_IP would receive what the other sockets of the crowd send.
  const auto lo = static_cast<int>(if_nametoindex("lo"));
  if (ether_type != ETH_P_IP)
    bind_to(fd, SocketAddress::packet(static_cast<std::uint16_t>(ether_type), crowd.toss() ? lo : 0));
}

void make_netlink(Crowd& crowd) {
  constexpr std::array Protocols{NETLINK_GENERIC, NETLINK_KOBJECT_UEVENT, NETLINK_USERSOCK};
  const UniqueFd& fd =
      crowd.keep(make_socket(AF_NETLINK, SOCK_RAW, Protocols[crowd.random(Protocols.size())]));
  bind_to(fd, SocketAddress::netlink(0, 0));
  const UniqueFd& route = crowd.keep(make_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  bind_to(route, SocketAddress::netlink(0, 1 + crowd.random(15)));
}

constexpr std::array Makers{
    make_listener,
    make_busy_connection,
    make_mapped_connection,
    make_unaccepted_connection,
    make_time_wait,
    make_half_closed_connection,
    make_orphan,
    make_unanswered_connection,
    make_bound,
    make_udp,
    make_udplite,
    make_wildcard_udp,
    make_raw,
    make_ping,
    make_unix_bound,
    make_unix_pair,
    make_packet,
    make_unix_connection,
    make_netlink,
};

void allow_many_descriptors() {
  rlimit limit{};
  checked(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  checked(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

/// Bound or not, a TCP socket that does nothing is told of by new kernels only.
bool is_idle_tcp(const UniqueFd& fd) {
  const int domain = option<int>(fd, SOL_SOCKET, SO_DOMAIN);
  if ((domain != AF_INET && domain != AF_INET6) || option<int>(fd, SOL_SOCKET, SO_TYPE) != SOCK_STREAM)
    return false;
  constexpr char Closed = 7;
  return option_bytes(fd, IPPROTO_TCP, /* TCP_INFO */ 11).front() == Closed;
}

}  // namespace

Crowd::Crowd(const Options& options) : engine_(options.seed), options_(options) {
  allow_many_descriptors();
  for (std::size_t i = 0; i < options.scenes; ++i)
    Makers[i < Makers.size() ? i : random(Makers.size())](*this);
  give_some_away();
}

std::set<std::string> Crowd::inodes() const {
  std::set<std::string> inodes;
  for (const UniqueFd& fd : sockets_)
    if (!is_idle_tcp(fd)) inodes.insert(std::to_string(inode_of(fd)));
  return inodes;
}

SocketAddress Crowd::random_address(int family) {
  if (family == AF_INET6) return SocketAddress::v6(toss() ? "::1" : "::");
  const std::string host = "127.0." + std::to_string(random(256)) + "." + std::to_string(1 + random(254));
  return SocketAddress::v4(toss() ? host.c_str() : "0.0.0.0");
}

std::string Crowd::random_name() {
  static const std::vector<std::string> OddParts{" ", "\n", "\x1b[1m", "\xff", "\\", "\t", "@", ": "};
  std::string name = toss() ? folder_.path() + "/" : std::string(1, '\0');
  name += std::to_string(++names_);
  if (options_.odd_names) name += OddParts[random(static_cast<unsigned>(OddParts.size()))] + "end";
  return name;
}

const UniqueFd& Crowd::keep(UniqueFd fd) {
  sockets_.push_back(std::move(fd));
  return sockets_.back();
}

/// Only root may: then not all sockets are one user's.
void Crowd::give_some_away() {
  for (const UniqueFd& fd : sockets_)
    if (random(3) == 0 && fchown(fd.get(), 1000 + random(5), static_cast<gid_t>(-1)) != 0) return;
}

std::vector<unsigned> crowd_seeds() {
  const char* seed = std::getenv("SOCKUTILS_TEST_SEED");
  if (seed == nullptr) return {1, 2};
  return {static_cast<unsigned>(std::stoul(seed))};
}

}  // namespace sockutils::test
