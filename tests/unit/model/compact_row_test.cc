#include "sockutils/compact_row.h"

#include "sockutils/value.h"
#include "support/catch.h"

namespace sockutils::test::compact_row_test {
namespace {

Address address_of(const char* text) { return *Address::parse(text); }

Endpoint end_of(const char* address, std::uint16_t port) {
  Endpoint end;
  end.address = address_of(address);
  end.port = port;
  return end;
}

std::string text_of(const CompactRow& row, std::size_t column, Type type) {
  std::string text;
  if (const OptionalValue value = row.value(column)) append_value(text, *value, type, Style::Human);
  return text;
}

TEST_CASE("a row keeps what was put into it, in whatever order") {
  CompactRow row(6);
  CHECK(row.size() == 6);
  row.set(4, std::string_view("name"));
  row.set(0, std::uint64_t{18'446'744'073'709'551'615u});
  row.set(2, State::Listen);
  row.set(1, true);
  row.set(4, std::string_view("a longer name"));
  row.seal();
  CHECK(row.number(0) == 18'446'744'073'709'551'615u);
  CHECK(std::get<bool>(*row.value(1)));
  CHECK(std::get<State>(*row.value(2)) == State::Listen);
  CHECK_FALSE(row.has(3));
  CHECK(text_of(row, 4, Type::Text) == "a longer name");
  CHECK_FALSE(row.has(5));
  row.clear(4);
  CHECK_FALSE(row.has(4));
}

TEST_CASE("ends read as they did before they were kept") {
  Endpoint scoped = end_of("fe80::1", 80);
  scoped.scope_id = 3;
  scoped.scope = "eth0";
  scoped.port_name = "ospf";
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
    append_value(expected, end, Type::Endpoint, Style::Human);
    CompactRow row(1);
    row.set(0, end);
    CHECK(text_of(row, 0, Type::Endpoint) == expected);
  }
}

TEST_CASE("addresses keep their scope") {
  Address address = address_of("fe80::1");
  address.scope_id = 7;
  CompactRow row(1);
  row.set(0, address);
  CHECK(std::get<Address>(*row.value(0)) == address);
}

TEST_CASE("a connection's row takes some hundred bytes") {
  CompactRow row(14);
  row.set(0, Protocol::Tcp);
  row.set(1, State::Established);
  row.set(4, end_of("192.0.2.1", 45'000));
  row.set(5, end_of("192.0.2.2", 443));
  row.set_number(6, 1'000'000);
  row.set_text(11, "https");
  CHECK(sizeof row <= 48);
  CHECK(row.packed_size() < 60);
}

struct Holder {
  explicit Holder(std::int32_t pid, std::string name) {
    process->pid = pid;
    process->name = std::move(name);
  }

  std::shared_ptr<Process> process = std::make_shared<Process>();
  Owner owner{process.get(), process->pid, 3};
};

OptionalValue pid_of(const Owner& owner) { return static_cast<std::uint64_t>(owner.process->pid); }
OptionalValue name_of(const Owner& owner) { return std::string_view(*owner.process->name); }

std::shared_ptr<const OwnerList> keep(std::span<const std::span<const Owner>> lists) {
  ProcessPool processes;
  return std::make_shared<const OwnerList>(lists, processes);
}

TEST_CASE("owners are kept with their processes, none, one or several, in one list or more") {
  std::optional<OwnerList> owners;
  {
    const Holder one(1, "one");
    const Holder two(2, "two");
    const Holder three(3, "three");
    const std::vector<Owner> first{one.owner, two.owner};
    const std::vector<Owner> second{three.owner};
    const std::vector<std::span<const Owner>> lists{first, second, {}};
    ProcessPool processes;
    owners.emplace(lists, processes);
    CHECK(OwnerList(second, processes).get().front().process == owners->get(1).front().process);
    processes.forget_unused();
  }
  CHECK(owners->lists() == 3);
  REQUIRE(owners->get().size() == 2);
  CHECK(owners->get()[0].process->name == "one");
  CHECK(owners->get()[1].process->name == "two");
  CHECK(owners->get()[1].fd == 3);
  REQUIRE(owners->get(1).size() == 1);
  CHECK(owners->get(1)[0].process->name == "three");
  CHECK(owners->get(2).empty());
  CHECK(owners->get(3).empty());
  CHECK(OwnerList().get().empty());
}

TEST_CASE("a process that has executed another program is another one") {
  ProcessPool processes;
  Holder holder(7, "sh");
  const auto before = processes.share(*holder.process);
  CHECK(processes.share(*holder.process) == before);
  holder.process->name = "server";
  CHECK(processes.share(*holder.process) != before);
}

TEST_CASE("a row gives back its own owners and those of its other end, which outlive where they were") {
  CompactRow row;
  {
    const Holder server(17'653, "server");
    const Holder worker(17'654, "worker");
    const Holder client(17'706, "client");
    const std::vector<Owner> owners{client.owner};
    const std::vector<Owner> peers{server.owner, worker.owner};
    CompactRow::Builder builder;
    builder.begin(5);
    builder.add(std::span<const Owner>(owners));
    builder.add(std::span<const Owner>(peers));
    builder.add(PerOwner{peers, name_of});
    builder.add(PerOwner{owners, pid_of});
    builder.add(std::span<const Owner>());
    CHECK(builder.owners().size() == 3);
    row = builder.finish(keep(builder.owners()));
  }
  CHECK(text_of(row, 0, Type::Owners) == "client/17706");
  CHECK(text_of(row, 1, Type::Owners) == "server/17653 +1");
  CHECK(text_of(row, 2, Type::Text) == "server,worker");
  CHECK(text_of(row, 3, Type::Identifier) == "17706");
  CHECK(text_of(row, 4, Type::Owners) == "kernel");
}

TEST_CASE("a cell shows owners that its row keeps, and no others") {
  const Holder held(1, "held");
  const Holder other(2, "other");
  ProcessPool processes;
  const auto owners = std::make_shared<const OwnerList>(std::span(&held.owner, 1), processes);
  CompactRow row(2);
  row.set_owners(0, owners);
  CHECK(text_of(row, 0, Type::Owners) == "held/1");
  row.set(1, owners->get());
  CHECK(text_of(row, 1, Type::Owners) == "held/1");
  row.set(1, std::span(&other.owner, 1));
  CHECK_FALSE(row.has(1));
  row.set_owners(0, nullptr);
  CHECK_FALSE(row.has(0));
}

}  // namespace
}  // namespace sockutils::test::compact_row_test
