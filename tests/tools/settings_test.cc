#include <array>

#include "sockls/columns.h"
#include "sockls/groups.h"
#include "sockls/options.h"
#include "sockls/query.h"
#include "support/catch.h"

namespace settings_test {

using namespace sockutils;
using namespace tools::sockls;

namespace {

CommandLine command_line(std::vector<const char*> words) {
  words.insert(words.begin(), "sockls");
  auto line = parse_command_line(static_cast<int>(words.size()), words.data());
  if (!line) FAIL(line.error());
  return *line;
}

Query query(const std::vector<const char*>& words) {
  const CommandLine line = command_line(words);
  const auto result = make_query(line.settings, line.filter);
  if (!result) FAIL(result.error().text);
  return *result;
}

std::string kinds(const std::vector<const char*>& words) {
  std::string text;
  for (const SocketKind& kind : query(words).kinds) {
    if (!text.empty()) text += ' ';
    text += name(kind.family);
    if (kind.protocol) text += "/" + std::string(name(*kind.protocol));
  }
  return text;
}

std::string columns(const std::vector<const char*>& words) {
  std::string text;
  for (const Field* field : query(words).fields) text += (text.empty() ? "" : ",") + std::string(field->name);
  return text;
}

}  // namespace

TEST_CASE("without options every internet socket is listed, listeners first") {
  CHECK(kinds({}) ==
        "inet/tcp inet6/tcp inet/udp inet6/udp inet/udplite inet6/udplite inet/raw inet6/raw inet/icmp "
        "inet6/icmp inet/mptcp inet6/mptcp inet/sctp inet6/sctp inet/dccp inet6/dccp");
  CHECK(query({}).states == StateSet::all());
  CHECK(query({}).listeners_first);
  CHECK(query({}).filter.matches_everything());
}

TEST_CASE("options choose kinds of sockets as those of ss do") {
  CHECK(kinds({"-t"}) == "inet/tcp inet6/tcp");
  CHECK(kinds({"-tan"}) == "inet/tcp inet6/tcp");
  CHECK(kinds({"-tu4"}) == "inet/tcp inet/udp");
  CHECK(kinds({"-t", "-4", "-6"}) == "inet/tcp inet6/tcp");
  CHECK(kinds({"-x"}) == "unix");
  CHECK(kinds({"-x", "-t", "-6"}) == "inet6/tcp unix");
  CHECK(kinds({"-a6"}) ==
        "inet6/tcp inet6/udp inet6/udplite inet6/raw inet6/icmp inet6/mptcp inet6/sctp inet6/dccp");
  CHECK(kinds({"-M"}) == "inet/mptcp inet6/mptcp");
  CHECK(kinds({"-Sd4"}) == "inet/sctp inet/dccp");
  CHECK(kinds({"-A", "sctp,dccp"}) == kinds({"-Sd"}));
  CHECK(kinds({"-A", "inet,!tcp,!udp,!udplite,!raw,!icmp,!mptcp,!dccp"}) == kinds({"-S"}));
  CHECK(kinds({"-A", "all,!inet"}) == "unix packet netlink vsock xdp tipc");
  CHECK(kinds({"-A", "all", "-A", "!inet,!unix"}) == "packet netlink vsock xdp tipc");
  CHECK(kinds({"-A", "unix,!u_str"}) == "unix");
  CHECK(query({"-A", "unix,!u_str"}).filter.to_string() == query({"-A", "u_dgr,u_seq"}).filter.to_string());
  CHECK(kinds({"-A", "unix,tcp,!unix_stream,!unix_dgram,!unix_seqpacket"}) == "inet/tcp inet6/tcp");
  CHECK(kinds({"-f", "link"}) == "packet");
  CHECK(kinds({"-f", "inet", "-t"}) == "inet/tcp");
  CHECK(kinds({"-A", "tcp,unix_stream"}) == "inet/tcp inet6/tcp unix");
  CHECK(kinds({"-A", "inet"}) == kinds({}));
  CHECK(kinds({"-A", "all"}) == kinds({"-a"}));
  CHECK(kinds({"-a"}) == kinds({}) + " unix packet netlink vsock xdp tipc");
  CHECK(kinds({"--vsock", "--tipc", "--xdp"}) == "vsock xdp tipc");
  CHECK(kinds({"-A", "xdp,v_str"}) == "vsock xdp");
  CHECK(kinds({"-f", "tipc"}) == "tipc");
  CHECK(kinds({"-0", "--netlink"}) == "packet netlink");
}

TEST_CASE("-i adds what the listed protocol knows") {
  const auto adds = [](const char* kinds, std::string_view field) {
    return columns({kinds, "-i"}).find(field) != std::string::npos;
  };
  CHECK(adds("-t", ",tcp_rtt,"));
  CHECK(adds("-a", ",tcp_rtt,"));
  CHECK(adds("-u", ",tcp_rtt,"));
  CHECK_FALSE(adds("-t", "mptcp_"));
  CHECK_FALSE(adds("-a", "sctp_"));
  CHECK(adds("-M", ",mptcp_token,"));
  CHECK_FALSE(adds("-M", ",tcp_"));
  CHECK(adds("-S", ",peer_addresses,"));
  CHECK_FALSE(adds("-S", ",tcp_"));
}

TEST_CASE("options of ss for one subject add its columns") {
  CHECK(columns({"--tos"}).ends_with(",tos,traffic_class,class_id"));
  CHECK(columns({"--inet-sockopt"}).ends_with(",socket_options"));
  CHECK(columns({"--bpf-maps"}).ends_with(",bpf_storages"));
  CHECK(columns({"--cgroup"}).ends_with(",cgroup"));
  CHECK(columns({"-T"}).ends_with(",processes,tid,fd"));
  CHECK(columns({"-nT"}).ends_with(",processes,tid,fd"));
  CHECK(columns({"-Z"}).ends_with(",security_context"));
  CHECK(columns({"-z"}).ends_with(",security_context,socket_context"));
  CHECK(columns({"--tipc", "--tipcinfo"}).ends_with(",tipc_group_open"));
  CHECK(columns({"-Qn"}) == "protocol,state,local,peer");
}

TEST_CASE("-B takes TCP sockets that are bound and inactive, and no others") {
  CHECK(kinds({"-B"}) == "inet/tcp inet6/tcp");
  CHECK(query({"-B"}).states == StateSet{State::BoundInactive});
}

TEST_CASE("a part of a family narrows that family alone") {
  CHECK(command_line({"-A", "unix_stream,u_dgr,tcp"}).settings.kinds.protocol_filter() ==
        "(not family = unix or protocol = stream or protocol = dgram)");
  CHECK(command_line({"-A", "unix_stream", "-x"}).settings.kinds.protocol_filter().empty());
  CHECK_FALSE(query({"-A", "u_seq"}).filter.matches_everything());
  CHECK(command_line({"-A", "v_dgr,v_seq"}).settings.kinds.protocol_filter() ==
        "(not family = vsock or protocol = dgram or protocol = seqpacket)");
}

TEST_CASE("a kind that the kernel cannot list is a failure only for those who named it") {
  Warning warning{Warning::Kind::KindUnlisted, "vsock sockets: ...", {}};
  const auto fails = [&](const std::vector<const char*>& words) {
    return is_incomplete({&warning, 1}, command_line(words).settings, query(words));
  };
  for (const char* word : {"-a", "-l", "-n"}) CHECK_FALSE(fails({word}));
  CHECK_FALSE(fails({"-A", "all"}));
  CHECK(fails({"--vsock", "-t"}));
  CHECK(fails({"-f", "vsock"}));
  warning.kind = Warning::Kind::SocketsMissing;
  CHECK(fails({"-a"}));
  warning.kind = Warning::Kind::NamesMissing;
  CHECK_FALSE(fails({"-a"}));
}

TEST_CASE("missing owners are a failure only for those who asked for them") {
  const Warning warning{Warning::Kind::OwnersMissing, "the owner of 1 socket is unknown: ...", {}};
  const auto fails = [&](const std::vector<const char*>& words) {
    return is_incomplete({&warning, 1}, command_line(words).settings, query(words));
  };
  CHECK_FALSE(fails({"-t"}));
  CHECK_FALSE(fails({"-K", "-t", "port 80"}));
  for (const std::vector<const char*>& words : {std::vector<const char*>{"-p"},
                                                {"--columns=pid"},
                                                {"process = sshd"},
                                                {"--group-by=process"},
                                                {"-K", "process = sshd"},
                                                {"-q", "pid = 7"},
                                                {"--sort=pid"},
                                                {"--unbound"},
                                                {"--follow", "unit = a"}}) {
    INFO(words.front());
    CHECK(fails(words));
  }
}

TEST_CASE("-e shows what a family alone has when that family is named") {
  CHECK(columns({"-0e"}).find("packet_rx_ring") != std::string::npos);
  CHECK(columns({"-0e"}).find("netlink_flags") == std::string::npos);
  CHECK(columns({"--netlink", "-e"}).find("netlink_flags") != std::string::npos);
  CHECK(columns({"-xe"}).find("vfs_inode") != std::string::npos);
  CHECK(columns({"--xdp", "-e"}).find("xdp_umem_size") != std::string::npos);
  CHECK(columns({"--tipc", "-e"}).find("tipc_published") != std::string::npos);
  for (const char* words : {"-ae", "-e", "-te"}) {
    INFO(words);
    CHECK(columns({words}).find("packet_") == std::string::npos);
    CHECK(columns({words}).find("cookie") != std::string::npos);
  }
  // It must not make a failure of what only some may see.
  const CommandLine line = command_line({"--netlink", "-e"});
  CHECK_FALSE(asks_for_owners(line.settings, query({"--netlink", "-e"})));
}

TEST_CASE("unbound sockets are asked for by an option") {
  CHECK_FALSE(query({"-a"}).unbound);
  CHECK(query({"-t", "--unbound"}).unbound);
}

TEST_CASE("states add up, and -l takes only those that listen") {
  CHECK(query({"-l"}).states == ListeningStates);
  CHECK(query({"--state", "listen,estab", "--state", "TIME_WAIT"}).states ==
        StateSet{State::Listen, State::Established, State::TimeWait});
  CHECK(query({"-l", "--state", "listen,established"}).states == StateSet{State::Listen});
}

TEST_CASE("the usual columns depend on what is listed") {
  CHECK(columns({}) == "protocol,state,recv_queue,send_queue,local,peer,service,user,processes");
  CHECK(columns({"-tan"}) == "protocol,state,recv_queue,send_queue,local,peer");
  CHECK(columns({"-tanp"}) == "protocol,state,recv_queue,send_queue,local,peer,processes");
  CHECK(columns({"--no-processes"}) == "protocol,state,recv_queue,send_queue,local,peer,service,user");
  CHECK(columns({"-x"}) == "protocol,state,recv_queue,send_queue,local,peer,user,processes");
  CHECK(columns({"-a"}) == "family,protocol,state,recv_queue,send_queue,local,peer,service,user,processes");
}

TEST_CASE("columns are exactly those named, or the usual ones changed") {
  CHECK(columns({"--columns", "local_port,pid,proto"}) == "local_port,pid,protocol");
  CHECK(columns({"-n", "--columns", "+rtt,-peer,+rtt"}) ==
        "protocol,state,recv_queue,send_queue,local,tcp_rtt");
  CHECK(columns({"-no"}) ==
        "protocol,state,recv_queue,send_queue,local,peer,timer,timer_expires,timer_retransmits");
  CHECK(columns({"-i", "--columns", "pid"}) == "pid");
  const CommandLine none = command_line({"-n", "--columns", "-protocol,-state,-recvq,-sendq,-local,-peer"});
  CHECK(make_query(none.settings, {}).error().text == "--columns leaves nothing to show");
}

TEST_CASE("CSV has a cell for each part of an end point") {
  CHECK(columns({"--csv"}) ==
        "protocol,state,recv_queue,send_queue,local_address,local_port,peer_address,peer_port,service,user,"
        "pid,process");
}

TEST_CASE("JSON has every fact that costs nothing extra") {
  const auto fields = query({"--json"}).fields;
  const auto has = [&](std::string_view name) {
    return std::find(fields.begin(), fields.end(), find_field(name)) != fields.end();
  };
  CHECK(has("processes"));
  CHECK(has("user"));
  CHECK(has("cookie"));
  CHECK_FALSE(has("local"));
  CHECK_FALSE(has("pid"));
  CHECK_FALSE(has("tcp_rtt"));
  CHECK_FALSE(has("local_host"));
  for (const Field* field : query({"--json", "-n"}).fields)
    CHECK((field->needs & ~Needs::Interfaces) == Needs::Nothing);
}

TEST_CASE("keys of an order may be descending") {
  const auto keys = query({"--sort", "state,-rtt"}).sort;
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].field->name == "state");
  CHECK_FALSE(keys[0].descending);
  CHECK(keys[1].field->name == "tcp_rtt");
  CHECK(keys[1].descending);
  CHECK_FALSE(query({"--sort", "state"}).listeners_first);
}

TEST_CASE("an unknown field in an order is named, and the one that was meant") {
  const CommandLine line = command_line({"--sort", "-tcp_rrt"});
  const auto refused = make_query(line.settings, line.filter);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == "unknown field 'tcp_rrt', did you mean tcp_rtt?");
}

TEST_CASE("a limit is a number of rows, from 1") {
  CHECK(query({"--limit", "3"}).limit == 3u);
  CHECK_FALSE(query({}).limit);
  for (const char* wrong : {"0", "-1", "x", "1x", "", "99999999999999999999"}) {
    const std::array<const char*, 3> words{"sockls", "--limit", wrong};
    CHECK_FALSE(parse_command_line(words.size(), words.data()));
  }
}

TEST_CASE("options that exclude each other are refused") {
  const auto complaint = [](const std::vector<const char*>& words) {
    return check_counting(command_line(words).settings).value_or("");
  };
  CHECK(complaint({"--group-by", "state", "--sort", "-count"}).empty());
  CHECK(complaint({"--aggregate", "sum:recvq", "--sort", "sum_recv_queue"}).empty());
  CHECK(complaint({"-s", "--group-by", "state"}) == "--summary and --group-by exclude each other");
  CHECK(complaint({"-s", "--sort", "pid"}) == "--summary has columns and an order of its own");
  CHECK(complaint({"--group-by", "state", "--sort", "cuont"}) ==
        "--sort: no column 'cuont' among the groups, did you mean count?");
  CHECK_FALSE(complaint({"--group-by", "state", "-i"}).empty());
  CHECK_FALSE(complaint({"--group-by", "state", "--columns", "pid"}).empty());
}

TEST_CASE("groups by owner, and aggregates of owners, owe owners") {
  const auto owed = [](const std::vector<const char*>& words) {
    const CommandLine line = command_line(words);
    return asks_for_owners(line.settings, query(words));
  };
  CHECK(owed({"--group-by", "process"}));
  CHECK(owed({"--aggregate", "distinct:pid"}));
  CHECK_FALSE(owed({"--group-by", "state"}));
  CHECK_FALSE(owed({"-s"}));
}

TEST_CASE("--vertical shows every field that may be acquired") {
  const auto fields = query({"--vertical"}).fields;
  const auto has = [](const std::vector<const Field*>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), find_field(name)) != list.end();
  };
  for (const std::string_view name : {"local", "tcp_rtt", "mem_rmem_alloc", "command_line", "user"})
    CHECK(has(fields, name));
  CHECK_FALSE(has(fields, "local_host"));
  CHECK(has(query({"--vertical", "-r"}).fields, "local_host"));
  const auto numbers = query({"--vertical", "-n"}).fields;
  CHECK(has(numbers, "tcp_rtt"));
  CHECK(has(numbers, "local"));
  CHECK_FALSE(has(numbers, "pid"));
  CHECK_FALSE(has(numbers, "user"));
}

TEST_CASE("a second file where there can be one, and kinds of which none is left, are refused") {
  const auto complaint = [](std::vector<const char*> words) {
    words.insert(words.begin(), "sockls");
    const auto line = parse_command_line(static_cast<int>(words.size()), words.data());
    return line ? std::string("taken") : line.error();
  };
  CHECK(complaint({"--read", "a", "--read", "b"}) == "--read takes one file, and was given 'a' and 'b'");
  CHECK(complaint({"--record=a", "--record", "b"}) == "--record takes one file, and was given 'a' and 'b'");
  CHECK(complaint({"--read="}) == "option --read= lacks its value");
  CHECK(complaint({"--read", ""}) == "--read needs the name of a file");
  CHECK(complaint({"-A", "!tcp"}) ==
        "-A !tcp leaves no kind of socket: a kind is removed from those before it, as in all,!tcp");
  CHECK(complaint({"-A", "all,!tpc"}) == "unknown kind of socket '!tpc', did you mean tcp?");
}

TEST_CASE("a quiet question acquires nothing to show") { CHECK(query({"-q", "-l"}).fields.empty()); }

TEST_CASE("owners are owed when something names them") {
  const auto owed = [](const std::vector<const char*>& words) {
    const CommandLine line = command_line(words);
    return asks_for_owners(line.settings, query(words));
  };
  CHECK_FALSE(owed({}));
  CHECK_FALSE(owed({"--json"}));
  CHECK_FALSE(owed({"--columns", "local"}));
  CHECK(owed({"-p"}));
  CHECK(owed({"--columns", "local,pid"}));
  CHECK(owed({"--columns", "+command_line"}));
  CHECK(owed({"--sort", "pid"}));
  CHECK(owed({"process", "=", "nginx"}));
  CHECK(owed({"-q", "pid = 1"}));
  CHECK_FALSE(owed({"-n", "--columns", "-processes"}));
}

TEST_CASE("a time to wait is a number of seconds") {
  CHECK_FALSE(command_line({"--wait"}).settings.wait_limit);
  CHECK(command_line({"--wait=0"}).settings.wait_limit->count() == 0);
  CHECK(command_line({"--wait=1.5"}).settings.wait_limit->count() == 1.5);
  CHECK(command_line({"--wait=1e300"}).settings.wait_limit->count() == 1e300);
}

}  // namespace settings_test
