// Processes whose threads are not all the same: descriptors and namespaces of their own, and main threads
// that end.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <initializer_list>

#include "live/core_facts.h"
#include "sockutils/namespaces.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/scenes.h"
#include "support/sockets.h"

namespace sockutils::test::threads_test {
namespace {

constexpr std::uint16_t Port = 7071;

/// A listener on 127.0.0.1 at `Port` that stays open.
void hold_listener() {
  UniqueFd fd = make_socket(AF_INET, SOCK_STREAM);
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  bind_to(fd, loopback(AF_INET, Port));
  listen_on(fd, 1);
  fd.release();
}

void hold_unbound() { make_socket(AF_INET, SOCK_STREAM).release(); }
void hold_namespace() { checked(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open"); }

Query tcp_query() {
  Query query;
  query.kinds = {{Family::Inet, Protocol::Tcp}};
  return query;
}

Listing listeners(ProcessSource source, bool all_namespaces = false) {
  Query query = tcp_query();
  query.filter = Filter::parse("sport = 7071", {}).value();
  query.process_source = source;
  query.all_namespaces = all_namespaces;
  return Listing::take(std::move(query));
}

/// The one holder of the one listener.
Holder the_holder(const Listing& listing) {
  REQUIRE(listing.rows().size() == 1);
  REQUIRE(listing.rows()[0].holders().size() == 1);
  return listing.rows()[0].holders()[0];
}

bool can_use_bpf() {
  // Without a socket there is no owner to miss, and nothing is said.
  const UniqueFd listener = make_tcp_listener(AF_INET, 1);
  Query query = tcp_query();
  query.process_source = ProcessSource::Bpf;
  const Report report = Listing::take(std::move(query)).report();
  return std::none_of(report.warnings.begin(), report.warnings.end(), [](const Warning& warning) {
    return warning.message.find("BPF program") != std::string::npos;
  });
}

std::vector<ProcessSource> sources() {
  std::vector<ProcessSource> sources{ProcessSource::Proc};
  if (can_use_bpf()) sources.push_back(ProcessSource::Bpf);
  return sources;
}

/// What `ask` says when the kernel refuses it system calls.
template <class Ask>
auto without(std::initializer_list<long> system_calls, const Ask& ask) {
  return std::async(std::launch::async,
                    [&] {
                      for (const long call : system_calls) refuse_system_call(call);
                      return ask();
                    })
      .get();
}

/// Unbound sockets that a process holds.
std::vector<SocketRow> unbound_of(pid_t pid, Query query = tcp_query(), Report* report = nullptr) {
  query.unbound = true;
  const Listing listing = Listing::take(std::move(query));
  if (report != nullptr) *report = listing.report();
  std::vector<SocketRow> rows = listing.where("unbound", "true");
  std::erase_if(rows, [&](const SocketRow& row) {
    return row.holders().empty() || row.holders()[0].process.pid != pid;
  });
  return rows;
}

std::string folder_of(pid_t pid) { return "/proc/" + std::to_string(pid); }

std::vector<pid_t> threads_of(pid_t pid) {
  std::vector<pid_t> threads;
  for (const auto& entry : std::filesystem::directory_iterator(folder_of(pid) + "/task"))
    threads.push_back(std::stoi(entry.path().filename()));
  std::sort(threads.begin(), threads.end());
  return threads;
}

const NetworkNamespace* find(const NetworkNamespaces& all, std::string_view path) {
  for (const NetworkNamespace& space : all.found)
    if (std::string_view(space.path).starts_with(path)) return &space;
  return nullptr;
}

}  // namespace

TEST_CASE("threads that share a table of their own are one owner") {
  REQUIRE_PRIVATE_NETWORK();
  const ThreadsWithOwnFiles process(4, hold_listener);
  for (const ProcessSource source : sources()) {
    const Holder holder = the_holder(listeners(source));
    CHECK(holder.process.pid == process.pid());
    // The first of them after the main thread.
    CHECK(holder.tid == threads_of(process.pid())[1]);
  }
}

TEST_CASE("a copied table of descriptors is no second owner") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd shared = make_tcp_listener(AF_INET, 1);
  const ThreadsWithOwnFiles process(2, [] {});
  for (const ProcessSource source : sources()) {
    Query query = tcp_query();
    query.process_source = source;
    const SocketRow row = Listing::take(std::move(query)).the_one("inode", std::to_string(inode_of(shared)));
    CHECK(row.holders().size() == 2);
    for (const Holder& holder : row.holders()) CHECK(holder.tid == holder.process.pid);
  }
}

TEST_CASE("threads with descriptors of their own are read where kcmp is refused") {
  REQUIRE_PRIVATE_NETWORK();
  const ThreadsWithOwnFiles process(3, hold_listener);
  const Listing listing = without({SYS_kcmp}, [] { return listeners(ProcessSource::Proc); });
  CHECK(the_holder(listing).process.pid == process.pid());
}

TEST_CASE("a process whose main thread has ended owns its sockets once, and is described by the others") {
  REQUIRE_PRIVATE_NETWORK();
  const DeadLeader process(5, hold_listener);
  for (const ProcessSource source : sources()) {
    const Holder holder = the_holder(listeners(source));
    CHECK(holder.process.pid == process.pid());
    CHECK(holder.tid == threads_of(process.pid())[1]);
    CHECK(holder.process.executable == std::filesystem::read_symlink("/proc/self/exe").string());
    CHECK(holder.process.working_directory == std::filesystem::current_path().string());
    CHECK(holder.process.command_line);
    CHECK(holder.process.command_line != "");
  }
  const Listing listing = without({SYS_kcmp}, [] { return listeners(ProcessSource::Proc); });
  CHECK(the_holder(listing).process.pid == process.pid());
}

TEST_CASE("an unbound socket of a process whose main thread has ended is listed") {
  REQUIRE_PRIVATE_NETWORK();
  const DeadLeader process(2, hold_unbound);
  CHECK(unbound_of(process.pid()).size() == 1);
}

TEST_CASE("the namespace of a process whose main thread has ended is found, by its number too") {
  REQUIRE_PRIVATE_NETWORK();
  const DeadLeader process(1, [] {
    enter_new_network();
    hold_listener();
  });
  const std::uint64_t inode = netns_at(folder_of(threads_of(process.pid())[1]) + "/ns/net");
  const auto by_number = find_network_namespace(std::to_string(process.pid()));
  REQUIRE(by_number);
  CHECK(by_number->inode == inode);
  const Listing listing = listeners(ProcessSource::Proc, true);
  const SocketRow row = listing.the_one("netns", std::to_string(inode));
  CHECK(row["pid"] == std::to_string(process.pid()));
  CHECK(row["netns_name"].ends_with("/" + std::to_string(process.pid())));
}

TEST_CASE("a namespace that a thread alone is in is found, and called by the thread") {
  REQUIRE_PRIVATE_NETWORK();
  const ThreadElsewhere process(hold_listener);
  const std::string tid = std::to_string(threads_of(process.pid())[1]);
  const std::uint64_t inode = netns_at("/proc/" + tid + "/ns/net");
  const SocketRow row = listeners(ProcessSource::Proc, true).the_one("netns", std::to_string(inode));
  CHECK(row["pid"] == std::to_string(process.pid()));
  CHECK(row["netns_name"].ends_with("/" + tid));
  CHECK(find_network_namespace(row["netns_name"])->inode == inode);
}

TEST_CASE("a namespace that only a descriptor keeps is found and entered through it") {
  REQUIRE_PRIVATE_NETWORK();
  const BackFromElsewhere process(hold_namespace);
  const NetworkNamespaces all = find_network_namespaces();
  const NetworkNamespace* const kept = find(all, folder_of(process.pid()) + "/fd/");
  REQUIRE(kept != nullptr);
  CHECK(kept->inode == netns_at(kept->path));
  CHECK(find_network_namespace(kept->name)->inode == kept->inode);
  Query query = tcp_query();
  query.namespaces = {*kept};
  const Listing listing = Listing::take(std::move(query));
  CHECK(listing.rows().empty());
  CHECK(listing.report().warnings.empty());
}

TEST_CASE("a namespace that only a socket keeps is found and entered through it") {
  REQUIRE_PRIVATE_NETWORK();
  const BackFromElsewhere process(hold_listener);
  const Listing listing = listeners(ProcessSource::Proc, true);
  REQUIRE(listing.rows().size() == 1);
  const SocketRow& row = listing.rows()[0];
  CHECK(row["pid"] == std::to_string(process.pid()));
  CHECK(row.number("netns") != netns_at("/proc/thread-self/ns/net"));
  const auto by_name = find_network_namespace(row["netns_name"]);
  REQUIRE(by_name);
  CHECK(by_name->inode == row.number("netns"));
  CHECK(find_network_namespace(by_name->path)->inode == row.number("netns"));
}

TEST_CASE("sockets that may not be asked for their namespace are counted") {
  REQUIRE_PRIVATE_NETWORK();
  const BackFromElsewhere process(hold_listener);
  const NetworkNamespaces all = without({SYS_pidfd_getfd, SYS_bpf}, [] { return find_network_namespaces(); });
  CHECK(find(all, folder_of(process.pid()) + "/fd/") == nullptr);
  REQUIRE(all.warnings.size() == 1);
  CHECK(all.warnings[0].message.find("could not be asked for theirs") != std::string::npos);
}

TEST_CASE("a namespace that is there and cannot be entered is said") {
  REQUIRE_PRIVATE_NETWORK();
  if (!can_use_bpf()) SKIP_OUT_LOUD("no BPF, which alone tells of it");
  const BackFromElsewhere process(hold_listener);
  const Listing listing = without({SYS_pidfd_getfd}, [] { return listeners(ProcessSource::Proc, true); });
  CHECK(listing.rows().empty());
  const auto& warnings = listing.report().warnings;
  CHECK(std::any_of(warnings.begin(), warnings.end(), [&](const Warning& warning) {
    return warning.message.find("/" + std::to_string(process.pid()) + "/fd/") != std::string::npos &&
           warning.message.find("cannot be entered") != std::string::npos;
  }));
}

TEST_CASE("a listener that was made in another namespace is not unbound in that of its process") {
  REQUIRE_PRIVATE_NETWORK();
  const BackFromElsewhere process(hold_listener);
  Report report;
  CHECK(unbound_of(process.pid(), tcp_query(), &report).empty());
  for (const Warning& warning : report.warnings) CHECK(warning.kind != Warning::Kind::FactsMissing);
}

TEST_CASE("an unbound socket is in the namespace that it was made in") {
  REQUIRE_PRIVATE_NETWORK();
  const BackFromElsewhere process([] {
    hold_unbound();
    hold_namespace();
  });
  CHECK(unbound_of(process.pid()).empty());
  const NetworkNamespaces all = find_network_namespaces();
  const NetworkNamespace* const kept = find(all, folder_of(process.pid()) + "/fd/");
  REQUIRE(kept != nullptr);
  Query query = tcp_query();
  query.namespaces = {*kept};
  const auto rows = unbound_of(process.pid(), query);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].number("netns") == kept->inode);
  query = tcp_query();
  query.all_namespaces = true;
  CHECK(unbound_of(process.pid(), query).size() == 1);
}

TEST_CASE(
    "where the kernel does not tell the namespace of a socket it is looked for in those that can be "
    "entered") {
  REQUIRE_PRIVATE_NETWORK();
  const BackFromElsewhere listening([] {
    hold_listener();
    hold_namespace();
  });
  const Child unbound([] { hold_unbound(); });
  Report report;
  std::vector<SocketRow> of_listening;
  const auto of_unbound = without({SYS_pidfd_getfd}, [&] {
    of_listening = unbound_of(listening.pid());
    return unbound_of(unbound.pid(), tcp_query(), &report);
  });
  CHECK(of_listening.empty());
  CHECK(of_unbound.size() == 1);
  const auto guess = std::find_if(report.warnings.begin(), report.warnings.end(), [](const Warning& warning) {
    return warning.kind == Warning::Kind::FactsMissing;
  });
  REQUIRE(guess != report.warnings.end());
  CHECK(guess->message.find("is a guess") != std::string::npos);
}

}  // namespace sockutils::test::threads_test
