#include "acquire/containers/containers.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "acquire/processes/group_path.h"
#include "acquire/processes/process_groups.h"
#include "common/parse_number.h"

namespace sockutils {
namespace {

struct RuntimeWord {
  std::string_view word;
  std::string_view runtime;
};

/// What stands before the id, or is the folder around it.
constexpr std::array<RuntimeWord, 9> RuntimeWords{{
    {"docker", "docker"},
    {"libpod", "podman"},
    {"libpod_parent", "podman"},
    {"cri-containerd", "containerd"},
    {"nerdctl", "containerd"},
    {"moby", "docker"},
    {"crio", "cri-o"},
    {"default", "containerd"},
    {"k8s.io", "containerd"},
}};

std::string_view runtime_of(std::string_view word) {
  for (const RuntimeWord& row : RuntimeWords)
    if (row.word == word) return row.runtime;
  return {};
}

bool is_container_id(std::string_view text) {
  constexpr std::size_t Length = 64;
  return text.size() == Length && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool remove_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool remove_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// `docker-ID.scope`, `libpod-ID`, `kubepods-pod1.slice:cri-containerd:ID`
std::optional<ContainerTrace> with_prefix(std::string_view component) {
  remove_suffix(component, ".scope");
  const std::size_t end = component.find_last_of("-:");
  if (end == std::string_view::npos || !is_container_id(component.substr(end + 1))) return std::nullopt;
  std::string_view word = component.substr(0, end);
  if (component[end] == ':') word.remove_prefix(word.rfind(':') + 1);
  const std::string_view runtime = runtime_of(word);
  // conmon, the monitor of podman and CRI-O, has a group after the id of its container.
  if (runtime.empty()) return std::nullopt;
  return ContainerTrace{runtime, std::string(component.substr(end + 1)), {}, {}, {}};
}

/// `ID` in a folder of the runtime, or in that of a pod.
std::optional<ContainerTrace> bare_id(std::string_view component, std::string_view folder) {
  if (!is_container_id(component)) return std::nullopt;
  const std::string_view runtime = folder.starts_with("pod") ? "containerd" : runtime_of(folder);
  return ContainerTrace{runtime, std::string(component), {}, {}, {}};
}

ContainerTrace named(std::string_view runtime, const std::string& name) {
  return ContainerTrace{runtime, name, name, {}, {}};
}

std::optional<ContainerTrace> lxc(std::string_view component, std::string_view folder) {
  if (folder == "lxc" || folder == "lxc.payload") return named("lxc", std::string(component));
  if (!remove_prefix(component, "lxc.payload.") || component.empty()) return std::nullopt;
  return named("lxc", std::string(component));
}

/// A name that libvirt made: `lxc-4711-web`. Virtual machines have groups of this kind too.
std::optional<ContainerTrace> machine(std::string_view escaped) {
  std::string name = unescape_unit(escaped);
  if (name.empty() || name.starts_with("qemu-")) return std::nullopt;
  if (!name.starts_with("lxc-")) return named("systemd-nspawn", name);
  const std::size_t after_number = name.find('-', 4);
  if (after_number != std::string::npos) name.erase(0, after_number + 1);
  return named("libvirt-lxc", name);
}

std::optional<ContainerTrace> systemd_machine(std::string_view component) {
  if (remove_suffix(component, ".scope"))
    return remove_prefix(component, "machine-") ? machine(component) : std::nullopt;
  if (!remove_suffix(component, ".service")) return std::nullopt;
  return remove_prefix(component, "systemd-nspawn@") ? machine(component) : std::nullopt;
}

/// `pod1c2d...` or `kubepods-burstable-pod1c2d_....slice`: systemd's names have no dashes of their own.
std::string pod_uid(std::string_view component) {
  remove_suffix(component, ".slice");
  const std::size_t dash = component.rfind('-');
  const bool systemd = component.starts_with("kubepods") && dash != std::string_view::npos;
  if (systemd) component.remove_prefix(dash + 1);
  constexpr std::size_t Length = 36;
  if (!remove_prefix(component, "pod") || component.size() < 32 || component.size() > Length) return {};
  std::string uid(component);
  if (systemd) std::replace(uid.begin(), uid.end(), '_', '-');
  const bool is_uid = uid.find_first_not_of("0123456789abcdef-") == std::string::npos;
  return is_uid ? uid : std::string();
}

/// `user-1000.slice` or `user@1000.service`
std::optional<std::uint32_t> user_of(std::string_view component) {
  const bool is_user = (remove_prefix(component, "user-") && remove_suffix(component, ".slice")) ||
                       (remove_prefix(component, "user@") && remove_suffix(component, ".service"));
  return is_user ? parse_number<std::uint32_t>(component) : std::nullopt;
}

std::optional<ContainerTrace> trace_of(std::string_view component, std::string_view folder) {
  if (auto found = with_prefix(component)) return found;
  if (auto found = bare_id(component, folder)) return found;
  if (auto found = lxc(component, folder)) return found;
  return systemd_machine(component);
}

void add_surroundings(ContainerTrace& trace, std::span<const std::string_view> folders) {
  for (const std::string_view folder : folders) {
    if (std::string uid = pod_uid(folder); !uid.empty()) trace.pod_uid = std::move(uid);
    if (const auto user = user_of(folder)) trace.user = user;
  }
}

}  // namespace

std::optional<ContainerTrace> find_container(std::string_view path) {
  const std::vector<std::string_view> components = split_group_path(path);
  for (std::size_t i = components.size(); i-- > 0;) {
    auto found = trace_of(components[i], i > 0 ? components[i - 1] : std::string_view{});
    if (!found) continue;
    add_surroundings(*found, std::span(components).first(i));
    return found;
  }
  return std::nullopt;
}

}  // namespace sockutils
