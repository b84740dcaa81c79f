#include "common/number_set.h"

#include <random>
#include <set>

#include "support/catch.h"

namespace sockutils::test::number_set_test {

TEST_CASE("a number is new in a set once") {
  NumberSet set;
  for (const std::uint64_t number : {0ull, 1ull, 63ull, 64ull, ~0ull, ~0ull - 64}) {
    CHECK(set.insert(number));
    CHECK_FALSE(set.insert(number));
  }
}

TEST_CASE("a set of numbers says of each what std::set says") {
  std::mt19937_64 random(7);
  NumberSet set;
  std::set<std::uint64_t> expected;
  std::size_t different = 0;
  for (int i = 0; i < 20'000; ++i) {
    // Clusters here, loners there.
    const std::uint64_t number = i % 2 == 0 ? random() % 5'000 : random();
    if (set.insert(number) != expected.insert(number).second) ++different;
  }
  CHECK(different == 0);
}

}  // namespace sockutils::test::number_set_test
