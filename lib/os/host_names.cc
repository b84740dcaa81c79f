#include "os/host_names.h"

#include <netdb.h>
#include <sys/socket.h>

#include <cstring>

#include "common/module.h"
#include "os/real_system.h"

namespace sockutils {
namespace real {

std::vector<Address> host_addresses(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  std::vector<Address> addresses;
  if (getaddrinfo(name.c_str(), nullptr, &hints, &first) != 0) return addresses;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(first, freeaddrinfo);
  for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
    Address address;
    if (entry->ai_family == AF_INET) {
      sockaddr_in v4{};
      std::memcpy(&v4, entry->ai_addr, sizeof v4);
      std::memcpy(address.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
    } else if (entry->ai_family == AF_INET6) {
      sockaddr_in6 v6{};
      std::memcpy(&v6, entry->ai_addr, sizeof v6);
      std::memcpy(address.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
      address.is_v6 = true;
    } else {
      continue;
    }
    addresses.push_back(address);
  }
  return addresses;
}

Result<std::vector<HostName>> host_names(const std::vector<Address>& addresses,
                                         std::chrono::milliseconds limit) {
#ifdef SOCKUTILS_HAVE_CARES
  static const auto library = load_module_as<HostNameLibrary>("names", "host names");
  return library ? (*library)->look_up(addresses, limit) : tl::unexpected(library.error());
#else
  static_cast<void>(addresses), static_cast<void>(limit);
  return tl::unexpected(Error{0, "look up", "host names", "built without c-ares"});
#endif
}

}  // namespace real

std::string_view host_name_library() {
#ifdef SOCKUTILS_HAVE_CARES
  return "c-ares";
#else
  return {};
#endif
}

}  // namespace sockutils
