#include "sockutils/list.h"

#include <deque>
#include <limits>

#include "sockutils/value.h"
#include "support/catch.h"

namespace sockutils::test::group_test {
namespace {

using Number = std::uint64_t;
using Row = std::vector<OptionalValue>;

std::vector<const Field*> fields(std::initializer_list<std::string_view> names) {
  std::vector<const Field*> list;
  for (const std::string_view name : names) list.push_back(find_field(name));
  return list;
}

std::vector<Aggregate> aggregates(std::initializer_list<std::string_view> texts) {
  std::vector<Aggregate> list;
  for (const std::string_view text : texts) {
    const auto aggregate = Aggregate::parse(text);
    if (!aggregate) FAIL(aggregate.error().message());
    list.push_back(*aggregate);
  }
  return list;
}

Grouping grouping(std::initializer_list<std::string_view> by,
                  std::initializer_list<std::string_view> what = {}) {
  const auto made = Grouping::make(fields(by), aggregates(what));
  if (!made) FAIL(made.error().message());
  return *made;
}

/// One line for each group, `-` for what is absent.
std::vector<std::string> lines(const Groups& groups, const Grouping& by) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::string& line = result.emplace_back();
    for (std::size_t c = 0; c < by.output().size(); ++c) {
      if (c != 0) line += ' ';
      const OptionalValue& value = groups[i][c];
      value ? append_value(line, *value, by.output()[c]->type, Style::Plain) : static_cast<void>(line += '-');
    }
  }
  return result;
}

std::vector<std::string> group(const Grouping& by, const std::vector<Row>& rows,
                               const std::vector<SortKey>& order = {},
                               std::optional<std::size_t> limit = {}) {
  Groups groups(by);
  for (const Row& row : rows) groups.add(row);
  groups.finish(order, limit);
  return lines(groups, by);
}

using Lines = std::vector<std::string>;

/// Processes that hold one socket.
class Owners {
 public:
  std::span<const Owner> of(std::initializer_list<std::pair<int, const char*>> list) {
    std::vector<Owner>& owners = owners_.emplace_back();
    int fd = 3;
    for (const auto& [pid, name] : list) {
      processes_.push_back({.pid = pid, .name = std::string(name)});
      owners.push_back({&processes_.back(), pid, fd++});
    }
    return owners;
  }
  PerOwner pids(std::span<const Owner> owners) const {
    return {owners, [](const Owner& owner) -> std::optional<Value> {
              return Number{static_cast<std::uint32_t>(owner.process->pid)};
            }};
  }
  PerOwner names(std::span<const Owner> owners) const {
    return {owners, [](const Owner& owner) -> std::optional<Value> {
              return std::string_view(*owner.process->name);
            }};
  }

 private:
  std::deque<Process> processes_;
  std::deque<std::vector<Owner>> owners_;
};

TEST_CASE("sockets with the same values are one group, the largest first") {
  CHECK(group(grouping({"state"}), {{State::TimeWait}, {State::Established}, {State::Established}}) ==
        Lines{"established 2", "time-wait 1"});
}

TEST_CASE("absent is a group of its own, and not that of zero or of empty text") {
  CHECK(group(grouping({"recv_queue"}), {{std::nullopt}, {Number{0}}, {std::nullopt}}) ==
        Lines{"- 2", "0 1"});
  CHECK(group(grouping({"path"}), {{std::nullopt}, {""}}) == Lines{" 1", "- 1"});
}

TEST_CASE("values that are equal only when they are joined are different groups") {
  CHECK(group(grouping({"path", "user"}), {{"a", "1:b"}, {"a1:", "b"}}).size() == 2);
}

TEST_CASE("text of a group outlives the row that it came from") {
  const Grouping by = grouping({"path"});
  Groups groups(by);
  std::string text = "/run/socket-with-a-long-name";
  groups.add(Row{std::string_view(text)});
  text.assign(text.size(), 'x');
  groups.finish({}, {});
  CHECK(lines(groups, by) == Lines{"/run/socket-with-a-long-name 1"});
}

TEST_CASE("numbers are added up, and their extremes and means found") {
  const Grouping by = grouping({}, {"count", "sum:recv_queue", "min:recv_queue", "max:recv_queue",
                                    "avg:recv_queue", "distinct:recv_queue"});
  CHECK(group(by, {{Number{1}}, {Number{2}}, {Number{2}}, {Number{5}}}) == Lines{"4 10 1 5 3 3"});
}

TEST_CASE("absent values count for nothing in sums and means") {
  const Grouping by =
      grouping({}, {"count", "avg:tcp_rtt", "min:tcp_rtt", "p50:tcp_rtt", "distinct:tcp_rtt"});
  CHECK(group(by, {{std::nullopt}, {Number{10}}, {std::nullopt}}) == Lines{"3 10 10 10 1"});
  CHECK(group(by, {{std::nullopt}}) == Lines{"1 - - - 0"});
  CHECK(group(by, {}) == Lines{"0 - - - 0"});
}

TEST_CASE("percentiles are those of the nearest rank") {
  std::vector<Row> rows;
  for (Number n = 1000; n > 0; --n) rows.push_back({n});
  const Grouping by = grouping(
      {}, {"p0:tcp_rtt", "p50:tcp_rtt", "p90:tcp_rtt", "p99:tcp_rtt", "p99.9:tcp_rtt", "p100:tcp_rtt"});
  CHECK(group(by, rows) == Lines{"1 500 900 990 999 1000"});
  CHECK(group(by, {{Number{7}}}) == Lines{"7 7 7 7 7 7"});
  CHECK(group(by, {{Number{1}}, {Number{2}}}) == Lines{"1 1 2 2 2 2"});
}

TEST_CASE("a sum that would not fit stays at the largest number, and the mean is right") {
  const Number most = std::numeric_limits<Number>::max();
  const Grouping by = grouping({}, {"sum:recv_queue", "avg:recv_queue"});
  CHECK(group(by, {{most - 1}, {most - 1}}) == Lines{std::to_string(most) + " " + std::to_string(most - 1)});
}

TEST_CASE("a socket counts for each of its owners") {
  Owners owners;
  const auto three = owners.of({{1, "nginx"}, {2, "nginx"}, {3, "php"}});
  const auto one = owners.of({{3, "php"}});
  CHECK(group(grouping({"pid"}), {{owners.pids(three)}, {owners.pids(one)}}) == Lines{"3 2", "1 1", "2 1"});
}

TEST_CASE("a socket counts once in each group, however many of its owners are in it") {
  Owners owners;
  const auto three = owners.of({{1, "nginx"}, {2, "nginx"}, {3, "php"}});
  const Grouping by = grouping({"process"}, {"count", "sum:recv_queue", "distinct:pid"});
  CHECK(group(by, {{owners.names(three), Number{10}, owners.pids(three)}}) ==
        Lines{"nginx 1 10 2", "php 1 10 1"});
}

TEST_CASE("several fields of owners are those of the same owner") {
  Owners owners;
  const auto two = owners.of({{1, "nginx"}, {2, "php"}});
  CHECK(group(grouping({"pid", "process"}), {{owners.pids(two), owners.names(two)}}) ==
        Lines{"1 nginx 1", "2 php 1"});
}

TEST_CASE("groups by process name their owner") {
  Owners owners;
  const Grouping by = grouping({"processes"});
  CHECK(by.output()[0]->type == Type::Text);
  CHECK(group(by, {{owners.of({{1, "sshd"}, {2, "bash"}})}, {std::nullopt}}) ==
        Lines{"bash/2 1", "sshd/1 1", "- 1"});
}

TEST_CASE("a socket without an owner is in the group of absent ones") {
  Owners owners;
  const Grouping by = grouping({"pid"}, {"distinct:process"});
  CHECK(group(by, {{std::nullopt, std::nullopt},
                   {owners.pids({}), owners.names({})},
                   {owners.pids(owners.of({{1, "a"}})), owners.names(owners.of({{1, "a"}}))}}) ==
        Lines{"1 1", "- 0"});
}

TEST_CASE("groups are ordered by any of their columns, and cut") {
  const Grouping by = grouping({"local_port"}, {"count", "sum:recv_queue"});
  const std::vector<Row> rows{
      {Number{80}, Number{1}}, {Number{80}, Number{1}}, {Number{22}, Number{9}}, {Number{443}, Number{5}}};
  CHECK(group(by, rows, {{by.find("lport")}}) == Lines{"22 1 9", "80 2 2", "443 1 5"});
  CHECK(group(by, rows, {{by.find("sum:recvq"), true}}) == Lines{"22 1 9", "443 1 5", "80 2 2"});
  CHECK(group(by, rows, {{by.find("sum_recv_queue")}}, 1) == Lines{"80 2 2"});
  CHECK(group(by, rows, {{by.find("count")}}, 2) == Lines{"22 1 9", "443 1 5"});
  CHECK(by.find("recv_queue") == nullptr);
  CHECK(by.find("max:recv_queue") == nullptr);
}

TEST_CASE("finishing tells how many groups there were") {
  Groups groups(grouping({"state"}));
  for (const State state : {State::Listen, State::Closed, State::Listen}) groups.add(Row{state});
  CHECK(groups.finish({}, 1) == 2);
  CHECK(groups.size() == 1);
}

TEST_CASE("columns of groups keep the types of their fields") {
  const Grouping by =
      grouping({"state"}, {"avg:tcp_rtt", "max:recv_queue", "distinct:peer_address", "p99.9:tcp_rtt"});
  const auto& output = by.output();
  REQUIRE(output.size() == 5);
  CHECK(output[1]->name == "avg_tcp_rtt");
  CHECK(output[1]->title == "AVG:RTT");
  CHECK(output[1]->type == Type::Microseconds);
  CHECK(output[2]->type == Type::Bytes);
  CHECK(output[3]->type == Type::Count);
  CHECK(output[4]->name == "p99_9_tcp_rtt");
  CHECK(output[4]->title == "P99.9:RTT");
}

TEST_CASE("no column of a group has the name of a field") {
  for (const Field* field : sockutils::fields()) {
    CHECK(field->name != "count");
    for (const std::string_view word : {"sum:", "min:", "max:", "avg:", "distinct:", "p50:"}) {
      const auto aggregate = Aggregate::parse(std::string(word) + std::string(field->name));
      if (!aggregate) continue;
      const auto by = Grouping::make({}, {*aggregate});
      REQUIRE(by);
      CHECK(find_field(by->output()[0]->name) == nullptr);
    }
  }
}

TEST_CASE("what is named twice is there once") {
  CHECK(grouping({"state", "state"}, {"count", "median:rtt", "p50:tcp_rtt"}).output().size() == 3);
}

TEST_CASE("aggregates are written with a colon or in brackets") {
  CHECK(*Aggregate::parse("sum(recv_queue)") == *Aggregate::parse("sum:recvq"));
  CHECK(*Aggregate::parse("median:rtt") == *Aggregate::parse("p50.000:tcp_rtt"));
  CHECK(Aggregate::parse("p99.9:rtt")->percentile == 99'900);
  CHECK(Aggregate::parse("p0.001:rtt")->percentile == 1);
}

TEST_CASE("an aggregate that makes no sense is refused, and says why") {
  const auto reason = [](std::string_view text) {
    const auto aggregate = Aggregate::parse(text);
    return aggregate ? std::string("accepted") : aggregate.error().detail;
  };
  CHECK(reason("smu:rtt") == "there is no such aggregate, did you mean sum?");
  CHECK(reason("sum:recv_quue") == "unknown field 'recv_quue', did you mean recv_queue?");
  CHECK(reason("sum") == "a field is missing, as in sum:recv_queue");
  CHECK(reason("count:rtt") == "a count is of sockets, not of a field");
  CHECK(reason("sum:pid") ==
        "pid is no quantity (its type is identifier): it has distinct, min and max only");
  CHECK(reason("max:state") == "state is no quantity (its type is state): it has distinct only");
  CHECK(reason("distinct:state") == "accepted");
  CHECK(reason("min:local_port") == "accepted");
  for (const std::string_view wrong : {"p101:rtt", "p100.1:rtt", "p99.:rtt", "p1.2345:rtt", "p9x:rtt"})
    CHECK(reason(wrong) == "percentiles are p0 to p100, as in p99.9");
  for (const std::string_view wrong : {"", ":", "p:rtt", "sum:", "sum:rtt:rtt", "sum(rtt", "COUNT"})
    CHECK((reason(wrong) != "accepted" || wrong == "sum(rtt"));
}

}  // namespace
}  // namespace sockutils::test::group_test
