#include "support/catch.h"
#include "tools/golden.h"
#include "tools/sample_rows.h"

namespace csv_test {

using namespace sockutils;
using samples::render;

namespace {

using Cells = std::vector<std::vector<std::string>>;

/// A reader of RFC 4180.
Cells parse(const std::string& text) {
  Cells rows(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& cell = rows.back().back();
    if (quoted && text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      cell += text[i++];
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == ',') {
      rows.back().emplace_back();
    } else if (!quoted && text.compare(i, 2, "\r\n") == 0) {
      rows.push_back({""});
      ++i;
    } else {
      cell += text[i];
    }
  }
  CHECK(rows.back() == std::vector<std::string>{""});
  rows.pop_back();
  return rows;
}

}  // namespace

TEST_CASE("CSV looks as it was approved") {
  const samples::Listing listing;
  check_golden("sockets.csv", render(listing.fields(), listing.rows, {"csv"}));
}

TEST_CASE("CSV begins with the names of the fields, unless they are not wanted") {
  const auto fields = samples::fields({"protocol", "local_port"});
  const std::vector<samples::Row> rows{{Protocol::Tcp, std::uint64_t{22}}};
  CHECK(render(fields, rows, {"csv"}) == "protocol,local_port\r\ntcp,22\r\n");
  CHECK(render(fields, rows, {.format = "csv", .header = false}) == "tcp,22\r\n");
}

TEST_CASE("what is not known is an empty cell in CSV") {
  const auto fields = samples::fields({"user", "service", "inode"});
  CHECK(render(fields, {{std::nullopt, "ssh", std::nullopt}}, {.format = "csv", .header = false}) ==
        ",ssh,\r\n");
}

TEST_CASE("cells of CSV come back whole, whatever is in them") {
  const auto fields = samples::fields({"path", "user"});
  const std::vector<std::string> texts{"plain",       "com,ma",
                                       "quo\"te",     "\"",
                                       "new\nline",   "carriage\rreturn",
                                       "\r\n",        "",
                                       "\x1b[31mred", std::string(4096, '"')};
  std::vector<samples::Row> rows;
  rows.reserve(texts.size());
  for (const std::string& text : texts) rows.push_back({std::string_view(text), "pi"});
  const Cells cells = parse(render(fields, rows, {"csv"}));
  REQUIRE(cells.size() == texts.size() + 1);
  for (std::size_t i = 0; i < texts.size(); ++i)
    CHECK(cells[i + 1] == std::vector{texts[i], std::string("pi")});
}

TEST_CASE("CSV is valid UTF-8") {
  const auto fields = samples::fields({"path"});
  CHECK(render(fields, {{"/tmp/\xff"}}, {.format = "csv", .header = false}) == "/tmp/\ufffd\r\n");
}

TEST_CASE("CSV on a terminal is escaped") {
  const auto fields = samples::fields({"path"});
  const tools::Terminal terminal{.is_terminal = true, .width = 80};
  CHECK(render(fields, {{"\x1b[31m\n"}}, {.format = "csv", .terminal = terminal, .header = false}) ==
        "\\x1b[31m\\n\r\n");
}

}  // namespace csv_test
