#include <algorithm>
#include <map>

#include "differential/private/crowd.h"
#include "support/catch.h"
#include "support/listing.h"
#include "support/namespace.h"

namespace sockutils::test::sources_test {
namespace {

/// What stays the same about a socket from one listing to the next.
std::string identity(const SocketRow& row) {
  if (row.has("inode")) return "inode " + row["inode"];
  return row["protocol"] + ' ' + row["local"] + ' ' + row["peer"];
}

using Rows = std::map<std::string, SocketRow>;

Rows by_identity(const Listing& listing) {
  Rows rows;
  for (const SocketRow& row : listing.rows()) rows.emplace(identity(row), row);
  return rows;
}

/// Kinds that both sources can tell of on this kernel.
std::vector<SocketKind> kinds_of_both_sources() {
  std::vector<SocketKind> kinds = socket_kinds();
  std::erase_if(kinds, [](const SocketKind& kind) {
    Query query;
    query.kinds = {kind};
    query.source = Source::Netlink;
    return !list_sockets(query, [](Values) { return true; }).has_value();
  });
  return kinds;
}

/// The remaining time goes down from look to look, and starts anew when a timer fires; of long ones the
/// number of retransmissions tells that. In /proc it counts in ticks of 10 ms.
bool remaining_times_agree(std::uint64_t first, std::uint64_t proc, std::uint64_t last, bool fired) {
  constexpr std::uint64_t Long = 10'000'000;
  constexpr std::uint64_t Tick = 20'000;
  if (first < Long || last < Long) return true;
  const bool not_after_last = proc + Tick >= last;
  const bool not_before_first = proc <= first + Tick;
  return fired ? not_after_last || not_before_first : not_after_last && not_before_first;
}

/// The kernel's end of sock_diag: what waits there is the listing's own question.
bool is_asked_now(const SocketRow& row) {
  return row["protocol"] == "sock_diag" && row["netlink_port_id"] == "0";
}

/// A connection that waits to be accepted has no inode yet, and unix_diag does not dump those.
bool is_left_out_by_netlink(const SocketRow& row) { return row["family"] == "unix" && !row.has("inode"); }

/// A question of any program that looks into this namespace.
bool is_a_question(const SocketRow& row) { return row["protocol"] == "sock_diag"; }

/// The same socket from netlink, from /proc, and from netlink again.
struct Looks {
  const SocketRow& first;
  const SocketRow& proc;
  const SocketRow& last;

  bool told_by_both(std::string_view field) const {
    return first.has(field) && proc.has(field) && last.has(field);
  }
  bool agree(std::string_view field) const {
    if (field == "timer_expires")
      return remaining_times_agree(first.number(field), proc.number(field), last.number(field),
                                   first["timer_retransmits"] != last["timer_retransmits"]);
    // Counts up on a slow machine, and may do so twice.
    if (field == "timer_retransmits" && first.number(field) <= last.number(field))
      return first.number(field) <= proc.number(field) && proc.number(field) <= last.number(field);
    return proc[field] == first[field] || proc[field] == last[field];
  }
};

/// Fields that take so long to find out that timers run on between the looks.
constexpr Needs Slow = Needs::HostNames | Needs::PeerOwners | Needs::ProxyTargets;

Listing take_quickly(Source source, const std::vector<SocketKind>& kinds) {
  Query query;
  query.kinds = kinds;
  query.source = source;
  for (const Field* field : fields())
    if (!needs_any(field->needs, Slow)) query.fields.push_back(field);
  return Listing::take_fields(query);
}

/// How often each field was compared.
using Tally = std::map<std::string_view, std::size_t>;

void compare(const Looks& looks, Tally& tally) {
  for (const Field* field : fields()) {
    if (needs_any(field->needs, Slow) || !looks.told_by_both(field->name)) continue;
    // What a wildcard takes is not in /proc, and the composed ends show it.
    if (field->role == Role::Composite) continue;
    // Nor is the interface, so that a wildcard bound to loopback reads as any there.
    if (field->name == "exposure" && looks.first.has("interface")) continue;
    // Goes on between the looks.
    if (field->name == "process_age") continue;
    // Of SYN_RECV netlink counts the answers that were sent (num_retrans), /proc the timeouts (num_timeout).
    if (field->name == "timer_retransmits" && looks.first["state"] == "syn-recv") continue;
    ++tally[field->name];
    INFO(field->name << ": netlink " << looks.first[field->name] << ", /proc " << looks.proc[field->name]
                     << ", netlink again " << looks.last[field->name]);
    CHECK(looks.agree(field->name));
  }
}

/// Every field of which a crowd has examples that both sources tell.
constexpr std::string_view SharedFields[] = {"family",
                                             "protocol",
                                             "state",
                                             "local_address",
                                             "local_port",
                                             "peer_address",
                                             "peer_port",
                                             "recv_queue",
                                             "send_queue",
                                             "uid",
                                             "inode",
                                             "netns",
                                             "netns_name",
                                             "processes",
                                             "pid",
                                             "tid",
                                             "fd",
                                             "process",
                                             "command_line",
                                             "executable",
                                             "process_user",
                                             "parent_pid",
                                             "process_started",
                                             "timer",
                                             "timer_expires",
                                             "timer_retransmits",
                                             "drops",
                                             "path",
                                             "abstract",
                                             "packet_protocol",
                                             "interface",
                                             "netlink_port_id",
                                             "netlink_groups"};

TEST_CASE("netlink and /proc say the same of every socket, field by field") {
  REQUIRE_PRIVATE_NETWORK();
  for (const unsigned seed : crowd_seeds()) {
    INFO("SOCKUTILS_TEST_SEED=" << seed);
    const Crowd crowd({.seed = seed, .scenes = 200, .odd_names = true});
    const std::vector<SocketKind> kinds = kinds_of_both_sources();
    const Rows first = by_identity(take_quickly(Source::Netlink, kinds));
    const Rows proc = by_identity(take_quickly(Source::Proc, kinds));
    const Rows last = by_identity(take_quickly(Source::Netlink, kinds));
    Tally tally;
    for (const auto& [key, row] : first) {
      const auto again = last.find(key);
      const auto in_proc = proc.find(key);
      if (again == last.end() || is_asked_now(row)) continue;
      INFO(row.to_string());
      CHECK((in_proc != proc.end()) == (row["state"] != "bound-inactive"));
      if (in_proc != proc.end()) compare({row, in_proc->second, again->second}, tally);
    }
    for (const auto& [key, row] : proc) {
      if (is_left_out_by_netlink(row) || is_a_question(row)) continue;
      INFO("only in /proc: " << row.to_string());
      CHECK((first.contains(key) || last.contains(key)));
    }
    for (const std::string_view field : SharedFields) {
      INFO(field);
      CHECK(tally[field] > 0);
    }
    CHECK(tally["state"] > 250);
  }
}

TEST_CASE("every socket of a crowd is listed once") {
  REQUIRE_PRIVATE_NETWORK();
  for (const unsigned seed : crowd_seeds()) {
    INFO("SOCKUTILS_TEST_SEED=" << seed);
    const Crowd crowd({.seed = seed, .scenes = 200, .odd_names = true});
    for (const Source source : {Source::Auto, Source::Proc}) {
      const Listing listing = Listing::take(source, socket_kinds());
      CHECK_FALSE(listing.report().sockets_missing());
      for (const std::string& inode : crowd.inodes()) {
        INFO(name(source) << ", inode " << inode);
        CHECK(listing.where("inode", inode).size() == 1);
      }
    }
  }
}

}  // namespace
}  // namespace sockutils::test::sources_test
