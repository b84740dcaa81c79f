#include "acquire/processes/process_groups.h"

#include "support/catch.h"

namespace sockutils::test::process_groups_test {

using Paths = std::vector<std::string>;

TEST_CASE("the control group of cgroup v2 comes first") {
  CHECK(parse_process_groups("0::/system.slice/ssh.service\n") == Paths{"/system.slice/ssh.service"});
  CHECK(parse_process_groups("12:pids:/a\n1:name=systemd:/b\n0::/c\n") == Paths{"/c", "/b", "/a"});
}

TEST_CASE("on a machine with cgroup v1 the group that says more than / comes first") {
  CHECK(parse_process_groups("9:name=systemd:/\n4:memory:/jobs/7\n2:cpu,cpuacct:/\n0::/\n") ==
        Paths{"/jobs/7", "/"});
  CHECK(parse_process_groups("9:name=systemd:/user.slice\n4:memory:/jobs/7\n0::/\n") ==
        Paths{"/user.slice", "/jobs/7", "/"});
}

TEST_CASE("a path of a control group may hold colons") {
  CHECK(parse_process_groups("0::/a:b:c") == Paths{"/a:b:c"});
}

TEST_CASE("lines that are cut or odd name no control group") {
  CHECK(parse_process_groups("").empty());
  CHECK(parse_process_groups("0:").empty());
  CHECK(parse_process_groups("0::\n:::\nnonsense\n\n").empty());
  CHECK(parse_process_groups(std::string("0::/a\0b", 7)) == Paths{std::string("/a\0b", 4)});
}

TEST_CASE("a service of the system is the unit, with its slice") {
  const SystemdUnits units = find_units("/system.slice/system-getty.slice/getty@tty1.service");
  CHECK(units.unit == "getty@tty1.service");
  CHECK(units.slice == "system-getty.slice");
  CHECK_FALSE(units.user_unit);
}

TEST_CASE("a unit of a user's manager is found within user@.service") {
  const SystemdUnits units =
      find_units("/user.slice/user-1000.slice/user@1000.service/app.slice/app-firefox.scope/tab");
  CHECK(units.unit == "user@1000.service");
  CHECK(units.user_unit == "app-firefox.scope");
  CHECK(units.slice == "app.slice");
}

TEST_CASE("a session is a unit, and what a unit makes below itself is none") {
  CHECK(find_units("/user.slice/user-0.slice/session-3.scope").unit == "session-3.scope");
  CHECK(find_units("/system.slice/docker-1.scope/system.slice/inner.service").unit == "docker-1.scope");
  CHECK(find_units("/init.scope").unit == "init.scope");
  CHECK(find_units("/system.slice/_cgroup.service").unit == "cgroup.service");
}

TEST_CASE("groups that systemd did not make are no units") {
  for (const char* path : {"/", "", "/docker/abc", "/.service", "/.slice/.scope", "/jobs/ssh.service"}) {
    INFO(path);
    CHECK_FALSE(find_units(path).unit);
  }
}

TEST_CASE("escapes of unit names are undone") {
  CHECK(unescape_unit("my\\x2dbox") == "my-box");
  CHECK(unescape_unit("a-b") == "a/b");
  CHECK(unescape_unit("\\x") == "\\x");
  CHECK(unescape_unit("\\x2") == "\\x2");
  CHECK(unescape_unit("\\xzz") == "\\xzz");
  CHECK(unescape_unit("") == "");
}

}  // namespace sockutils::test::process_groups_test
