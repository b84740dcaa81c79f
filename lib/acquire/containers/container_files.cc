#include "acquire/containers/container_files.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "acquire/processes/caller.h"

namespace sockutils {
namespace {

/// What these files have at most: a list of ten thousand containers. The rest is no such file.
constexpr std::size_t Limit = 8u << 20;

constexpr std::array<std::string_view, 2> ContainerdTasks{
    "/run/containerd/io.containerd.runtime.v2.task", "/run/k3s/containerd/io.containerd.runtime.v2.task"};
/// By the driver that stores the layers.
constexpr std::array<std::string_view, 4> StorageLists{
    "/overlay-containers/containers.json", "/vfs-containers/containers.json",
    "/btrfs-containers/containers.json", "/zfs-containers/containers.json"};

bool means_nothing_there(int error) { return error == ENOENT || error == ENOTDIR; }

}  // namespace

void ContainerFiles::remember(const std::string& path, const std::string& problem, bool is_refusal) {
  const auto known = std::find_if(problems_.begin(), problems_.end(),
                                  [&](const Problem& entry) { return entry.text == problem; });
  Problem& entry =
      known != problems_.end() ? *known : problems_.emplace_back(Problem{path, problem, is_refusal, 0});
  ++entry.files;
}

std::optional<std::string> ContainerFiles::read(const std::string& path) {
  auto text = system_.read_small_file(path, Limit);
  if (text) return std::move(*text);
  const Error& error = text.error();
  if (means_nothing_there(error.code)) return std::nullopt;
  Error reason = error;
  reason.subject.clear();
  remember(path, reason.message(), error.code == EACCES || error.code == EPERM);
  return std::nullopt;
}

std::vector<Warning> ContainerFiles::warnings() const {
  std::vector<Warning> warnings;
  for (const Problem& problem : problems_) {
    std::string message = "names of containers may be missing: " + problem.example + ": " + problem.text;
    if (problem.files > 1) message += " (and " + std::to_string(problem.files - 1) + " more like it)";
    warnings.push_back({Warning::Kind::NamesMissing, std::move(message),
                        problem.is_refusal ? Caller(system_).remedy({Capability::DacReadSearch}) : "",
                        "names of containers: " + problem.text});
  }
  return warnings;
}

std::string ContainerFiles::home_of(const ContainerTrace& trace) const {
  return trace.user && *trace.user != 0 ? system_.home_directory(*trace.user) : std::string();
}

std::vector<std::string> ContainerFiles::docker_folders(const ContainerTrace& trace) {
  if (const std::string home = home_of(trace); !home.empty()) return {home + "/.local/share/docker"};
  if (!docker_root_) {
    docker_root_.emplace();
    constexpr const char* Settings = "/etc/docker/daemon.json";
    if (const auto text = read(Settings)) {
      auto root = parse_docker_root(*text);
      root ? static_cast<void>(docker_root_ = std::move(*root)) : remember(Settings, root.error(), false);
    }
    if (docker_root_->empty()) docker_root_ = "/var/lib/docker";
  }
  return {*docker_root_};
}

ContainerFacts ContainerFiles::from_docker(const ContainerTrace& trace) {
  for (const std::string& folder : docker_folders(trace)) {
    const std::string path = folder + "/containers/" + trace.id + "/config.v2.json";
    const auto text = read(path);
    if (!text) continue;
    auto facts = parse_docker_config(*text);
    if (facts) return std::move(*facts);
    remember(path, facts.error(), false);
  }
  return {};
}

const ContainerFiles::StorageList& ContainerFiles::storage_list(const std::string& path) {
  const auto [entry, is_new] = lists_.try_emplace(path);
  if (!is_new) return entry->second;
  if (const auto text = read(path)) {
    auto list = parse_storage_list(*text);
    list ? static_cast<void>(entry->second = std::move(*list)) : remember(path, list.error(), false);
  }
  return entry->second;
}

ContainerFacts ContainerFiles::from_storage(const ContainerTrace& trace) {
  const std::string home = home_of(trace);
  const std::string root =
      home.empty() ? "/var/lib/containers/storage" : home + "/.local/share/containers/storage";
  for (const std::string_view list : StorageLists) {
    const StorageList& known = storage_list(root + std::string(list));
    if (const auto found = known.find(trace.id); found != known.end()) return found->second;
  }
  return {};
}

ContainerFacts ContainerFiles::from_containerd(const ContainerTrace& trace) {
  for (const std::string_view tasks : ContainerdTasks) {
    const auto spaces = system_.list_directory(std::string(tasks));
    if (!spaces) {
      if (!means_nothing_there(spaces.error().code))
        remember(std::string(tasks), Error{spaces.error().code, "open", {}, {}}.message(), true);
      continue;
    }
    for (const std::string& space : *spaces) {
      const std::string path = std::string(tasks) + '/' + space + '/' + trace.id + "/config.json";
      const auto text = read(path);
      if (!text) continue;
      auto facts = parse_oci_config(*text);
      if (facts) return std::move(*facts);
      remember(path, facts.error(), false);
    }
  }
  return {};
}

ContainerFacts ContainerFiles::look_up(const ContainerTrace& trace) {
  if (trace.runtime == "docker") return from_docker(trace);
  if (trace.runtime == "podman" || trace.runtime == "cri-o") return from_storage(trace);
  if (trace.runtime == "containerd") return from_containerd(trace);
  if (!trace.runtime.empty()) return {};
  ContainerFacts facts = from_docker(trace);
  return facts.name.empty() ? from_containerd(trace) : facts;
}

ContainerFacts ContainerFiles::facts_of(const ContainerTrace& trace) {
  if (!trace.name.empty()) return {trace.name, {}};
  const auto known = known_.find(trace.id);
  if (known != known_.end()) return known->second;
  return known_.emplace(trace.id, look_up(trace)).first->second;
}

bool ContainerFiles::is_machine(const ContainerTrace& trace) {
  if (trace.runtime != "systemd-nspawn" || trace.name.find('/') != std::string::npos) return false;
  const auto text = read("/run/systemd/machines/" + trace.name);
  return text && is_virtual_machine(*text);
}

}  // namespace sockutils
