/// What container runtimes write down about their containers. The parsers are pure; no daemon is asked.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "acquire/containers/containers.h"
#include "os/system.h"
#include "sockutils/error.h"

namespace sockutils {

/// Members are empty when the file does not say.
struct ContainerFacts {
  std::string name;
  /// `namespace/name`
  std::string pod;
};

/// What is wrong with a file, in words.
template <class T>
using Parsed = tl::expected<T, std::string>;

/// Docker's config.v2.json.
Parsed<ContainerFacts> parse_docker_config(std::string_view text);
/// containers.json of containers/storage (podman, CRI-O): facts by id.
Parsed<std::unordered_map<std::string, ContainerFacts>> parse_storage_list(std::string_view text);
/// config.json of the OCI runtime specification, which has the annotations of containerd and of CRI-O.
Parsed<ContainerFacts> parse_oci_config(std::string_view text);
/// `data-root` in Docker's daemon.json; empty when it has none.
Parsed<std::string> parse_docker_root(std::string_view text);
/// Whether a file in /run/systemd/machines speaks of a virtual machine.
bool is_virtual_machine(std::string_view text);

/// Reads those files, each once. Not for several threads at once.
class ContainerFiles {
 public:
  explicit ContainerFiles(const System& system) : system_(system) {}

  /// What is known of a container; empty when no file tells, or none may be read.
  ContainerFacts facts_of(const ContainerTrace& trace);
  /// Whether it is none after all, but a virtual machine.
  bool is_machine(const ContainerTrace& trace);

  /// What stood in the way, one for each reason.
  std::vector<Warning> warnings() const;

 private:
  using StorageList = std::unordered_map<std::string, ContainerFacts>;

  ContainerFacts look_up(const ContainerTrace& trace);
  ContainerFacts from_docker(const ContainerTrace& trace);
  ContainerFacts from_storage(const ContainerTrace& trace);
  ContainerFacts from_containerd(const ContainerTrace& trace);
  std::vector<std::string> docker_folders(const ContainerTrace& trace);
  const StorageList& storage_list(const std::string& path);
  std::string home_of(const ContainerTrace& trace) const;

  /// The file's text; none when it is not there. What else goes wrong is remembered.
  std::optional<std::string> read(const std::string& path);
  void remember(const std::string& path, const std::string& problem, bool is_refusal);

  struct Problem {
    std::string example;
    std::string text;
    bool is_refusal = false;
    std::size_t files = 0;
  };

  const System& system_;
  std::map<std::string, ContainerFacts> known_;
  std::map<std::string, StorageList> lists_;
  std::optional<std::string> docker_root_;
  std::vector<Problem> problems_;
};

}  // namespace sockutils
