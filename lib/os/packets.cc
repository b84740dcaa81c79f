#include "os/packets.h"

#include "common/module.h"

namespace sockutils {

#ifdef SOCKUTILS_HAVE_CAPTURE
Result<const PacketLibrary*> packet_library() {
  static const Result<const PacketLibrary*> library = load_module_as<PacketLibrary>("capture", "capture");
  return library;
}

#else

Result<const PacketLibrary*> packet_library() {
  return tl::unexpected(Error{0, "load", "capture", "built without libpcap"});
}

#endif

}  // namespace sockutils
