#include "acquire/names/name_cache.h"

#include "support/catch.h"

namespace sockutils::test::name_cache_test {
namespace {

TEST_CASE("names that nobody asks for any more make room for others") {
  NameCache<int> cache(10);
  cache.insert(-1, "asked for");
  cache.insert(-2, "forgotten");
  std::size_t held = 0;
  for (int i = 0; i < 1000; ++i) {
    cache.insert(i, "name " + std::to_string(i));
    REQUIRE(cache.find(-1) != nullptr);
    // Those that were added last are there.
    if (i >= 3) REQUIRE(cache.find(i - 3) != nullptr);
  }
  for (int i = -2; i < 1000; ++i) held += cache.find(i) != nullptr ? 1U : 0U;
  CHECK(held <= 20);
  CHECK(*cache.find(-1) == "asked for");
  CHECK(cache.find(-2) == nullptr);
}

TEST_CASE("a name stays where it is while it is young") {
  NameCache<int> cache(10);
  const std::string* const first = &cache.insert(1, "a name that is longer than what fits into a string");
  for (int i = 2; i < 11; ++i) cache.insert(i, "");
  CHECK(cache.find(1) == first);
  cache.insert(11, "");
  CHECK(cache.find(1) == first);
}

TEST_CASE("as many names as are wanted at one time are kept") {
  NameCache<int> cache(10);
  cache.reserve(100);
  for (int i = 0; i < 100; ++i) cache.insert(i, "");
  for (int i = 0; i < 100; ++i) CHECK(cache.find(i) != nullptr);
}

}  // namespace
}  // namespace sockutils::test::name_cache_test
