#include "live/core_facts.h"

#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sockutils/value.h"
#include "support/catch.h"
#include "support/sockets.h"

namespace sockutils::test {
namespace {

constexpr int Mptcp = 262;  // IPPROTO_MPTCP, newer than some headers

std::string or_absent(std::string text) { return text.empty() ? std::string(Absent) : std::move(text); }

std::string port_text(std::uint16_t port) { return port == 0 ? std::string(Absent) : std::to_string(port); }

Family family_of(int domain) {
  switch (domain) {
    case AF_INET:
      return Family::Inet;
    case AF_INET6:
      return Family::Inet6;
    case AF_UNIX:
      return Family::Unix;
    case AF_PACKET:
      return Family::Packet;
    default:
      return Family::Netlink;
  }
}

std::string internet_protocol(int type, int protocol) {
  if (protocol == Mptcp) return "mptcp";
  if (type == SOCK_STREAM) return "tcp";
  if (type == SOCK_RAW) return "raw";
  if (protocol == IPPROTO_UDP) return "udp";
  return protocol == IPPROTO_UDPLITE ? "udplite" : "icmp";
}

std::string netlink_protocol_name(int protocol) {
  const std::map<int, std::string> names{{NETLINK_ROUTE, "route"},
                                         {NETLINK_USERSOCK, "usersock"},
                                         {NETLINK_SOCK_DIAG, "sock_diag"},
                                         {NETLINK_KOBJECT_UEVENT, "kobject_uevent"},
                                         {NETLINK_GENERIC, "generic"}};
  return names.at(protocol);
}

std::string protocol_of(const UniqueFd& fd, Family family) {
  const int type = option<int>(fd, SOL_SOCKET, SO_TYPE);
  const int protocol = option<int>(fd, SOL_SOCKET, SO_PROTOCOL);
  if (family == Family::Inet || family == Family::Inet6) return internet_protocol(type, protocol);
  if (family == Family::Netlink) return netlink_protocol_name(protocol);
  if (type == SOCK_RAW) return "raw";
  if (type == SOCK_STREAM) return "stream";
  return type == SOCK_DGRAM ? "dgram" : "seqpacket";
}

void add_internet_ends(Facts& facts, const UniqueFd& fd, Source source) {
  const auto local = SocketAddress::local_of(fd.get());
  facts["local_address"] = local.host();
  facts["local_port"] = port_text(local.port());
  const auto peer = SocketAddress::peer_of(fd.get());
  facts["peer_address"] = peer ? peer->host() : Absent;
  facts["peer_port"] = peer ? port_text(peer->port()) : Absent;
  const std::string interface = option_bytes(fd, SOL_SOCKET, SO_BINDTODEVICE);
  facts["interface"] =
      source == Source::Proc ? std::string(Absent) : or_absent(interface.substr(0, interface.find('\0')));
}

void add_unix_ends(Facts& facts, const UniqueFd& fd) {
  std::string name = SocketAddress::local_of(fd.get()).sun_path();
  facts["abstract"] = name.empty() ? std::string(Absent) : name.front() == '\0' ? "true" : "false";
  if (!name.empty() && name.front() == '\0') name.front() = '@';
  facts["path"] = or_absent(name);
}

void add_packet_end(Facts& facts, const UniqueFd& fd) {
  const auto local = SocketAddress::local_of(fd.get()).as<sockaddr_ll>();
  std::array<char, IF_NAMESIZE> interface {};
  if (local.sll_ifindex != 0) if_indextoname(static_cast<unsigned>(local.sll_ifindex), interface.data());
  facts["interface"] = or_absent(interface.data());
}

void add_netlink_end(Facts& facts, const UniqueFd& fd) {
  const auto local = SocketAddress::local_of(fd.get()).as<sockaddr_nl>();
  facts["netlink_port_id"] = std::to_string(local.nl_pid);
}

void add_ends(Facts& facts, const UniqueFd& fd, Family family, Source source) {
  if (family == Family::Unix) return add_unix_ends(facts, fd);
  if (family == Family::Packet) return add_packet_end(facts, fd);
  if (family == Family::Netlink) return add_netlink_end(facts, fd);
  add_internet_ends(facts, fd, source);
}

/// The user that a socket belongs to; /proc/net/unix does not tell, and nothing does for netlink.
void add_user(Facts& facts, uid_t uid, Family family, Source source) {
  const bool told = family != Family::Netlink && (family != Family::Unix || source != Source::Proc);
  const passwd* entry = getpwuid(uid);
  facts["uid"] = told ? std::to_string(uid) : Absent;
  const std::string name = entry != nullptr ? entry->pw_name : std::to_string(uid);
  facts["user"] = told ? name : Absent;
}

void add_identity(Facts& facts, const UniqueFd& fd, Family family, Source source) {
  struct stat status {};
  checked(fstat(fd.get(), &status), "fstat");
  facts["inode"] = std::to_string(status.st_ino);
  facts["cookie"] = source == Source::Proc ? std::string(Absent) : std::to_string(cookie_of(fd));
  add_user(facts, status.st_uid, family, source);
  checked(stat("/proc/thread-self/ns/net", &status), "stat");
  facts["netns"] = std::to_string(status.st_ino);
}

void add_holder(Facts& facts, const UniqueFd& fd) {
  std::string arguments = proc_text("/proc/self/cmdline");
  while (!arguments.empty() && arguments.back() == '\0') arguments.pop_back();
  std::replace(arguments.begin(), arguments.end(), '\0', ' ');
  const passwd* entry = getpwuid(geteuid());
  facts["pid"] = facts["tid"] = std::to_string(getpid());
  facts["fd"] = std::to_string(fd.get());
  facts["process"] = proc_text("/proc/self/comm");
  facts["command_line"] = arguments;
  facts["executable"] = std::filesystem::read_symlink("/proc/self/exe").string();
  facts["process_user"] = entry != nullptr ? entry->pw_name : std::to_string(geteuid());
}

Facts system_facts(const UniqueFd& fd, Source source) {
  const Family family = family_of(option<int>(fd, SOL_SOCKET, SO_DOMAIN));
  Facts facts{{"family", std::string(name(family))}, {"protocol", protocol_of(fd, family)}};
  const Source effective = effective_source(source, family, facts["protocol"]);
  add_ends(facts, fd, family, effective);
  add_identity(facts, fd, family, effective);
  add_holder(facts, fd);
  return facts;
}

bool has_netlink_handler(Family family, Protocol protocol) {
  Query query;
  query.kinds = {{family, protocol}};
  query.source = Source::Netlink;
  return list_sockets(query, [](Values) { return true; }).has_value();
}

}  // namespace

Source effective_source(Source source, Family family, std::string_view protocol) {
  if (source == Source::Proc || family == Family::Packet || family == Family::Netlink) return source;
  const auto parsed = parse_protocol(protocol);
  const bool asked_for = parsed == Protocol::Raw || parsed == Protocol::Icmp || parsed == Protocol::Udplite;
  return asked_for && !has_netlink_handler(family, *parsed) ? Source::Proc : source;
}

SocketRow find_row(const UniqueFd& fd, Source source) {
  const Family family = family_of(option<int>(fd, SOL_SOCKET, SO_DOMAIN));
  // The subflows of an MPTCP connection have its inode.
  const bool mptcp = option<int>(fd, SOL_SOCKET, SO_PROTOCOL) == Mptcp && family != Family::Unix;
  const auto kinds = mptcp ? kinds_of(Protocol::Mptcp) : kinds_of({family});
  return Listing::take(source, kinds).the_one("inode", std::to_string(inode_of(fd)));
}

SocketRow check_core_facts(const UniqueFd& fd, std::string_view state, Source source, const Facts& others) {
  Facts expected = system_facts(fd, source);
  expected["state"] = state;
  for (const auto& [field, value] : others) expected[field] = value;
  std::optional<SocketRow> row;
  const auto settled = [&] {
    row = find_row(fd, source);
    return std::all_of(expected.begin(), expected.end(),
                       [&](const auto& fact) { return (*row)[fact.first] == fact.second; });
  };
  eventually(settled, std::chrono::seconds(1));
  for (const auto& [field, value] : expected) {
    INFO("from " << name(source) << ": " << field);
    CHECK(escape_text((*row)[field]) == escape_text(value));
  }
  CHECK(row->holders().size() == 1);
  return *row;
}

std::string proc_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace sockutils::test
