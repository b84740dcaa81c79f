#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "live/core_facts.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::processes_test {
namespace {

/// A process called `name` that alone holds a listener, and its row.
struct Holding {
  UniqueFd listener = make_tcp_listener(AF_INET, 1);
  std::string inode = std::to_string(inode_of(listener));
  Child child;

  explicit Holding(const Child::Body& body) : child(body) { listener = UniqueFd(); }
  SocketRow row() const {
    return Listing::take(Source::Netlink, kinds_of(Protocol::Tcp)).the_one("inode", inode);
  }
};

std::string own_name() {
  std::array<char, 16> name{};
  prctl(PR_GET_NAME, name.data());
  return name.data();
}

/// Empty when it may not be read.
std::string read_text(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> buffer{};
  const ssize_t length = read(fd.get(), buffer.data(), buffer.size());
  return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string();
}

/// Where a control group can be made, in either version; empty when nowhere.
std::string writable_groups() {
  for (const char* folder : {"/sys/fs/cgroup/unified", "/sys/fs/cgroup/pids", "/sys/fs/cgroup"})
    if (access((std::string(folder) + "/cgroup.procs").c_str(), W_OK) == 0) return folder;
  return {};
}

TEST_CASE("a process is shown with its parent, its ancestors and its working directory") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const std::string odd = folder.path() + "/\x1b[1m odd\n";
  std::filesystem::create_directory(odd);
  const Holding holding([&] {
    prctl(PR_SET_NAME, "a > b\x1b[0m");
    checked(chdir(odd.c_str()), "chdir");
  });
  const SocketRow row = holding.row();
  CHECK(row["parent_pid"] == std::to_string(getpid()));
  CHECK(row["ancestry"].ends_with(own_name() + " > a > b\x1b[0m"));
  CHECK(row["working_directory"] == odd);
}

TEST_CASE("a process is shown with the time of its start, and how long it has run") {
  REQUIRE_PRIVATE_NETWORK();
  using std::chrono::system_clock;
  const auto before = system_clock::now();
  const Holding holding([] {});
  const SocketRow row = holding.row();
  // The kernel rounds the time at which the machine was started to a second.
  constexpr std::chrono::seconds Rounding{2};
  CHECK(row["process_started"] > time_stamp(before - Rounding));
  CHECK(row["process_started"] < time_stamp(system_clock::now() + Rounding));
  CHECK(row.has("process_age"));
  CHECK(std::chrono::microseconds(row.number("process_age")) < system_clock::now() - before + Rounding);
}

TEST_CASE("a process is shown with the security label that the kernel tells, if any") {
  REQUIRE_PRIVATE_NETWORK();
  const Holding holding([] {});
  std::string label = read_text("/proc/" + std::to_string(holding.child.pid()) + "/attr/current");
  while (!label.empty() && (label.back() == '\n' || label.back() == '\0')) label.pop_back();
  CHECK(holding.row()["security_context"] == (label.empty() ? std::string(Absent) : label));
}

TEST_CASE("a process is shown with its control group") {
  REQUIRE_PRIVATE_NETWORK();
  const Holding holding([] {});
  const SocketRow row = holding.row();
  const std::string groups = read_text("/proc/" + std::to_string(holding.child.pid()) + "/cgroup");
  CHECK(groups.find(':' + row["process_cgroup"] + '\n') != std::string::npos);
}

TEST_CASE("a process in the control group of a container is shown with the container") {
  REQUIRE_PRIVATE_NETWORK();
  const std::string root = writable_groups();
  if (root.empty()) SKIP_OUT_LOUD("no control group can be made here");
  const std::string id(64, 'e');
  const std::string top = root + "/sockutils-" + std::to_string(getpid());
  std::error_code refused;
  std::filesystem::create_directories(top + "/docker/" + id, refused);
  if (refused) SKIP_OUT_LOUD("no control group can be made here: " + refused.message());
  {
    const Holding holding([&] { write_kernel_file(top + "/docker/" + id + "/cgroup.procs", "0"); });
    const SocketRow row = holding.row();
    CHECK(row["container_id"] == id);
    CHECK(row["container"] == id.substr(0, 12));
    CHECK(row["container_runtime"] == "docker");
    CHECK(row["process_cgroup"].ends_with("/docker/" + id));
  }
  const std::string all_of_them = top + "/docker";
  const std::string this_one = all_of_them + "/" + id;
  for (const std::string& folder : {this_one, all_of_them, top})
    CHECK(eventually([&] { return rmdir(folder.c_str()) == 0; }));
}

}  // namespace
}  // namespace sockutils::test::processes_test
