#include "acquire/processes/cgroup_mount.h"

#include "support/catch.h"

namespace sockutils::test::cgroup_mount_test {

TEST_CASE("the mount of cgroup2 is found among others") {
  CHECK(find_cgroup2_mount(
            "1 1 0:1 / / rw - ext4 /dev/vda rw\n"
            "34 33 0:29 / /sys/fs/cgroup/cpu rw shared:8 - cgroup cgroup rw,cpu\n"
            "35 24 0:30 / /sys/fs/cgroup/unified rw,relatime shared:9 master:2 - cgroup2 cgroup2 rw\n") ==
        "/sys/fs/cgroup/unified");
  CHECK(find_cgroup2_mount("35 24 0:30 / /sys/fs/cgroup rw - cgroup2 none rw") == "/sys/fs/cgroup");
  CHECK_FALSE(find_cgroup2_mount("34 33 0:29 / /sys/fs/cgroup/cpu rw shared:8 - cgroup cgroup rw,cpu\n"));
  CHECK_FALSE(find_cgroup2_mount("35 24 0:30 / - cgroup2"));
  CHECK_FALSE(find_cgroup2_mount("- -\n\n-"));
  CHECK_FALSE(find_cgroup2_mount(""));
}

}  // namespace sockutils::test::cgroup_mount_test
