/// Which container a process runs in, from the path of its control group. Everything here is pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sockutils {

/// What the path alone tells. Members are empty when it does not.
struct ContainerTrace {
  /// `docker`, `podman`, `containerd`, `cri-o`, `lxc`, `systemd-nspawn`, `libvirt-lxc`.
  std::string_view runtime;
  /// 64 hexadecimal digits, or the name where the runtime has no other id.
  std::string id;
  std::string name;
  /// The uid of a pod of Kubernetes.
  std::string pod_uid;
  /// Who runs it, when that is not root: a rootless container.
  std::optional<std::uint32_t> user;
};

/// The innermost container in `path`, or none. Follows what the runtimes do with either cgroup driver:
/// /docker/ID, docker-ID.scope, libpod-ID.scope, /kubepods/.../podUID/ID, cri-containerd-ID.scope,
/// crio-ID.scope, lxc.payload.NAME, /lxc/NAME, machine-NAME.scope, systemd-nspawn@NAME.service.
std::optional<ContainerTrace> find_container(std::string_view path);

}  // namespace sockutils
