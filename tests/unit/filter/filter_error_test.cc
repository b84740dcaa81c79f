#include "unit/filter/filter_support.h"

namespace filter_error_test {

using namespace sockutils;
using namespace sockutils::testing;

namespace {

struct Fault {
  std::string_view text;
  /// The part of it that is wrong; empty at its end.
  std::string_view part;
  std::string_view message;
  std::string_view suggestion = {};
};

void check_all(const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) {
    const FilterError error = error_of(fault.text);
    INFO(fault.text);
    CHECK(error.message == fault.message);
    CHECK(error.suggestion == fault.suggestion);
    CHECK(fault.text.substr(error.position, error.length) == fault.part);
    if (fault.part.empty()) CHECK(error.position == fault.text.size());
  }
}

}  // namespace

TEST_CASE("a wrong port is pointed at") {
  check_all({
      {"sport = :70000", "70000", "\"70000\" is not a port: the highest is 65535"},
      {"sport = 65536", "65536", "\"65536\" is not a port: the highest is 65535"},
      {"port 99999999999999999999", "99999999999999999999",
       "\"99999999999999999999\" is not a port: the highest is 65535"},
      {"dst 10.0.0.1:70000", "70000", "\"70000\" is not a port: the highest is 65535"},
      {"dst [::1]:x.y", "x.y", "\"x.y\" is neither a port nor the name of a service"},
      {"sport = :nosuch", "nosuch", "\"nosuch\" is neither a port nor the name of a service"},
      {"sport < shell", "shell", "\"shell\" stands for several ports"},
      {"sport = unix:5", "unix:5", "sockets of the family \"unix\" have no ports"},
      {"sport > *", ">", "* is any port: expected ="},
      {"sport in (22, inet6:23)", "inet6:23", "the ports of one list must be of one family"},
      {"sport in (link:lo, 23)", "23", "the ports of one list must be of one family"},
  });
}

TEST_CASE("a wrong address is pointed at") {
  check_all({
      {"src 10.0.0.0/33", "33", "the prefix of an IPv4 address has 0 to 32 bits, found \"33\""},
      {"src [::1]/129", "129", "the prefix of an IPv6 address has 0 to 128 bits, found \"129\""},
      {"src [::1/129]", "129", "the prefix of an IPv6 address has 0 to 128 bits, found \"129\""},
      {"src 10.0.0.1/", "10.0.0.1/", "the prefix of an IPv4 address has 0 to 32 bits, found none"},
      {"src 10.0.0.0/255.0.255.0", "255.0.255.0",
       "the prefix of an IPv4 address has 0 to 32 bits, found \"255.0.255.0\""},
      {"src 10.0.0.300", "10.0.0.300", "\"10.0.0.300\" is not an IPv4 address"},
      {"src 1.2.3.4.5", "1.2.3.4.5", "\"1.2.3.4.5\" is not an IPv4 address"},
      {"src [zz::]", "zz::", "\"zz::\" is not an IPv6 address"},
      {"src [::1", "[::1", "this \"[\" is never closed"},
      {"src []", "[]", "expected an address in the brackets"},
      {"src [::1]x", "x", "expected a colon and a port, found \"x\""},
      {"src inet:[::1]", "::1", "\"::1\" is not an IPv4 address"},
      {"src inet6:10.0.0.1", "10.0.0.1", "\"10.0.0.1\" is not an IPv6 address"},
      {"src inet6:[::1%nosuch]", "::1%nosuch", "\"::1%nosuch\" is not an IPv6 address"},
      {"src nosuch.example", "nosuch.example",
       "\"nosuch.example\" is neither an address nor the name of a known host"},
      {"src a$b", "a$b", "\"a$b\" is not an address"},
      {"src localhost/8", "localhost", "\"localhost\" is not an IPv4 address"},
      {"src tipc:1", "tipc",
       "the ends of \"tipc\" sockets are compared by their own fields: tipc_node, tipc_port"},
      {"src vsock:2:x", "x", "\"x\" is not a number: write vsock:CID:PORT"},
      {"local_address = 10.0.0.1:22", "22", "this field is an address alone: a port has no place here"},
      {"src != *", "*", "every host is any host: nothing would match"},
      {"src *X11*", "*X11*", "\"*X11*\" is not an address", "unix:*X11*"},
      {"src /x or src a?b", "a?b", "\"a?b\" is not an address", "unix:a?b"},
      {"src *%nowhere", "nowhere", "\"nowhere\" is not an interface"},
      {"src [::]%:80", "[::]%:80", "\"\" is not an interface"},
      {"local_address = [::1]%lo", "lo", "this field is an address alone: its interface is dev"},
      {"raw_protocol = osfp", "osfp", "\"osfp\" is neither a number nor the name of an IP protocol"},
      {"src link:lo", "lo", "\"lo\" is not an Ethernet protocol: write PROTOCOL:INTERFACE"},
      {"src link:*:nosuch", "nosuch", "\"nosuch\" is not an interface"},
      {"src netlink:nosuch", "nosuch", "\"nosuch\" is not a netlink protocol"},
      {"src netlink:route:x", "x", "\"x\" is neither a netlink port id nor \"kernel\""},
  });
}

TEST_CASE("an unknown name is pointed at, and what may have been meant is told") {
  check_all({
      {"tcp_rrt > 5", "tcp_rrt", "\"tcp_rrt\" is neither a field nor a state", "tcp_rtt"},
      {"sprot 22", "sprot", "\"sprot\" is neither a field nor a state", "sport"},
      {"lisening", "lisening", "\"lisening\" is neither a field nor a state", "listening"},
      {"quux", "quux", "\"quux\" is neither a field nor a state"},
      {"has tcp_rrt", "tcp_rrt", "\"tcp_rrt\" is neither a field nor a state", "tcp_rtt"},
      {"tcp", "tcp", "\"tcp\" is neither a field nor a state", "protocol = tcp"},
      {"unix", "unix", "\"unix\" is neither a field nor a state", "family = unix"},
      {":22", ":22", "\":22\" is neither a field nor a state", "port :22"},
      {"10.0.0.1", "10.0.0.1", "\"10.0.0.1\" is neither a field nor a state", "address 10.0.0.1"},
      {"state lisening", "lisening", "\"lisening\" is not a state", "listening"},
      {"state = bogus", "bogus", "\"bogus\" is not a state"},
      {"exclude bogus", "bogus", "\"bogus\" is not a state"},
      {"family = inet7", "inet7", "\"inet7\" is not a family", "inet"},
      {"protocol = tpc", "tpc", "\"tpc\" is not a protocol", "tcp"},
      {"dev nosuch", "nosuch", "\"nosuch\" is not an interface"},
      {"user = nosuch", "nosuch", "\"nosuch\" is not a user"},
      {"cgroup = /nosuch", "/nosuch", "\"/nosuch\" is not a control group"},
      {"\"sport\" = 22", "\"sport\"", "expected a field or a state, found the quoted \"sport\""},
  });
}

TEST_CASE("what is missing is named, where it is missing") {
  check_all({
      {"sport", "", "expected an operator or a port, found the end"},
      {"sport =", "", "expected a port, found the end"},
      {"src", "", "expected an operator or a host, found the end"},
      {"src = and sport :22", "and", "expected a host, found \"and\""},
      {"tcp_rtt >", "", "expected a time, as in 50ms, found the end"},
      {"tcp_rtt", "", "expected an operator or a time, as in 50ms, found the end"},
      {"tcp_rtt > = 5", "=", "expected a time, as in 50ms, found \"=\""},
      {"sport :22 and", "", "expected a field or a state, found the end"},
      {"and sport :22", "and", "expected a field or a state, found \"and\""},
      {"sport :22 or or dport :23", "or", "expected a field or a state, found \"or\""},
      {"sport :22 !", "", "expected a field or a state, found the end"},
      {"= 22", "=", "expected a field or a state, found \"=\""},
      {"state", "", "expected a state, found the end"},
      {"exclude", "", "expected a state, found the end"},
      {"has", "", "expected a field after \"has\", found the end"},
      {"()", ")", "expected a field or a state, found \")\""},
      {"sport :22 ( )", ")", "expected a field or a state, found \")\""},
      {"(sport = :22", "(", "this \"(\" is never closed"},
      {"sport = :22)", ")", "this \")\" was never opened"},
      {"listening = 5", "=", "expected \"and\", \"or\" or another test, found \"=\""},
      {"(listening = 5)", "=", "expected \"and\", \"or\" or \")\", found \"=\""},
      {"src \"\"", "\"\"", "expected a host, found nothing"},
  });
}

TEST_CASE("a wrong list is pointed at") {
  check_all({
      {"pid in", "", "expected \"(\" and a list, found the end"},
      {"pid in 5", "5", "expected \"(\" and a list, found \"5\""},
      {"pid in ()", ")", "expected a number, found \")\""},
      {"pid in (1", "", "expected \",\" or \")\", found the end"},
      {"pid in (1,)", ")", "expected a number, found \")\""},
      {"pid in (1 2)", "2", "expected \",\" or \")\", found \"2\""},
      {"pid not 5", "not", "expected an operator or a number, found \"not\""},
      {"pid = (1)", "(", "expected a number, found \"(\""},
  });
}

TEST_CASE("a value of the wrong type is pointed at") {
  check_all({
      {"pid = x", "x", "expected a whole number, found \"x\""},
      {"pid = 1.5", "1.5", "expected a whole number, found \"1.5\""},
      {"pid = 18446744073709551616", "18446744073709551616",
       "expected a whole number, found \"18446744073709551616\""},
      {"tcp_rtt > 5apples", "apples", "\"apples\" is not a unit of this field: try us, ms, s, m, h"},
      {"recv_queue > 10bit", "bit", "\"bit\" is not a unit of this field: try B, KiB, MiB, GiB, KB, MB, GB"},
      {"tcp_rtt > 0.5us", "0.5us", "\"0.5us\" is too large or no whole number of microseconds"},
      {"tcp_rtt > 1500ns", "1500ns", "\"1500ns\" is too large or no whole number of microseconds"},
      {"recv_queue > 17000000T", "17000000T", "\"17000000T\" is too large or no whole number of bytes"},
      {"tcp_delivery_rate > 4bit", "4bit", "\"4bit\" is too large or no whole number of bytes/s"},
      {"tcp_rtt > 1.2.3s", "1.2.3s", "expected a number, with or without a unit, found \"1.2.3s\""},
      {"tcp_rtt > 1.", "1.", "expected a number, with or without a unit, found \"1.\""},
      {"dual_stack = maybe", "maybe", "\"maybe\" is neither true nor false"},
      {"fwmark xyz", "xyz", "\"xyz\" is not a number"},
      {"fwmark 1/", "1/", "expected a mask after the slash, found \"\""},
      {"processes = nginx", "processes", "processes cannot be compared: try process or pid", "process"},
  });
}

TEST_CASE("an operator that a field does not have is pointed at") {
  check_all({
      {"dual_stack > 1", ">", "dual_stack is of type flag, which has no order: expected = or !="},
      {"family > inet", ">", "family is of type family, which has no order: expected = or !="},
      {"fwmark lt 5", "lt", "fwmark is of type mask, which has no order: expected = or !="},
      {"src < 10.0.0.1", "<", "src is a host, which has no order: expected = or !="},
      {"dev > 1", ">", "dev is an interface, which has no order: expected = or !="},
      {"state > listen", ">", "state is a state, which has no order: expected = or !="},
      {"tcp_rtt ~ 5", "~", "patterns are for text, but tcp_rtt is of type microseconds"},
      {"sport !~ 5", "!~", "patterns are for text, but sport is a port"},
  });
}

TEST_CASE("a quote that is never closed is pointed at") {
  check_all({
      {"process = \"abc", "\"abc", "this \" is never closed"},
      {"process = ab'c", "'c", "this ' is never closed"},
      {"process = \"a\\x4\"", "\\x", "expected two hexadecimal digits after \\x"},
      {"process ~ ^ng(inx)", "(", "a value that holds a bracket must be quoted"},
  });
}

TEST_CASE("a word that is half of one which joins tests is offered whole") {
  CHECK(error_of("port = 7654 an established").suggestion == "and");
  CHECK(error_of("port = 7654 ro established").suggestion == "or");
  CHECK(error_of("nto port = 7654").suggestion == "not");
}

TEST_CASE("an error is explained with a caret below the fault") {
  const std::string_view text = "sport = :70000 and listening";
  CHECK(error_of(text).explain(text) ==
        "\"70000\" is not a port: the highest is 65535\n"
        "  sport = :70000 and listening\n"
        "           ^~~~~\n");
  CHECK(error_of("tcp_rrt > 5").explain("tcp_rrt > 5") ==
        "\"tcp_rrt\" is neither a field nor a state\n"
        "  tcp_rrt > 5\n"
        "  ^~~~~~~\n"
        "did you mean \"tcp_rtt\"?\n");
  CHECK(error_of("sport =").explain("sport =") ==
        "expected a port, found the end\n"
        "  sport =\n"
        "         ^\n");
}

TEST_CASE("the caret stands right below wide and escaped characters") {
  const std::string_view wide = "process = \"日本\" and quux";
  CHECK(error_of(wide).explain(wide) ==
        "\"quux\" is neither a field nor a state\n"
        "  process = \"日本\" and quux\n"
        "                       ^~~~\n");
  const std::string_view hostile = "process = \"\x1b[2J\xff\n\" and quux";
  CHECK(error_of(hostile).explain(hostile) ==
        "\"quux\" is neither a field nor a state\n"
        "  process = \"\\x1b[2J\\xff\\n\" and quux\n"
        "                                ^~~~\n");
  CHECK(error_of("qu\tux\x1b").explain("qu\tux\x1b") ==
        "\"qu\" is neither a field nor a state\n"
        "  qu\\tux\\x1b\n"
        "  ^~\n");
}

TEST_CASE("of a long filter only the part around the fault is shown") {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "sport = :22 or ";
  const auto lines = [](const std::string& explanation) {
    const std::size_t first = explanation.find('\n') + 1;
    const std::size_t second = explanation.find('\n', first) + 1;
    return std::pair(explanation.substr(first, second - first - 1),
                     explanation.substr(second, explanation.find('\n', second) - second));
  };
  const std::string fault = text + "quux";
  for (const std::string& filter : {fault + " or dev lo", fault, "quux or " + text + "dev lo",
                                    fault + std::string(300, 'x') + " or dev lo"}) {
    const auto [shown, caret] = lines(error_of(filter).explain(filter));
    INFO(shown << '\n' << caret);
    CHECK(shown.size() <= 102);
    CHECK(caret.size() <= shown.size());
    CHECK(shown.substr(caret.find('^'), 4) == "quux");
  }
  const auto [shown, caret] = lines(error_of(text).explain(text));
  CHECK(caret.size() == shown.size() + 1);
}

TEST_CASE("a very long word is cut in the message, not in the middle of a character") {
  std::string word;
  for (int i = 0; i < 100; ++i) word += "é";
  const std::string message = error_of("src " + word).message;
  CHECK(message.size() < 100);
  CHECK(message.find("é...\"") != std::string::npos);
}

}  // namespace filter_error_test
