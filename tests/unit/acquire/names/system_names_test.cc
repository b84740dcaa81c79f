#include "acquire/names/system_names.h"

#include <array>

#include "support/catch.h"
#include "support/fake_system.h"

namespace sockutils::test::system_names_test {
namespace {

const Process Server{.pid = 712};
const Process Client{.pid = 800};

FakeSystem machine() {
  FakeSystem system;
  system.labels["/proc/712/fd/4"] = "u:object_r:web_socket";
  system.labels["/proc/712/task/715/fd/9"] = "u:object_r:thread_socket";
  return system;
}

TEST_CASE("a user without a name, and any user where names are not wanted, is a number") {
  FakeSystem system = machine();
  system.users[0] = "root";
  const SystemNames names(system, Needs::Users);
  CHECK(names.user(0) == "root");
  CHECK(names.user(4711) == "4711");
  CHECK(SystemNames(system, Needs::Nothing).user(0) == "0");
}

TEST_CASE("the label of a socket is read through the first descriptor that tells, and once") {
  FakeSystem system = machine();
  const SystemNames names(system, Needs::SocketContext);
  const std::array<Owner, 2> owners{{{&Client, 800, 3}, {&Server, 712, 4}}};
  CHECK(names.label(101, owners) == "u:object_r:web_socket");
  CHECK(system.was_accessed("/proc/800/fd/3"));
  const std::size_t asked = system.accesses.size();
  CHECK(names.label(101, owners) == "u:object_r:web_socket");
  CHECK(system.accesses.size() == asked);
}

TEST_CASE("the label of a thread's own descriptor is read in the folder of the thread") {
  const FakeSystem system = machine();
  const SystemNames names(system, Needs::SocketContext);
  CHECK(names.label(102, std::array<Owner, 1>{{{&Server, 715, 9}}}) == "u:object_r:thread_socket");
}

TEST_CASE("a socket that nothing labels, or that nobody holds, has no label") {
  FakeSystem system = machine();
  system.errors["/proc/712/fd/4"] = ENODATA;
  const SystemNames names(system, Needs::SocketContext);
  CHECK(names.label(101, std::array<Owner, 1>{{{&Server, 712, 4}}}).empty());
  CHECK(names.label(102, {}).empty());
}

TEST_CASE("a label that nobody could tell is asked for again") {
  FakeSystem system = machine();
  const SystemNames names(system, Needs::SocketContext);
  CHECK(names.label(101, {}).empty());
  CHECK(names.label(101, std::array<Owner, 1>{{{&Server, 712, 4}}}) == "u:object_r:web_socket");
}

TEST_CASE("labels of sockets are not read for those who do not ask") {
  const FakeSystem system = machine();
  const SystemNames names(system, Needs::SecurityContext);
  CHECK(names.label(101, std::array<Owner, 1>{{{&Server, 712, 4}}}).empty());
  CHECK(system.accesses.empty());
}

}  // namespace
}  // namespace sockutils::test::system_names_test
