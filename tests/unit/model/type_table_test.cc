#include "model/type_table.h"

#include "support/catch.h"

namespace sockutils::test::type_table_test {
namespace {

constexpr std::size_t TypeCount = static_cast<std::size_t>(Type::List) + 1;

}  // namespace

TEST_CASE("every type has a row of its own, with what its numbers need") {
  for (std::size_t t = 0; t < TypeCount; ++t) {
    const TypeRow& row = type_row(static_cast<Type>(t));
    INFO(row.info.name);
    CHECK(row.info.type == static_cast<Type>(t));
    CHECK_FALSE(row.info.name.empty());
    CHECK((row.units.empty() || !row.info.unit.empty()));
    CHECK((row.arithmetic == Arithmetic::None || row.info.plain_is_number));
  }
}

TEST_CASE("units are found in any case, and rates also with what they are a part of") {
  const Units& sizes = type_row(Type::Bytes).units;
  const Units& rates = type_row(Type::BytesPerSecond).units;
  REQUIRE(sizes.find("kib"));
  CHECK(sizes.find("kib")->numerator == 1024);
  CHECK(sizes.find("KB")->numerator == 1000);
  CHECK_FALSE(sizes.find("Mbit"));
  CHECK_FALSE(sizes.find("KiB/s"));
  REQUIRE(rates.find("Mbit/s"));
  CHECK(rates.find("Mbit/s")->denominator == 8);
  CHECK(rates.find("MiB"));
  CHECK(rates.find("mbps"));
  CHECK_FALSE(rates.find("mbps/s"));
  CHECK_FALSE(rates.find("ms"));
  CHECK(type_row(Type::Count).units.empty());
}

TEST_CASE("cells stand where their type says, unless their field says otherwise") {
  CHECK(alignment(*find_field("recv_queue")) == Align::Right);
  CHECK(alignment(*find_field("local")) == Align::Left);
  CHECK(alignment({.name = "n",
                   .title = "N",
                   .type = Type::Count,
                   .get = nullptr,
                   .align = Align::Left,
                   .doc = {}}) == Align::Left);
}

}  // namespace sockutils::test::type_table_test
