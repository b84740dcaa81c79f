// Kinds of sockets that the running kernel may have and cannot list.

#include "pipeline/list.h"
#include "support/catch.h"
#include "support/diag_messages.h"
#include "support/fake_system.h"

namespace sockutils::test::unlisted_kind_test {
namespace {

/// A kernel without any handler.
FakeSystem machine(const std::string& protocols) {
  FakeSystem system;
  system.inodes["/proc/thread-self/ns/net"] = 4026531840;
  system.inodes["/proc/thread-self/net/unix"] = 1;
  system.files["/proc/thread-self/net/protocols"] =
      "protocol  size sockets  memory press maxhdr  slab module     cl co di\n" + protocols;
  system.files["/proc/thread-self/net/tcp"] = "header\n";
  system.script = [](ByteView, std::uint32_t sequence) {
    return FakeChannel::Datagrams{error_message(sequence, FakeChannel::PortId, ENOENT)};
  };
  return system;
}

constexpr const char* Vsock = "AF_VSOCK  1240      0      -1   NI       0   yes  kernel      y  n\n";
constexpr const char* Xdp = "XDP       1088      3      -1   NI       0   no   kernel      n  n\n";
constexpr const char* IdleXdp = "XDP       1088      0      -1   NI       0   no   kernel      n  n\n";

Result<Report> list(const FakeSystem& system, Source source = Source::Auto) {
  Query query;
  query.kinds = {{Family::Inet, Protocol::Tcp}, {Family::Vsock, {}}, {Family::Xdp, {}}, {Family::Tipc, {}}};
  if (source == Source::Netlink) query.kinds.erase(query.kinds.begin());
  query.source = source;
  query.fields = {find_field("inode")};
  return list_sockets(system, query, [](Values) { return true; });
}

}  // namespace

TEST_CASE("of a family that the kernel does not have nothing is missing") {
  const auto report = list(machine(""));
  REQUIRE(report);
  CHECK(report->warnings.empty());
}

TEST_CASE("a family that the kernel has and cannot list is said, and counted where it counts") {
  const auto report = list(machine(std::string(Vsock) + Xdp));
  REQUIRE(report);
  REQUIRE(report->warnings.size() == 2);
  CHECK(report->warnings[0].kind == Warning::Kind::KindUnlisted);
  CHECK(report->warnings[0].message == "vsock sockets: the kernel cannot list any that there are");
  CHECK(report->warnings[0].remedy == "one with CONFIG_VSOCKETS_DIAG can");
  CHECK(report->warnings[1].message == "xdp sockets: the kernel cannot list 3 of them");
  CHECK(report->warnings[1].kind == Warning::Kind::SocketsMissing);
  CHECK(name(report->warnings[0].kind) == "kind-unlisted");
}

TEST_CASE("of a family whose sockets nothing counts it is not known that any is missing") {
  const auto report = list(machine(Vsock));
  REQUIRE(report);
  CHECK(report->warnings.size() == 1);
  CHECK_FALSE(report->sockets_missing());
}

TEST_CASE("a family that the kernel has, with no socket in it, lacks nothing") {
  const auto report = list(machine(IdleXdp));
  REQUIRE(report);
  CHECK(report->warnings.empty());
}

TEST_CASE("what /proc alone cannot show is said with what would") {
  const auto report = list(machine(Xdp), Source::Proc);
  REQUIRE(report);
  REQUIRE(report->warnings.size() == 1);
  CHECK(report->warnings[0].remedy == "--source=auto asks netlink for them");
}

TEST_CASE("when nothing of what was asked for can be listed, that is an error") {
  const auto report = list(machine(std::string(Vsock) + Xdp), Source::Netlink);
  // TIPC is not there at all, which is an answer.
  REQUIRE(report);
  CHECK(report->warnings.size() == 2);
  Query query;
  query.kinds = {{Family::Vsock, {}}};
  query.fields = {find_field("inode")};
  const auto alone = list_sockets(machine(Vsock), query, [](Values) { return true; });
  REQUIRE_FALSE(alone);
  CHECK(alone.error().message() ==
        "list sockets: vsock sockets: the kernel cannot list any that there are (one with "
        "CONFIG_VSOCKETS_DIAG can)");
}

}  // namespace sockutils::test::unlisted_kind_test
