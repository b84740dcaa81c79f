// The examples of the documentation: each is built and run, and prints what it says.

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cli/program.h"
#include "support/catch.h"

namespace examples_test {
namespace {

/// Lines of the comment at the top of a header, and what they are said to print.
std::vector<std::string> promised_lines(const std::filesystem::path& header) {
  std::vector<std::string> promised;
  std::ifstream in(header);
  for (std::string line; std::getline(in, line) && line != "#pragma once";)
    if (const std::size_t at = line.find("// prints: "); at != std::string::npos)
      promised.push_back(line.substr(at + 11));
  return promised;
}

/// Whether a line is as promised, where `...` stands for anything.
bool matches(std::string_view line, std::string_view promised) {
  const std::size_t gap = promised.find("...");
  if (gap == std::string_view::npos) return line == promised;
  if (!line.starts_with(promised.substr(0, gap))) return false;
  const std::string_view rest = promised.substr(gap + 3);
  for (std::size_t i = gap; i <= line.size(); ++i)
    if (matches(line.substr(i), rest)) return true;
  return false;
}

cli::Result run_example(const std::string& name, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{cli::tool_path(name)};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return cli::command(words);
}

}  // namespace

TEST_CASE("every public header has an example, which prints what it says") {
  for (const auto& file : std::filesystem::directory_iterator(SOCKUTILS_HEADERS)) {
    const std::string name = file.path().stem();
    if (name == "sockutils" || name == "export") continue;
    INFO(name);
    const std::vector<std::string> promised = promised_lines(file.path());
    const cli::Result result = run_example("header_examples", {name});
    INFO(result.out << result.err);
    CHECK(result.status == 0);
    const std::vector<std::string> printed = cli::lines(result.out);
    REQUIRE_FALSE(promised.empty());
    REQUIRE(printed.size() == promised.size());
    for (std::size_t i = 0; i < printed.size(); ++i) CHECK(matches(printed[i], promised[i]));
  }
}

TEST_CASE("the example of an export writes the sockets that both filters match") {
  const cli::Listener listener;
  const std::string port = std::to_string(listener.port());
  const cli::Result both = run_example("csv_export", {"listen", "lport = " + port});
  CHECK(both.status == 0);
  const std::vector<std::string> rows = cli::lines(both.out);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].starts_with("\"tcp\",\"listen\",\"127.0.0.1:" + port + "\",\"*\",\""));
  CHECK(run_example("csv_export", {"established", "lport = " + port}).out.empty());
}

TEST_CASE("the example of an export explains a filter that it cannot read") {
  const cli::Result result = run_example("csv_export", {"locl = 1"});
  CHECK(result.status == 2);
  CHECK(result.err.find("local") != std::string::npos);
}

TEST_CASE("the example of a watcher tells of a connection that has come and gone") {
  const cli::Listener listener;
  const std::string port = std::to_string(listener.port());
  // It ends with its standard input.
  cli::Program watcher({"-c", "sleep 30 | \"$0\" \"$1\"", cli::tool_path("port_watcher"), port},
                       {.program = "/bin/sh"});
  REQUIRE(watcher.read_until("watching").find("watching") != std::string::npos);
  REQUIRE(listener.take_a_connection());
  const std::string closed = "closed 127.0.0.1:" + port;
  CHECK(watcher.read_until(closed).find(closed) != std::string::npos);
}

}  // namespace examples_test
