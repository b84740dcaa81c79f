// --record and --read.

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/program.h"
#include "support/catch.h"

using Catch::Matchers::Contains;
using cli::sockls;

namespace recording_test {
namespace {

class Folder {
 public:
  Folder() {
    std::string path = "/tmp/sockls-test-XXXXXX";
    REQUIRE(mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()));
  }

 private:
  std::string path_;
};

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Rows with everything that stays the same from one look to the next.
std::vector<std::string> options_for(const std::string& filter) {
  return {"--csv", "--columns=protocol,state,local,peer,user,inode,cookie,processes", filter};
}

}  // namespace

TEST_CASE("what was recorded is listed again") {
  const Folder folder;
  const std::string path = folder.file("recording");
  const cli::Listener listener;
  const cli::Result recorded = sockls({"--record", path});
  INFO(recorded.err);
  CHECK(recorded.status == 0);
  CHECK(recorded.out.empty());
  auto options = options_for(listener.filter());
  const cli::Result live = sockls(options);
  options.push_back("--read=" + path);
  const cli::Result again = sockls(options);
  CHECK(again.status == 0);
  CHECK(again.out == live.out);
  CHECK(cli::lines(again.out).size() == 2);
  CHECK(sockls({"-q", "--read", path, listener.filter()}).status == 0);
  CHECK(sockls({"-q", "--read", path, "inode = 4294967295"}).status == 1);
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("of several snapshots the last one is listed") {
  const Folder folder;
  const std::string path = folder.file("recording");
  REQUIRE(sockls({"-t", "--record", path}).status == 0);
  const std::string first = contents(path);
  const cli::Listener listener;
  REQUIRE(sockls({"-t", "--record", path}).status == 0);
  constexpr std::size_t HeaderSize = 16;
  write(path, first + contents(path).substr(HeaderSize));
  CHECK(sockls({"-q", "--read", path, listener.filter()}).status == 0);
  // One that is cut counts for nothing.
  write(path, first + contents(path).substr(first.size(), 100));
  CHECK(sockls({"-q", "--read", path, listener.filter()}).status != 0);
}

TEST_CASE("a recording goes through a pipe") {
  const cli::Listener listener;
  const std::string script = "\"$0\" --record=- | \"$0\" --read=- -H --columns=lport " + listener.filter();
  const cli::Result result = sockls({}, {.wrapper = {"sh", "-c", script}});
  CHECK(result.status == 0);
  CHECK(result.out == std::to_string(listener.port()) + "\n");
}

TEST_CASE("only what was recorded is listed, and more is asked for in vain") {
  const Folder folder;
  const std::string path = folder.file("recording");
  REQUIRE(sockls({"-t", "--record", path}).status == 0);
  const cli::Result usual = sockls({"-n", "--read", path});
  CHECK(usual.status == 0);
  CHECK(usual.err.empty());
  CHECK(sockls({"-an", "--read", path}).err.empty());
  const cli::Result unix_sockets = sockls({"-x", "--read", path});
  CHECK(unix_sockets.status == 3);
  CHECK_THAT(unix_sockets.err, Contains("not in the recording"));
}

TEST_CASE("a recording that cannot be read says why") {
  const Folder folder;
  const std::string whole = folder.file("whole");
  REQUIRE(sockls({"--record", whole}).status == 0);
  const std::string bytes = contents(whole);
  std::string newer = bytes;
  newer[8] = 2;
  const struct {
    std::string bytes;
    const char* message;
  } cases[] = {
      {"", "the file is empty"},
      {bytes.substr(0, bytes.size() / 2), "the recording is cut"},
      {bytes.substr(0, 5), "the recording is cut: not even its header is whole"},
      {"\x7f"
       "ELF and so on, for a while",
       "this is neither a recording of sockls nor a dump of ss -D"},
      {newer, "the recording has format 2.2, and this version reads 1.2"},
  };
  for (const auto& [content, message] : cases) {
    const std::string path = folder.file("damaged");
    write(path, content);
    const cli::Result result = sockls({"--read", path});
    INFO(message);
    CHECK(result.status == 3);
    CHECK(result.out.empty());
    CHECK(cli::lines(result.err) == std::vector<std::string>{"sockls: read " + path + ": " + message});
  }
  CHECK_THAT(sockls({"--read", folder.file("nothing")}).err, Contains("No such file or directory"));
  // A device without an end.
  CHECK_THAT(sockls({"--read=/dev/zero"}).err, Contains("neither a recording of sockls nor"));
}

TEST_CASE("names in a recording cannot act on the terminal") {
  const Folder folder;
  const std::string path = folder.file("recording");
  const cli::Listener listener;
  REQUIRE(sockls({"--record", path}).status == 0);
  std::string bytes = contents(path);
  const std::string name = "(cli_tests)";
  std::size_t changed = 0;
  for (std::size_t at = bytes.find(name); at != std::string::npos; at = bytes.find(name, at), ++changed)
    bytes.replace(at, name.size(), "(\x1b[31mevil)");
  REQUIRE(changed > 0);
  write(path, bytes);
  const cli::Result result =
      sockls({"-H", "--columns=process", "--read", path, listener.filter()}, {.terminal_width = 80});
  CHECK_THAT(result.out, Contains("\\x1b[31mevil"));
  CHECK_THAT(result.out, !Contains("\x1b[31mevil"));
}

TEST_CASE("a disk that is full is an error, and leaves no half file") {
  const Folder folder;
  const std::string path = folder.file("recording");
  const cli::Result device = sockls({"--record", "/dev/full"});
  CHECK(device.status == 3);
  CHECK_THAT(device.err, Contains("write /dev/full: No space left on device"));
  // A limit of one block does what a full disk does, and needs no disk.
  const cli::Surroundings limited{.wrapper = {"sh", "-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"}};
  const cli::Result result = sockls({"--record", path}, limited);
  CHECK(result.status == 3);
  CHECK_THAT(result.err, Contains("write " + path));
  CHECK(folder.files() == 0);
  write(path, "before");
  CHECK(sockls({"--record", path}, limited).status == 3);
  CHECK(contents(path) == "before");
  CHECK(folder.files() == 1);
  CHECK(sockls({"--record", folder.file("no/such/folder")}).status == 3);
}

TEST_CASE("options that make no sense beside a recording are refused") {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--record=a", "--read=b"},
                                             {"--record=a", "port", "22"},
                                             {"--record=a", "-l"},
                                             {"--record=a", "-q"},
                                             {"--read=a", "--wait=1"},
                                             {"--record="},
                                             {"--read="}}) {
    const cli::Result result = sockls(arguments);
    INFO(arguments.front() << ' ' << arguments.back());
    CHECK(result.status == 2);
  }
  const cli::Result terminal = sockls({"--record=-"}, {.terminal_width = 80});
  CHECK(terminal.status == 2);
}

}  // namespace recording_test
