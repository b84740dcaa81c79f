/// What the kernel itself costs: the same questions as the tools ask, the answers thrown away.
///
///   kernel_floor dump [EXTENSIONS]   both families of TCP, one request each, with a mask of idiag_ext
///   kernel_floor filtered            the same, with bytecode for `dport = :443 and dst 10.0.0.0/8`
///   kernel_floor walk                every link of every /proc/PID/fd, read and thrown away
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "kernel_floor: %s: %s\n", what, std::strerror(errno));
  std::exit(3);
}

template <class T>
void append(std::string& out, const T& object) {
  out.append(reinterpret_cast<const char*>(std::addressof(object)), sizeof object);
}

/// Jumps are in bytes from the operation: `yes` to the next one, `no` behind the end, which refuses.
std::string bytecode() {
  inet_diag_hostcond network{};
  network.family = AF_INET;
  network.prefix_len = 8;
  network.port = -1;
  const __be32 address = htonl(0x0a000000);
  const std::size_t condition = sizeof(inet_diag_bc_op) + sizeof network + sizeof address;
  const std::size_t port = 2 * sizeof(inet_diag_bc_op);
  const auto op = [](unsigned code, std::size_t yes, std::size_t no) {
    return inet_diag_bc_op{static_cast<unsigned char>(code), static_cast<unsigned char>(yes),
                           static_cast<unsigned short>(no)};
  };
  std::string out;
  append(out, op(INET_DIAG_BC_D_GE, port, 2 * port + condition + 4));
  append(out, op(0, 0, 443));
  append(out, op(INET_DIAG_BC_D_LE, port, port + condition + 4));
  append(out, op(0, 0, 443));
  append(out, op(INET_DIAG_BC_D_COND, condition, condition + 4));
  append(out, network);
  append(out, address);
  return out;
}

std::string request(int family, unsigned extensions, const std::string& filter) {
  inet_diag_req_v2 question{};
  question.sdiag_family = static_cast<__u8>(family);
  question.sdiag_protocol = IPPROTO_TCP;
  question.idiag_ext = static_cast<__u8>(extensions);
  question.idiag_states = ~0u;
  nlmsghdr header{};
  header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = 1;
  header.nlmsg_len = static_cast<__u32>(sizeof header + sizeof question);
  if (!filter.empty()) header.nlmsg_len += static_cast<__u32>(sizeof(nlattr) + filter.size());
  std::string out;
  append(out, header);
  append(out, question);
  if (filter.empty()) return out;
  append(out, nlattr{static_cast<__u16>(sizeof(nlattr) + filter.size()), INET_DIAG_REQ_BYTECODE});
  return out + filter;
}

/// Only the first message of a datagram is looked at: the one that ends a dump comes alone, or last.
bool ends_dump(const std::vector<char>& buffer, std::size_t length) {
  std::size_t offset = 0;
  while (offset + sizeof(nlmsghdr) <= length) {
    nlmsghdr header;
    std::memcpy(&header, buffer.data() + offset, sizeof header);
    if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) return true;
    if (header.nlmsg_len < sizeof header) return true;
    offset += NLMSG_ALIGN(header.nlmsg_len);
  }
  return false;
}

void dump(unsigned extensions, const std::string& filter) {
  const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) fail("socket");
  std::vector<char> buffer(64 * 1024);
  for (const int family : {AF_INET, AF_INET6}) {
    const std::string question = request(family, extensions, filter);
    if (::send(fd, question.data(), question.size(), 0) < 0) fail("send");
    for (;;) {
      const ssize_t length = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (length < 0) fail("recv");
      if (ends_dump(buffer, static_cast<std::size_t>(length))) break;
    }
  }
  ::close(fd);
}

bool is_number(const char* name) { return *name >= '0' && *name <= '9'; }

void walk() {
  DIR* const processes = ::opendir("/proc");
  if (processes == nullptr) fail("/proc");
  std::array<char, PATH_MAX> target;
  while (const dirent* process = ::readdir(processes)) {
    if (!is_number(process->d_name)) continue;
    DIR* const files = ::opendir(("/proc/" + std::string(process->d_name) + "/fd").c_str());
    if (files == nullptr) continue;
    while (const dirent* file = ::readdir(files))
      if (is_number(file->d_name) &&
          ::readlinkat(::dirfd(files), file->d_name, target.data(), target.size()) < 0)
        continue;
    ::closedir(files);
  }
  ::closedir(processes);
}

/// What the kernel takes to connect to every TCP port of this machine, one after the other.
void connect_to_all() {
  constexpr int Last = 65535;
  for (int port = 1; port <= Last; ++port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    // Refused or not: it was asked for.
    static_cast<void>(
        ::connect(fd, reinterpret_cast<const sockaddr*>(std::addressof(address)), sizeof address));
    ::close(fd);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "dump")
    dump(argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 0)) : 0, "");
  else if (what == "filtered")
    dump(0, bytecode());
  else if (what == "walk")
    walk();
  else if (what == "connect")
    connect_to_all();
  else
    return std::fprintf(stderr, "usage: kernel_floor dump [EXTENSIONS] | filtered | walk | connect\n"), 2;
  return 0;
}
