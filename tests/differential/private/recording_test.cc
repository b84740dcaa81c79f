#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>

#include "differential/private/crowd.h"
#include "sockutils/record.h"
#include "support/catch.h"
#include "support/listing.h"
#include "support/namespace.h"
#include "support/ss.h"

namespace sockutils::test::recording_test {
namespace {

using Rows = std::map<std::string, SocketRow>;

std::string identity(const SocketRow& row) {
  if (row.has("cookie")) return row["family"] + " cookie " + row["cookie"];
  return row["protocol"] + " inode " + row["inode"] + ' ' + row["local"] + ' ' + row["peer"];
}

Rows by_identity(const Listing& listing) {
  Rows rows;
  for (const SocketRow& row : listing.rows()) rows.emplace(identity(row), row);
  return rows;
}

std::shared_ptr<const Recording> read(const std::string& path) {
  const auto recording = Recording::open(path);
  INFO((recording ? "" : recording.error().message()));
  REQUIRE(recording);
  return *recording;
}

Listing list(const std::shared_ptr<const Recording>& recording, const std::string& filter = {}) {
  Query query;
  query.kinds = socket_kinds();
  if (recording) query.recording = recording;
  const FilterNames names = recording ? recording->filter_names() : system_filter_names();
  query.filter = Filter::parse(filter, names).value();
  return Listing::take(std::move(query));
}

/// The kernel's end of sock_diag, and the sockets that the listing asks with.
bool is_own_question(const SocketRow& row) {
  return row["family"] == "netlink" && row["protocol"] == "sock_diag";
}

using Identities = std::set<std::string>;

Identities identities(const Listing& listing) {
  Identities all;
  for (const SocketRow& row : listing.rows())
    if (!is_own_question(row)) all.insert(identity(row));
  return all;
}

/// Those that were there all the time: what other test cases left in TIME_WAIT goes away.
Identities lasting(const Identities& found, const Identities& first, const Identities& last) {
  Identities all;
  for (const std::string& one : found)
    if (first.contains(one) && last.contains(one)) all.insert(one);
  return all;
}

/// Whether packets came or went meanwhile: what they change may have changed back by the last look.
bool has_moved(const SocketRow& before, const SocketRow& after) {
  return before["tcp_segs_in"] != after["tcp_segs_in"] || before["tcp_segs_out"] != after["tcp_segs_out"];
}

/// Fields in which the recording differs from the listings before and after it, where those agree.
std::string differences(const SocketRow& before, const SocketRow& recorded, const SocketRow& after) {
  std::string different;
  for (const Field* field : fields()) {
    if (needs_any(field->needs, Dear) || before[field->name] != after[field->name]) continue;
    if (recorded[field->name] != before[field->name])
      different +=
          std::string(field->name) + ": " + recorded[field->name] + ", not " + before[field->name] + "; ";
  }
  return different;
}

using Kinds = std::set<Warning::Kind>;

Kinds warnings_of(const Listing& listing) {
  Kinds kinds;
  for (const Warning& warning : listing.report().warnings) kinds.insert(warning.kind);
  return kinds;
}

/// What is missing on this machine itself. Owners come from /proc, as they do in a recording: where BPF
/// tells of them, no process is unreadable.
Kinds live_warnings() {
  Query query;
  query.kinds = socket_kinds();
  query.process_source = ProcessSource::Proc;
  return warnings_of(Listing::take(std::move(query)));
}

Kinds both(const Kinds& a, const Kinds& b) {
  Kinds all;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(all, all.end()));
  return all;
}

Kinds either(const Kinds& a, const Kinds& b) {
  Kinds all = a;
  all.insert(b.begin(), b.end());
  return all;
}

constexpr std::string_view Filters[] = {"listening",
                                        "not listening",
                                        "sport > 30000 and family = inet6",
                                        "src 127.0.0.0/8 or src ::1",
                                        "has user",
                                        "uid >= 0 and has pid",
                                        "process ~ .",
                                        "dev lo",
                                        "autobound",
                                        "not autobound and not family = unix",
                                        "protocol = stream or protocol = raw",
                                        "state time-wait or recv_queue > 0",
                                        "has cgroup_id"};

}  // namespace

TEST_CASE("a recording has the same rows as the machine, field by field and through any filter") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/recording";
  const Crowd crowd({.seed = crowd_seeds().front(), .scenes = 200, .odd_names = true});
  const Rows before = by_identity(list({}));
  const auto report = record_sockets({}, path);
  REQUIRE(report);
  CHECK_FALSE(report->sockets_missing());
  const Rows after = by_identity(list({}));
  const auto recording = read(path);
  CHECK(recording->kinds() == socket_kinds());
  const Listing listing = list(recording);
  CHECK_FALSE(listing.report().sockets_missing());
  const Rows recorded = by_identity(listing);
  std::size_t compared = 0;
  for (const auto& [key, row] : before) {
    const auto later = after.find(key);
    if (later == after.end() || is_own_question(row)) continue;
    INFO(row.to_string());
    const auto found = recorded.find(key);
    REQUIRE(found != recorded.end());
    if (has_moved(row, later->second)) continue;
    CHECK(differences(row, found->second, later->second) == "");
    ++compared;
  }
  CHECK(compared > 250);
  const Identities first = identities(list({}));
  std::vector<std::pair<Identities, Identities>> found;
  for (const std::string_view filter : Filters)
    found.emplace_back(identities(list({}, std::string(filter))),
                       identities(list(recording, std::string(filter))));
  const Identities last = identities(list({}));
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO(Filters[i]);
    CHECK(lasting(found[i].second, first, last) == lasting(found[i].first, first, last));
    CHECK_FALSE(found[i].first.empty());
  }
}

TEST_CASE("a recording says that the same is missing as the machine did") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/recording";
  const Crowd crowd({.seed = crowd_seeds().front(), .scenes = 60});
  const Kinds before = live_warnings();
  REQUIRE(record_sockets({}, path));
  const Kinds after = live_warnings();
  const Listing listing = list(read(path));
  const Kinds recorded = warnings_of(listing);
  for (const Warning& warning : listing.report().warnings) {
    INFO(warning.message);
    // Processes of others start and end meanwhile, and with them what they hide.
    CHECK(either(before, after).contains(warning.kind));
    CHECK(warning.remedy.empty());
  }
  CHECK(both(both(before, after), recorded) == both(before, after));
}

TEST_CASE("a dump of ss lists the same TCP sockets as the machine") {
  REQUIRE_PRIVATE_NETWORK();
  if (!have_ss()) SKIP_OUT_LOUD("ss is not installed");
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/dump";
  const Crowd crowd({.seed = crowd_seeds().front(), .scenes = 120});
  const Rows before = by_identity(Listing::take(Source::Netlink, kinds_of(Protocol::Tcp)));
  REQUIRE(run_ss("--tcp --all --diag=" + path));
  const auto dumped = read(path);
  CHECK(dumped->info().damage.empty());
  CHECK(dumped->kinds() == kinds_of(Protocol::Tcp));
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  query.recording = dumped;
  const Rows from_dump = by_identity(Listing::take(std::move(query)));
  const Rows live = by_identity(Listing::take(Source::Netlink, kinds_of(Protocol::Tcp)));
  std::size_t compared = 0;
  for (const auto& [key, row] : live) {
    INFO(row.to_string());
    // ss does not ask for these.
    if (row["state"] == "bound-inactive") continue;
    // A connection that closes goes on doing so.
    if (const auto earlier = before.find(key);
        earlier == before.end() || earlier->second["state"] != row["state"])
      continue;
    const auto found = from_dump.find(key);
    REQUIRE(found != from_dump.end());
    for (const std::string_view field : {"family", "state", "local_address", "local_port", "peer_address",
                                         "peer_port", "recv_queue", "send_queue", "inode", "uid", "cookie"})
      CHECK(found->second[field] == row[field]);
    ++compared;
  }
  CHECK(compared > 50);
}

}  // namespace sockutils::test::recording_test
