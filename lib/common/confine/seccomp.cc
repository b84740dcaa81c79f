// The system calls of a server, seccomp(2). Calls that are not in the list fail with EPERM instead of killing
// the process, so that a C library that tries something new falls back.

#include <seccomp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>

#include "common/confine/steps.h"

namespace sockutils {
namespace {

/// socket(2) is not here because its arguments are checked.
constexpr std::array AllowedCalls{
    // serving
    SCMP_SYS(accept4),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(connect),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(shutdown),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(signalfd4),
    SCMP_SYS(eventfd2),
    SCMP_SYS(ppoll),
    // files
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(openat),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(lseek),
    SCMP_SYS(getdents64),
    SCMP_SYS(readlinkat),
    SCMP_SYS(faccessat),
    SCMP_SYS(fcntl),
    SCMP_SYS(dup),
    SCMP_SYS(getcwd),
    SCMP_SYS(ioctl),
    // memory
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    // the process itself
    SCMP_SYS(futex),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(tgkill),
    SCMP_SYS(prlimit64),
    SCMP_SYS(getrandom),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    // time
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    // older calls that newer architectures do not have
    SCMP_SYS(epoll_wait),
    SCMP_SYS(poll),
    SCMP_SYS(open),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(readlink),
    SCMP_SYS(access),
    SCMP_SYS(getrlimit),
    SCMP_SYS(setrlimit),
    SCMP_SYS(arch_prctl),
    SCMP_SYS(time),
};

constexpr std::array AllowedFamilies{AF_INET, AF_INET6, AF_NETLINK};

struct Release {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

/// The family of socket(2) is an int: the upper half of the register may hold anything.
int allow_family(const Filter& filter, int family) {
  const scmp_arg_cmp is_family{0, SCMP_CMP_MASKED_EQ, UINT32_MAX, static_cast<std::uint32_t>(family)};
  return ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(socket), 1, &is_family);
}

/// Returns 0 or a negative errno value.
int allow_calls(const Filter& filter) {
  int result = ::seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  for (const int call : AllowedCalls)
    if (result == 0) result = ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, 0, nullptr);
  for (const int family : AllowedFamilies)
    if (result == 0) result = allow_family(filter, family);
  return result;
}

}  // namespace

Result<void> restrict_system_calls() {
  const Filter filter(::seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  int result = filter ? allow_calls(filter) : -ENOMEM;
  if (result == 0) result = ::seccomp_load(filter.get());
  if (result != 0) return tl::unexpected(Error{-result, "restrict", "system calls", {}});
  return {};
}

}  // namespace sockutils
