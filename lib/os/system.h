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

/// A file descriptor that refers to a socket or to a namespace. A thread's own only where it does not share
/// those of its process, or where the main thread has ended.
struct SocketFile {
  /// Of sockets and namespaces: those have 32 bits (get_next_ino() in fs/inode.c, fs/nsfs.c).
  std::uint32_t inode;
  std::int32_t pid;
  std::int32_t tid;
  std::int32_t fd;
};

/// Such a descriptor as the kernel lists it.
struct KernelFile {
  SocketFile file;
  /// Of a socket: the inode number of its network namespace; 0 when that was not asked for.
  std::uint32_t netns = 0;
  /// It refers to a namespace of any kind instead.
  bool is_namespace = false;
};

/// What the descriptor of an io_uring links to, and what it is called where it is mapped.
inline constexpr std::string_view IoUringLink = "anon_inode:[io_uring]";

/// What can be asked, and what the answers are; the numbers are those of recordings, sockutils-recording(5).
enum class FactKind : std::uint8_t {
  File = 1,           ///< path: the whole file
  Directory = 2,      ///< path: names, each with its length, without `.` and `..`, in no order
  SocketLinks = 3,    ///< see `System::list_links()`
  Link = 4,           ///< path: its target, readlink(2)
  Inode = 5,          ///< path: number of what it leads to, stat(2)
  LinkCount = 6,      ///< path: number of hard links; of a directory of /proc the folders in it, and two
  ShareFiles = 7,     ///< two threads, `7 9`: number, 1 when they share their table of descriptors, kcmp(2)
  UserName = 8,       ///< user id: name, or nothing, through the name service switch, nsswitch.conf(5)
  InterfaceName = 9,  ///< index: name, or nothing
  CgroupPath = 10,    ///< id: path below the mount of cgroup2, open_by_handle_at(2)
  HostName = 11,      ///< see `System::host_names()`
  /// path: inode number of the network namespace, that of a socket for a path in /proc/PID/fd, SIOCGSKNS of
  /// linux/sockios.h; EINVAL when it is something else
  NetworkNamespace = 12,
  Entering = 13,           ///< see `System::in_network_namespace()`
  LocalAddresses = 14,     ///< nothing: those of all interfaces, as text, each with its length
  HomeDirectory = 15,      ///< user id: folder, or nothing
  HeldSocket = 16,         ///< path in /proc/PID/fd: inode and owner, two numbers, and the protocol's name
  Kind = 17,               ///< of recordings alone
  SecurityLabel = 18,      ///< path: the label that SELinux gives, xattr(7)
  RecordedNamespace = 19,  ///< of recordings alone
  Mappings = 20,           ///< path, /proc/PID/maps: number, see `Mappings`
};

/// What `System::socket_files()` lists. With namespaces its program takes some milliseconds longer to load.
enum class ListedFiles : std::uint8_t { Sockets, SocketsAndNamespaces };

/// What a process has mapped. An io_uring can be used, and hold files, while its descriptor is closed.
enum class Mappings : std::uint8_t { None = 0, Others = 1, IoUring = 2 };

struct Question {
  FactKind kind;
  std::string subject = {};
  /// Of a file that others may have put there: then errors also when it is not a regular one, and EFBIG when
  /// it is larger. 0: a file of the kernel or of this machine's administrator.
  std::size_t limit = 0;
  /// Of a control group: where cgroup2 is mounted, which may be anywhere.
  std::string mount = {};
};

/// Names that lead to numbers or addresses.
enum class NameKind : std::uint8_t { User, Interface, Host };

/// Ten ways to the operating system, and what is made of their answers. Implementations are safe for
/// concurrent calls unless a member says otherwise.
class System {
 public:
  virtual ~System() = default;

  /// Errors: as the calls that the kinds name.
  virtual Result<std::string> ask(const Question& question) const = 0;
  /// What a name stands for, as text: user ids, indexes of interfaces, addresses of hosts.
  virtual std::vector<std::string> find(NameKind kind, const std::string& name) const = 0;
  /// A file line by line, without newlines, never held whole; the last line may lack its newline.
  /// `visit` returns false to stop.
  virtual Result<void> read_lines(const std::string& path,
                                  const std::function<bool(std::string_view)>& visit) const = 0;
  /// Every symbolic link in a directory with its target; what vanishes meanwhile is left out. Errors: as
  /// opendir(3), and as readlink(2) when a link may not be read; those that may have been visited then.
  virtual Result<void> list_links(
      const std::string& path,
      const std::function<void(std::string_view name, std::string_view target)>& visit) const = 0;
  /// The time of day, and a time that never jumps.
  virtual Moment now() const = 0;
  /// Every descriptor of every process that refers to a socket or a namespace, process by process, told by
  /// the kernel in one go (a BPF iterator, 5.8). Errors: EPERM without CAP_BPF and CAP_PERFMON, ENOTSUP when
  /// this was built without it, others where the kernel cannot.
  virtual Result<void> socket_files(ListedFiles which,
                                    const std::function<void(const KernelFile&)>& visit) const = 0;
  /// A channel for sock_diag(7) in the calling thread's network namespace.
  virtual Result<std::unique_ptr<NetlinkChannel>> open_sock_diag() const = 0;
  /// Runs `work` on a thread of its own, which has entered the network namespace that `path` leads to:
  /// sock_diag, /proc/thread-self/net and names of interfaces are those of that namespace there. Returns
  /// when `work` has, and passes on what it throws. Errors: as open(2) and setns(2), then `work` was not
  /// called: EPERM without CAP_SYS_ADMIN in the user namespace that owns it.
  virtual Result<void> in_network_namespace(const std::string& path,
                                            const std::function<void()>& work) const = 0;
  /// Names of addresses, looked up side by side; what is not known within `limit` is left out.
  virtual Result<std::vector<HostName>> host_names(const std::vector<Address>& addresses,
                                                   std::chrono::milliseconds limit) const = 0;

  // The same questions with answers of their own types; see `FactKind`.

  Result<std::string> read_file(const std::string& path) const { return ask({FactKind::File, path}); }
  Result<std::string> read_small_file(const std::string& path, std::size_t limit) const {
    return ask({FactKind::File, path, limit});
  }
  Result<std::vector<std::string>> list_directory(const std::string& path) const;
  Result<std::string> read_link(const std::string& path) const { return ask({FactKind::Link, path}); }
  Result<std::uint64_t> file_inode(const std::string& path) const;
  Result<std::uint64_t> link_count(const std::string& path) const;
  Result<bool> share_files(std::int32_t thread_a, std::int32_t thread_b) const;
  /// Errors: ENOTSOCK for what is none.
  Result<HeldSocket> held_socket(const std::string& path) const;
  /// `None` of kernel threads, and of main threads that have ended. `path` is /proc/PID/maps.
  Result<Mappings> mappings(const std::string& path) const;
  /// Errors: ENODATA and ENOTSUP where nothing labels it.
  Result<std::string> security_label(const std::string& path) const {
    return ask({FactKind::SecurityLabel, path});
  }
  Result<std::uint64_t> network_namespace(const std::string& path) const;
  /// None when that fails.
  std::vector<Address> local_addresses() const;
  /// Empty or no value when there is none.
  std::string user_name(std::uint32_t uid) const;
  std::optional<std::uint32_t> user_id(const std::string& name) const;
  std::string home_directory(std::uint32_t uid) const;
  std::string interface_name(std::uint32_t index) const;
  std::optional<std::uint32_t> interface_index(const std::string& name) const;
  /// Errors: EPERM without CAP_DAC_READ_SEARCH, ESTALE when the group is gone.
  Result<std::string> cgroup_path(const std::string& mount, std::uint64_t id) const;
  std::vector<Address> host_addresses(const std::string& name) const;

 private:
  Result<std::uint64_t> number(const Question& question) const;
  std::optional<std::uint32_t> find_number(NameKind kind, const std::string& name) const;
};

/// Answers as `System::ask()` gives them.
std::string as_answer(std::uint64_t number);
std::string as_answer(const std::vector<std::string>& texts);
std::string as_answer(const HeldSocket& held);

/// What is done to answer such a question, for errors: `open`, `stat`.
const char* operation_of(FactKind kind);

/// The machine that this runs on.
const System& real_system();

/// Whether `socket_files()` was built in.
bool has_bpf();

/// Whether host names can be looked up, and by what.
std::string_view host_name_library();

}  // namespace sockutils
