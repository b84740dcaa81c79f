#include <cctype>
#include <map>
#include <set>

#include "common/text.h"
#include "sockutils/field.h"
#include "support/catch.h"
#include "support/row_values.h"

namespace sockutils::test::registry_test {

TEST_CASE("names and aliases of fields are unique and in snake_case") {
  std::set<std::string_view> names;
  for (const Field* field : fields()) {
    INFO(field->name);
    CHECK(names.insert(field->name).second);
    for (const char c : field->name) CHECK((std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_'));
    for (const std::string_view alias : split_words(field->aliases)) CHECK(names.insert(alias).second);
  }
}

TEST_CASE("every field says what it is") {
  for (const Field* field : fields()) {
    INFO(field->name);
    CHECK_FALSE(field->title.empty());
    CHECK_FALSE(field->doc.empty());
    CHECK(field->doc.back() != '.');
    CHECK(field->get != nullptr);
    CHECK_FALSE(name(field->type).empty());
  }
}

TEST_CASE("every field of an empty socket is absent, but for its kind") {
  for (const Field* field : fields()) {
    const bool always = field->name == "family" || field->name == "protocol" || field->type == Type::Endpoint;
    INFO(field->name);
    CHECK((text_of(Socket{}, field->name) == "-") == !always);
  }
}

TEST_CASE("a field is found by name and by alias, and a misspelt one is suggested") {
  CHECK(find_field("tcp_rtt") != nullptr);
  CHECK(find_field("rtt") == find_field("tcp_rtt"));
  CHECK(find_field("cwnd") == find_field("tcp_snd_cwnd"));
  CHECK(find_field("no_such_thing") == nullptr);
  CHECK(suggest_field("tcp_rrt") == "tcp_rtt");
  CHECK(suggest_field("proces") == "process");
  CHECK(suggest_field("zzzzzzzzzzzz").empty());
}

TEST_CASE("the names that other programs rely on are there") {
  for (const std::string_view name : {"family",
                                      "protocol",
                                      "state",
                                      "local_address",
                                      "local_port",
                                      "local_service",
                                      "peer_address",
                                      "peer_port",
                                      "peer_service",
                                      "recv_queue",
                                      "send_queue",
                                      "inode",
                                      "cookie",
                                      "uid",
                                      "user",
                                      "netns",
                                      "interface",
                                      "mark",
                                      "processes",
                                      "pid",
                                      "process",
                                      "fd",
                                      "command_line",
                                      "executable",
                                      "process_user",
                                      "tcp_rtt",
                                      "tcp_rttvar",
                                      "tcp_min_rtt",
                                      "tcp_rto",
                                      "tcp_snd_cwnd",
                                      "tcp_snd_ssthresh",
                                      "tcp_snd_mss",
                                      "tcp_bytes_acked",
                                      "tcp_bytes_received",
                                      "tcp_total_retrans",
                                      "tcp_delivery_rate",
                                      "mem_rmem_alloc"}) {
    INFO(name);
    REQUIRE(find_field(name) != nullptr);
    CHECK(find_field(name)->name == name);
  }
}

TEST_CASE("fields whose names begin alike are about something of their own, not about sockets at large") {
  std::map<std::string_view, std::size_t> families;
  for (const Field* field : fields()) ++families[field->name.substr(0, field->name.find('_'))];
  for (const Field* field : fields()) {
    INFO(field->name);
    constexpr std::size_t Many = 4;
    if (families[field->name.substr(0, field->name.find('_'))] >= Many) CHECK(subject(*field) != "socket");
  }
}

}  // namespace sockutils::test::registry_test
