#include "tui/options.h"

#include "support/catch.h"
#include "tui/view/pane.h"

namespace tui::test::options_test {
namespace {

using Catch::Matchers::Contains;

tl::expected<CommandLine, std::string> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "sockmon");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

std::string error_of(std::vector<const char*> words) {
  const auto line = parse(std::move(words));
  return line ? "no error" : line.error();
}

TEST_CASE("without options everything is watched each second") {
  const auto line = parse({});
  REQUIRE(line);
  CHECK(line->settings.task == Task::Watch);
  CHECK(line->settings.interval == std::chrono::seconds(1));
  CHECK(line->settings.columns == usual_columns());
  CHECK(line->filter.empty());
}

TEST_CASE("an interval has bounds") {
  CHECK(parse({"-i", "0.1"})->settings.interval == std::chrono::milliseconds(100));
  CHECK(parse({"-i", "86400"})->settings.interval == std::chrono::hours(24));
  for (const char* const wrong : {"0", "1e9", "-1", "x", "", "nan", "0.09"})
    CHECK_THAT(error_of({"-i", wrong}), Contains("--interval") && Contains("0.1 to 86400"));
}

TEST_CASE("columns are chosen, added and taken away") {
  CHECK(parse({"-C", "peer,in_rate"})->settings.columns == Fields{find_column("peer"), &InRate});
  const auto more = parse({"--columns=+cwnd,-trend"})->settings.columns;
  CHECK(more.size() == usual_columns().size());
  CHECK(more.back() == sockutils::find_field("tcp_snd_cwnd"));
  CHECK_THAT(error_of({"-C", "per"}), Contains("unknown column 'per'"));
  CHECK_THAT(error_of({"-C", "-peer,"}), Contains("unknown column ''"));
}

TEST_CASE("an order has a column and a direction") {
  const auto line = parse({"--sort=-in_rate"});
  REQUIRE(line);
  REQUIRE(line->settings.order);
  CHECK(line->settings.order->field == &InRate);
  CHECK(line->settings.order->descending);
  CHECK_THAT(error_of({"--sort=nothing_like_it"}), Contains("unknown column"));
}

TEST_CASE("a pane is chosen by its name") {
  for (std::size_t i = 0; i < panes().size(); ++i)
    CHECK(parse({"--pane", std::string(panes()[i].title).c_str()})->settings.pane == i);
  CHECK_THAT(error_of({"--pane=x"}), Contains("one of sockets, processes"));
}

TEST_CASE("frames are for batches alone") {
  CHECK(parse({"-b", "-n", "5"})->settings.frames == 5u);
  CHECK(parse({"--jsonl", "-n", "5"})->settings.task == Task::Batch);
  CHECK_THAT(error_of({"-n", "5"}), Contains("--batch"));
  CHECK_THAT(error_of({"-b", "-n", "0"}), Contains("1 or more"));
}

TEST_CASE("what is no option is the filter") {
  CHECK(parse({"-t", "port", "443"})->filter == std::vector<std::string>{"port", "443"});
}

TEST_CASE("every column of the monitor is documented and has a name of its own") {
  for (const sockutils::Field* const field : monitor_fields()) {
    CHECK_FALSE(field->doc.empty());
    CHECK(sockutils::find_field(field->name) == nullptr);
    CHECK(find_column(field->name) == field);
  }
}

TEST_CASE("network namespaces are named one by one, or all of them") {
  CHECK(parse({"-N", "blue", "--netns=7"})->settings.namespaces == std::vector<std::string>{"blue", "7"});
  CHECK(parse({"-N", "all"})->settings.all_namespaces);
  CHECK_FALSE(parse({})->settings.all_namespaces);
  CHECK_THAT(error_of({"-N", ""}), Contains("--netns"));
}

TEST_CASE("namespaces are for recordings that are made, not for those that are played") {
  const auto recording = parse({"--record", "tape", "-N", "all"});
  CHECK(recording->settings.record_to == "tape");
  CHECK(recording->settings.all_namespaces);
  CHECK_THAT(error_of({"--replay", "tape", "-N", "all"}), Contains("-N goes with --record"));
  CHECK(error_of({"--replay", "a", "--replay", "b"}) == "--replay takes one file, and was given 'a' and 'b'");
  CHECK(error_of({"--record", "a", "--record", "b"}) == "--record takes one file, and was given 'a' and 'b'");
}

TEST_CASE("packets are counted unless that is unwanted") {
  CHECK_FALSE(parse({})->settings.no_capture);
  CHECK(parse({"--no-capture"})->settings.no_capture);
}

}  // namespace
}  // namespace tui::test::options_test
