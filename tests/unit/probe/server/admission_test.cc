#include "probe/server/admission.h"
#include "probe/server/event_log.h"
#include "support/catch.h"

namespace sockutils::test::admission_test {
namespace {

using probe::Admission;
using probe::DatagramBudget;
using std::chrono::milliseconds;

Address address(std::string_view text) { return Address::parse(text).value(); }

TEST_CASE("connections of one address and of one network are bounded, and those that leave make room") {
  ServerLimits limits;
  limits.per_address = 2;
  limits.per_prefix = 3;
  Admission admission(limits);
  CHECK(admission.admit(address("192.0.2.1")).empty());
  CHECK(admission.admit(address("192.0.2.1")).empty());
  CHECK(admission.admit(address("192.0.2.1")) == "too many connections from this address");
  CHECK(admission.admit(address("192.0.2.2")).empty());
  CHECK(admission.admit(address("192.0.2.3")) == "too many connections from this network");
  CHECK(admission.admit(address("192.0.3.3")).empty());
  admission.leave(address("192.0.2.1"));
  CHECK(admission.admit(address("192.0.2.3")).empty());
  CHECK(admission.total() == 4);
}

TEST_CASE("over IPv6 a /64 counts as one address") {
  ServerLimits limits;
  limits.per_address = 1;
  Admission admission(limits);
  CHECK(admission.admit(address("2001:db8::1")).empty());
  CHECK_FALSE(admission.admit(address("2001:db8::ffff:2")).empty());
  CHECK(admission.admit(address("2001:db8:0:1::1")).empty());
}

TEST_CASE("a v4-mapped address counts as the IPv4 address that it stands for") {
  CHECK(probe::network_of(address("::ffff:192.0.2.1"), 24, 48) == address("192.0.2.0"));
  CHECK(probe::network_of(address("2001:db8:1:2:3::"), 24, 48) == address("2001:db8:1::"));
}

TEST_CASE("datagrams of one address are answered so many a second, after a first burst") {
  DatagramBudget budget(10);
  auto now = DatagramBudget::Clock::now();
  const auto taken = [&](std::string_view who) {
    int count = 0;
    while (count < 1000 && budget.take(address(who), now)) ++count;
    return count;
  };
  CHECK(taken("192.0.2.1") == 40);
  CHECK(taken("192.0.2.2") == 40);
  now += milliseconds(500);
  CHECK(taken("192.0.2.1") == 5);
  now += std::chrono::seconds(100);
  CHECK(taken("192.0.2.1") == 40);
}

TEST_CASE("the budgets of very many addresses stay bounded, and old ones make room for new") {
  DatagramBudget budget(10);
  auto now = DatagramBudget::Clock::now();
  std::size_t answered = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i)
    if (budget.take(Address::v4({10, 0, static_cast<std::uint8_t>(i / 256), static_cast<std::uint8_t>(i)}),
                    now))
      ++answered;
  CHECK(answered == 4096);
  now += std::chrono::seconds(10);
  CHECK(budget.take(address("192.0.2.1"), now));
}

TEST_CASE("what comes too fast is counted, and told once a second") {
  std::vector<ServerEvent> told;
  probe::EventLog log([&](const ServerEvent& event) { told.push_back(event); });
  auto now = probe::EventLog::Clock::now();
  ServerEvent refused;
  refused.kind = ServerEvent::Kind::Refused;
  refused.reason = "too many";
  for (int i = 0; i < 1000; ++i) log.tell(refused, now);
  CHECK(told.size() == 50);
  log.flush(now + std::chrono::seconds(2));
  REQUIRE(told.size() == 51);
  CHECK(told.back().count == 950);
}

}  // namespace
}  // namespace sockutils::test::admission_test
