/// Any bytes as what tells who holds a socket: control groups, mounts, files of container runtimes, the
/// arguments of a docker-proxy.
#include <cstdint>
#include <cstdlib>

#include "acquire/containers/container_files.h"
#include "acquire/containers/containers.h"
#include "acquire/containers/docker_proxy.h"
#include "acquire/namespaces/namespaces.h"
#include "acquire/processes/kernel_sockets.h"
#include "acquire/processes/process_groups.h"
#include "common/bytes.h"
#include "fuzz_target.h"

using namespace sockutils;

FUZZ_TARGET(who)(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
  for (const std::string& path : parse_process_groups(text)) {
    static_cast<void>(find_units(path));
    // What the id becomes part of a path with must not lead anywhere else.
    if (const auto trace = find_container(path);
        trace && trace->id.find('/') != std::string::npos && trace->name.empty())
      std::abort();
  }
  static_cast<void>(find_container(text));
  static_cast<void>(unescape_unit(text));
  static_cast<void>(parse_namespace_mounts(text));
  static_cast<void>(parse_docker_config(text));
  static_cast<void>(parse_storage_list(text));
  static_cast<void>(parse_oci_config(text));
  static_cast<void>(parse_docker_root(text));
  static_cast<void>(is_virtual_machine(text));
  static_cast<void>(parse_docker_proxy(text));
  static_cast<void>(parse_descriptors_in_flight(text));
  return 0;
}
