#include "sockutils/probe.h"
#include "support/catch.h"

namespace sockutils::test::statistics_test {
namespace {

using std::chrono::microseconds;

ProbeResult result_with(PortState state, std::string reason, std::optional<microseconds> time = {}) {
  ProbeResult result;
  result.state = state;
  result.reason = std::move(reason);
  result.times.connect = time;
  return result;
}

TEST_CASE("times of many probes are summed up exactly") {
  ProbeStatistics statistics;
  // 100 us to 10 ms, the odd ones first, so that the order differs from the sizes.
  for (int i = 1; i <= 100; i += 2)
    statistics.add(result_with(PortState::Open, "syn-ack", microseconds(100 * i)));
  for (int i = 2; i <= 100; i += 2)
    statistics.add(result_with(PortState::Open, "syn-ack", microseconds(100 * i)));
  const auto timing = statistics.timing();
  REQUIRE(timing);
  CHECK(timing->minimum == microseconds(100));
  CHECK(timing->average == microseconds(5050));
  CHECK(timing->maximum == microseconds(10'000));
  CHECK(timing->deviation == microseconds(2887));
  CHECK(timing->p50 == microseconds(5000));
  CHECK(timing->p90 == microseconds(9000));
  CHECK(timing->p99 == microseconds(9900));
  // 98 steps of 200 us and one back from 9,900 to 200.
  CHECK(timing->jitter == microseconds((98 * 200 + 9700 + 99 / 2) / 99));
  CHECK(statistics.loss() == 0);
}

TEST_CASE("silence is loss, a refusal is an answer, and what was not measured counts as neither") {
  ProbeStatistics statistics;
  CHECK_FALSE(statistics.loss());
  CHECK_FALSE(statistics.timing());
  statistics.add(result_with(PortState::NotMeasured, "Too many open files"));
  CHECK_FALSE(statistics.loss());
  statistics.add(result_with(PortState::Filtered, "no answer in 1 s, 1 try"));
  statistics.add(result_with(PortState::Filtered, "admin-prohibited"));
  statistics.add(result_with(PortState::Closed, "reset"));
  statistics.add(result_with(PortState::Open, "syn-ack", microseconds(7)));
  CHECK(statistics.probes() == 5);
  CHECK(statistics.lost() == 1);
  CHECK(statistics.loss() == 0.25);
  CHECK(statistics.count(PortState::Closed) == 1);
  REQUIRE(statistics.timing());
  CHECK(statistics.timing()->p99 == microseconds(7));
  CHECK_FALSE(statistics.timing()->jitter);
}

}  // namespace
}  // namespace sockutils::test::statistics_test
