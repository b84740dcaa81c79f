#include "counters/system_limits.h"

#include "support/catch.h"

namespace sockutils::test::system_limits_test {
namespace {

constexpr std::string_view SockStat =
    "sockets: used 290\n"
    "TCP: inuse 8 orphan 2 tw 14 alloc 12 mem 3\n"
    "UDP: inuse 4 mem 1\n"
    "UDPLITE: inuse 0\n"
    "RAW: inuse 0\n"
    "FRAG: inuse 0 memory 4096\n";

std::string auxv(std::initializer_list<unsigned long> words) {
  std::string bytes;
  for (const unsigned long word : words) bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  return bytes;
}

TEST_CASE("sockstat has values by section and name") {
  CHECK(sockstat_value(SockStat, "TCP", "orphan") == 2u);
  CHECK(sockstat_value(SockStat, "TCP", "mem") == 3u);
  CHECK(sockstat_value(SockStat, "UDP", "mem") == 1u);
  CHECK(sockstat_value(SockStat, "FRAG", "memory") == 4096u);
  CHECK(sockstat_value(SockStat, "sockets", "used") == 290u);
  CHECK_FALSE(sockstat_value(SockStat, "UDPLITE", "mem"));
  CHECK_FALSE(sockstat_value(SockStat, "TCP6", "inuse"));
  CHECK_FALSE(sockstat_value("", "TCP", "mem"));
}

TEST_CASE("a value of sockstat that is cut or odd is absent") {
  CHECK_FALSE(sockstat_value("TCP: inuse 8 mem", "TCP", "mem"));
  CHECK_FALSE(sockstat_value("TCP: mem -1", "TCP", "mem"));
  CHECK_FALSE(sockstat_value("TCP: mem 99999999999999999999", "TCP", "mem"));
  CHECK_FALSE(sockstat_value("TCP", "TCP", "mem"));
  CHECK(sockstat_value("TCP: mem 5", "TCP", "mem") == 5u);
}

TEST_CASE("numbers end before the first word that is none") {
  CHECK(parse_numbers("190743\t254325\t381486\n") == std::vector<std::uint64_t>{190743, 254325, 381486});
  CHECK(parse_numbers("1 2 x 3") == std::vector<std::uint64_t>{1, 2});
  CHECK(parse_numbers("").empty());
}

TEST_CASE("the limit of open files is the soft one") {
  const std::string_view limits =
      "Limit                     Soft Limit           Hard Limit           Units     \n"
      "Max processes             47662                47662                processes \n"
      "Max open files            1024                 524288               files     \n";
  CHECK(parse_open_files_limit(limits) == 1024u);
  CHECK_FALSE(parse_open_files_limit("Max open files            unlimited            unlimited  files\n"));
  CHECK_FALSE(parse_open_files_limit("Max open files            "));
  CHECK_FALSE(parse_open_files_limit(""));
}

TEST_CASE("the page size is in the auxiliary vector") {
  CHECK(parse_page_size(as_bytes(auxv({33, 7, 6, 16384, 0, 0}))) == 16384u);
  CHECK_FALSE(parse_page_size(as_bytes(auxv({33, 7, 0, 0, 6, 4096}))));
  CHECK_FALSE(parse_page_size(as_bytes(auxv({6}))));
  CHECK_FALSE(parse_page_size({}));
}

TEST_CASE("ephemeral ports are those of the range that are not reserved") {
  const auto ports = PortRange::parse("32768\t60999\n", "");
  REQUIRE(ports);
  CHECK(ports->size() == 28232);
  CHECK(ports->contains(32768));
  CHECK(ports->contains(60999));
  CHECK_FALSE(ports->contains(32767));
  CHECK_FALSE(ports->contains(61000));
}

TEST_CASE("reserved ports count once, and only within the range") {
  const auto ports = PortRange::parse("100 199", "1-50,90-109,105-119,150,150,199-300,80\n");
  REQUIRE(ports);
  // 100-119, 150 and 199.
  CHECK(ports->size() == 100 - 22);
  CHECK_FALSE(ports->contains(119));
  CHECK(ports->contains(120));
  CHECK_FALSE(ports->contains(150));
  CHECK_FALSE(ports->contains(199));
}

TEST_CASE("a broken range is none, and broken reserved ports are left out") {
  for (const std::string_view wrong : {"", "1", "1 2 3", "9 1", "x 9", "1 65536"})
    CHECK_FALSE(PortRange::parse(wrong, ""));
  CHECK(PortRange::parse("1 65535", "x,5-,-5,9-8,,70000,7")->size() == 65534);
  CHECK(PortRange::parse("1 65535", "1-65535")->size() == 0);
}

}  // namespace
}  // namespace sockutils::test::system_limits_test
