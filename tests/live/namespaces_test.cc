#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <future>

#include "live/core_facts.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::namespaces_test {
namespace {

constexpr std::uint16_t Port = 7070;

std::string netns_file(pid_t pid) { return "/proc/" + std::to_string(pid) + "/ns/net"; }

std::uint64_t netns_of(pid_t pid) {
  struct stat status {};
  checked(stat(netns_file(pid).c_str(), &status), "stat");
  return status.st_ino;
}

/// A listener on 127.0.0.1 at `Port`.
UniqueFd listen_here() {
  UniqueFd fd = make_socket(AF_INET, SOCK_STREAM);
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  bind_to(fd, loopback(AF_INET, Port));
  listen_on(fd, 1);
  return fd;
}

/// A process that listens at the same address in a network of its own.
Child make_neighbour(const char* name) {
  return Child([=] {
    prctl(PR_SET_NAME, name);
    enter_new_network();
    static UniqueFd listener = listen_here();
  });
}

Query listeners() {
  Query query;
  query.kinds = {{Family::Inet, Protocol::Tcp}};
  query.states = {State::Listen};
  query.filter = Filter::parse("sport = 7070", {}).value();
  return query;
}

/// The row in this namespace.
SocketRow row_in(const Listing& listing, std::uint64_t netns) {
  return listing.the_one("netns", std::to_string(netns));
}

TEST_CASE("two namespaces with the same address are two sockets, each with its own process") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = listen_here();
  const Child neighbour = make_neighbour("neighbour");
  const std::uint64_t own = netns_of(gettid());
  const std::uint64_t other = netns_of(neighbour.pid());
  REQUIRE(own != other);
  for (const Source source : BothSources) {
    Query query = listeners();
    query.source = source;
    query.namespaces = {{netns_file(gettid()), own, ""}, {netns_file(neighbour.pid()), other, ""}};
    const Listing listing = Listing::take(query);
    CHECK(listing.rows().size() == 2);
    CHECK(row_in(listing, own)["pid"].find(std::to_string(getpid())) != std::string::npos);
    CHECK(row_in(listing, own)["inode"] == std::to_string(inode_of(listener)));
    CHECK(row_in(listing, other)["pid"] == std::to_string(neighbour.pid()));
    CHECK(row_in(listing, other)["local_address"] == "127.0.0.1");
    CHECK(listing.report().warnings.empty());
  }
}

TEST_CASE("without a namespace in the query only one's own is listed") {
  REQUIRE_PRIVATE_NETWORK();
  const Child neighbour = make_neighbour("neighbour");
  CHECK(Listing::take(listeners()).rows().empty());
}

TEST_CASE("the thread that lists stays in its namespace") {
  REQUIRE_PRIVATE_NETWORK();
  const Child neighbour = make_neighbour("neighbour");
  const std::uint64_t before = netns_of(gettid());
  Query query = listeners();
  query.namespaces = {{netns_file(neighbour.pid()), netns_of(neighbour.pid()), ""}};
  CHECK(Listing::take(query).rows().size() == 1);
  CHECK(netns_of(gettid()) == before);
}

TEST_CASE("all namespaces are found, and one without a better name goes by its oldest process") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = listen_here();
  const std::string hostile = "\x1b[31mred\n/1";
  const Child neighbour = make_neighbour(hostile.c_str());
  Query query = listeners();
  query.all_namespaces = true;
  const Listing listing = Listing::take(query);
  const SocketRow row = row_in(listing, netns_of(neighbour.pid()));
  CHECK(escape_text(row["netns_name"]) == escape_text(hostile + '/' + std::to_string(neighbour.pid())));
  CHECK(row["pid"] == std::to_string(neighbour.pid()));
  CHECK(row_in(listing, netns_of(gettid())).has("netns_name"));
  const auto by_name = find_network_namespace(row["netns_name"]);
  REQUIRE(by_name);
  CHECK(by_name->inode == netns_of(neighbour.pid()));
}

TEST_CASE("a namespace is found by the number of a process, by path, and not by what is none") {
  REQUIRE_PRIVATE_NETWORK();
  const Child neighbour = make_neighbour("neighbour");
  const std::uint64_t inode = netns_of(neighbour.pid());
  CHECK(find_network_namespace(std::to_string(neighbour.pid()))->inode == inode);
  CHECK(find_network_namespace(netns_file(neighbour.pid()))->inode == inode);
  CHECK(find_network_namespace("/proc/self/ns/mnt").error().code == EINVAL);
  CHECK(find_network_namespace("/etc/passwd").error().code == EINVAL);
  CHECK(find_network_namespace("/").error().code == EINVAL);
  CHECK(find_network_namespace("/no/such").error().code == ENOENT);
  CHECK(find_network_namespace("no such").error().code == ENOENT);
  CHECK(find_network_namespace("4294967295").error().code == ESRCH);
}

TEST_CASE("a namespace whose last process has ended is an error that names it") {
  REQUIRE_PRIVATE_NETWORK();
  Query query = listeners();
  query.fields = {find_field("local")};
  {
    const Child neighbour = make_neighbour("neighbour");
    query.namespaces = {{netns_file(neighbour.pid()), netns_of(neighbour.pid()), "gone"}};
  }
  const auto report = list_sockets(query, [](Values) { return true; });
  REQUIRE_FALSE(report);
  CHECK(report.error().message().find("network namespace gone cannot be entered") != std::string::npos);
}

TEST_CASE("a namespace that may not be entered is a warning, and the others are listed") {
  REQUIRE_PRIVATE_NETWORK();
  if (geteuid() != 0) SKIP_OUT_LOUD("needs root, to have something to give up");
  const UniqueFd listener = listen_here();
  const Child neighbour = make_neighbour("neighbour");
  Query query = listeners();
  query.namespaces = {{"", 0, ""}, {netns_file(neighbour.pid()), netns_of(neighbour.pid()), "neighbour"}};
  std::optional<Listing> listing;
  std::async(std::launch::async, [&] {
    drop_capabilities_of_thread();
    listing = Listing::take(query);
  }).get();
  CHECK(listing->rows().size() == 1);
  CHECK(listing->report().sockets_missing());
  const auto& warnings = listing->report().warnings;
  const bool named = std::any_of(warnings.begin(), warnings.end(), [](const Warning& warning) {
    return warning.message.find("network namespace neighbour cannot be entered") == 0 &&
           warning.remedy.find("CAP_SYS_ADMIN") != std::string::npos;
  });
  CHECK(named);
}

}  // namespace
}  // namespace sockutils::test::namespaces_test
