// Rows of another kind than sockets.

#include <array>

#include "sockutils/field.h"
#include "sockutils/filter.h"
#include "support/catch.h"

namespace sockutils::field_table_test {
namespace {

struct Dish : Row {
  Dish(std::string_view its_name, std::uint64_t its_price) : name(its_name), price(its_price) {}
  std::string_view name;
  std::uint64_t price;
};

OptionalValue price_of(const Dish& dish) { return dish.price; }

constexpr std::array DishFields{
    Field{.name = "name",
          .title = "NAME",
          .type = Type::Text,
          .get = getter<[](const Dish& dish) { return dish.name; }>,
          .doc = ""},
    Field{.name = "price",
          .title = "PRICE",
          .type = Type::Count,
          .get = getter<price_of>,
          .aliases = "cost",
          .doc = ""},
};

const FieldTable& dishes() {
  static const FieldTable table("dishes", {DishFields});
  return table;
}

bool matches(std::string_view filter, const Dish& dish) {
  return Filter::parse(filter, {}, dishes()).value().matches(dish);
}

FilterError error_of(std::string_view filter) { return Filter::parse(filter, {}, dishes()).error(); }

TEST_CASE("a table of fields finds them by name and by alias") {
  CHECK(dishes().find("price") == &DishFields[1]);
  CHECK(dishes().find("cost") == &DishFields[1]);
  CHECK(dishes().find("local") == nullptr);
  CHECK(dishes().suggest("prize") == "price");
  CHECK(socket_fields().find("local") == find_field("local"));
}

TEST_CASE("getters take their own kind of row") {
  const Dish soup("soup", 7);
  const auto values = values_of(soup, dishes().fields());
  REQUIRE(values.size() == 2);
  CHECK(std::get<std::string_view>(*values[0]) == "soup");
  CHECK(std::get<std::uint64_t>(*values[1]) == 7);
}

TEST_CASE("a filter works on rows of any kind") {
  const Dish soup("soup", 7);
  CHECK(matches("name = soup and price < 10", soup));
  CHECK(matches("cost in (5, 7)", soup));
  CHECK_FALSE(matches("not has name or price > 7", soup));
}

TEST_CASE("words of sockets mean nothing in a filter of other rows") {
  CHECK(error_of("sport = 80").message == "\"sport\" is for sockets, and no field of dishes");
  CHECK(error_of("dst 10.0.0.1").message == "\"dst\" is for sockets, and no field of dishes");
  CHECK(error_of("listening").message == "\"listening\" is no field of dishes");
  CHECK(error_of("prise = 3").suggestion == "price");
}

}  // namespace
}  // namespace sockutils::field_table_test
