#include "sockutils/version.h"

#include "os/packets.h"
#include "os/system.h"
#include "os/tls.h"

namespace sockutils {

std::string version() { return SOCKUTILS_VERSION; }

std::vector<Feature> features() {
  const std::string_view resolver = host_name_library();
  const auto tls = tls_library();
  const auto capture = packet_library();
  return {
      {"host names", !resolver.empty(), std::string(resolver.empty() ? "built without c-ares" : resolver)},
      {"owners by BPF", has_bpf(),
       has_bpf() ? "a kernel iterator, where it may be loaded" : "built without BPF"},
      {"TLS", tls.has_value(), tls ? (*tls)->name() : tls.error().detail},
      {"capture", capture.has_value(), capture ? (*capture)->name() : capture.error().detail}};
}

}  // namespace sockutils
