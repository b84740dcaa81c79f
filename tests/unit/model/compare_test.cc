#include <algorithm>
#include <array>

#include "sockutils/compact_row.h"
#include "support/catch.h"
#include "support/random_values.h"

namespace sockutils::test::compare_test {
namespace {

int sign(std::weak_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

}  // namespace

TEST_CASE("prefixes of values say the same as comparing them, for every type") {
  RandomValues random;
  for (std::size_t t = 0; t < TypeCount; ++t) {
    CAPTURE(t);
    for (int i = 0; i < 3000; ++i) {
      const OptionalValue a = random.of(static_cast<Type>(t));
      const OptionalValue b = random.of(static_cast<Type>(t));
      if (!a || !b) continue;
      const SortPrefix x = sort_prefix(*a);
      const SortPrefix y = sort_prefix(*b);
      const auto order = x <=> y;
      if (order != 0) {
        REQUIRE(sign(compare(a, b)) == (order < 0 ? -1 : 1));
      } else if (x.whole && y.whole) {
        REQUIRE((compare(a, b) == 0));
      }
      REQUIRE(sign(compare(a, b)) == -sign(compare(b, a)));
      REQUIRE(sign(compare(a, b, true)) == -sign(compare(a, b)));
    }
  }
}

TEST_CASE("the order is one: of any three values, what comes before the second comes before the third") {
  RandomValues random;
  for (std::size_t t = 0; t < TypeCount; ++t) {
    CAPTURE(t);
    for (int i = 0; i < 3000; ++i) {
      std::array<OptionalValue, 3> three{random.of(static_cast<Type>(t)), random.of(static_cast<Type>(t)),
                                         random.of(static_cast<Type>(t))};
      std::sort(three.begin(), three.end(), [](const auto& a, const auto& b) { return compare(a, b) < 0; });
      REQUIRE((compare(three[0], three[1]) <= 0));
      REQUIRE((compare(three[1], three[2]) <= 0));
      REQUIRE((compare(three[0], three[2]) <= 0));
    }
  }
}

TEST_CASE("a packed value is as great as it was, for every type") {
  RandomValues random;
  for (std::size_t t = 0; t < TypeCount; ++t) {
    CAPTURE(t);
    for (int i = 0; i < 300; ++i) {
      const OptionalValue value = random.of(static_cast<Type>(t));
      CompactRow::Builder builder;
      builder.begin(1);
      builder.add(value);
      ProcessPool processes;
      const CompactRow row = builder.finish(std::make_shared<const OwnerList>(builder.owners(), processes));
      REQUIRE((compare(row.value(0), value) == 0));
    }
  }
}

TEST_CASE("absent values come last, whichever way") {
  const OptionalValue absent;
  CHECK((compare(absent, std::uint64_t{1}) > 0));
  CHECK((compare(absent, std::uint64_t{1}, true) > 0));
  CHECK((compare(std::uint64_t{1}, absent, true) < 0));
  CHECK((compare(absent, absent) == 0));
}

TEST_CASE("ends are in the order of their addresses and ports, and paths come behind them") {
  const auto end_of = [](const char* address, std::uint16_t port) {
    Endpoint end;
    end.address = *Address::parse(address);
    end.port = port;
    return end;
  };
  Endpoint path;
  path.text = "/run/a";
  Endpoint other_path;
  other_path.text = "/run/b";
  const std::vector<Endpoint> ends{end_of("9.0.0.1", 80),
                                   end_of("10.0.0.1", 80),
                                   end_of("10.0.0.1", 443),
                                   end_of("10.0.0.2", 22),
                                   end_of("200.0.0.1", 1),
                                   end_of("::1", 5),
                                   end_of("2001:db8::1", 5),
                                   end_of("2001:db8::1", 6),
                                   end_of("2001:db8::2", 1),
                                   end_of("fe80::1", 1),
                                   path,
                                   other_path};
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    CAPTURE(i);
    CHECK((compare(ends[i], ends[i + 1]) < 0));
    CHECK((compare(ends[i], ends[i + 1], true) > 0));
    CHECK(((sort_prefix(ends[i]) <=> sort_prefix(ends[i + 1])) <= 0));
  }
}

TEST_CASE("ends at one address and port are apart by the interface that they are bound to") {
  Endpoint any{.address = Address{}, .port = std::uint16_t{179}};
  Endpoint bound = any;
  bound.scope_id = 2;
  CHECK((compare(any, bound) < 0));
  CHECK_FALSE(((sort_prefix(any) <=> sort_prefix(bound)) == 0 && sort_prefix(bound).whole));
}

TEST_CASE("protocols are in the order of their names, states in that of the kernel") {
  CHECK((compare(Protocol::Dgram, Protocol::Tcp) < 0));
  CHECK((compare(netlink_protocol(9), Protocol::Tcp) < 0));
  CHECK((compare(State::Established, State::Listen) < 0));
}

}  // namespace sockutils::test::compare_test
