#include "sockutils/value.h"

#include <array>
#include <vector>

#include "filter/filter_node.h"
#include "model/extra_attributes.h"
#include "pipeline/sort.h"
#include "sockutils/field.h"
#include "support/catch.h"
#include "unit/filter/filter_support.h"

namespace sockutils::test::text_list_test {
namespace {

using Texts = std::vector<std::string>;
using namespace std::string_view_literals;

std::string pack(const Texts& texts) {
  std::string packed;
  for (const std::string& text : texts) append_element(packed, text);
  return packed;
}

Texts elements(const TextList& list) { return {list.begin(), list.end()}; }

std::string print(const TextList& list, Style style) {
  std::string text;
  append_value(text, list, Type::List, style);
  return text;
}

constexpr std::array<std::string_view, 4> Colours{"red", "", "green", "blue"};

constexpr AttributeKey Groups{"groups"};
OptionalValue get_groups(const SocketRow& row) {
  const auto list = row.socket.facts.list(Groups);
  return list ? OptionalValue(*list) : std::nullopt;
}
constexpr Field GroupsField{
    .name = "groups", .title = "GROUPS", .type = Type::List, .get = getter<get_groups>, .doc = ""};

/// Whether a socket in these groups matches.
bool matches(const Texts& groups, filter::Operator op, filter::Operand operand) {
  Socket socket;
  socket.facts.set_list(Groups, pack(groups));
  const NoNames names;
  const auto node = filter::make_node(filter::Comparison{&GroupsField, op, std::move(operand)});
  return filter::evaluate(*node, SocketRow{socket, {}, names});
}

}  // namespace

TEST_CASE("a packed list gives back its texts, whatever bytes they hold") {
  const Texts texts{"a", "", std::string("\0,\n\xff", 4), std::string(300, 'x'), ""};
  const std::string packed = pack(texts);
  CHECK(elements(TextList(packed)) == texts);
  CHECK(TextList(packed).size() == 5);
  CHECK(elements(TextList(std::string_view())).empty());
  CHECK(TextList().empty());
}

TEST_CASE("a list of bytes that nobody packed ends where they are cut") {
  const std::string packed = pack({"whole", "cut"});
  for (std::size_t length = 0; length < packed.size(); ++length) {
    const Texts expected = length >= 9 ? Texts{"whole"} : Texts{};
    CHECK(elements(TextList(std::string_view(packed).substr(0, length))) == expected);
  }
  CHECK(elements(TextList("\xff\xff\xff\xff rest"sv)).empty());
}

TEST_CASE("a set of bits is a list of their names") {
  CHECK(elements(TextList(0b1101, Colours)) == Texts{"red", "green", "blue"});
  CHECK(elements(TextList(0b0100, Colours)) == Texts{"green"});
  CHECK(elements(TextList(0b0010, Colours)).empty());
  CHECK(elements(TextList(~std::uint64_t{0}, Colours)).size() == 3);
  CHECK(TextList(0, Colours).empty());
}

TEST_CASE("a list prints with commas, and an empty one as none for people") {
  CHECK(print(TextList(pack({"a", "b", "a"})), Style::Human) == "a,b,a");
  CHECK(print(TextList(pack({"a", "b"})), Style::Plain) == "a,b");
  CHECK(print(TextList(0b100, Colours), Style::Human) == "green");
  CHECK(print(TextList(), Style::Human) == "none");
  CHECK(print(TextList(), Style::Plain).empty());
}

TEST_CASE("lists sort by their first element that differs, and outlive what they were made of") {
  RowStore rows(1);
  for (const Texts& texts : {Texts{"b"}, Texts{"a", "c"}, Texts{"a"}, Texts{}, Texts{"a", "b", "c"}}) {
    const std::string packed = pack(texts);
    rows.add(std::vector<OptionalValue>{TextList(packed)});
  }
  rows.add(std::vector<OptionalValue>{TextList(0b100, Colours)});
  const std::vector<Plan::SortColumn> keys{{.column = 0, .descending = false}};
  rows.sort(keys);
  std::vector<std::string> sorted;
  for (std::size_t i = 0; i < rows.size(); ++i)
    sorted.push_back(print(std::get<TextList>(*rows[i][0]), Style::Plain));
  CHECK(sorted == Texts{"", "a", "a,b,c", "a,c", "b", "green"});
}

TEST_CASE("a filter matches a list when any element matches, and denies it when none does") {
  using filter::Relation;
  const filter::Operator equal{Relation::Equal};
  const filter::Operator unequal{Relation::Equal, true};
  const Texts wanted{"wheel"};
  CHECK(matches({"users", "wheel"}, equal, wanted));
  CHECK_FALSE(matches({"users"}, equal, wanted));
  CHECK_FALSE(matches({"wheels"}, equal, wanted));
  CHECK_FALSE(matches({"users", "wheel"}, unequal, wanted));
  CHECK(matches({"users"}, unequal, wanted));
  CHECK_FALSE(matches({}, equal, wanted));
  CHECK(matches({}, unequal, wanted));
  CHECK(matches({"users"}, equal, Texts{"wheel", "users"}));
  CHECK(matches({"a", "z"}, {Relation::Greater}, Texts{"y"}));
  CHECK(matches({"users", "wheel"}, {Relation::Match}, *filter::Pattern::compile("^wh")));
  CHECK_FALSE(matches({"users", "wheel"}, {Relation::Match, true}, *filter::Pattern::compile("^wh")));
}

}  // namespace sockutils::test::text_list_test
