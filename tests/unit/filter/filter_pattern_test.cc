#include "filter/filter_pattern.h"

#include "support/catch.h"

namespace sockutils::test::filter_pattern_test {
namespace {

bool found(const std::string& expression, std::string_view text) {
  const auto pattern = filter::Pattern::compile(expression);
  INFO(expression);
  if (!pattern) FAIL(pattern.error());
  return pattern->found_in(text);
}

std::string refusal(const std::string& expression) {
  const auto pattern = filter::Pattern::compile(expression);
  return pattern ? "" : pattern.error();
}

}  // namespace

TEST_CASE("a pattern is found anywhere, unless it is anchored") {
  CHECK(found("inx", "nginx: worker"));
  CHECK_FALSE(found("^inx", "nginx"));
  CHECK(found("^(nginx|httpd)$", "httpd"));
  CHECK_FALSE(found("^(nginx|httpd)$", "httpd2"));
  CHECK(found("^a{2,3}$", "aaa"));
  CHECK(found("^[[:alpha:]_]+$", "Ab_"));
  CHECK(found("", ""));
}

TEST_CASE("a pattern meets any bytes") {
  CHECK(found("^a.b$", "a\nb"));
  CHECK(found("b", std::string_view("a\0b", 3)));
  CHECK(found("nginx", "\xff\xfenginx\x80"));
  CHECK(found("^é$", "é"));
}

TEST_CASE("what is no pattern is refused with the reason") {
  CHECK(refusal("(a").starts_with("not a regular expression: missing )"));
  CHECK(refusal("[a").starts_with("not a regular expression: missing ]"));
  CHECK(refusal("*").starts_with("not a regular expression: no argument for repetition operator"));
  CHECK(refusal(R"((a)\1)").starts_with("not a regular expression: invalid escape sequence"));
  CHECK(refusal("\xff").starts_with("not a regular expression: invalid UTF-8"));
  CHECK(refusal(std::string(1001, 'a')) == "a pattern can hold 1000 bytes");
}

TEST_CASE("patterns that blow up other engines are refused or cost no more than their length") {
  CHECK_FALSE(refusal("((a{99}){99}){99}").empty());
  CHECK_FALSE(found("^(a*)*$", std::string(20'000, 'a') + "b"));
  CHECK_FALSE(found("^(a|a|b)*c$", std::string(20'000, 'a')));
  std::string nested;
  for (int i = 0; i < 20; ++i) nested += "(a*|b*)";
  CHECK(found(nested, "ab"));
}

}  // namespace sockutils::test::filter_pattern_test
