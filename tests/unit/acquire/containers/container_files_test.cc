#include "acquire/containers/container_files.h"

#include <cerrno>

#include "support/catch.h"
#include "support/fake_system.h"

namespace sockutils::test::container_files_test {
namespace {

const std::string Id(64, 'a');
const std::string DockerFile = "/var/lib/docker/containers/" + Id + "/config.v2.json";
const std::string PodmanFile = "/var/lib/containers/storage/overlay-containers/containers.json";
const std::string Tasks = "/run/containerd/io.containerd.runtime.v2.task";

ContainerTrace trace(std::string_view runtime) { return {runtime, Id, {}, {}, {}}; }

}  // namespace

TEST_CASE("a container of Docker has the name in its config.v2.json") {
  FakeSystem system;
  system.files[DockerFile] = R"({"ID":"aaaa","Name":"/web","Config":{"Image":"nginx"}})";
  ContainerFiles files(system);
  CHECK(files.facts_of(trace("docker")).name == "web");
  CHECK(files.warnings().empty());
}

TEST_CASE("Docker may keep its files elsewhere, and those of a user at home") {
  FakeSystem system;
  system.files["/etc/docker/daemon.json"] = R"({"data-root": "/srv/docker"})";
  system.files["/srv/docker/containers/" + Id + "/config.v2.json"] = R"({"Name":"/moved"})";
  system.homes[1000] = "/home/me";
  system.files["/home/me/.local/share/docker/containers/" + Id + "/config.v2.json"] = R"({"Name":"/mine"})";
  ContainerFiles files(system);
  ContainerTrace rootless = trace("docker");
  rootless.user = 1000;
  CHECK(files.facts_of(trace("docker")).name == "moved");
  CHECK(ContainerFiles(system).facts_of(rootless).name == "mine");
}

TEST_CASE("a container of podman has the first of its names, and of CRI-O also its pod") {
  FakeSystem system;
  system.files[PodmanFile] =
      R"([{"id":"bbbb","names":["db"]},{"id":")" + Id + R"(","names":["web","alias"]}])";
  ContainerFiles files(system);
  CHECK(files.facts_of(trace("podman")).name == "web");
  system.files[PodmanFile] = R"([{"id":")" + Id + R"(","names":["k8s_nginx_nginx-7d4_shop_0d9c_0"]}])";
  ContainerFiles crio(system);
  CHECK(crio.facts_of(trace("cri-o")).name == "nginx");
  CHECK(crio.facts_of(trace("cri-o")).pod == "shop/nginx-7d4");
}

TEST_CASE("a container of containerd has the names in its annotations") {
  FakeSystem system;
  system.directories[Tasks] = {"default", "k8s.io"};
  system.files[Tasks + "/k8s.io/" + Id + "/config.json"] =
      R"({"ociVersion":"1.1.0","annotations":{"io.kubernetes.cri.container-name":"nginx",
          "io.kubernetes.cri.sandbox-name":"nginx-7d4","io.kubernetes.cri.sandbox-namespace":"shop"}})";
  ContainerFiles files(system);
  CHECK(files.facts_of(trace("containerd")).name == "nginx");
  CHECK(files.facts_of(trace("containerd")).pod == "shop/nginx-7d4");
  system.files[Tasks + "/k8s.io/" + Id + "/config.json"] = R"({"annotations":{"nerdctl/name":"web"}})";
  CHECK(ContainerFiles(system).facts_of(trace("containerd")).name == "web");
}

TEST_CASE("a file is read once, however many processes are in its container") {
  FakeSystem system;
  system.files[DockerFile] = R"({"Name":"/web"})";
  ContainerFiles files(system);
  files.facts_of(trace("docker"));
  system.accesses.clear();
  CHECK(files.facts_of(trace("docker")).name == "web");
  CHECK(system.accesses.empty());
}

TEST_CASE("a container whose files are gone has no name, and that is no warning") {
  FakeSystem system;
  ContainerFiles files(system);
  CHECK(files.facts_of(trace("docker")).name.empty());
  CHECK(files.facts_of(trace("podman")).name.empty());
  CHECK(files.facts_of(trace("containerd")).name.empty());
  CHECK(files.facts_of(trace("")).name.empty());
  CHECK(files.warnings().empty());
}

TEST_CASE("a broken file is a warning that names it") {
  for (const std::string& broken :
       {std::string(), std::string("{"), std::string(R"({"Name":)"), std::string("[]"),
        std::string(R"({"Name":5})"), std::string("\xff\xfe"), std::string("\0", 1),
        std::string(1 << 20, '['), std::string(R"({"Name":""})")}) {
    FakeSystem system;
    system.files[DockerFile] = broken;
    ContainerFiles files(system);
    CHECK(files.facts_of(trace("docker")).name.empty());
    REQUIRE(files.warnings().size() == 1);
    CHECK(files.warnings().front().message.find(DockerFile) != std::string::npos);
    CHECK(files.warnings().front().kind == Warning::Kind::NamesMissing);
  }
}

TEST_CASE("brackets without end are a broken list, whatever reads it") {
  const std::string deep(4 << 20, '[');
  CHECK_FALSE(parse_docker_config(deep));
  CHECK_FALSE(parse_storage_list(deep));
  CHECK_FALSE(parse_oci_config(deep));
  CHECK_FALSE(parse_docker_root(deep));
  std::string closed(1 << 20, '[');
  closed.append(1 << 20, ']');
  CHECK(parse_storage_list(closed)->empty());
}

TEST_CASE("a huge file and one that may not be read are skipped with a warning, each reason once") {
  FakeSystem system;
  system.files[DockerFile] = std::string(9 << 20, ' ');
  system.errors[PodmanFile] = EACCES;
  system.errors["/var/lib/containers/storage/vfs-containers/containers.json"] = EACCES;
  ContainerFiles files(system);
  files.facts_of(trace("docker"));
  files.facts_of(ContainerTrace{"podman", std::string(64, 'b'), {}, {}, {}});
  const auto warnings = files.warnings();
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].message.find("File too large") != std::string::npos);
  CHECK(warnings[1].message.find("Permission denied (and 1 more like it)") != std::string::npos);
  CHECK(warnings[1].remedy.find("CAP_DAC_READ_SEARCH") != std::string::npos);
}

TEST_CASE("names of containers may hold any bytes") {
  FakeSystem system;
  system.files[DockerFile] = R"({"Name":"/\u001b[31mred\u0000\n"})";
  CHECK(ContainerFiles(system).facts_of(trace("docker")).name == std::string("\x1b[31mred\0\n", 10));
}

TEST_CASE("a machine of systemd is a container unless its file says that it is a virtual one") {
  FakeSystem system;
  const ContainerTrace box{"systemd-nspawn", "box", "box", {}, {}};
  CHECK_FALSE(ContainerFiles(system).is_machine(box));
  system.files["/run/systemd/machines/box"] = "NAME=box\nSERVICE=systemd-nspawn\nCLASS=container\n";
  CHECK_FALSE(ContainerFiles(system).is_machine(box));
  system.files["/run/systemd/machines/box"] = "NAME=box\nCLASS=vm\n";
  CHECK(ContainerFiles(system).is_machine(box));
}

}  // namespace sockutils::test::container_files_test
