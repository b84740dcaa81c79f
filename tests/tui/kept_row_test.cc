#include "tui/collect/kept_row.h"

#include <sys/socket.h>

#include "sockutils/value.h"
#include "support/catch.h"

namespace tui::test::kept_row_test {
namespace {

using sockutils::Address;
using sockutils::Endpoint;
using sockutils::OptionalValue;
using sockutils::Type;
using sockutils::Value;

Address address_of(const char* text) { return *Address::parse(text); }

Endpoint end_of(const char* address, std::uint16_t port) {
  Endpoint end;
  end.address = address_of(address);
  end.port = port;
  return end;
}

std::string text_of(const KeptRow& row, std::size_t column, Type type) {
  std::string text;
  row.append_text(text, column, type);
  return text;
}

TEST_CASE("a row keeps what was put into it, in whatever order") {
  KeptRow row(6);
  CHECK(row.size() == 6);
  row.set(4, std::string_view("name"), Type::Text);
  row.set(0, std::uint64_t{18'446'744'073'709'551'615u}, Type::Count);
  row.set(2, sockutils::State::Listen, Type::State);
  row.set(1, true, Type::Flag);
  row.set(4, std::string_view("a longer name"), Type::Text);
  row.seal();
  CHECK(row.number(0) == 18'446'744'073'709'551'615u);
  CHECK(std::get<bool>(*row.value(1)));
  CHECK(std::get<sockutils::State>(*row.value(2)) == sockutils::State::Listen);
  CHECK_FALSE(row.has(3));
  CHECK(text_of(row, 4, Type::Text) == "a longer name");
  CHECK(text_of(row, 5, Type::Text) == "-");
  row.clear(4);
  CHECK_FALSE(row.has(4));
}

TEST_CASE("ends read as they did before they were kept") {
  Endpoint scoped = end_of("fe80::1", 80);
  scoped.scope_id = 3;
  scoped.scope = "eth0";
  Endpoint dual = end_of("::", 443);
  dual.dual_stack = true;
  Endpoint any;
  any.any = true;
  Endpoint path;
  path.text = "/run/a b";
  Endpoint named = end_of("192.0.2.1", 22);
  named.host = "host.example";
  for (const Endpoint& end :
       {end_of("192.0.2.1", 8080), end_of("2001:db8::1", 1), scoped, dual, any, path, named}) {
    std::string expected;
    append_value(expected, end, Type::Endpoint, sockutils::Style::Human);
    KeptRow row(1);
    row.set(0, end, Type::Endpoint);
    CHECK(text_of(row, 0, Type::Endpoint) == sockutils::escape_text(expected));
  }
}

TEST_CASE("addresses keep their scope") {
  Address address = address_of("fe80::1");
  address.scope_id = 7;
  KeptRow row(1);
  row.set(0, address, Type::Address);
  CHECK(std::get<Address>(*row.value(0)) == address);
}

TEST_CASE("ends are in the order of their numbers, and ranks say the same as comparing") {
  const std::vector<Endpoint> ends{
      end_of("9.0.0.1", 80),    end_of("10.0.0.1", 80), end_of("10.0.0.1", 443),  end_of("10.0.0.2", 22),
      end_of("200.0.0.1", 1),   end_of("::1", 5),       end_of("2001:db8::1", 5), end_of("2001:db8::1", 6),
      end_of("2001:db8::2", 1), end_of("fe80::1", 1)};
  std::vector<KeptRow> rows;
  for (const Endpoint& end : ends) {
    rows.emplace_back(1);
    rows.back().set(0, end, Type::Endpoint);
  }
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    CAPTURE(i);
    CHECK(KeptRow::compare(rows[i], rows[i + 1], 0, false) < 0);
    CHECK(KeptRow::compare(rows[i], rows[i + 1], 0, true) > 0);
    CHECK(rows[i].rank(0) <= rows[i + 1].rank(0));
  }
}

TEST_CASE("texts that begin alike are compared to their ends") {
  KeptRow a(1);
  KeptRow b(1);
  a.set_text(0, "a long beginning, one");
  b.set_text(0, "a long beginning, two");
  CHECK(a.rank(0) == b.rank(0));
  CHECK(KeptRow::compare(a, b, 0, false) < 0);
}

TEST_CASE("a connection's row takes some hundred bytes") {
  KeptRow row(14);
  row.set(0, sockutils::Protocol::Tcp, Type::Protocol);
  row.set(1, sockutils::State::Established, Type::State);
  row.set(4, end_of("192.0.2.1", 45'000), Type::Endpoint);
  row.set(5, end_of("192.0.2.2", 443), Type::Endpoint);
  row.set_number(6, 1'000'000);
  row.set_text(11, "https");
  CHECK(sizeof row <= 48);
  CHECK(row.packed_size() < 60);
}

TEST_CASE("owners are kept with their processes, one or several") {
  const auto process = [](std::int32_t pid) {
    auto made = std::make_shared<sockutils::Process>();
    made->pid = pid;
    return made;
  };
  KeptOwners owners;
  CHECK(owners.get().empty());
  for (std::int32_t i = 1; i <= 3; ++i) {
    const auto held = process(i);
    owners.add(held, {held.get(), i, 10 + i});
    REQUIRE(owners.get().size() == static_cast<std::size_t>(i));
  }
  for (std::int32_t i = 1; i <= 3; ++i) {
    CHECK(owners.get()[static_cast<std::size_t>(i) - 1].process->pid == i);
    CHECK(owners.get()[static_cast<std::size_t>(i) - 1].fd == 10 + i);
  }
}

}  // namespace
}  // namespace tui::test::kept_row_test
