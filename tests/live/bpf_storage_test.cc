#include <linux/bpf.h>
#include <linux/btf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/bytes.h"
#include "live/core_facts.h"
#include "support/catch.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::bpf_storage_test {
namespace {

long bpf(int command, bpf_attr& attributes) {
  return syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

/// A description of one type, a 32-bit integer, without which the kernel makes no such map.
UniqueFd load_type() {
  constexpr std::string_view Names("\0int\0", 5);
  std::string types;
  append_object(types, btf_type{.name_off = 1, .info = BTF_KIND_INT << 24, .size = 4});
  append_object(types, std::uint32_t{BTF_INT_SIGNED << 24 | 32});
  std::string bytes;
  const auto types_size = static_cast<std::uint32_t>(types.size());
  append_object(bytes, btf_header{.magic = BTF_MAGIC,
                                  .version = BTF_VERSION,
                                  .flags = 0,
                                  .hdr_len = sizeof(btf_header),
                                  .type_off = 0,
                                  .type_len = types_size,
                                  .str_off = types_size,
                                  .str_len = static_cast<std::uint32_t>(Names.size())});
  bytes += types;
  bytes += Names;
  bpf_attr attributes{};
  attributes.btf = reinterpret_cast<std::uintptr_t>(bytes.data());
  attributes.btf_size = static_cast<std::uint32_t>(bytes.size());
  return UniqueFd(static_cast<int>(bpf(BPF_BTF_LOAD, attributes)));
}

UniqueFd make_storage_map(const UniqueFd& type) {
  bpf_attr attributes{};
  attributes.map_type = BPF_MAP_TYPE_SK_STORAGE;
  attributes.map_flags = BPF_F_NO_PREALLOC;
  attributes.key_size = 4;
  attributes.value_size = 4;
  attributes.btf_fd = static_cast<std::uint32_t>(type.get());
  attributes.btf_key_type_id = 1;
  attributes.btf_value_type_id = 1;
  return UniqueFd(static_cast<int>(bpf(BPF_MAP_CREATE, attributes)));
}

bool keep_with(const UniqueFd& map, const UniqueFd& socket, std::uint32_t value) {
  const int key = socket.get();
  bpf_attr attributes{};
  attributes.map_fd = static_cast<std::uint32_t>(map.get());
  attributes.key = reinterpret_cast<std::uintptr_t>(&key);
  attributes.value = reinterpret_cast<std::uintptr_t>(&value);
  return bpf(BPF_MAP_UPDATE_ELEM, attributes) == 0;
}

std::uint32_t id_of(const UniqueFd& map) {
  bpf_map_info info{};
  bpf_attr attributes{};
  attributes.info.bpf_fd = static_cast<std::uint32_t>(map.get());
  attributes.info.info = reinterpret_cast<std::uintptr_t>(&info);
  attributes.info.info_len = sizeof info;
  bpf(BPF_OBJ_GET_INFO_BY_FD, attributes);
  return info.id;
}

/// Of the socket with this descriptor, as the kernel tells it.
std::string storages_of(const UniqueFd& fd) {
  Query query;
  query.kinds = kinds_of(Protocol::Tcp);
  query.source = Source::Netlink;
  query.fields = {find_field("inode"), find_field("bpf_storages")};
  return Listing::take_fields(query).the_one("inode", std::to_string(inode_of(fd)))["bpf_storages"];
}

TEST_CASE("what BPF programs keep with a TCP socket is listed by map") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd type = load_type();
  const UniqueFd map = make_storage_map(type);
  if (!map) SKIP_OUT_LOUD("no BPF storage map: " + std::string(std::strerror(errno)));
  const TcpConnection connection = make_tcp_connection();
  REQUIRE(keep_with(map, connection.client, 0xff00000a));
  const std::string expected = std::to_string(id_of(map)) + "=0a0000ff";
  CHECK(storages_of(connection.client) == expected);
  CHECK(storages_of(connection.server) == Absent);
  REQUIRE(keep_with(map, connection.listener, 1));
  CHECK(storages_of(connection.listener) == std::to_string(id_of(map)) + "=01000000");
}

}  // namespace
}  // namespace sockutils::test::bpf_storage_test
