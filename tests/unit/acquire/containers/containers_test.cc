#include "acquire/containers/containers.h"

#include "support/catch.h"

namespace sockutils::test::containers_test {
namespace {

const std::string Id(64, 'a');
const std::string OtherId(64, 'b');

/// `runtime name-or-id`, or `-`.
std::string found_in(const std::string& path) {
  const auto trace = find_container(path);
  return trace ? std::string(trace->runtime) + ' ' + trace->id : "-";
}

}  // namespace

TEST_CASE("a container is found by the group that its runtime made, with either cgroup driver") {
  CHECK(found_in("/docker/" + Id) == "docker " + Id);
  CHECK(found_in("/system.slice/docker-" + Id + ".scope") == "docker " + Id);
  CHECK(found_in("/machine.slice/libpod-" + Id + ".scope/container") == "podman " + Id);
  CHECK(found_in("/libpod_parent/libpod-" + Id) == "podman " + Id);
  CHECK(found_in("/system.slice/nerdctl-" + Id + ".scope") == "containerd " + Id);
  CHECK(found_in("/default/" + Id) == "containerd " + Id);
  CHECK(found_in("/lxc.payload.web") == "lxc web");
  CHECK(found_in("/lxc/web/system.slice/ssh.service") == "lxc web");
  CHECK(found_in("/lxc.payload/web") == "lxc web");
  CHECK(found_in("/machine.slice/machine-my\\x2dbox.scope/payload") == "systemd-nspawn my-box");
  CHECK(found_in("/machine.slice/systemd-nspawn@box.service/payload") == "systemd-nspawn box");
  CHECK(found_in("/machine.slice/machine-lxc\\x2d4711\\x2dweb.scope") == "libvirt-lxc web");
  CHECK(found_in("/ecs/7e/" + Id) == " " + Id);
}

TEST_CASE("a container of Kubernetes is found with its pod") {
  const std::string uid = "0d9c6ff5-6b4f-4f2c-b1cf-2d8d3f1f9a10";
  const std::string escaped = "0d9c6ff5_6b4f_4f2c_b1cf_2d8d3f1f9a10";
  const std::string by_name = "/kubepods/burstable/pod" + uid + "/" + Id;
  const std::string by_slice = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + escaped +
                               ".slice/cri-containerd-" + Id + ".scope";
  const std::string unified = "/kubepods.slice/kubepods-pod" + escaped + ".slice/kubepods-pod" + escaped +
                              ".slice:cri-containerd:" + Id;
  for (const std::string& path : {by_name, by_slice, unified}) {
    INFO(path);
    const auto trace = find_container(path);
    REQUIRE(trace);
    CHECK(trace->runtime == "containerd");
    CHECK(trace->id == Id);
    CHECK(trace->pod_uid == uid);
  }
  const auto crio =
      find_container("/kubepods.slice/kubepods-besteffort-pod" + escaped + ".slice/crio-" + Id + ".scope");
  REQUIRE(crio);
  CHECK(crio->runtime == "cri-o");
  CHECK(crio->pod_uid == uid);
}

TEST_CASE("a container within a container is the inner one") {
  CHECK(found_in("/docker/" + Id + "/docker/" + OtherId) == "docker " + OtherId);
  CHECK(found_in("/docker/" + Id + "/kubelet/kubepods/pod0d9c6ff56b4f4f2cb1cf2d8d3f1f9a10/" + OtherId) ==
        "containerd " + OtherId);
}

TEST_CASE("a rootless container is found with its user") {
  const auto trace =
      find_container("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope");
  REQUIRE(trace);
  CHECK(trace->user == 1000u);
}

TEST_CASE("monitors, virtual machines and groups of other kinds are no containers") {
  for (const std::string& path :
       {std::string("/"), std::string(), std::string("/system.slice/ssh.service"),
        "/machine.slice/libpod-conmon-" + Id + ".scope",
        std::string("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope"), std::string("/lxc.monitor.web"),
        "/system.slice/docker-" + Id.substr(1) + ".scope", "/docker/" + std::string(64, 'A'),
        std::string("/lxc.payload."), std::string("/machine-.scope"), "/-" + Id, "/:" + Id,
        std::string("///")}) {
    INFO(path);
    CHECK_FALSE(find_container(path));
  }
}

}  // namespace sockutils::test::containers_test
