// Recordings of many snapshots, and files that are cut, damaged or grow.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "acquire/recordings/recording_format.h"
#include "acquire/recordings/snapshot_index.h"
#include "common/wire.h"
#include "sockutils/count.h"
#include "sockutils/record.h"
#include "support/catch.h"

namespace sockutils::test::recording_file_test {
namespace {

using Catch::Matchers::Contains;
using record::Tag;

class File {
 public:
  File() {
    std::string path = "/tmp/sockutils-test-XXXXXX";
    const int fd = ::mkstemp(path.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    path_ = path;
  }
  ~File() { ::unlink(path_.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string& path() const { return path_; }
  void write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  void append(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::app) << bytes;
  }

 private:
  std::string path_;
};

/// A snapshot with one fact. `steady` of no value: as files before 1.1 have it.
std::string snapshot(std::uint64_t time, std::optional<std::uint64_t> steady, const std::string& services) {
  std::string out;
  std::string times;
  append_wire(times, time);
  if (steady) append_wire(times, *steady);
  record::append_section(out, Tag::Snapshot, times);
  std::string fact(1, static_cast<char>(FactKind::File));
  append_wire_text(fact, "/etc/services");
  append_wire(fact, std::uint32_t{0});
  record::append_section(out, Tag::Fact, fact + services);
  std::string count;
  append_wire(count, std::uint32_t{2});
  record::append_section(out, Tag::End, count);
  return out;
}

std::vector<std::uint16_t> ports(const Recording& recording, std::string_view service) {
  return recording.filter_names().service(service);
}

TEST_CASE("snapshots of one file are read one at a time, in any order") {
  const File file;
  file.write(record::header() + snapshot(1'000'000, 50, "a 1/tcp\n") +
             snapshot(2'000'000, 1'000'050, "a 2/tcp\n") + snapshot(3'000'000, 2'500'050, "a 3/tcp\n"));
  const auto opened = RecordingFile::open(file.path());
  REQUIRE(opened);
  REQUIRE(opened->size() == 3);
  CHECK(opened->damage().empty());
  CHECK(opened->time(1) == 2'000'000);
  CHECK(opened->elapsed(0) == 0);
  CHECK(opened->elapsed(2) == 2'500'000);
  for (const std::size_t place : {2u, 0u, 1u}) {
    const auto one = opened->read(place);
    REQUIRE(one);
    CHECK((*one)->info().times.size() == 1);
    CHECK(ports(**one, "a") == std::vector<std::uint16_t>{static_cast<std::uint16_t>(place + 1)});
  }
  CHECK_FALSE(opened->read(3));
}

TEST_CASE("time goes by the clock that never jumps, and never backwards") {
  const File file;
  constexpr std::uint64_t Day = 86'400'000'000;
  SECTION("the clock of the day was set back, then far ahead") {
    file.write(record::header() + snapshot(9'000'000, 1'000'000, "") + snapshot(1'000'000, 2'000'000, "") +
               snapshot(Day * 9000, 3'000'000, ""));
    const auto opened = RecordingFile::open(file.path());
    REQUIRE(opened);
    CHECK(opened->elapsed(1) == 1'000'000);
    CHECK(opened->elapsed(2) == 2'000'000);
  }
  SECTION("files of before have the clock of the day alone") {
    file.write(record::header() + snapshot(9'000'000, {}, "") + snapshot(1'000'000, {}, "") +
               snapshot(3'000'000, {}, ""));
    const auto opened = RecordingFile::open(file.path());
    REQUIRE(opened);
    CHECK(opened->elapsed(1) == 0);
    CHECK(opened->elapsed(2) == 2'000'000);
  }
}

TEST_CASE("a file that grows is followed, its cut end included") {
  const File file;
  const std::string second = snapshot(2'000'000, 2'000'000, "a 2/tcp\n");
  file.write(record::header());
  auto opened = RecordingFile::open(file.path());
  REQUIRE(opened);
  CHECK(opened->size() == 0);
  file.append(snapshot(1'000'000, 1'000'000, "") + second.substr(0, 31));
  REQUIRE(opened->refresh());
  CHECK(opened->size() == 1);
  CHECK_THAT(opened->damage(), Contains("cut"));
  file.append(second.substr(31));
  REQUIRE(opened->refresh());
  CHECK(opened->size() == 2);
  CHECK(opened->damage().empty());
  CHECK(ports(**opened->read(1), "a") == std::vector<std::uint16_t>{2});
}

TEST_CASE("wherever a file is cut, the snapshots before are there") {
  const File file;
  const std::string first = record::header() + snapshot(1, 1, "a 1/tcp\n");
  const std::string whole = first + snapshot(2, 2, "a 2/tcp\n");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    file.write(whole.substr(0, length));
    const auto opened = RecordingFile::open(file.path());
    INFO("cut at " << length);
    if (length < record::HeaderSize) {
      REQUIRE_FALSE(opened);
      CHECK_FALSE(opened.error().message().empty());
      continue;
    }
    REQUIRE(opened);
    CHECK(opened->size() == (length < first.size() ? 0u : 1u));
    CHECK(opened->damage().empty() == (length == record::HeaderSize || length == first.size()));
  }
}

TEST_CASE("a file of a newer format, or none at all, is refused with words") {
  const File file;
  std::string newer = record::header();
  newer[8] = 9;
  file.write(newer + snapshot(1, 1, ""));
  const auto opened = RecordingFile::open(file.path());
  REQUIRE_FALSE(opened);
  CHECK_THAT(opened.error().message(), Contains("format 9.") && Contains("reads 1."));
  file.write("root:x:0:0\n");
  CHECK_THAT(RecordingFile::open(file.path()).error().message(), Contains("no recording"));
  CHECK_THAT(RecordingFile::open("/tmp").error().message(), Contains("no regular file"));
  CHECK(RecordingFile::open("/tmp/sockutils-test-none").error().code == ENOENT);
}

TEST_CASE("a minor version that adds sections and lengthens others is read") {
  const File file;
  std::string bytes = record::header();
  bytes[10] = 99;
  std::string times;
  for (const std::uint64_t number : {7u, 8u, 9u}) append_wire(times, number);
  record::append_section(bytes, Tag::Snapshot, times);
  record::append_section(bytes, static_cast<Tag>(0x3f3f3f3f), "what nobody knows");
  std::string count;
  append_wire(count, std::uint32_t{2});
  record::append_section(bytes, Tag::End, count + "more");
  file.write(bytes);
  const auto opened = RecordingFile::open(file.path());
  REQUIRE(opened);
  REQUIRE(opened->size() == 1);
  CHECK(opened->read(0));
}

TEST_CASE("bytes that were changed are found, and cost nothing before them") {
  const File file;
  const std::string first = record::header() + snapshot(1, 1, "a 1/tcp\n");
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = first + snapshot(2, 2, "a 2/tcp\n") + snapshot(3, 3, "");
    bytes[first.size() + random() % (bytes.size() - first.size())] = static_cast<char>(random());
    file.write(bytes);
    const auto opened = RecordingFile::open(file.path());
    REQUIRE(opened);
    REQUIRE(opened->size() >= 1);
    CHECK(opened->read(0));
    for (std::size_t i = 1; i < opened->size(); ++i) static_cast<void>(opened->read(i));
  }
}

TEST_CASE("what a writer adds is read while it writes, and the machine's counters with it") {
  const File file;
  auto writer = RecordingWriter::create(file.path());
  REQUIRE(writer);
  Query query;
  query.kinds = {{Family::Inet, Protocol::Tcp}};
  REQUIRE(writer->add(query));
  auto opened = RecordingFile::open(file.path());
  REQUIRE(opened);
  CHECK(opened->size() == 1);
  REQUIRE(writer->add(query));
  REQUIRE(opened->refresh());
  REQUIRE(opened->size() == 2);
  CHECK(opened->damage().empty());
  const auto last = opened->read(1);
  REQUIRE(last);
  CHECK((*last)->kinds() == query.kinds);
  const auto counters = read_machine_counters(**last, 0);
  REQUIRE(counters);
  CHECK(counters->tcp_segments_in);
  CHECK_FALSE(read_machine_counters(**last, 1));
}

}  // namespace
}  // namespace sockutils::test::recording_file_test
