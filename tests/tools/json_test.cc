#include <rapidjson/document.h>

#include <array>

#include "support/catch.h"
#include "tools/golden.h"
#include "tools/sample_rows.h"

namespace json_test {

using namespace sockutils;
using samples::render;

namespace {

const std::vector<Warning> Warnings{
    {Warning::Kind::OwnersMissing, "3 processes could not be read", "run as root"},
    {Warning::Kind::NamesMissing, "no \"services\"", ""}};

rapidjson::Document parse(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str(), text.size());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

/// RapidJSON's own comparisons call each other for ever under the rules of C++20.
std::string text(const rapidjson::Value& value) { return {value.GetString(), value.GetStringLength()}; }

/// Plain facts of every type, as JSON shows them.
struct EveryType {
  samples::Listing listing;
  std::vector<const Field*> fields =
      samples::fields({"family", "protocol", "state", "recv_queue", "local_address", "local_port", "local",
                       "user", "inode", "mark", "v6_only", "timer_expires", "processes", "pid", "process"});
  std::vector<samples::Row> rows;

  EveryType() {
    static const auto pid = [](const Owner& owner) -> OptionalValue {
      return std::uint64_t{static_cast<std::uint32_t>(owner.process->pid)};
    };
    static const auto name = [](const Owner& owner) -> OptionalValue {
      if (owner.fd == 4) return std::nullopt;
      return std::string_view(*owner.process->name);
    };
    const auto owners = listing.owners("nginx", 10, 2);
    rows = {{Family::Inet6, Protocol::Tcp, State::Listen, std::uint64_t{3}, *Address::parse("2001:db8::1"),
             std::uint64_t{443}, samples::end("2001:db8::1", 443), "www-data",
             std::uint64_t{18446744073709551615u}, std::uint64_t{255}, true, std::uint64_t{1500000}, owners,
             PerOwner{owners, pid}, PerOwner{owners, name}},
            samples::Row(fields.size())};
  }
};

}  // namespace

TEST_CASE("a JSON document looks as it was approved") {
  const EveryType sample;
  check_golden("sockets.json", render(sample.fields, sample.rows, {"json"}, Warnings));
}

TEST_CASE("JSON lines look as they were approved") {
  const EveryType sample;
  check_golden("sockets.jsonl", render(sample.fields, sample.rows, {"jsonl"}, Warnings));
}

TEST_CASE("a JSON document holds sockets and warnings") {
  const samples::Listing listing;
  const auto document = parse(render(listing.fields(), listing.rows, {"json"}, Warnings));
  CHECK(document["sockets"].Size() == listing.rows.size());
  REQUIRE(document["warnings"].Size() == 2);
  CHECK(text(document["warnings"][0]["kind"]) == "owners-missing");
  CHECK(text(document["warnings"][0]["remedy"]) == "run as root");
  CHECK_FALSE(document["warnings"][1].HasMember("remedy"));
}

TEST_CASE("a JSON document without sockets is still one") {
  const samples::Listing listing;
  const auto document = parse(render(listing.fields(), {}, {"json"}));
  CHECK(document["sockets"].Empty());
  CHECK(document["warnings"].Empty());
}

TEST_CASE("JSON leaves out what is not known") {
  const samples::Listing listing;
  const auto document = parse(render(listing.fields(), listing.rows, {"json"}));
  const auto& time_wait = document["sockets"][5];
  CHECK(text(time_wait["state"]) == "time-wait");
  CHECK_FALSE(time_wait.HasMember("user"));
  CHECK_FALSE(time_wait.HasMember("processes"));
  CHECK(time_wait["recv_queue"].GetUint() == 0);
}

TEST_CASE("points in time are RFC 3339 with microseconds, by themselves and within owners") {
  constexpr std::uint64_t Time = 1'764'066'800'000'042;
  Process process{.pid = 7, .started = Time};
  const std::vector<Owner> owners{{.process = &process, .tid = 7, .fd = 3}};
  const PerOwner started{owners, [](const Owner& owner) { return OptionalValue(*owner.process->started); }};
  const auto document = parse(
      render(samples::fields({"processes", "process_started"}), {{std::span(owners), started}}, {"json"}));
  const auto& socket = document["sockets"][0];
  CHECK(text(socket["processes"][0]["started"]) == "2025-11-25T10:33:20.000042Z");
  CHECK(text(socket["process_started"][0]) == "2025-11-25T10:33:20.000042Z");
}

TEST_CASE("a thread with descriptors of its own is named in JSON") {
  const Process process{.pid = 7, .name = "server"};
  const std::vector<Owner> owners{{.process = &process, .tid = 9, .fd = 3}};
  const auto document = parse(render(samples::fields({"processes"}), {{std::span(owners)}}, {"json"}));
  const auto& owner = document["sockets"][0]["processes"][0];
  CHECK(owner["pid"].GetInt() == 7);
  CHECK(owner["tid"].GetInt() == 9);
  CHECK_FALSE(owner.HasMember("uid"));
}

TEST_CASE("a list is an array in JSON, with commas in a table, and one quoted cell in CSV") {
  const Field field{.name = "groups", .title = "GROUPS", .type = Type::List, .get = nullptr, .doc = ""};
  std::string packed;
  append_element(packed, "wheel");
  append_element(packed, "a,b\x1b[31m");
  const std::vector<samples::Row> rows{{TextList(packed)}, {TextList()}, {std::nullopt}};
  const auto document = parse(render({&field}, rows, {"json"}));
  const auto& groups = document["sockets"][0]["groups"];
  REQUIRE(groups.Size() == 2);
  CHECK(text(groups[0]) == "wheel");
  CHECK(text(groups[1]) == "a,b\x1b[31m");
  CHECK(document["sockets"][1]["groups"].Empty());
  CHECK_FALSE(document["sockets"][2].HasMember("groups"));
  CHECK(render({&field}, rows, {""}) == "GROUPS\nwheel,a,b\\x1b[31m\nnone\n-\n");
  CHECK(render({&field}, rows, {"csv"}) == "groups\r\n\"wheel,a,b\x1b[31m\"\r\n\r\n\r\n");
}

TEST_CASE("hostile text in JSON is valid, whole, and harmless on a terminal") {
  const auto fields = samples::fields({"path"});
  const std::vector<std::string> texts{
      "/tmp/\x1b[31mred\x07", "/tmp/two\nlines\r\n",         "/tmp/\xc2\x9b[31m",
      "/tmp/\xe2\x80\xaertl", "/tmp/quote\"back\\slash\x7f", std::string("@abstract\0name", 14),
      "/tmp/日本語",          std::string(4096, '\x1b')};
  std::vector<samples::Row> rows;
  rows.reserve(texts.size());
  for (const std::string& text : texts) rows.push_back({std::string_view(text)});
  for (const std::string_view format : {"json", "jsonl"}) {
    const std::string output = render(fields, rows, {format});
    for (const char c : output)
      CHECK((c == '\n' || (c >= 0x20 && c != 0x7f) || static_cast<signed char>(c) < 0));
    CHECK(output.find("\xc2\x9b") == std::string::npos);
    CHECK(output.find("\xe2\x80\xae") == std::string::npos);
  }
  const auto document = parse(render(fields, rows, {"json"}));
  for (rapidjson::SizeType i = 0; i < texts.size(); ++i) {
    CHECK(text(document["sockets"][i]["path"]) == texts[i]);
  }
}

TEST_CASE("bytes that are not UTF-8 become replacement characters in JSON") {
  const auto document = parse(render(samples::fields({"path"}), {{"/tmp/\xff\xfe"}}, {"json"}));
  CHECK(text(document["sockets"][0]["path"]) == "/tmp/\ufffd\ufffd");
}

TEST_CASE("every JSON line is an object of its own") {
  const samples::Listing listing;
  const std::string output = render(listing.fields(), listing.rows, {"jsonl"}, Warnings);
  std::size_t begin = 0;
  std::size_t count = 0;
  for (std::size_t end = output.find('\n'); end != std::string::npos;
       end = output.find('\n', begin), ++count) {
    CHECK(parse(output.substr(begin, end - begin)).HasMember("protocol"));
    begin = end + 1;
  }
  CHECK(begin == output.size());
  CHECK(count == listing.rows.size());
}

namespace {

constexpr Field nested(std::string_view name, std::string_view json, Type type = Type::Text) {
  return {.name = name, .title = "", .type = type, .get = nullptr, .doc = "", .json = json};
}

}  // namespace

TEST_CASE("a field may be a member of an object, which is left out when nothing of it is there") {
  static const std::array<Field, 4> table{nested("host", ""), nested("product", "identity.product"),
                                          nested("issuer", "tls.certificate.issuer"),
                                          nested("version", "identity.version")};
  const std::vector<const Field*> fields{&table[0], &table[1], &table[2], &table[3]};
  const std::vector<samples::Row> rows{{"a", "nginx", "CN=x", "1.22"},
                                       {"b", std::nullopt, std::nullopt, "2"}};
  CHECK(render(fields, rows, {"jsonl"}) ==
        "{\"host\":\"a\",\"identity\":{\"product\":\"nginx\",\"version\":\"1.22\"},"
        "\"tls\":{\"certificate\":{\"issuer\":\"CN=x\"}}}\n"
        "{\"host\":\"b\",\"identity\":{\"version\":\"2\"}}\n");
}

TEST_CASE("rows of one group are one object with a list") {
  static const std::array<Field, 3> table{nested("host", ""), nested("hop", "hops[].ttl", Type::Count),
                                          nested("mtu", "mtu.bytes", Type::Bytes)};
  const std::vector<const Field*> fields{&table[0], &table[1], &table[2]};
  tools::Output out;
  const auto json = samples::format("json").make({.fields = fields, .out = out, .collection = "results"});
  json->begin();
  json->row(samples::Row{"a", std::uint64_t{1}, std::uint64_t{1500}});
  json->row(samples::Row{"a", std::uint64_t{2}, std::uint64_t{1500}});
  json->end_group();
  json->row(samples::Row{"b", std::nullopt, std::nullopt});
  json->end_group();
  json->append_list("summary", std::span(fields).first(1), std::vector<samples::Row>{{"c"}});
  json->end({});
  CHECK(out.text() ==
        "{\"results\": [\n"
        "{\"host\":\"a\",\"mtu\":{\"bytes\":1500},\"hops\":[{\"ttl\":1},{\"ttl\":2}]},\n"
        "{\"host\":\"b\",\"hops\":[]}\n"
        "], \"summary\": [\n"
        "{\"host\":\"c\"}\n"
        "], \"warnings\": []}\n");
}

TEST_CASE("numbers with a sign or a fraction are numbers of JSON") {
  static const Field field = nested("days", "", Type::Real);
  CHECK(render({&field}, {{-3.0}, {0.25}}, {"jsonl"}) == "{\"days\":-3}\n{\"days\":0.25}\n");
}

}  // namespace json_test
