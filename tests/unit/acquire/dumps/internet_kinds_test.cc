#include <linux/inet_diag.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>

#include "pipeline/list.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::internet_kinds_test {
namespace {

constexpr std::uint32_t PortId = FakeChannel::PortId;

FakeSystem machine() {
  FakeSystem system;
  system.inodes["/proc/thread-self/ns/net"] = 1;
  system.inodes["/proc/thread-self/net/unix"] = 1;
  return system;
}

struct Listing {
  Result<Report> report;
  std::vector<std::string> rows;
};

Listing list(const FakeSystem& system, Protocol protocol, std::string_view field,
             Source source = Source::Auto) {
  Query query;
  query.kinds = {{Family::Inet, protocol}};
  query.fields = {find_field(field)};
  query.source = source;
  Listing listing;
  listing.report = list_sockets(system, query, [&](Values row) {
    std::string& text = listing.rows.emplace_back();
    row[0] ? append_value(text, *row[0], query.fields[0]->type, Style::Plain) : static_cast<void>(text = "-");
    return true;
  });
  return listing;
}

bool asks_for(ByteView request, unsigned attribute) {
  return find_attribute(request.subspan(sizeof(nlmsghdr) + sizeof(inet_diag_req_v2)), attribute).has_value();
}

std::string answer(std::uint32_t sequence, const std::string& payload) {
  return netlink_message(SOCK_DIAG_BY_FAMILY, sequence, PortId, payload);
}

/// A kernel without a handler for anything.
FakeSystem old_machine(std::string_view protocols) {
  FakeSystem system = machine();
  system.files["/proc/thread-self/net/protocols"] = protocols;
  system.script = [](ByteView, std::uint32_t sequence) {
    return FakeChannel::Datagrams{error_message(sequence, PortId, ENOENT)};
  };
  return system;
}

constexpr std::string_view Protocols =
    "protocol  size sockets  memory press maxhdr  slab module\n"
    "SCTP      1234      2      -1   NI       0   yes  sctp\n"
    "MPTCP     1936      0       0   no     320   yes  kernel\n";

}  // namespace

TEST_CASE("who may not see BPF storages sees the sockets, and is told") {
  FakeSystem system = machine();
  int refusals = 0;
  system.script = [&](ByteView request, std::uint32_t sequence) {
    if (asks_for(request, INET_DIAG_REQ_SK_BPF_STORAGES)) {
      ++refusals;
      return FakeChannel::Datagrams{error_message(sequence, PortId, EPERM)};
    }
    return FakeChannel::Datagrams{answer(sequence, bytes_of(tcp_connection())),
                                  done_message(sequence, PortId)};
  };
  const Listing listing = list(system, Protocol::Tcp, "bpf_storages");
  REQUIRE(listing.report);
  CHECK(listing.rows == std::vector<std::string>{"-"});
  CHECK(refusals == 1);
  REQUIRE(listing.report->warnings.size() == 1);
  CHECK(name(listing.report->warnings[0].kind) == "facts-missing");
  CHECK_FALSE(listing.report->sockets_missing());
}

TEST_CASE("an SCTP end point and its associations are rows of their own, each once") {
  FakeSystem system = machine();
  system.script = [](ByteView, std::uint32_t sequence) {
    sockaddr_storage peer{};
    peer.ss_family = AF_INET;
    const std::string end_point = bytes_of(tcp_connection());
    const std::string association = end_point + attribute(INET_DIAG_PEERS, bytes_of(peer));
    FakeChannel::Datagrams datagrams;
    for (const std::string& payload : {end_point, end_point, association, association})
      datagrams.emplace_back(answer(sequence, payload));
    datagrams.emplace_back(done_message(sequence, PortId));
    return datagrams;
  };
  const Listing listing = list(system, Protocol::Sctp, "peer_addresses");
  REQUIRE(listing.report);
  CHECK(listing.rows == std::vector<std::string>{"-", "0.0.0.0"});
}

TEST_CASE("a protocol that the kernel counts sockets of, and cannot list, is missed out loud") {
  const Listing listing = list(old_machine(Protocols), Protocol::Sctp, "inode");
  REQUIRE_FALSE(listing.report);
  CHECK(listing.report.error().message().find("CONFIG_INET_SCTP_DIAG") != std::string::npos);
}

TEST_CASE("a protocol without sockets, or that the kernel does not know, is not missed") {
  for (const Protocol protocol : {Protocol::Mptcp, Protocol::Dccp})
    for (const Source source : {Source::Auto, Source::Netlink, Source::Proc}) {
      const Listing listing = list(old_machine(Protocols), protocol, "inode", source);
      REQUIRE(listing.report);
      CHECK(listing.rows.empty());
      CHECK(listing.report->warnings.empty());
    }
}

}  // namespace sockutils::test::internet_kinds_test
