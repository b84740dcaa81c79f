#include "sockutils/value.h"

#include "support/catch.h"

namespace sockutils::test::format_test {
namespace {

std::string human(const Value& value, Type type) {
  std::string text;
  append_value(text, value, type, Style::Human);
  return text;
}

std::string plain(const Value& value, Type type) {
  std::string text;
  append_value(text, value, type, Style::Plain);
  return text;
}

}  // namespace

TEST_CASE("numbers are exact in plain form and short for people") {
  CHECK(plain(std::uint64_t{34'567}, Type::Microseconds) == "34567");
  CHECK(human(std::uint64_t{34'567}, Type::Microseconds) == "34ms");
  CHECK(human(std::uint64_t{1'250'000}, Type::Microseconds) == "1.2s");
  CHECK(human(std::uint64_t{7}, Type::Microseconds) == "7us");
  CHECK(human(std::uint64_t{0}, Type::Microseconds) == "0");
  CHECK(human(std::uint64_t{90'000'000}, Type::Microseconds) == "1.5m");
  CHECK(human(std::uint64_t{65'536}, Type::Bytes) == "65536");
  CHECK(human(std::uint64_t{5'242'880}, Type::Bytes) == "5M");
  CHECK(plain(std::uint64_t{5'242'880}, Type::Bytes) == "5242880");
  CHECK(human(~std::uint64_t{0}, Type::Bytes) == "15E");
  CHECK(human(std::uint64_t{2'500'000}, Type::BytesPerSecond) == "2.3M/s");
  CHECK(human(std::uint64_t{42}, Type::Mask) == "0x2a");
  CHECK(plain(std::uint64_t{42}, Type::Mask) == "42");
  CHECK(human(std::uint64_t{123'456'789}, Type::Identifier) == "123456789");
}

TEST_CASE("a point in time is a date of UTC, for programs with microseconds") {
  CHECK(human(std::uint64_t{0}, Type::Time) == "1970-01-01T00:00:00Z");
  CHECK(human(std::uint64_t{1'764'066'800'123'456}, Type::Time) == "2025-11-25T10:33:20Z");
  CHECK(human(std::uint64_t{1'709'164'799'999'999}, Type::Time) == "2024-02-28T23:59:59Z");
  CHECK(plain(std::uint64_t{1'764'066'800'123'456}, Type::Time) == "2025-11-25T10:33:20.123456Z");
  CHECK(plain(std::uint64_t{1'764'066'800'000'042}, Type::Time) == "2025-11-25T10:33:20.000042Z");
  CHECK(human(~std::uint64_t{0}, Type::Time) == "18446744073709551615");
}

TEST_CASE("a socket that no process holds is the kernel's") {
  CHECK(human(std::span<const Owner>(), Type::Owners) == "kernel");
  CHECK(plain(std::span<const Owner>(), Type::Owners) == "kernel");
}

TEST_CASE("flags and states have words for people and contract names for programs") {
  CHECK(human(true, Type::Flag) == "yes");
  CHECK(plain(false, Type::Flag) == "false");
  CHECK(human(State::Established, Type::State) == "ESTAB");
  CHECK(plain(State::Established, Type::State) == "established");
}

TEST_CASE("an end point is address and port, with brackets around IPv6") {
  Endpoint end{.address = Address::parse("2001:db8::1"), .port = std::uint16_t{443}};
  CHECK(human(end, Type::Endpoint) == "[2001:db8::1]:443");
  end.address = Address::parse("fe80::1");
  end.scope_id = 2;
  CHECK(human(end, Type::Endpoint) == "[fe80::1]%2:443");
  end.scope = "eth0";
  CHECK(human(end, Type::Endpoint) == "[fe80::1]%eth0:443");
  CHECK(plain(end, Type::Endpoint) == "[fe80::1]%eth0:443");
  end.host = "host.example";
  CHECK(human(end, Type::Endpoint) == "host.example%eth0:443");
  CHECK(human(Endpoint{.any = true}, Type::Endpoint) == "*");
  CHECK(human(Endpoint{.text = "/run/x"}, Type::Endpoint) == "/run/x");
  CHECK(human(Endpoint{.address = Address{}}, Type::Endpoint) == "0.0.0.0:*");
}

TEST_CASE("the end of a socket that is bound to an interface has its name, as ss has it") {
  Endpoint end{.address = Address{}, .port = std::uint16_t{179}, .scope = "eth1", .scope_id = 2};
  CHECK(human(end, Type::Endpoint) == "0.0.0.0%eth1:179");
  end.address = Address::parse("::");
  end.dual_stack = true;
  CHECK(human(end, Type::Endpoint) == "*%eth1:179");
  CHECK(plain(end, Type::Endpoint) == "[::]%eth1:179");
}

TEST_CASE("an IP protocol in the place of a port has its name") {
  CHECK(human(Endpoint{.address = Address{}, .port = std::uint16_t{89}, .port_name = "ospf"},
              Type::Endpoint) == "0.0.0.0:ospf");
  CHECK(human(Endpoint{.address = Address{}, .port = std::uint16_t{61}}, Type::Endpoint) == "0.0.0.0:61");
}

TEST_CASE("owners are the first process and the number of others") {
  const Process sshd{.pid = 4242,
                     .start_time = {},
                     .name = "sshd",
                     .command_line = {},
                     .executable = {},
                     .uid = {},
                     .user = {}};
  const Process child{.pid = 4243,
                      .start_time = {},
                      .name = "sshd",
                      .command_line = {},
                      .executable = {},
                      .uid = {},
                      .user = {}};
  const Owner owners[] = {{&sshd, 4242, 3}, {&sshd, 4242, 4}, {&child, 4243, 3}};
  CHECK(human(std::span(owners).first(2), Type::Owners) == "sshd/4242");
  CHECK(human(std::span<const Owner>(owners), Type::Owners) == "sshd/4242 +1");
  CHECK(plain(std::span<const Owner>(owners), Type::Owners) == "sshd/4242/3,sshd/4242/4,sshd/4243/3");
}

TEST_CASE("text that could act on a terminal is escaped") {
  CHECK(escape_text("plain text, even /with: (brackets)") == "plain text, even /with: (brackets)");
  CHECK(escape_text("\x1b[31mred\x1b[0m") == "\\x1b[31mred\\x1b[0m");
  CHECK(escape_text("a\nb\tc\rd") == "a\\nb\\tc\\rd");
  CHECK(escape_text("C:\\x") == "C:\\\\x");
  CHECK(escape_text("\x7f") == "\\x7f");
  CHECK(escape_text("\xc2\x9b"
                    "31m") == "\\u009b31m");
  CHECK(escape_text("\x9b"
                    "31m") == "\\x9b31m");
  CHECK(escape_text("\xe2\x80\xae"
                    "abc") == "\\u202eabc");
  CHECK(escape_text("\xc3\xa9\xe6\xbc\xa2") == "\xc3\xa9\xe6\xbc\xa2");
  CHECK(escape_text("\xc0\xaf\xed\xa0\x80\xf5") == "\\xc0\\xaf\\xed\\xa0\\x80\\xf5");
  CHECK(escape_text(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(escape_text("\xe6\xbc") == "\\xe6\\xbc");
}

TEST_CASE("bytes that are not UTF-8 become replacement characters for JSON") {
  std::string text;
  append_utf8(text,
              "a\xff"
              "b\xe6\xbc\xa2");
  CHECK(text ==
        "a\xef\xbf\xbd"
        "b\xe6\xbc\xa2");
}

TEST_CASE("the width of text counts columns") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("\xc3\xa9") == 1);
  CHECK(display_width("\xe6\xbc\xa2\xe5\xad\x97") == 4);
  CHECK(display_width("e\xcc\x81") == 1);
  CHECK(display_width("") == 0);
}

}  // namespace sockutils::test::format_test
