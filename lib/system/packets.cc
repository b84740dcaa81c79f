#include "system/packets.h"

#include "system/module.h"

namespace sockutils {

#ifdef SOCKUTILS_HAVE_CAPTURE
namespace {

Result<const PacketLibrary*> load() {
  const std::string file = "libsockutils-capture.so";
  const auto found = load_module(file, "sockutils_capture_module", "capture");
  if (!found) return tl::unexpected(found.error());
  const PacketModule* const module = reinterpret_cast<PacketModuleEntry>(*found)();
  if (std::string_view(module->version) != SOCKUTILS_VERSION)
    return tl::unexpected(other_module_version(file, module->version, "capture"));
  return module->library;
}

}  // namespace

Result<const PacketLibrary*> packet_library() {
  static const Result<const PacketLibrary*> library = load();
  return library;
}

#else

Result<const PacketLibrary*> packet_library() {
  return tl::unexpected(Error{0, "load", "capture", "built without libpcap"});
}

#endif

}  // namespace sockutils
