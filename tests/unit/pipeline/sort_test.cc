#include "pipeline/sort.h"

#include <algorithm>
#include <random>

#include "support/catch.h"
#include "support/random_values.h"

namespace sockutils::test::sort_test {
namespace {

using Number = std::uint64_t;

std::vector<Number> numbers(const RowStore& rows, std::size_t column) {
  std::vector<Number> list;
  for (std::size_t i = 0; i < rows.size(); ++i) list.push_back(std::get<Number>(*rows[i][column]));
  return list;
}

TEST_CASE("a limited store holds what a full one begins with") {
  std::mt19937 random(4711);
  for (const bool descending : {false, true}) {
    for (const std::size_t limit : {0u, 1u, 2u, 7u, 300u}) {
      const std::vector<Plan::SortColumn> keys{{0, descending}};
      RowStore all(2);
      RowStore some(2, limit, keys);
      for (Number n = 0; n < 200; ++n) {
        // Few values, so that many rows are equal, and some are absent.
        const Number value = random() % 10;
        const std::vector<OptionalValue> row{value == 0 ? std::nullopt : OptionalValue(value), n};
        all.add(row);
        some.add(row);
        CHECK(some.size() <= limit);
      }
      all.sort(keys);
      some.sort(keys);
      std::vector<Number> expected = numbers(all, 1);
      expected.resize(std::min<std::size_t>(limit, expected.size()));
      CHECK(numbers(some, 1) == expected);
    }
  }
}

TEST_CASE("rows of every type are in the order of compare(), equal ones as they came") {
  RandomValues random;
  for (std::size_t t = 0; t < TypeCount; ++t) {
    for (const bool descending : {false, true}) {
      CAPTURE(t, descending);
      std::vector<std::vector<OptionalValue>> expected;
      RowStore rows(2);
      for (Number n = 0; n < 200; ++n) {
        expected.push_back({random.of(static_cast<Type>(t)), n});
        rows.add(expected.back());
      }
      std::stable_sort(expected.begin(), expected.end(),
                       [=](const auto& a, const auto& b) { return compare(a[0], b[0], descending) < 0; });
      rows.sort(std::vector<Plan::SortColumn>{{0, descending}});
      std::vector<Number> places;
      for (const auto& row : expected) places.push_back(std::get<Number>(*row[1]));
      CHECK(numbers(rows, 1) == places);
    }
  }
}

TEST_CASE("rows keep their text when the row that it came from is gone") {
  RowStore rows(2, 2, {{0, false}});
  for (const std::string text :
       {"delta", "charlie", "a text that is longer than any short string", "bravo"}) {
    Endpoint end;
    end.host = end.scope = end.text = text;
    rows.add(std::vector<OptionalValue>{std::string_view(text), end});
  }
  rows.sort(std::vector<Plan::SortColumn>{{0, false}});
  REQUIRE(rows.size() == 2);
  CHECK(std::get<std::string_view>(*rows[0][0]) == "a text that is longer than any short string");
  CHECK(std::get<std::string_view>(*rows[1][0]) == "bravo");
  CHECK(std::get<Endpoint>(*rows[1][1]).scope == "bravo");
  CHECK(std::get<Endpoint>(*rows[1][1]).text == "bravo");
}

}  // namespace
}  // namespace sockutils::test::sort_test
