#include <utility>

#include "unit/filter/filter_support.h"

namespace filter_parser_test {

using namespace sockutils;
using namespace sockutils::testing;

namespace {

/// A filter and its plain form.
using Spelling = std::pair<std::string_view, std::string_view>;

void check_all(const std::vector<Spelling>& spellings) {
  for (const auto& [text, plain] : spellings) {
    const Filter filter = parse(text);
    INFO(text);
    CHECK(filter.to_string() == plain);
    const auto again = Filter::parse(plain, {});
    REQUIRE(again.has_value());
    CHECK(again->to_string() == plain);
  }
}

}  // namespace

TEST_CASE("every operator has the spellings of ss, and may be left out") {
  check_all({
      {"sport = :22", "sport = 22"},       {"sport == :22", "sport = 22"},
      {"sport eq :22", "sport = 22"},      {"sport :22", "sport = 22"},
      {"sport != :22", "not sport = 22"},  {"sport ne :22", "not sport = 22"},
      {"sport neq :22", "not sport = 22"}, {"sport < :22", "sport < 22"},
      {"sport lt :22", "sport < 22"},      {"sport > :22", "sport > 22"},
      {"sport gt :22", "sport > 22"},      {"sport <= :22", "sport <= 22"},
      {"sport =< :22", "sport <= 22"},     {"sport le :22", "sport <= 22"},
      {"sport leq :22", "sport <= 22"},    {"sport >= :22", "sport >= 22"},
      {"sport => :22", "sport >= 22"},     {"sport ge :22", "sport >= 22"},
      {"sport geq :22", "sport >= 22"},    {"SPORT EQ :22", "sport = 22"},
  });
}

TEST_CASE("signs need no blanks around them") {
  check_all({
      {"sport=:22", "sport = 22"},
      {"tcp_rtt>50ms", "tcp_rtt > 50000"},
      {"(sport = :22)", "sport = 22"},
      {"((sport=22))", "sport = 22"},
      {"!dport = :80", "not dport = 80"},
      {"!!dport=:80", "not not dport = 80"},
      {"not(sport=:22)", "not sport = 22"},
      {"dst 10.0.0.0/8:443", "dst = 10.0.0.0/8:443"},
      {"process=b&pid=1", "process = b and pid = 1"},
      {"sport=1||sport=2&&sport=3", "sport = 1 or sport = 2 and sport = 3"},
      {"pid in(1,2)", "pid in (1, 2)"},
      {"dev!=lo", "not dev = 1"},
      {"process!~x", "process !~ x"},
      {"command_line = --port=80", "command_line = \"--port=80\""},
  });
}

TEST_CASE("tests side by side are joined by and, which binds tighter than or") {
  check_all({
      {"sport 1 dport 2", "sport = 1 and dport = 2"},
      {"sport 1 or sport 2 dport 3", "sport = 1 or sport = 2 and dport = 3"},
      {"( sport 1 or sport 2 ) dport 3", "(sport = 1 or sport = 2) and dport = 3"},
      {"sport 1 & ( dport 2 & dport 3 )", "sport = 1 and dport = 2 and dport = 3"},
      {"sport 1 | ( dport 2 | dport 3 )", "sport = 1 or dport = 2 or dport = 3"},
      {"not sport 1 dport 2", "not sport = 1 and dport = 2"},
      {"not ( sport 1 dport 2 )", "not (sport = 1 and dport = 2)"},
      {"! ! ( sport 1 or dport 2 )", "not not (sport = 1 or dport = 2)"},
      {"sport 1 AND NOT dport 2 OR pid 3", "sport = 1 and not dport = 2 or pid = 3"},
  });
}

TEST_CASE("words of state side by side make one set, as in ss") {
  check_all({
      {"state listening", "state = listen"},
      {"state LISTEN", "state = listen"},
      {"state FIN_WAIT_1", "state = fin-wait-1"},
      {"state established state time-wait", "state in (established, time-wait)"},
      {"state connected exclude established exclude time-wait exclude closing exclude last-ack",
       "state in (syn-sent, syn-recv, fin-wait-1, fin-wait-2, close-wait)"},
      {"exclude big", "state in (syn-recv, time-wait)"},
      {"state established exclude established", "exclude all"},
      {"state all", "state all"},
      {"exclude listening state listening", "state all"},
      {"listening and port 5432", "state = listen and port = 5432"},
      {"established time-wait sport 1", "state in (established, time-wait) and sport = 1"},
      {"established or time-wait", "state = established or state = time-wait"},
      {"not established time-wait", "not state in (established, time-wait)"},
      {"( state listening ) sport :22", "state = listen and sport = 22"},
      {"state = listening", "state = listen"},
      {"state in (estab, listen)", "state in (established, listen)"},
      {"state != big", "state in (syn-recv, time-wait)"},
      {"state not in (big, time-wait)", "state = syn-recv"},
      {"state established state = listen", "state = established and state = listen"},
  });
}

TEST_CASE("words of state that begin a filter hold for all of it, as in ss") {
  check_all({
      {"state listening sport 1 or sport 2", "state = listen and (sport = 1 or sport = 2)"},
      {"state listening ( sport 1 ) or ( sport 2 )", "state = listen and (sport = 1 or sport = 2)"},
      {"exclude listening sport 1 dport 2",
       "state in (unconnected, established, syn-sent, syn-recv, fin-wait-1, fin-wait-2, time-wait, closed, "
       "close-wait, last-ack, closing, bound-inactive) and sport = 1 and dport = 2"},
      {"established sport 1 or sport 2", "state = established and (sport = 1 or sport = 2)"},
      {"state listening or sport 2", "state = listen or sport = 2"},
      {"state listening and sport 1 or sport 2", "state = listen and sport = 1 or sport = 2"},
      {"state = listening sport 1 or sport 2", "state = listen and sport = 1 or sport = 2"},
      {"(state listening sport 1 or sport 2)", "state = listen and sport = 1 or sport = 2"},
      {"sport 1 state listening or sport 2", "sport = 1 and state = listen or sport = 2"},
  });
}

TEST_CASE("hosts are read as ss reads them") {
  check_all({
      {"src 10.0.0.1", "src = 10.0.0.1"},
      {"src = 10.0.0.1:22", "src = 10.0.0.1:22"},
      {"dst 10.0.0.0/8:ssh", "dst = 10.0.0.0/8:22"},
      {"dst 10/8", "dst = 10.0.0.0/8"},
      {"dst 10.1", "dst = 10.1.0.0"},
      {"dst 10.0.0.0/255.0.0.0", "dst = 10.0.0.0/8"},
      {"dst 10.0.0.1:*", "dst = 10.0.0.1"},
      {"dst 10.0.0.1:", "dst = 10.0.0.1"},
      {"dst [10.0.0.1]:22", "dst = 10.0.0.1:22"},
      {"dst [2001:db8::1]", "dst = [2001:db8::1]"},
      {"dst [2001:db8::1]:22", "dst = [2001:db8::1]:22"},
      {"dst [fe80::]/10:22", "dst = [fe80::]/10:22"},
      {"dst [fe80::/10]:22", "dst = [fe80::]/10:22"},
      {"dst fe80::/10", "dst = [fe80::]/10"},
      {"dst fe80::/10:22", "dst = [fe80::]/10:22"},
      {"dst ::1", "dst = [::1]"},
      {"dst ::ffff:10.0.0.1", "dst = [::ffff:10.0.0.1]"},
      {"dst [fe80::1%eth0]:22", "dst = [fe80::1%2]:22"},
      {"dst inet:10.0.0.1", "dst = inet:10.0.0.1"},
      {"dst inet6:[::1]:22", "dst = inet6:[::1]:22"},
      {"dst inet6:::1", "dst = inet6:[::1]"},
      {"dst inet6::22", "dst = inet6:*:22"},
      {"dst inet:", "dst = inet:*"},
      {"dst *", "dst = *"},
      {"dst any", "dst = *"},
      {"dst [*]", "dst = *"},
      {"dst *:22", "dst = *:22"},
      {"dst :ssh", "dst = *:22"},
      {"dst localhost", "dst in (127.0.0.1, [::1])"},
      {"dst localhost:shell",
       "dst in (127.0.0.1:514, 127.0.0.1:5140, 127.0.0.1:raw-99, [::1]:514, [::1]:5140, [::1]:raw-99)"},
      {"src 0.0.0.0%eth0:179", "src = 0.0.0.0%2:179"},
      {"src *%eth0", "src = *%2"},
      {"src *%eth0:22", "src = *%2:22"},
      {"src 10.0.0.0%2/8:22", "src = 10.0.0.0%2/8:22"},
      {"src [fe80::1]%eth0:22", "src = [fe80::1]%2:22"},
      {"src [::]%lo/0", "src = [::]%1/0"},
      {"local != 0.0.0.0%eth0:179", "local != 0.0.0.0%2:179"},
      {"local_address != 10/8", "local != 10.0.0.0/8"},
      {"src 0.0.0.0:icmp", "src = 0.0.0.0:raw-1"},
      {"dst inet6:localhost", "dst = inet6:[::1]"},
      {"dst != 10.0.0.1", "not dst = 10.0.0.1"},
      {"dst not in (10/8, ::1)", "not dst in (10.0.0.0/8, [::1])"},
      {"local 10.0.0.1", "src = 10.0.0.1"},
      {"peer_address = 10.0.0.1", "dst = 10.0.0.1"},
      {"address 10.0.0.1", "address = 10.0.0.1"},
  });
}

TEST_CASE("hosts of the other families are read as ss reads them") {
  check_all({
      {"src unix:/run/*", "src = unix:/run/*"},
      {"src /Run/A", "src = unix:/run/a"},
      {"src @abstract", "src = unix:@abstract"},
      {"src unix:", "src = unix:"},
      {"src 'unix:/run/a b'", "src = \"unix:/run/a b\""},
      {"src unix:\"/run/a b\"*", "src = \"unix:/run/a b*\""},
      {"src link:*:eth0", "src = link:*:2"},
      {"src link:IP:lo", "src = link:2048:1"},
      {"src link:0x806", "src = link:2054:*"},
      {"src packet:arp:7", "src = link:2054:7"},
      {"sport = link:lo", "src = link:*:1"},
      {"src netlink:rtnl", "src = netlink:route:*"},
      {"src netlink:15:kernel", "src = netlink:kobject_uevent:0"},
      {"src netlink:*:77", "src = netlink:*:77"},
      {"sport = netlink:kernel", "sport = netlink:0"},
      {"sport > netlink:100", "sport > netlink:100"},
      {"sport = netlink:*", "src = netlink:*:*"},
  });
}

TEST_CASE("ports are numbers as in C, or services") {
  check_all({
      {"sport = 22", "sport = 22"},
      {"sport = ssh", "sport = 22"},
      {"sport = *:ssh", "sport = 22"},
      {"sport = :0x16", "sport = 22"},
      {"sport = :026", "sport = 22"},
      {"sport = :0", "sport = 0"},
      {"sport = :65535", "sport = 65535"},
      {"sport = inet6:22", "sport = inet6:22"},
      {"sport = inet::22", "sport = inet:22"},
      {"sport = *", "src = *"},
      {"dport = inet6:*", "dst = inet6:*"},
      {"dport = shell", "dst in (*:514, *:5140, *:raw-99)"},
      {"dport != shell", "not dst in (*:514, *:5140, *:raw-99)"},
      {"peer_port != shell", "peer not in (*:514, *:5140, *:raw-99)"},
      {"local_port != 22", "local_port != 22"},
      {"peer_port not in (22, 80)", "peer_port not in (22, 80)"},
      {"port != 22", "port != 22"},
      {"sport = :icmp", "src = *:raw-1"},
      {"sport = raw-89", "src = *:raw-89"},
      {"port 22", "port = 22"},
      {"local_port in (22, 80)", "sport in (22, 80)"},
      {"rport >= 1024", "dport >= 1024"},
  });
}

TEST_CASE("interfaces, users, marks and control groups become numbers") {
  check_all({
      {"dev lo", "dev = 1"},
      {"dev = eth0", "dev = 2"},
      {"dev neq 7", "not dev = 7"},
      {"interface != 7", "interface != 7"},
      {"fwmark != 1", "not mark = 0x1"},
      {"raw_protocol = icmp", "raw_protocol = 1"},
      {"raw_protocol != 61", "raw_protocol != 61"},
      {"interface in (lo, eth0)", "dev in (1, 2)"},
      {"interface ~ ^eth", "interface ~ \"^eth\""},
      {"user = www-data", "uid = 33"},
      {"user 33", "uid = 33"},
      {"uid != www-data", "uid != 33"},
      {"user ~ ^www", "user ~ \"^www\""},
      {"fwmark 1", "mark = 0x1"},
      {"fwmark = 0x10/0xff", "mark = 0x10/0xff"},
      {"mark != 010", "mark != 0x8"},
      {"cgroup = /system.slice", "cgroup_id = 4242"},
      {"cgroup != 7", "not cgroup_id = 7"},
      {"cgroup_id != 7", "cgroup_id != 7"},
      {"cgroup ~ ^/user", "cgroup ~ \"^/user\""},
  });
}

TEST_CASE("without a way to look names up, they are compared as text") {
  for (const std::string_view text : {"user = www-data", "cgroup = /system.slice"}) {
    const auto filter = Filter::parse(text, {});
    REQUIRE(filter.has_value());
    CHECK(filter->to_string() == text);
  }
}

TEST_CASE("autobound is a flag like any other") {
  check_all({{"autobound", "autobound"},
             {"! autobound sport :22", "not autobound and sport = 22"},
             {"autobound = no", "autobound = false"}});
}

TEST_CASE("values have the units of their field") {
  check_all({
      {"tcp_rtt > 1.5s", "tcp_rtt > 1500000"},
      {"tcp_rtt > 50MS", "tcp_rtt > 50000"},
      {"tcp_rtt > 2\u00b5s", "tcp_rtt > 2"},
      {"tcp_rtt > 2\u03bcs", "tcp_rtt > 2"},
      {"tcp_rtt > 7000ns", "tcp_rtt > 7"},
      {"tcp_rtt > 2m", "tcp_rtt > 120000000"},
      {"tcp_rtt > 1h", "tcp_rtt > 3600000000"},
      {"tcp_rtt > 17", "tcp_rtt > 17"},
      {"recv_queue >= 64KiB", "recv_queue >= 65536"},
      {"recv_queue >= 64K", "recv_queue >= 65536"},
      {"recv_queue >= 64KB", "recv_queue >= 64000"},
      {"recv_queue >= 1.5k", "recv_queue >= 1536"},
      {"recv_queue >= 1MiB", "recv_queue >= 1048576"},
      {"recv_queue >= 1.000001MB", "recv_queue >= 1000001"},
      {"recv_queue >= 2GB", "recv_queue >= 2000000000"},
      {"recv_queue >= 7B", "recv_queue >= 7"},
      {"tcp_delivery_rate > 10Mbit/s", "tcp_delivery_rate > 1250000"},
      {"tcp_delivery_rate > 10Mbps", "tcp_delivery_rate > 1250000"},
      {"tcp_delivery_rate > 1.6kbit", "tcp_delivery_rate > 200"},
      {"tcp_delivery_rate > 1MiB/s", "tcp_delivery_rate > 1048576"},
      {"tcp_delivery_rate > 1GB/s", "tcp_delivery_rate > 1000000000"},
      {"inode = 0x10", "inode = 16"},
      {"recv_queue <= 18446744073709551615", "recv_queue <= 18446744073709551615"},
  });
}

TEST_CASE("flags, families and protocols are named") {
  check_all({
      {"dual_stack", "dual_stack"},
      {"dual_stack = yes", "dual_stack"},
      {"dual_stack = off", "dual_stack = false"},
      {"dual_stack != 1", "dual_stack != true"},
      {"dual_stack not in (no)", "dual_stack != false"},
      {"dual_stack not listening", "dual_stack and not state = listen"},
      {"not dual_stack", "not dual_stack"},
      {"family = IPv4", "family = inet"},
      {"family in (inet, unix)", "family in (inet, unix)"},
      {"protocol != tcp", "protocol != tcp"},
      {"protocol rtnl", "protocol = route"},
  });
}

TEST_CASE("has takes fields, their aliases and the words of ss") {
  check_all({
      {"has tcp_rtt", "has tcp_rtt"},
      {"has rtt", "has tcp_rtt"},
      {"not has pid", "not has pid"},
      {"has port", "has port"},
      {"not has address", "not has address"},
      {"has dport", "has peer_port"},
      {"has src", "has local"},
      {"has dev", "has interface_index"},
      {"has processes", "has processes"},
      {"has autobound", "has autobound"},
  });
}

TEST_CASE("quotes hold any bytes") {
  check_all({
      {R"(process = "a b")", R"(process = "a b")"},
      {R"(process = 'a b')", R"(process = "a b")"},
      {R"(process = 'a"b')", R"(process = "a\"b")"},
      {R"(process = "a\"b")", R"(process = "a\"b")"},
      {R"(process = "a\\b")", R"(process = "a\\b")"},
      {R"(process = "\x1b[31m\n\x00")", R"(process = "\x1b[31m\x0a\x00")"},
      {R"(process = "")", R"(process = "")"},
      {R"(process = 'and')", R"(process = "and")"},
      {R"f(process = "(sd-pam)")f", R"f(process = "(sd-pam)")f"},
      {R"f(process in ("a,b", c))f", R"f(process in ("a,b", c))f"},
      {R"(process ~ "a\.b")", R"(process ~ "a\\.b")"},
      {R"(process ~ a\.b)", R"(process ~ "a\\.b")"},
      {"process = \"\xff\"", "process = \"\xff\""},
  });
}

TEST_CASE("an empty filter matches everything") {
  for (const std::string_view text : {"", " ", "\t\n"}) {
    const Filter filter = parse(text);
    CHECK(filter.matches_everything());
    CHECK(filter.to_string().empty());
    CHECK(filter.possible_states() == StateSet::all());
    CHECK(filter.needs() == Needs::Nothing);
    CHECK(filter.fields().empty());
  }
  CHECK(Filter().matches_everything());
}

TEST_CASE("a filter that every socket passes says so") {
  for (const std::string_view text : {"state all", "src *", "src * and dst any", "state all or pid = 1"})
    CHECK(parse(text).matches_everything());
  for (const std::string_view text : {"state big", "src inet:*", "state all and pid = 1", "not state all"})
    CHECK_FALSE(parse(text).matches_everything());
}

TEST_CASE("filters can be joined") {
  const Filter nothing;
  const Filter a = parse("sport 1 or sport 2");
  const Filter b = parse("dport 3 and dport 4");
  CHECK((nothing && nothing).to_string().empty());
  CHECK((nothing && a).to_string() == "sport = 1 or sport = 2");
  CHECK((a && nothing).to_string() == "sport = 1 or sport = 2");
  CHECK((a && b).to_string() == "(sport = 1 or sport = 2) and dport = 3 and dport = 4");
}

TEST_CASE("a filter says what it looks at, and what that costs") {
  const Filter filter =
      parse("sport 22 and (tcp_rtt > 1ms or process = sshd) and src 10/8:22 and tcp_rtt < 1s");
  std::vector<std::string_view> names;
  for (const Field* const field : filter.fields()) names.push_back(field->name);
  CHECK(names == std::vector<std::string_view>{"local_port", "tcp_rtt", "process", "local_address"});
  CHECK(filter.needs() == (Needs::TcpInfo | Needs::Owners));
  CHECK(parse("src 10/8 and state listening and dev lo and port 22").needs() == Needs::Nothing);
  CHECK(parse("user = www-data").needs() == Needs::Nothing);
}

TEST_CASE("a filter narrows the states that a match can be in") {
  const StateSet all = StateSet::all();
  const StateSet listen{State::Listen};
  CHECK(parse("listening and port 5432").possible_states() == listen);
  CHECK(parse("port 5432").possible_states() == all);
  CHECK(parse("not listening").possible_states() == all - listen);
  CHECK(parse("listening or pid = 1").possible_states() == all);
  CHECK(parse("listening or established and pid = 1").possible_states() ==
        StateSet{State::Listen, State::Established});
  CHECK(parse("not (listening or pid = 1)").possible_states() == all - listen);
  CHECK(parse("not (listening and pid = 1)").possible_states() == all);
  CHECK(parse("listening and established").possible_states().empty());
  CHECK(parse("autobound").possible_states() == all);
  CHECK(parse("not autobound").possible_states() == all);
}

TEST_CASE("brackets and not may stand 200 deep, and no deeper") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "sport = 1" + std::string(depth, ')');
  };
  CHECK(parse(nested(200)).to_string() == "sport = 1");
  CHECK(error_of(nested(201)).position == 200);
  std::string nots;
  for (int i = 0; i < 200; ++i) nots += "not ";
  CHECK(parse(nots + "has port").to_string() == nots + "has port");
  CHECK(error_of("not " + nots + "has port").position == 4 * 200);
}

TEST_CASE("a filter of many tests side by side is no deeper than one") {
  std::string text = "pid = 1";
  for (int i = 0; i < 5000; ++i) text += " or pid = 1";
  CHECK(parse(text).to_string() == text);
}

TEST_CASE("a filter can hold 64 KiB") {
  const std::string longest = "process = " + std::string(64 * 1024 - 10, 'a');
  CHECK(parse(longest).to_string() == longest);
  CHECK(error_of(longest + 'a').position == 64 * 1024);
}

}  // namespace filter_parser_test
