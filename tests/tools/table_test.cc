#include <sstream>

#include "support/catch.h"
#include "tools/golden.h"
#include "tools/sample_rows.h"

namespace table_test {

using namespace sockutils;
using samples::render;
using tools::Terminal;

namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}

std::size_t widest(const std::string& text) {
  std::size_t width = 0;
  for (const std::string& line : lines(text)) width = std::max(width, display_width(line));
  return width;
}

Terminal terminal(std::size_t width, bool colour = false) {
  return {.is_terminal = true, .width = width, .colour = colour, .utf8 = true};
}

/// `text` without escape sequences of colours.
std::string without_colours(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      result += text[i];
    } else {
      i = text.find('m', i);
    }
  }
  return result;
}

}  // namespace

TEST_CASE("a table looks as it was approved at several widths") {
  const samples::Listing listing;
  for (const std::size_t width : {40u, 60u, 80u, 100u, 120u, 200u}) {
    const std::string text = render(listing.fields(), listing.rows, {"", terminal(width)});
    check_golden("table-" + std::to_string(width) + ".txt", text);
    CHECK(widest(text) <= width);
  }
}

TEST_CASE("a table in a pipe looks as it was approved") {
  const samples::Listing listing;
  check_golden("table-pipe.txt", render(listing.fields(), listing.rows, {""}));
}

TEST_CASE("a coloured table looks as it was approved") {
  const samples::Listing listing;
  const std::string coloured = render(listing.fields(), listing.rows, {"", terminal(100, true)});
  check_golden("table-100-colour.txt", coloured);
  CHECK(without_colours(coloured) == render(listing.fields(), listing.rows, {"", terminal(100)}));
}

TEST_CASE("a table is never wider than its terminal") {
  const samples::Listing listing;
  for (std::size_t width = 1; width < 180; ++width) {
    const std::string text = render(listing.fields(), listing.rows, {"", terminal(width)});
    CAPTURE(width, text);
    CHECK(widest(text) <= width);
    CHECK(lines(text).size() == listing.rows.size() + 1);
  }
}

TEST_CASE("every row of a table in a pipe has as many cells as there are columns") {
  const auto fields = samples::fields({"protocol", "state", "local", "peer", "user"});
  const std::vector<samples::Row> rows{
      {Protocol::Tcp, std::nullopt, samples::end("0.0.0.0", 1), samples::any(), ""},
      {Protocol::Udp, State::Unconnected, samples::end("::1", 1), samples::any(), "root"}};
  for (const std::string& line : lines(render(fields, rows, {""}))) {
    std::istringstream in(line);
    std::size_t cells = 0;
    for (std::string word; in >> word;) ++cells;
    CHECK(cells == fields.size());
  }
}

TEST_CASE("rows after the first thousand flow, and their cells never touch") {
  const auto fields = samples::fields({"user", "process", "state"});
  std::vector<samples::Row> rows(1500, {"pi", "sh", State::Listen});
  const std::string long_name(40, 'x');
  rows[1200] = {std::string_view(long_name), std::string_view(long_name), State::Listen};
  const auto piped = lines(render(fields, rows, {""}));
  CHECK(piped[1] == "pi    sh    LISTEN");
  CHECK(piped[1201] == long_name + " " + long_name + " LISTEN");
  CHECK(piped[1202] == piped[1]);

  const auto shown = lines(render(fields, rows, {"", terminal(30)}));
  CHECK(shown[1201] == "xxx…  xxx…  LISTEN");
}

TEST_CASE("a table without rows is its heading") {
  const auto fields = samples::fields({"protocol", "local"});
  CHECK(render(fields, {}, {""}) == "PROTO  LOCAL\n");
  CHECK(render(fields, {}, {.format = "", .header = false}).empty());
}

TEST_CASE("a table without heading needs no room for it") {
  const auto fields = samples::fields({"recv_queue", "user"});
  const std::vector<samples::Row> rows{{std::uint64_t{7}, "pi"}, {std::uint64_t{42}, "root"}};
  CHECK(render(fields, rows, {.format = "", .header = false}) == " 7  pi\n42  root\n");
}

TEST_CASE("hostile text cannot act on the terminal or break a table's rows") {
  const auto fields = samples::fields({"protocol", "path", "user"});
  const std::string huge(4096, '\x1b');
  const std::vector<samples::Row> rows{
      {Protocol::Stream, "/tmp/\x1b[31mred\x1b]0;title\x07", "pi"},
      {Protocol::Stream, "/tmp/two\nlines\r\n", "pi"},
      {Protocol::Stream, "/tmp/\xff\xfe not utf-8", "pi"},
      {Protocol::Stream,
       "/tmp/\xc2\x9b"
       "31m C1",
       "pi"},
      {Protocol::Stream,
       "/tmp/\xe2\x80\xae"
       "backwards",
       "pi"},
      {Protocol::Stream, std::string_view(huge), "pi"},
  };
  const std::string piped = render(fields, rows, {""});
  const std::string shown = render(fields, rows, {"", terminal(60)});
  check_golden("table-hostile-60.txt", shown);
  CHECK(lines(piped).size() == rows.size() + 1);
  CHECK(lines(shown).size() == rows.size() + 1);
  CHECK(widest(shown) <= 60);
  for (const char c : piped + shown) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
}

TEST_CASE("wide characters take two columns of a table") {
  const auto fields = samples::fields({"path", "user"});
  const std::vector<samples::Row> rows{{"/tmp/日本語", "pi"}, {"/tmp/abcdef", "pi"}};
  const auto text = lines(render(fields, rows, {""}));
  CHECK(text[1] == "/tmp/日本語  pi");
  CHECK(text[2] == "/tmp/abcdef  pi");
  for (std::size_t width = 8; width < 20; ++width) {
    CHECK(widest(render(fields, rows, {"", terminal(width)})) <= width);
  }
}

TEST_CASE("fields for which a table had no room are known afterwards") {
  const samples::Listing listing;
  tools::Output out(-1);
  const auto renderer =
      samples::format("").make({.fields = listing.fields(), .out = out, .terminal = terminal(40)});
  renderer->begin();
  renderer->end({});
  const auto left_out = renderer->left_out();
  REQUIRE(!left_out.empty());
  CHECK(out.text().find(left_out.front()->title) == std::string::npos);
  out.text().clear();
}

TEST_CASE("columns that were asked for exactly shrink before one is dropped") {
  const auto fields = samples::fields({"service", "local", "user"});
  const std::vector<samples::Row> rows{
      {"a-very-long-service", samples::end("192.0.2.100", 65535), "a-very-long-user-name"}};
  const std::string exact = render(fields, rows, {.format = "", .terminal = terminal(30), .exact = true});
  CHECK(exact.find("SERVICE") != std::string::npos);
  CHECK(exact.find("USER") != std::string::npos);
  CHECK(exact.find(":65535") != std::string::npos);
  CHECK(widest(exact) <= 30);
}

}  // namespace table_test
