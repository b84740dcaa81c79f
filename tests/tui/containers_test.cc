// A real container, made by the runtime that Docker, podman and containerd use, as the monitor shows it.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"
#include "tests/tui/terminal.h"

namespace tui::test::containers_test {
namespace {

using Catch::Matchers::Contains;
using namespace sockutils::test;

constexpr const char* Tasks = "/run/containerd/io.containerd.runtime.v2.task";
constexpr const char* Busybox = "/bin/busybox";
constexpr const char* Name = "web-shop";
/// Unlike the ports of other tests that may run meanwhile.
constexpr const char* Port = "18473";

bool works(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }

/// Whether it runs where there are no libraries.
bool is_static(const std::string& program) {
  return works("test -x " + program) && !works("readelf -l " + program + " | grep INTERP");
}

/// Waits for a connection, with nothing but a program of its own: what lies in its bundle is what containerd
/// and nerdctl put there.
class Container {
 public:
  Container() : id_(64, 'c'), space_(std::string(Tasks) + "/sockutils-" + std::to_string(::getpid())) {
    const std::string number = std::to_string(::getpid());
    id_.replace(0, number.size(), number);
    const std::string bundle = space_ + "/" + id_;
    // Folders that were not there are nobody's afterwards.
    for (std::string folder = space_; folder != "/run" && !std::filesystem::exists(folder);
         folder = std::filesystem::path(folder).parent_path())
      made_.push_back(folder);
    std::filesystem::create_directories(bundle + "/rootfs/proc");
    std::filesystem::copy_file(Busybox, bundle + "/rootfs/busybox");
    std::ofstream(bundle + "/config.json") << R"({"ociVersion":"1.0.0","hostname":"shop",
      "process":{"terminal":false,"user":{"uid":0,"gid":0},"cwd":"/","noNewPrivileges":true,
                 "args":["/busybox","nc","-l","-p",")"
                                           << Port << R"("]},
      "root":{"path":"rootfs","readonly":true},
      "mounts":[{"destination":"/proc","type":"proc","source":"proc"}],
      "annotations":{"nerdctl/name":")" << Name
                                           << R"("},
      "linux":{"cgroupsPath":"/)" << id_ << R"(",
               "namespaces":[{"type":"pid"},{"type":"network"},{"type":"mount"},{"type":"ipc"},{"type":"uts"}]}})";
    running_ = works("cd " + bundle + " && " + runtime() + " run --detach " + id_ + " </dev/null");
  }
  ~Container() {
    end();
    std::error_code ignored;
    std::filesystem::remove_all(space_, ignored);
    for (const std::string& folder : made_) ::rmdir(folder.c_str());
  }
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

  bool running() const { return running_; }
  void end() {
    if (std::exchange(running_, false)) works(runtime() + " delete --force " + id_);
  }

 private:
  std::string runtime() const { return "timeout 30 runc --root " + folder_.path(); }

  TemporaryFolder folder_;
  std::string id_;
  std::string space_;
  std::vector<std::string> made_;
  bool running_ = false;
};

TEST_CASE("a container is shown by its name, live, when it has ended, and when it is played") {
  REQUIRE_PRIVATE_NETWORK();
  if (::geteuid() != 0) SKIP_OUT_LOUD("containers of this test take root");
  if (!works("runc --version")) SKIP_OUT_LOUD("runc is not installed: ./dev deps --all");
  if (!is_static(Busybox)) SKIP_OUT_LOUD("no statically linked busybox is installed: ./dev deps --all");
  Container container;
  if (!container.running()) SKIP_OUT_LOUD("runc cannot run a container here");
  const TemporaryFolder folder;
  const std::string tape = folder.path() + "/tape";
  {
    Terminal terminal({"-N", "all", "-i", "0.3", "--record", tape, "port", "=", Port}, {.columns = 140});
    REQUIRE(terminal.shows(std::string(Name) + " "));
    CHECK(terminal.shows("LISTEN"));
    CHECK(terminal.shows("busybox/"));
    terminal.press("2");
    CHECK(terminal.shows("busybox"));
    terminal.press("1\r");
    CHECK(terminal.shows("netns_name"));
    terminal.press("G");
    CHECK(terminal.shows("container"));
    terminal.press("\x1b");
    REQUIRE(terminal.shows("NAMESPACE"));
    container.end();
    CHECK(terminal.shows("- " + std::string(Name)));
    CHECK(terminal.shows_no_more("- " + std::string(Name)));
    terminal.press("q");
    REQUIRE(terminal.end() == 0);
  }
  Terminal again({"--replay", tape, "--at", "#2", "port", "=", Port}, {.columns = 140});
  CHECK(again.shows(Name));
  CHECK_THAT(again.screen(), Contains("NAMESPACE") && Contains("busybox/"));
  again.press("}");
  CHECK(again.shows_no_more("busybox/"));
}

}  // namespace
}  // namespace tui::test::containers_test
