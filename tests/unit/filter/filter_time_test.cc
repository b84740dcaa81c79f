#include "filter/filter_value.h"
#include "support/catch.h"

namespace sockutils::filter::filter_time_test {

TEST_CASE("a date is read as microseconds since 1970, in UTC") {
  CHECK(read_time("1970-01-01").value() == 0u);
  CHECK(read_time("2025-11-25").value() == 1'764'028'800'000'000u);
  CHECK(read_time("2025-11-25T10:33").value() == 1'764'066'780'000'000u);
  CHECK(read_time("2025-11-25T10:33:20Z").value() == 1'764'066'800'000'000u);
  CHECK(read_time("2025-11-25 10:33:20").value() == 1'764'066'800'000'000u);
  CHECK(read_time("2024-02-29").value() == 1'709'164'800'000'000u);
  CHECK(read_time("2025-11-25T10:33:20.123456Z").value() == 1'764'066'800'123'456u);
  CHECK(read_time("2025-11-25T10:33:20.5").value() == 1'764'066'800'500'000u);
  CHECK(read_time("2025-11-25T10:33:20.1234569Z").value() == 1'764'066'800'123'456u);
  CHECK(read_time("1764066800123456").value() == 1'764'066'800'123'456u);
}

TEST_CASE("what is no date is refused") {
  for (const char* text :
       {"", "yesterday", "2025-13-01", "2025-02-29", "2025-11-31", "1969-12-31", "2025-11-25T24:00",
        "2025-11-25T10", "2025-11-25T10:33:20.", "2025-11-25T10:33.5", "2025-11-25T10:60",
        "2025-11-25T10:33:60", "2025-11-25T10:33:20+01:00", "2025-11-25T", "25-11-2025", "2025-11",
        "2025-11-25x", "-1", "18446744073709551616"}) {
    INFO(text);
    CHECK_FALSE(read_time(text));
  }
}

}  // namespace sockutils::filter::filter_time_test
