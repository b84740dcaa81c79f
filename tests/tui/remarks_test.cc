#include "tui/collect/remarks.h"

#include <map>

#include "support/catch.h"

namespace tui::test::remarks_test {
namespace {

using Catch::Matchers::Contains;
using sockutils::State;

class FactsOf {
 public:
  FactsOf& set(std::string_view name, sockutils::Value value) {
    facts_[std::string(name)] = value;
    return *this;
  }
  FactsOf& number(std::string_view name, std::uint64_t value) { return set(name, value); }
  std::vector<std::string> remarks() const {
    return remarks_on([this](std::string_view name) {
      const auto found = facts_.find(name);
      return found == facts_.end() ? sockutils::OptionalValue() : sockutils::OptionalValue(found->second);
    });
  }
  /// The only one.
  std::string remark() const {
    const auto all = remarks();
    return all.size() == 1 ? all.front() : std::to_string(all.size()) + " remarks";
  }

 private:
  std::map<std::string, sockutils::Value, std::less<>> facts_;
};

FactsOf established() { return FactsOf().set("state", State::Established); }

TEST_CASE("nothing is remarkable in a healthy connection, or in one of which nothing is known") {
  CHECK(FactsOf().remarks().empty());
  CHECK(established()
            .number("tcp_busy_time", 5'000'000)
            .number("tcp_rtt", 30'000)
            .number("tcp_min_rtt", 20'000)
            .number("tcp_segs_out", 1000)
            .number("tcp_total_retrans", 0)
            .remarks()
            .empty());
}

TEST_CASE("a receive queue that waits means that the application does not read") {
  CHECK(established().number("recv_queue", 65536).remark() ==
        "the application does not read: 65536 bytes wait in the receive queue");
  CHECK(established().number("recv_queue", 100).remarks().empty());
}

TEST_CASE("a receiver's window that holds sending up is named as the limit") {
  CHECK(established().number("tcp_busy_time", 1'000'000).number("tcp_rwnd_limited", 640'000).remark() ==
        "the receiver's window is the limit, 64 % of the time that there was to send");
  CHECK(
      established().number("tcp_busy_time", 1'000'000).number("tcp_rwnd_limited", 10'000).remarks().empty());
}

TEST_CASE("retransmissions are told as a part of what was sent") {
  CHECK(established().number("tcp_total_retrans", 30).number("tcp_segs_out", 1000).remark() ==
        "3.0 % of the segments sent were retransmitted (30)");
}

TEST_CASE("a listener's waiting connections are told with the limit") {
  auto listener = FactsOf().set("state", State::Listen).number("recv_queue", 129).number("send_queue", 128);
  CHECK_THAT(listener.remark(), Contains("129 of at most 128") && Contains("the queue is full"));
}

TEST_CASE("a window that is shut is told by the timer that probes it") {
  CHECK_THAT(established().set("timer", std::string_view("persist")).remark(), Contains("window is shut"));
}

TEST_CASE("a round trip that takes much longer than it could means queues on the way") {
  CHECK(established().number("tcp_rtt", 200'000).number("tcp_min_rtt", 20'000).remark() ==
        "packets queue on the way: a round trip takes 200ms where 20ms is possible");
}

TEST_CASE("states that wait for someone are explained") {
  CHECK_THAT(FactsOf().set("state", State::CloseWait).remark(), Contains("has closed"));
  CHECK_THAT(FactsOf().set("state", State::SynSent).remark(), Contains("nobody has answered"));
  CHECK_THAT(FactsOf().set("state", State::FinWait2).remark(), Contains("does not close"));
}

TEST_CASE("who is open to the world is told so") {
  CHECK_THAT(FactsOf().set("state", State::Listen).set("exposure", std::string_view("any")).remark(),
             Contains("every address"));
}

}  // namespace
}  // namespace tui::test::remarks_test
