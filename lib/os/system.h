/// The operating system, as an interface: all that this library reads passes through here, so the same
/// code runs on a live machine and on recorded bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/bytes.h"
#include "sockutils/error.h"
#include "sockutils/value.h"

namespace sockutils {

/// A netlink socket that is bound and connected to the kernel. Not for several threads at once.
class NetlinkChannel {
 public:
  virtual ~NetlinkChannel() = default;
  virtual std::uint32_t port_id() const = 0;
  /// Sends one message. Errors: as sendto(2).
  virtual Result<void> send(ByteView message) = 0;
  /// The next datagram, valid until the next call. Errors: as recvmsg(2): ENOBUFS when the kernel lost
  /// messages, ENOSPC when a datagram was larger than the buffer.
  virtual Result<ByteView> receive() = 0;
  /// `receive()` that waits no longer than `limit`; no value when nothing came, or a signal did.
  virtual Result<std::optional<ByteView>> receive_within(std::chrono::milliseconds limit) = 0;
  /// Joins a multicast group, and makes room for what may come at once. Errors: as NETLINK_ADD_MEMBERSHIP of
  /// netlink(7). The groups of sock_diag are open to everybody (NL_CFG_F_NONROOT_RECV in
  /// net/core/sock_diag.c).
  virtual Result<void> subscribe(unsigned group) = 0;
  /// Can be read when a datagram waits; -1 where nobody need wait.
  virtual int fd() const { return -1; }
};

/// A host name that was found for an address.
struct HostName {
  Address address;
  std::string name;
};

/// A socket that a process holds.
struct HeldSocket {
  std::uint64_t inode;
  /// Who made it.
  std::uint32_t uid;
  /// The kernel's name of its protocol; empty when the kernel is too old to tell (3.7).
  std::string protocol;
};

/// A point in time by both clocks.
struct Moment {
  std::chrono::system_clock::time_point wall;
  std::chrono::steady_clock::time_point steady;
};

/// A file descriptor that refers to a socket. A thread's own only where it does not share those of its
/// process.
struct SocketFile {
  /// Of sockets: those have 32 bits (get_next_ino() in fs/inode.c).
  std::uint32_t inode;
  std::int32_t pid;
  std::int32_t tid;
  std::int32_t fd;
};

/// Implementations are safe for concurrent calls unless a member says otherwise.
class System {
 public:
  virtual ~System() = default;

  /// A whole file; for files of the kernel that have no size of their own too.
  virtual Result<std::string> read_file(const std::string& path) const = 0;
  /// A file that others may have put there: errors also when it is not a regular file, and EFBIG when it is
  /// larger than `limit` bytes.
  virtual Result<std::string> read_small_file(const std::string& path, std::size_t limit) const = 0;
  /// A file line by line, without newlines, never held whole; the last line may lack its newline.
  /// `visit` returns false to stop.
  virtual Result<void> read_lines(const std::string& path,
                                  const std::function<bool(std::string_view)>& visit) const = 0;
  /// Names in a directory, without `.` and `..`, in no order.
  virtual Result<std::vector<std::string>> list_directory(const std::string& path) const = 0;
  /// Every symbolic link in a directory with its target; what vanishes meanwhile is left out. Errors: as
  /// opendir(3), and as readlink(2) when a link may not be read; those that may have been visited then.
  virtual Result<void> list_links(
      const std::string& path,
      const std::function<void(std::string_view name, std::string_view target)>& visit) const = 0;
  virtual Result<std::string> read_link(const std::string& path) const = 0;
  /// Inode number of what `path` leads to, stat(2).
  virtual Result<std::uint64_t> file_inode(const std::string& path) const = 0;
  /// Number of hard links of `path`; for a directory of /proc the folders in it, and two.
  virtual Result<std::uint64_t> link_count(const std::string& path) const = 0;
  /// Whether two threads share their table of file descriptors, kcmp(2).
  virtual Result<bool> share_files(std::int32_t thread_a, std::int32_t thread_b) const = 0;

  /// The socket behind a link in /proc/PID/fd. Errors: as stat(2); ENOTSOCK for what is none.
  virtual Result<HeldSocket> held_socket(const std::string& path) const = 0;
  /// The label that SELinux gives the file behind `path`, xattr(7). Errors: as getxattr(2): ENODATA and
  /// ENOTSUP where nothing labels it.
  virtual Result<std::string> security_label(const std::string& path) const = 0;
  /// The time of day, and a time that never jumps.
  virtual Moment now() const = 0;
  /// Every descriptor of every process that refers to a socket, process by process, told by the kernel in one
  /// go (a BPF iterator, 5.8). Errors: EPERM without CAP_BPF and CAP_PERFMON, ENOTSUP when this was built
  /// without it, others where the kernel cannot.
  virtual Result<void> socket_files(const std::function<void(const SocketFile&)>& visit) const = 0;

  /// A channel for sock_diag(7) in the calling thread's network namespace.
  virtual Result<std::unique_ptr<NetlinkChannel>> open_sock_diag() const = 0;

  /// Inode number of the network namespace that `path` leads to. Errors: as open(2), and EINVAL when it is
  /// something else.
  virtual Result<std::uint64_t> network_namespace(const std::string& path) const = 0;
  /// Runs `work` on a thread of its own, which has entered the network namespace that `path` leads to:
  /// sock_diag, /proc/thread-self/net and names of interfaces are those of that namespace there. Returns
  /// when `work` has, and passes on what it throws. Errors: as open(2) and setns(2), then `work` was not
  /// called: EPERM without CAP_SYS_ADMIN in the user namespace that owns it.
  virtual Result<void> in_network_namespace(const std::string& path,
                                            const std::function<void()>& work) const = 0;
  /// The addresses of all interfaces in the calling thread's network namespace; none when that fails.
  virtual std::vector<Address> local_addresses() const = 0;

  /// Through the name service switch, nsswitch.conf(5). Empty or no value when unknown.
  virtual std::string user_name(std::uint32_t uid) const = 0;
  virtual std::optional<std::uint32_t> user_id(const std::string& name) const = 0;
  virtual std::string home_directory(std::uint32_t uid) const = 0;

  /// Empty or no value when there is none.
  virtual std::string interface_name(std::uint32_t index) const = 0;
  virtual std::optional<std::uint32_t> interface_index(const std::string& name) const = 0;

  /// Path of a control group below the mount of cgroup2. Errors: EPERM without CAP_DAC_READ_SEARCH, ESTALE
  /// when the group is gone; see open_by_handle_at(2).
  virtual Result<std::string> cgroup_path(const std::string& mount, std::uint64_t id) const = 0;

  /// Addresses of a host name.
  virtual std::vector<Address> host_addresses(const std::string& name) const = 0;
  /// Names of addresses, looked up side by side; what is not known within `limit` is left out.
  virtual Result<std::vector<HostName>> host_names(const std::vector<Address>& addresses,
                                                   std::chrono::milliseconds limit) const = 0;
};

/// The machine that this runs on.
const System& real_system();

/// Whether `socket_files()` was built in.
bool has_bpf();

/// Whether host names can be looked up, and by what.
std::string_view host_name_library();

}  // namespace sockutils
