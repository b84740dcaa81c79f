#include <sys/un.h>
#include <unistd.h>

#include <filesystem>

#include "live/core_facts.h"
#include "sockutils/value.h"
#include "support/catch.h"
#include "support/child.h"
#include "support/namespace.h"
#include "support/sockets.h"

namespace sockutils::test::unix_names_test {
namespace {

UniqueFd make_bound(std::string_view name) {
  UniqueFd fd = make_socket(AF_UNIX, SOCK_DGRAM);
  bind_to(fd, SocketAddress::unix_name(name));
  return fd;
}

TEST_CASE("unix paths of any bytes are listed as they are, from both sources") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const std::vector<std::string> names{"two words",
                                       " leading and trailing ",
                                       "back\\slash",
                                       "tab\there",
                                       "line\nbreak",
                                       "\n",
                                       "ends in newline\n",
                                       "\x1b[31mred\x1b[0m",
                                       "\xff\xfe not UTF-8",
                                       "@at",
                                       "unicode \xe2\x80\xae override",
                                       "a: b: 00000000"};
  for (const std::string& name : names) {
    INFO(escape_text(name));
    const UniqueFd fd = make_bound(folder.path() + "/" + name);
    for (const Source source : BothSources)
      CHECK(check_core_facts(fd, "unconnected", source)["path"] == folder.path() + "/" + name);
  }
}

TEST_CASE("abstract names of any bytes are listed with an @ before them") {
  REQUIRE_PRIVATE_NETWORK();
  const std::vector<std::string> names{"plain", "two words", "\x1b]0;title\x07", "line\nbreak", "\xff\xfe",
                                       "@",     " "};
  for (const std::string& name : names) {
    INFO(escape_text(name));
    const UniqueFd fd = make_bound('\0' + name);
    for (const Source source : BothSources) {
      const SocketRow row = check_core_facts(fd, "unconnected", source);
      CHECK(row["path"] == "@" + name);
      CHECK(row["abstract"] == "true");
    }
  }
}

TEST_CASE("a NUL inside an abstract name is kept by netlink and written as @ by /proc") {
  REQUIRE_PRIVATE_NETWORK();
  const std::string name("\0before\0after\0", 14);
  const UniqueFd fd = make_bound(name);
  // But for those at its end.
  CHECK(find_row(fd, Source::Netlink)["path"] == std::string("@before\0after", 13));
  CHECK(find_row(fd, Source::Proc)["path"] == "@before@after@");
}

TEST_CASE("a name that the kernel chose is listed") {
  REQUIRE_PRIVATE_NETWORK();
  const UniqueFd fd = make_bound({});
  REQUIRE(SocketAddress::local_of(fd.get()).sun_path().size() == 6);
  for (const Source source : BothSources) check_core_facts(fd, "unconnected", source);
}

TEST_CASE("the longest names are listed whole") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  constexpr std::size_t Longest = sizeof(sockaddr_un::sun_path);
  std::string path = folder.path() + "/";
  path.resize(Longest, 'x');
  std::string abstract(1, '\0');
  abstract.resize(Longest, 'y');
  for (const std::string& name : {path, abstract}) {
    const UniqueFd fd = make_bound(name);
    for (const Source source : BothSources)
      CHECK(check_core_facts(fd, "unconnected", source)["path"].size() == Longest);
  }
}

TEST_CASE("a relative path is listed as it was bound") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const UniqueFd fd = make_bound("relative");
  std::filesystem::current_path(before);
  for (const Source source : BothSources)
    CHECK(check_core_facts(fd, "unconnected", source)["path"] == "relative");
}

TEST_CASE("a path stays listed after its file is gone") {
  REQUIRE_PRIVATE_NETWORK();
  const TemporaryFolder folder;
  const UniqueFd fd = make_bound(folder.path() + "/gone");
  checked(unlink((folder.path() + "/gone").c_str()), "unlink");
  for (const Source source : BothSources)
    CHECK(check_core_facts(fd, "unconnected", source)["path"] == folder.path() + "/gone");
}

}  // namespace
}  // namespace sockutils::test::unix_names_test
