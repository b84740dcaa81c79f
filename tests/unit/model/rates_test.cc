#include "sockutils/count.h"

#include "support/catch.h"

namespace sockutils::test::rates_test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t Last32 = 0xffffffff;

TEST_CASE("a counter's difference is how far it has come") {
  CHECK(counter_difference(5, 12) == 7u);
  CHECK(counter_difference(5, 5) == 0u);
  CHECK(counter_difference(0, ~std::uint64_t{0}) == ~std::uint64_t{0});
}

TEST_CASE("a difference with something absent is absent, not zero") {
  CHECK_FALSE(counter_difference({}, 12));
  CHECK_FALSE(counter_difference(5, {}));
}

TEST_CASE("a narrow counter begins again at zero") {
  CHECK(counter_difference(Last32, 0, 32) == 1u);
  CHECK(counter_difference(Last32 - 1, 3, 32) == 5u);
  CHECK(counter_difference(255, 2, 8) == 3u);
}

TEST_CASE("a wide counter that is smaller than before is another one") {
  CHECK_FALSE(counter_difference(12, 5));
  CHECK_FALSE(counter_difference(Last32 + 1, 5, 32));
}

TEST_CASE("a rate is what a second brings") {
  CHECK(per_second(1000, 1s) == 1000.0);
  CHECK(per_second(1000, 250ms) == 4000.0);
  CHECK(per_second(0, 2s) == 0.0);
  CHECK(per_second(3, 10s) == Approx(0.3));
}

TEST_CASE("no time, no rate") {
  CHECK_FALSE(per_second(1000, 0s));
  CHECK_FALSE(per_second(1000, -1s));
  CHECK_FALSE(per_second(1000, 999us));
  CHECK_FALSE(per_second({}, 1s));
}

TEST_CASE("a connection's change is that of each of its counters") {
  const CounterReading before{{}, 100, 200, Last32, 10};
  const CounterReading now{{}, 150, 200, 4, {}};
  const CounterChange change = change_between(before, now);
  CHECK(change.bytes_in == 50u);
  CHECK(change.bytes_out == 0u);
  CHECK(change.retransmits == 5u);
  CHECK_FALSE(change.segments_out);
  const Rates rates = rates_of(change, 2s);
  CHECK(rates.bytes_in == 25.0);
  CHECK(rates.bytes_out == 0.0);
  CHECK(rates.retransmits == 2.5);
}

TEST_CASE("a connection that was not there before has counted all that it says") {
  const CounterChange change = change_since_birth({{}, 1500, {}, 1, 20});
  CHECK(change.bytes_in == 1500u);
  CHECK_FALSE(change.bytes_out);
  CHECK(change.retransmits == 1u);
}

TEST_CASE("the retransmitted part is of the segments that were sent") {
  CHECK(retransmitted_part({{}, {}, 3, 100}) == Approx(0.03));
  CHECK(retransmitted_part({{}, {}, 0, 100}) == 0.0);
  CHECK_FALSE(retransmitted_part({{}, {}, 3, 0}));
  CHECK_FALSE(retransmitted_part({{}, {}, {}, 100}));
  CHECK(retransmitted_part({{}, {}, 3, 2}) == 1.0);
}

}  // namespace
}  // namespace sockutils::test::rates_test
