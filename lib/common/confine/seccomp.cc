// The system calls that a server makes, seccomp(2). What is not in the list fails with EPERM rather than end
// the process, so that a C library that tries something new falls back.

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <vector>

#include "common/confine/steps.h"
#include "common/last_error.h"

namespace sockutils {
namespace {

#if defined(__x86_64__)
constexpr unsigned Architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned Architecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned Architecture = 0;
#endif

/// socket(2) is looked at more closely.
constexpr std::array AllowedCalls {
  // what is served
  SYS_accept4, SYS_bind, SYS_listen, SYS_connect, SYS_getsockname, SYS_getpeername, SYS_getsockopt,
      SYS_setsockopt, SYS_sendto, SYS_sendmsg, SYS_recvfrom, SYS_recvmsg, SYS_shutdown, SYS_epoll_create1,
      SYS_epoll_ctl, SYS_epoll_pwait, SYS_timerfd_create, SYS_timerfd_settime, SYS_signalfd4, SYS_eventfd2,
      SYS_ppoll,
      // files
      SYS_read, SYS_readv, SYS_pread64, SYS_write, SYS_writev, SYS_openat, SYS_close, SYS_fstat,
      SYS_newfstatat, SYS_statx, SYS_lseek, SYS_getdents64, SYS_readlinkat, SYS_faccessat, SYS_fcntl, SYS_dup,
      SYS_getcwd, SYS_ioctl,
      // memory
      SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mremap, SYS_madvise, SYS_brk,
      // the process itself
      SYS_futex, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall,
      SYS_getpid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_tgkill, SYS_prlimit64,
      SYS_getrandom, SYS_uname, SYS_sysinfo, SYS_sched_yield, SYS_sched_getaffinity, SYS_exit, SYS_exit_group,
      // time
      SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday,
#if defined(__x86_64__)
      // for which newer machines have the calls above alone
      SYS_epoll_wait, SYS_poll, SYS_open, SYS_stat, SYS_lstat, SYS_readlink, SYS_access, SYS_getrlimit,
      SYS_setrlimit, SYS_arch_prctl, SYS_time,
#endif
};

constexpr std::array AllowedFamilies{AF_INET, AF_INET6, AF_NETLINK};

sock_filter step(unsigned code, std::size_t value) {
  return {static_cast<std::uint16_t>(code), 0, 0, static_cast<std::uint32_t>(value)};
}

sock_filter jump_if_equal(std::size_t value, std::uint8_t yes, std::uint8_t no) {
  return {static_cast<std::uint16_t>(BPF_JMP | BPF_JEQ | BPF_K), yes, no, static_cast<std::uint32_t>(value)};
}

/// Two instructions that end the program when the value is this one.
void allow_if_equal(std::vector<sock_filter>& program, std::size_t value) {
  program.push_back(jump_if_equal(value, 0, 1));
  program.push_back(step(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

std::vector<sock_filter> make_program() {
  constexpr std::size_t Refuse = SECCOMP_RET_ERRNO | EPERM;
  constexpr unsigned Load = BPF_LD | BPF_W | BPF_ABS;
  std::vector<sock_filter> program{
      step(Load, offsetof(seccomp_data, arch)),
      jump_if_equal(Architecture, 1, 0),
      step(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      step(Load, offsetof(seccomp_data, nr)),
  };
  for (const auto call : AllowedCalls) allow_if_equal(program, static_cast<std::size_t>(call));
  program.push_back(jump_if_equal(SYS_socket, 1, 0));
  program.push_back(step(BPF_RET | BPF_K, Refuse));
  // Both kinds of machine have the low half of an argument first.
  program.push_back(step(Load, offsetof(seccomp_data, args)));
  for (const int family : AllowedFamilies) allow_if_equal(program, static_cast<std::size_t>(family));
  program.push_back(step(BPF_RET | BPF_K, Refuse));
  return program;
}

}  // namespace

Result<void> restrict_system_calls() {
  if (Architecture == 0) return tl::unexpected(Error{ENOTSUP, "restrict", "system calls", {}});
  std::vector<sock_filter> program = make_program();
  const sock_fprog filter{static_cast<std::uint16_t>(program.size()), program.data()};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
    return tl::unexpected(last_error("restrict", "system calls"));
  return {};
}

}  // namespace sockutils
