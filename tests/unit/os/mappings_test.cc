#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/unique_fd.h"
#include "os/system.h"
#include "support/catch.h"
#include "support/skip.h"

namespace sockutils::test::mappings_test {

TEST_CASE("an io_uring that is mapped is seen when its descriptor is closed") {
  io_uring_params parameters{};
  UniqueFd ring(static_cast<int>(syscall(SYS_io_uring_setup, 4, &parameters)));
  if (!ring) SKIP_OUT_LOUD("this kernel has no io_uring");
  const std::string maps = "/proc/" + std::to_string(getpid()) + "/maps";
  CHECK(real_system().mappings(maps) == Mappings::Others);
  constexpr std::size_t Size = 4096;
  void* const mapping =
      mmap(nullptr, Size, PROT_READ | PROT_WRITE, MAP_SHARED, ring.get(), IORING_OFF_SQ_RING);
  REQUIRE(mapping != MAP_FAILED);
  ring = UniqueFd();
  CHECK(real_system().mappings(maps) == Mappings::IoUring);
  munmap(mapping, Size);
  CHECK(real_system().mappings(maps) == Mappings::Others);
  // A kernel thread has nothing mapped.
  if (real_system().read_file("/proc/2/comm") == std::string("kthreadd\n"))
    CHECK(real_system().mappings("/proc/2/maps") == Mappings::None);
}

}  // namespace sockutils::test::mappings_test
