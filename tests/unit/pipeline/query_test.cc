// A query by names, and queries that cannot be answered.

#include <cerrno>

#include "sockutils/follow.h"
#include "sockutils/list.h"
#include "sockutils/record.h"
#include "support/catch.h"

namespace sockutils::test::query_test {
namespace {

constexpr Field NoFactOfASocket{
    .name = "in_rate", .title = "", .type = Type::Count, .get = nullptr, .doc = ""};

/// What each function that takes a query says of it.
void refuse_everywhere(const Query& query) {
  const auto listed = list_sockets(query, [](Values) { return true; });
  const auto taken = take_snapshot(query);
  const auto followed = Follower::start(query, {});
  const auto closed = list_closings(query, [](const Event&) { return true; });
  REQUIRE_FALSE(listed);
  REQUIRE_FALSE(taken);
  REQUIRE_FALSE(followed);
  REQUIRE_FALSE(closed);
  for (const Error& error : {listed.error(), taken.error(), followed.error(), closed.error()})
    CHECK(error.code == EINVAL);
}

}  // namespace

TEST_CASE("a query takes its columns and its order by name or alias") {
  Query query;
  REQUIRE(query.columns({"local", "rtt"}));
  CHECK(query.fields == std::vector<const Field*>{find_field("local"), find_field("tcp_rtt")});
  REQUIRE(query.order({"-rtt", "local"}));
  REQUIRE(query.sort.size() == 2);
  CHECK(query.sort[0].field == find_field("tcp_rtt"));
  CHECK(query.sort[0].descending);
  CHECK(query.sort[1].field == find_field("local"));
  CHECK_FALSE(query.sort[1].descending);
}

TEST_CASE("a misspelt column is refused with the one that was meant, and changes nothing") {
  Query query;
  REQUIRE(query.columns({"peer"}));
  const auto named = query.columns({"local", "procesess"});
  REQUIRE_FALSE(named);
  CHECK(named.error().message() == "find procesess: there is no such field; did you mean 'processes'?");
  CHECK(query.fields == std::vector<const Field*>{find_field("peer")});
  const auto ordered = query.order({"-locl"});
  REQUIRE_FALSE(ordered);
  CHECK(ordered.error().message() == "find locl: there is no such field; did you mean 'local'?");
  CHECK(query.sort.empty());
}

TEST_CASE("a null field is refused, not followed") {
  Query query;
  query.fields = {find_field("local"), find_field("locl")};
  refuse_everywhere(query);
  Query ordered;
  ordered.sort = {{nullptr}};
  refuse_everywhere(ordered);
}

TEST_CASE("a field that is no fact of a socket is refused") {
  Query query;
  query.fields = {&NoFactOfASocket};
  refuse_everywhere(query);
}

TEST_CASE("a value of a row is had as what it is, or not at all") {
  const std::vector<OptionalValue> row{Value(std::uint64_t{22}), std::nullopt,
                                       Value(std::string_view("ssh"))};
  CHECK(get<std::uint64_t>(row, 0) == 22);
  CHECK(get<std::string_view>(row, 2) == "ssh");
  CHECK_FALSE(get<std::uint64_t>(row, 1));
  CHECK_FALSE(get<std::uint64_t>(row, 2));
  CHECK_FALSE(get<std::uint64_t>(row, 3));
}

}  // namespace sockutils::test::query_test
