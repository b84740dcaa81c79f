#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <future>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::privileges_test {
namespace {

constexpr unsigned Nobody = 65534;

/// Runs `body` on a thread of its own, whose rights and mounts may change without the others'.
void on_a_thread(const std::function<void()>& body) { std::async(std::launch::async, body).get(); }

/// Of this thread alone, which the wrapper of the C library is not. The capabilities go along.
void become_nobody() {
  checked(static_cast<int>(syscall(SYS_setresgid, Nobody, Nobody, Nobody)), "setresgid");
  checked(static_cast<int>(syscall(SYS_setresuid, Nobody, Nobody, Nobody)), "setresuid");
}

std::string user_name(uid_t uid) {
  const passwd* entry = getpwuid(uid);
  return entry != nullptr ? entry->pw_name : std::string(Absent);
}

void hide_proc() {
  checked(unshare(CLONE_FS | CLONE_NEWNS), "unshare");
  checked(mount(nullptr, "/proc", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount");
  checked(mount("tmpfs", "/proc", "tmpfs", 0, nullptr), "mount");
}

std::size_t count_warnings(const Report& report, Warning::Kind kind) {
  return static_cast<std::size_t>(
      std::count_if(report.warnings.begin(), report.warnings.end(),
                    [&](const Warning& warning) { return warning.kind == kind; }));
}

TEST_CASE("sockets of processes that may not be read are listed without owner, and one warning says so") {
  REQUIRE_PRIVATE_NETWORK();
  if (geteuid() != 0) SKIP_OUT_LOUD("needs root, to have something to hide");
  UniqueFd first = make_tcp_listener(AF_INET, 1);
  UniqueFd second = make_tcp_listener(AF_INET6, 1);
  const std::string inode = std::to_string(inode_of(first));
  const Child child([] {});
  first = UniqueFd();
  second = UniqueFd();
  std::optional<Listing> listing;
  on_a_thread([&] {
    become_nobody();
    listing = Listing::take(Source::Netlink, kinds_of(Protocol::Tcp));
  });
  const SocketRow row = listing->the_one("inode", inode);
  CHECK(row["processes"] == Absent);
  CHECK(row["uid"] == "0");
  const auto& warnings = listing->report().warnings;
  CHECK(std::count_if(warnings.begin(), warnings.end(), [](const Warning& warning) {
          return warning.message.find("may not be read") != std::string::npos &&
                 warning.message.starts_with("the owner");
        }) == 1);
  CHECK(listing->report().owners_missing());
  CHECK_FALSE(listing->report().sockets_missing());
  CHECK_FALSE(listing->report().warnings.front().remedy.empty());
}

TEST_CASE("a process is listed with the user that it runs as, a socket with the one that made it") {
  REQUIRE_PRIVATE_NETWORK();
  if (geteuid() != 0) SKIP_OUT_LOUD("needs root, to become somebody else");
  UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const std::string inode = std::to_string(inode_of(listener));
  const Child child([] { become_nobody(); });
  listener = UniqueFd();
  for (const Source source : BothSources) {
    const SocketRow row = Listing::take(source, kinds_of(Protocol::Tcp)).the_one("inode", inode);
    CHECK(row["user"] == user_name(0));
    CHECK(row["process_user"] == user_name(Nobody));
    CHECK(row.holders().front().process.uid == Nobody);
  }
}

TEST_CASE("a mark is absent, not zero, for those whom the kernel does not tell it") {
  REQUIRE_PRIVATE_NETWORK();
  if (geteuid() != 0) SKIP_OUT_LOUD("needs root, to have something to hide");
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  set_option(listener, SOL_SOCKET, SO_MARK, 7);
  CHECK(find_row(listener, Source::Netlink)["mark"] == "7");
  std::optional<SocketRow> row;
  on_a_thread([&] {
    become_nobody();
    row = find_row(listener, Source::Netlink);
  });
  CHECK((*row)["mark"] == Absent);
}

TEST_CASE("without /proc the sockets are listed, and a warning says that the owners are missing") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  const std::string inode = std::to_string(inode_of(listener));
  std::optional<Listing> listing;
  on_a_thread([&] {
    hide_proc();
    listing = Listing::take(Source::Netlink, kinds_of(Protocol::Tcp));
  });
  const SocketRow row = listing->the_one("inode", inode);
  CHECK(row["state"] == "listen");
  CHECK(row["processes"] == Absent);
  CHECK(row["netns"] == Absent);
  CHECK(count_warnings(listing->report(), Warning::Kind::OwnersMissing) == 1);
}

TEST_CASE("without /proc its sockets are an error, not an empty list") {
  REQUIRE_PRIVATE_NETWORK();
  Query query;
  query.fields = {find_field("inode")};
  query.source = Source::Proc;
  std::optional<Result<Report>> report;
  on_a_thread([&] {
    hide_proc();
    report = list_sockets(query, [](Values) { return true; });
  });
  REQUIRE_FALSE(report->has_value());
  CHECK(report->error().message().find("/proc") != std::string::npos);
}

}  // namespace
}  // namespace sockutils::test::privileges_test
