#include "common/arguments.h"

#include "support/catch.h"

using tools::OptionDoc;

namespace arguments_test {
namespace {

const std::vector<OptionDoc> Options{
    {'t', "tcp", {}, "", ""},
    {'4', "ipv4", {}, "", ""},
    {0, "columns", {"LIST"}, "", ""},
    {'f', "family", {"FAMILY"}, "", ""},
    {0, "wait", {"SECONDS", true}, "", ""},
};

tl::expected<tools::Arguments, std::string> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "tool");
  return tools::parse_arguments(static_cast<int>(words.size()), words.data(), Options);
}

/// The options as they came, in plain text.
std::string given(const std::vector<const char*>& words) {
  const auto arguments = parse(words);
  REQUIRE(arguments);
  std::string text;
  for (const auto& option : arguments->options) {
    text += Options[option.index].word;
    if (option.value) text += "=" + *option.value;
    text += ' ';
  }
  return text;
}

std::vector<std::string> operands(const std::vector<const char*>& words) {
  const auto arguments = parse(words);
  REQUIRE(arguments);
  return arguments->operands;
}

std::string complaint(const std::vector<const char*>& words) {
  const auto arguments = parse(words);
  REQUIRE_FALSE(arguments);
  return arguments.error();
}

}  // namespace

TEST_CASE("letters can be joined, and options come in the order of the command line") {
  CHECK(given({"-4t", "--wait", "-t"}) == "ipv4 tcp wait tcp ");
}

TEST_CASE("a value is joined, or the next word whatever it looks like") {
  CHECK(given({"--columns=a,b", "--columns", "-a", "-finet", "-f", "inet6"}) ==
        "columns=a,b columns=-a family=inet family=inet6 ");
}

TEST_CASE("an optional value stands behind an equals sign alone") {
  CHECK(given({"--wait=30"}) == "wait=30 ");
  CHECK(given({"--wait", "30"}) == "wait ");
  CHECK(operands({"--wait", "30"}) == std::vector<std::string>{"30"});
}

TEST_CASE("all else are operands, as they are and in order") {
  CHECK(operands({"state", "-t", "listen", "", "[::1]", "a b", "[x,y]"}) ==
        std::vector<std::string>{"state", "listen", "", "[::1]", "a b", "[x,y]"});
  CHECK(operands({"--", "-t", "--nothing"}) == std::vector<std::string>{"-t", "--nothing"});
  CHECK(operands({"-"}) == std::vector<std::string>{"-"});
}

TEST_CASE("an unknown option comes with the one that was meant") {
  CHECK(complaint({"--colums"}) == "unknown option --colums, did you mean --columns?");
  CHECK(complaint({"--fam"}) == "unknown option --fam, did you mean --family?");
  CHECK(complaint({"--tpc=4"}) == "unknown option --tpc, did you mean --tcp?");
  CHECK(complaint({"--xylophone"}) == "unknown option --xylophone");
  CHECK(complaint({"-tz"}) == "unknown option -z");
}

TEST_CASE("values that are missing or not wanted are refused") {
  CHECK(complaint({"--columns"}) == "option --columns needs a value: --columns=LIST");
  CHECK(complaint({"-tf"}) == "option -tf needs a value: -f, --family=FAMILY");
  CHECK(complaint({"--columns=", "a"}) == "option --columns= lacks its value");
  CHECK(complaint({"--wait="}) == "option --wait= lacks its value");
  CHECK(complaint({"--tcp=yes"}) == "option --tcp takes no value");
  CHECK(complaint({"--wait=true"}) == "option --wait: bad value 'true'");
}

}  // namespace arguments_test
