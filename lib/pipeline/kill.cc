#include "pipeline/kill.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "acquire/namespaces/namespaces.h"
#include "family/inet/destroy.h"
#include "os/netlink_request.h"

namespace sockutils {
namespace {

constexpr std::array<std::string_view, 9> IdentityNames{"family",          "protocol",      "cookie",
                                                        "netns",           "local_port",    "peer_port",
                                                        "interface_index", "local_address", "peer_address"};

template <class T>
std::optional<T> take(const OptionalValue& value) {
  const T* const held = value ? std::get_if<T>(&*value) : nullptr;
  return held != nullptr ? std::optional(*held) : std::nullopt;
}

template <class T>
T number_in(const OptionalValue& value) {
  return static_cast<T>(take<std::uint64_t>(value).value_or(0));
}

std::string name_of(const SocketIdentity& identity) {
  std::string text(name(identity.protocol));
  const auto append = [&](const char* before, const Endpoint& end) {
    append_value(text += before, end, Type::Endpoint, Style::Plain);
  };
  append(" ",
         {.address = identity.local_address, .port = identity.local_port, .scope_id = identity.interface});
  append(" - ", {.address = identity.peer_address, .port = identity.peer_port});
  return text;
}

}  // namespace

std::span<const Field* const> identity_fields() {
  static const std::array<const Field*, IdentityNames.size()> fields = [] {
    std::array<const Field*, IdentityNames.size()> found{};
    std::transform(IdentityNames.begin(), IdentityNames.end(), found.begin(), find_field);
    return found;
  }();
  return fields;
}

std::optional<SocketIdentity> identity_of(Values values) {
  if (values.size() != IdentityNames.size()) return std::nullopt;
  const auto family = take<Family>(values[0]);
  const auto protocol = take<Protocol>(values[1]);
  const auto cookie = take<std::uint64_t>(values[2]);
  if (!family || !protocol || !cookie || !is_internet(*family)) return std::nullopt;
  SocketIdentity identity{*family, *protocol, *cookie, take<std::uint64_t>(values[3]), {}, {}, 0, 0, 0};
  identity.local_port = number_in<std::uint16_t>(values[4]);
  identity.peer_port = number_in<std::uint16_t>(values[5]);
  identity.interface = number_in<std::uint32_t>(values[6]);
  identity.local_address = take<Address>(values[7]).value_or(Address{});
  identity.peer_address = take<Address>(values[8]).value_or(Address{});
  identity.local_address.is_v6 = identity.peer_address.is_v6 = *family == Family::Inet6;
  return identity;
}

bool can_be_closed(Family family, Protocol protocol) {
  return is_internet(family) && (protocol == Protocol::Tcp || protocol == Protocol::Udp);
}

Result<void> close_socket(const System& system, const SocketIdentity& identity) {
  const auto fail = [&](int code, std::string detail) {
    return tl::unexpected(Error{code, "close", name_of(identity), std::move(detail)});
  };
  if (!can_be_closed(identity.family, identity.protocol)) return fail(EOPNOTSUPP, "neither TCP nor UDP");
  if (identity.cookie == 0) return fail(EINVAL, "without a cookie");
  const auto here = system.file_inode(OwnNetworkNamespace);
  if (identity.netns && here && *here != *identity.netns) return fail(EXDEV, "in another network namespace");

  const auto channel = system.open_sock_diag();
  if (!channel) return tl::unexpected(channel.error());
  std::string payload;
  inet::append_destroy_request(payload, identity);
  return netlink_request(**channel, SOCK_DESTROY, as_bytes(payload), "close", name_of(identity));
}

Result<void> close_socket(const SocketIdentity& identity) { return close_socket(real_system(), identity); }

}  // namespace sockutils
