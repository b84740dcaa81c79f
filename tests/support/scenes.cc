#include "support/scenes.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <future>
#include <system_error>
#include <thread>

#include "common/process_stat.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test {
namespace {

void wait_for_the_end() {
  for (;;) pause();
}

/// Runs `body` in a new thread, which stays.
void run_in_thread(const Child::Body& body) {
  std::promise<void> ready;
  std::thread([&] {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    body();
    ready.set_value();
    wait_for_the_end();
  }).detach();
  ready.get_future().wait();
}

void run_in_threads(int threads, const Child::Body& body) {
  run_in_thread(body);
  for (int i = 1; i < threads; ++i) run_in_thread([] {});
}

bool has_ended(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const UniqueFd fd(checked(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open"));
  std::array<char, 4096> text{};
  const auto length = checked(static_cast<int>(read(fd.get(), text.data(), text.size())), "read");
  const auto stat = parse_process_stat({text.data(), static_cast<std::size_t>(length)});
  return stat && stat->has_ended;
}

}  // namespace

DeadLeader::DeadLeader(int threads, const Child::Body& body)
    : child_([=] { run_in_threads(threads, body); }, [] { syscall(SYS_exit, 0); }) {
  if (!eventually([&] { return has_ended(child_.pid()); }))
    throw std::system_error(ETIMEDOUT, std::generic_category(), "a main thread that should have ended");
}

ThreadsWithOwnFiles::ThreadsWithOwnFiles(int threads, const Child::Body& body)
    : Child([=] {
        run_in_thread([&] {
          checked(unshare(CLONE_FILES), "unshare");
          // Threads share the table of the one that makes them.
          run_in_threads(threads - 1, body);
        });
      }) {}

ThreadElsewhere::ThreadElsewhere(const Child::Body& body)
    : Child([=] {
        run_in_thread([&] {
          enter_new_network();
          body();
        });
      }) {}

BackFromElsewhere::BackFromElsewhere(const Child::Body& body)
    : Child([=] {
        const UniqueFd home(checked(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open"));
        enter_new_network();
        body();
        checked(setns(home.get(), CLONE_NEWNET), "setns");
      }) {}

void refuse_system_call(long number) {
  std::array<sock_filter, 4> program{{
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(number)},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  }};
  const sock_fprog filter{program.size(), program.data()};
  checked(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
  checked(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), "PR_SET_SECCOMP");
}

std::uint64_t netns_at(const std::string& path) {
  struct stat status {};
  checked(stat(path.c_str(), &status), "stat");
  return status.st_ino;
}

}  // namespace sockutils::test
