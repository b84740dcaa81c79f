// Summaries and groups, as every format writes them.

#include <sys/mman.h>
#include <unistd.h>

#include "sockls/summary.h"
#include "support/catch.h"
#include "tools/golden.h"
#include "tools/sample_rows.h"

namespace counting_test {

using namespace sockutils;
using Catch::Matchers::Contains;

namespace {

using Number = std::uint64_t;
using Rows = std::vector<samples::Row>;

constexpr Field number_field(std::string_view name, std::string_view title, Type type) {
  return {.name = name,
          .title = title,
          .type = type,
          .get = nullptr,
          .align = Align::Right,
          .doc = {},
          .drop = 1};
}
constexpr Field Count = number_field("count", "SOCKETS", Type::Count);
constexpr Field Ports = number_field("ports", "PORTS", Type::Count);
constexpr Field Files = number_field("file_limit", "FILES", Type::Count);
constexpr Field Used = number_field("used_bytes", "USED", Type::Bytes);
constexpr Field LimitBytes = number_field("limit_bytes", "LIMIT", Type::Bytes);
constexpr Field Limit = number_field("limit", "LIMIT", Type::Count);
constexpr Field Percent = number_field("used_percent", "USED%", Type::Count);
constexpr Field Name{.name = "name", .title = "WHAT", .type = Type::Text, .get = nullptr, .doc = {}};

std::vector<const Field*> with(std::vector<const Field*> fields, std::initializer_list<const Field*> more) {
  fields.insert(fields.end(), more);
  return fields;
}

std::vector<SummarySection> sections() {
  const Address far = *Address::parse("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
  const Address near = *Address::parse("2001:db8:85a3::8a2e:370:7334");
  return {
      {"states", "Sockets", with(samples::fields({"family", "protocol", "state"}), {&Count}),
       Rows{{Family::Inet, Protocol::Tcp, State::Established, Number{20000}},
            {Family::Inet, Protocol::Tcp, State::TimeWait, Number{28000}},
            {Family::Inet6, Protocol::Tcp, State::Established, Number{1200}},
            {Family::Inet, Protocol::Tcp, State::CloseWait, Number{310}},
            {Family::Inet, Protocol::Tcp, State::FinWait2, Number{17}},
            {Family::Inet, Protocol::Tcp, State::Listen, Number{12}},
            {Family::Inet, Protocol::Udp, State::Unconnected, Number{9}},
            {Family::Unix, Protocol::Stream, State::Established, Number{240}}}},
      {"listeners", "Listeners",
       samples::fields({"protocol", "local", "local_service", "recv_queue", "send_queue", "process", "pid"}),
       Rows{{Protocol::Tcp, samples::end("0.0.0.0", 22), "ssh", Number{0}, Number{128}, "sshd", Number{712}},
            {Protocol::Tcp, samples::end("0.0.0.0", 443), "https", Number{511}, Number{511}, "evil\x1b[31m",
             Number{2001}},
            {Protocol::Udp, samples::end("127.0.0.1", 53), "domain", Number{0}, Number{0}, std::nullopt,
             std::nullopt}},
       9},
      {"processes", "Processes with most sockets",
       with(samples::fields({"pid", "process"}), {&Count, &Files, &Percent}),
       Rows{{Number{2001}, "nginx", Number{970}, Number{1024}, Number{94}},
            {Number{712}, "sshd", Number{3}, std::nullopt, std::nullopt}}},
      {"peers", "Remote hosts with most connections", with(samples::fields({"peer_address"}), {&Count}),
       Rows{}},
      {"destinations", "Ephemeral ports by destination",
       with(samples::fields({"protocol", "local_address", "peer_address", "peer_port"}),
            {&Ports, &Limit, &Percent}),
       Rows{{Protocol::Tcp, near, far, Number{5432}, Number{28000}, Number{28232}, Number{99}}}},
      {"memory",
       "Memory, of the whole machine",
       {&Name, &Used, &LimitBytes, &Percent},
       Rows{{"tcp", Number{1} << 30, Number{1} << 31, Number{50}},
            {"udp", std::nullopt, std::nullopt, std::nullopt}}},
  };
}

std::string summary(std::string_view format, const tools::Terminal& terminal = {}, bool header = true) {
  const int file = ::memfd_create("output", MFD_CLOEXEC);
  tools::Output out(file);
  const std::vector<Warning> warnings{{Warning::Kind::OwnersMissing, "one owner is unknown", ""}};
  tools::write_sections(tools::sockls::summary_setup(samples::format(format), out, terminal, header),
                        sections(), warnings);
  out.flush();
  std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  const ssize_t read = ::pread(file, text.data(), text.size(), 0);
  ::close(file);
  REQUIRE(read == static_cast<ssize_t>(text.size()));
  return text;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    longest = std::max(longest, display_width(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return longest;
}

}  // namespace

TEST_CASE("a summary looks as it was approved") {
  check_golden("summary-pipe.txt", summary(""));
  check_golden("summary-80.txt", summary("", {.is_terminal = true, .width = 80}));
  check_golden("summary-80-colour.txt", summary("", {.is_terminal = true, .width = 80, .colour = true}));
  check_golden("summary.json", summary("json"));
  check_golden("summary.jsonl", summary("jsonl"));
  check_golden("summary.csv", summary("csv"));
  check_golden("summary.md", summary("markdown"));
}

TEST_CASE("a summary fits its terminal") {
  for (const std::size_t width : {60u, 80u, 100u}) {
    const std::string text = summary("", {.is_terminal = true, .width = width});
    CHECK(longest_line(text) <= width);
    CHECK_THAT(text, Contains("FIN-WAIT-2 17"));
  }
}

TEST_CASE("a summary says what its lists leave out, and nothing of empty ones") {
  const std::string text = summary("");
  CHECK_THAT(text, Contains("... and 9 more\n"));
  CHECK_THAT(text, !Contains("Remote hosts"));
}

TEST_CASE("colour marks what is near its limit") {
  const std::string text = summary("", {.is_terminal = true, .width = 80, .colour = true});
  const std::string red(tools::style_sequence(tools::CellStyle::Attention));
  CHECK_THAT(text, Contains(red + "94" + std::string(tools::StyleEnd)));
  CHECK_THAT(text, Contains(red + "511" + std::string(tools::StyleEnd)));
  CHECK_THAT(text, !Contains(red + "50"));
  CHECK_THAT(summary("", {.is_terminal = true, .width = 80}), !Contains("\x1b"));
}

TEST_CASE("groups look as they were approved") {
  const Grouping by =
      *Grouping::make(samples::fields({"process", "state"}), {{},
                                                              *Aggregate::parse("sum:recv_queue"),
                                                              *Aggregate::parse("p99.9:tcp_rtt"),
                                                              *Aggregate::parse("avg:tcp_delivery_rate")});
  const Rows rows{
      {"nginx", State::Established, Number{1200}, Number{3u << 20}, Number{48'200}, Number{12'000'000}},
      {"evil\x1b[31m,\"", State::CloseWait, Number{2}, Number{1}, std::nullopt, std::nullopt},
      {std::nullopt, State::TimeWait, Number{1}, Number{0}, std::nullopt, std::nullopt}};
  check_golden(
      "groups-80.txt",
      samples::render(by.output(), rows,
                      {.format = "", .terminal = {.is_terminal = true, .width = 80}, .exact = true}));
  check_golden("groups.csv", samples::render(by.output(), rows, {"csv"}));
  check_golden("groups.json", samples::render(by.output(), rows, {"json"}));
}

}  // namespace counting_test
