#include "sockls/option_table.h"

#include <array>

#include "sockls/columns.h"
#include "sockls/option_values.h"

namespace tools::sockls {
namespace {

constexpr std::string_view Which = "Which sockets";
constexpr std::string_view What = "What is shown of them";
constexpr std::string_view Counts = "Counted, not listed";
constexpr std::string_view How = "How it is written";
constexpr std::string_view Questions = "Questions";
constexpr std::string_view Acting = "Watching and closing";
constexpr std::string_view Help = "Help";

constexpr std::array<std::string_view, 8> ExtendedColumns{"uid",  "inode",     "cookie",  "interface",
                                                          "mark", "cgroup_id", "v6_only", "shutdown"};
constexpr std::array<std::string_view, 3> TimerColumns{"timer", "timer_expires", "timer_retransmits"};
constexpr std::array<std::string_view, 9> MemoryColumns{"mem_rmem_alloc", "mem_rcvbuf",    "mem_wmem_alloc",
                                                        "mem_sndbuf",     "mem_fwd_alloc", "mem_wmem_queued",
                                                        "mem_optmem",     "mem_backlog",   "drops"};
/// Those of MPTCP and SCTP are added when nothing else is listed.
constexpr std::array<std::string_view, 30> InfoColumns{"congestion_control",
                                                       "tcp_rtt",
                                                       "tcp_rttvar",
                                                       "tcp_snd_cwnd",
                                                       "tcp_total_retrans",
                                                       "tcp_bytes_sent",
                                                       "tcp_bytes_received",
                                                       "tcp_delivery_rate",
                                                       "tcp_send_rate",
                                                       "tcp_pacing_rate",
                                                       "tcp_min_rtt",
                                                       "tcp_rto",
                                                       "tcp_snd_mss",
                                                       "tcp_unacked",
                                                       "ulp",
                                                       "mptcp_token",
                                                       "mptcp_flags",
                                                       "mptcp_subflows",
                                                       "mptcp_bytes_sent",
                                                       "mptcp_bytes_received",
                                                       "mptcp_retransmits",
                                                       "sctp_state",
                                                       "local_addresses",
                                                       "peer_addresses",
                                                       "sctp_rwnd",
                                                       "sctp_peer_rwnd",
                                                       "sctp_unacked",
                                                       "sctp_in_streams",
                                                       "sctp_out_streams",
                                                       "sctp_path_state"};
constexpr std::array<std::string_view, 3> ServiceTypeColumns{"tos", "traffic_class", "class_id"};
constexpr std::array<std::string_view, 1> SocketOptionColumns{"socket_options"};
constexpr std::array<std::string_view, 1> FilterColumns{"packet_filter"};
constexpr std::array<std::string_view, 1> StorageColumns{"bpf_storages"};
constexpr std::array<std::string_view, 1> ContextColumns{"security_context"};
constexpr std::array<std::string_view, 2> AllContextColumns{"security_context", "socket_context"};
constexpr std::array<std::string_view, 2> ThreadColumns{"tid", "fd"};
constexpr std::array<std::string_view, 1> GroupColumns{"cgroup"};
constexpr std::array<std::string_view, 9> TipcColumns{
    "tipc_service_type",   "tipc_service_instance", "tipc_published",
    "tipc_link_congested", "tipc_peer_congested",   "tipc_group",
    "tipc_group_instance", "tipc_group_scope",      "tipc_group_open"};

Complaint every_kind(Settings& settings, const Given&) {
  settings.kinds.add_all();
  return std::nullopt;
}

/// The kind that the option is named after.
Complaint own_table(Settings& settings, const Given& given) {
  settings.kinds.add_table(given.option.word);
  return std::nullopt;
}

Complaint own_format(Settings& settings, const Given& given) {
  return choose_format(settings, given.option.word);
}

template <sockutils::Family F>
Complaint family(Settings& settings, const Given&) {
  settings.kinds.add_family(F);
  return std::nullopt;
}

template <auto Member>
Complaint take_text(Settings& settings, const Given& given) {
  if (given.value->empty()) return "--" + std::string(given.option.word) + " needs the name of a file";
  settings.*Member = *given.value;
  return std::nullopt;
}

template <auto Member, auto Is>
Complaint set(Settings& settings, const Given&) {
  settings.*Member = Is;
  return std::nullopt;
}

/// For options of ss that ask for what is so anyway.
Complaint nothing(Settings&, const Given&) { return std::nullopt; }

Complaint more_columns(Settings& settings, const Given& given) {
  for (const sockutils::Field* field : known_fields(given.option.adds))
    settings.extra_columns.push_back(field);
  return std::nullopt;
}

Complaint extended(Settings& settings, const Given& given) {
  settings.extended = true;
  return more_columns(settings, given);
}

Complaint no_queues(Settings& settings, const Given&) {
  for (const char* const name : {"recv_queue", "send_queue"})
    settings.columns.push_back({ColumnChange::Kind::Take, sockutils::find_field(name)});
  return std::nullopt;
}

Complaint threads(Settings& settings, const Given& given) {
  settings.processes = true;
  return more_columns(settings, given);
}

template <Complaint (*Choose)(Settings&, std::string_view)>
Complaint choose(Settings& settings, const Given& given) {
  return Choose(settings, *given.value);
}

Complaint wait(Settings& settings, const Given& given) { return choose_wait(settings, given.value); }

Complaint bound_inactive(Settings& settings, const Given&) {
  settings.kinds.add_table("tcp");
  return choose_states(settings, "bound-inactive");
}

constexpr std::array SocketOptions{
    Option{{'a',
            "all",
            {},
            Which,
            "every family and state",
            "Without it the internet families are listed. With an option that chooses families or "
            "protocols it changes nothing: those are listed in every state anyway."},
           every_kind},
    Option{{'l', "listening", {}, Which, "listeners, and sockets that receive from anyone"},
           set<&Settings::listening, true>},
    Option{{'t', "tcp", {}, Which, "TCP"}, own_table},
    Option{{'u', "udp", {}, Which, "UDP"}, own_table},
    Option{{0, "udplite", {}, Which, "UDP-Lite"}, own_table},
    Option{{'M', "mptcp", {}, Which, "MPTCP"}, own_table},
    Option{{'S', "sctp", {}, Which, "SCTP: end points and associations"}, own_table},
    Option{{'d', "dccp", {}, Which, "DCCP"}, own_table},
    Option{{'w', "raw", {}, Which, "raw IP"}, own_table},
    Option{{0, "icmp", {}, Which, "ICMP echo (ping)"}, own_table},
    Option{{'x', "unix", {}, Which, "unix domain"}, own_table},
    Option{{'0', "packet", {}, Which, "packet (link layer)"}, own_table},
    Option{{0, "netlink", {}, Which, "netlink"}, own_table},
    Option{{0, "vsock", {}, Which, "vsock (virtual machines and their host)"}, own_table},
    Option{{0, "xdp", {}, Which, "XDP"}, own_table},
    Option{{0, "tipc", {}, Which, "TIPC"}, own_table},
    Option{
        {0,
         "unbound",
         {},
         Which,
         "those too that are neither bound nor connected",
         "No table of the kernel lists them: they are found by the descriptors of the processes that may be "
         "read, in this network namespace. With `-a`, also sockets of families that this program does "
         "not know otherwise; the field `kernel_protocol` says what they are."},
        set<&Settings::unbound, true>},
    Option{{'4', "ipv4", {}, Which, "internet sockets of IPv4 only"}, family<sockutils::Family::Inet>},
    Option{{'6', "ipv6", {}, Which, "internet sockets of IPv6 only"}, family<sockutils::Family::Inet6>},
    Option{{'f',
            "family",
            {"FAMILY", false, family_words},
            Which,
            "a family by name",
            "`inet` is IPv4 and `inet6` is IPv6, as with ss(8); `link` is `packet`."},
           choose<choose_family>},
    Option{{'A',
            "query",
            {"LIST", false, table_words, true},
            Which,
            "kinds by name, as ss has them",
            "`inet` is IPv4 and IPv6 here. A part of a family is named after both, as in "
            "`unix_stream`."},
           choose<choose_tables>},
    Option{{'B', "bound-inactive", {}, Which, "TCP sockets that are bound, and do nothing yet"},
           bound_inactive},
    Option{{0,
            "state",
            {"LIST", false, state_words, true},
            Which,
            "sockets in these states",
            "The spellings of ss(8) and netstat(8) are understood, and the groups `all`, "
            "`connected`, `synchronized`, `bucket` and `big`. May be given several "
            "times."},
           choose<choose_states>},
    Option{{0,
            "source",
            {"SOURCE", false, source_words},
            Which,
            "where to read: auto, netlink, proc",
            "`auto` asks netlink, and reads /proc/net for what the running kernel has no netlink "
            "handler for."},
           choose<choose_source>},
    Option{
        {'N',
         "netns",
         {"WHICH", false, namespace_words},
         Which,
         "another network namespace: NAME, PID, PATH, or all",
         "A name is one of ip-netns(8), of a container, or what the column `netns_name` shows; a number is "
         "a process. May be given several times. `all` is every namespace that a process is in or that a "
         "file is bound to; with more than one, the column `netns_name` tells them apart. To enter one "
         "takes `CAP_SYS_ADMIN`."},
        choose<choose_namespace>},
    Option{
        {'F',
         "filter-file",
         {"FILE"},
         Which,
         "a filter from a file; - is standard input",
         "The file may have several lines; what follows a `#` at the start of a line or after a blank is a "
         "comment. Sockets must match it and the filter of the command line. May be given several times."},
        choose<choose_filter_file>},
    Option{{0,
            "read",
            {"FILE"},
            Which,
            "those of a recording, or of a dump of ss -D",
            "`-` is standard input. Nothing of this machine is read then: users, services, interfaces and "
            "processes are those of the recording. Without an option that names kinds, what it holds of "
            "them is listed."},
           take_text<&Settings::read_from>},
    Option{{0,
            "process-source",
            {"SOURCE", false, process_source_words},
            Which,
            "where to read owners: auto, bpf, proc",
            "`bpf` has the kernel list all open files, which needs CAP_BPF and CAP_PERFMON; `proc` reads "
            "/proc/PID/fd; `auto` takes BPF when many files are open and it may be used."},
           choose<choose_process_source>},
};

constexpr std::array ColumnOptions{
    Option{{'n',
            "numeric",
            {},
            What,
            "numbers only, and no processes",
            "No service, user, interface or process is looked up, which makes it quick. `-p` brings "
            "the processes back."},
           set<&Settings::numeric, true>},
    Option{{'r',
            "resolve",
            {},
            What,
            "host names for addresses",
            "Names are looked up side by side, for two seconds at most in all; what is not known by then "
            "stays a number."},
           set<&Settings::resolve, true>},
    Option{{'p',
            "processes",
            {},
            What,
            "the processes that hold each socket",
            "They are shown anyway, as far as they may be read. With this option it is an error (exit "
            "status 3) when some could not be."},
           set<&Settings::processes, true>},
    Option{{0, "no-processes", {}, What, "no processes: /proc is not searched"},
           set<&Settings::processes, false>},
    Option{
        {'e',
         "extended",
         {},
         What,
         "user id, inode, cookie, interface, mark",
         "With `-x`, `-0`, `--netlink` and the like also what that family alone has: rings, groups, flags, "
         "the other end.",
         ExtendedColumns},
        extended},
    Option{{'o', "timers", {}, What, "timers", {}, TimerColumns}, more_columns},
    Option{{'m', "memory", {}, What, "memory in use, its limits, and drops", {}, MemoryColumns},
           more_columns},
    Option{{'i', "info", {}, What, "what the protocol knows: TCP, MPTCP, SCTP", {}, InfoColumns},
           more_columns},
    Option{{0, "tos", {}, What, "type of service, traffic class, priority", {}, ServiceTypeColumns},
           more_columns},
    Option{{0, "inet-sockopt", {}, What, "options of ip(7) that are set", {}, SocketOptionColumns},
           more_columns},
    Option{{'b', "bpf", {}, What, "the packet filters of packet sockets", {}, FilterColumns}, more_columns},
    Option{{0, "bpf-maps", {}, What, "what BPF programs keep with sockets", {}, StorageColumns},
           more_columns},
    Option{{0, "cgroup", {}, What, "the control group of each socket", {}, GroupColumns}, more_columns},
    Option{{0, "tipcinfo", {}, What, "what TIPC knows: services, groups, congestion", {}, TipcColumns},
           more_columns},
    Option{{'T',
            "threads",
            {},
            What,
            "threads that hold each socket, and their descriptors",
            "A thread is its process unless it has descriptors of its own. It takes owners as `-p` does.",
            ThreadColumns},
           threads},
    Option{{'Z', "context", {}, What, "security labels of the processes", {}, ContextColumns}, more_columns},
    Option{{'z',
            "contexts",
            {},
            What,
            "security labels of processes and sockets",
            "The label of a socket is that of the file behind a descriptor, as ss(8) has it; SELinux alone "
            "gives one.",
            AllContextColumns},
           more_columns},
    Option{{'Q', "no-queues", {}, What, "without RECV-Q and SEND-Q"}, no_queues},
    Option{{0,
            "columns",
            {"LIST", false, field_words, true, "+-"},
            What,
            "these fields, as in pid,local; or +rtt,-user",
            "Without signs the list is exactly what is shown. With `+` and `-` it adds to the "
            "usual columns and takes from them. sockutils-fields(7) has all fields."},
           choose<choose_columns>},
    Option{{0,
            "list-fields",
            {},
            What,
            "all fields and what they mean",
            "With `--json`, `--jsonl` or `--csv` for programs."},
           set<&Settings::action, Action::ListFields>},
};

constexpr std::array CountingOptions{
    Option{
        {'s',
         "summary",
         {},
         Counts,
         "how many of what, and what is about to run out",
         "Sockets by protocol and state, listeners, processes and remote hosts with most sockets, ephemeral "
         "ports by destination, memory and other limits. A filter and the options that choose sockets narrow "
         "what is counted, but not the kernel's own numbers. Lists have ten rows, or as many as `--limit` "
         "says."},
        set<&Settings::summary, true>},
    Option{{0,
            "group-by",
            {"LIST", false, field_words, true},
            Counts,
            "one row for all sockets with the same values",
            "Absent is a value of its own, written `-`. By a field of processes (`pid`, `process`, ...) a "
            "socket "
            "counts for each process that holds it, once in each group. `--sort` takes the columns of the "
            "result; "
            "without it the largest come first."},
           choose<choose_groups>},
    Option{
        {0,
         "aggregate",
         {"LIST", false, aggregate_words, true},
         Counts,
         "of each group: count, sum:FIELD, p99:FIELD",
         "`count` (the default), and `sum`, `min`, `max`, `avg`, `median`, percentiles from `p0` to `p100` "
         "(`p99.9`) or `distinct` (how many different values), each with a colon and a field. Sockets "
         "without "
         "a value of the field are left out of it. Results keep the unit of the field, and are called "
         "`sum_recv_queue`, `p99_tcp_rtt`, `p99_9_tcp_rtt`. Without `--group-by` all sockets are one group."},
        choose<choose_aggregates>},
};

constexpr std::array WritingOptions{
    Option{{0,
            "sort",
            {"LIST", false, field_words, true, "-"},
            How,
            "by these fields; - before one: descending",
            "Sockets without a value come last. Without this option listeners come first, by port, and the "
            "rest as the kernel gives them."},
           choose<choose_order>},
    Option{{0,
            "limit",
            {"N"},
            How,
            "the first N rows only",
            "With `--sort` only these are held in memory, however many sockets there are."},
           choose<choose_limit>},
    Option{{'O', "oneline", {}, How, "a socket is one line: it always is"}, nothing},
    Option{{0,
            "record",
            {"FILE"},
            How,
            "all there is to know, into a file for --read",
            "Nothing is listed. The file has the sockets of every family, or of the kinds that other options "
            "name, with every field, their processes and all names; `-` is standard output. It takes its "
            "name when it is complete, and only its owner may read it."},
           take_text<&Settings::record_to>},
    Option{{'H', "no-header", {}, How, "no heading"}, set<&Settings::header, false>},
    Option{{0,
            "color",
            {"WHEN", false, colour_words},
            How,
            "auto, always, never",
            "`auto` uses colours on a terminal unless the environment has `NO_COLOR`."},
           choose<choose_colour>},
};

constexpr std::array QuestionOptions{
    Option{{'q', "quiet", {}, Questions, "no output; exit 0 if a socket matches, else 1"},
           set<&Settings::quiet, true>},
    Option{{0,
            "wait",
            {"SECONDS", true},
            Questions,
            "until a socket matches; exit 1 if none does in time",
            "Without SECONDS it waits for ever; 0 looks once. Fractions are allowed."},
           wait},
    Option{{'v', "verbose", {}, Questions, "on standard error, where the facts came from and why"},
           set<&Settings::verbose, true>},
};

Complaint kill(Settings& settings, const Given&) { return choose_action(settings, Action::Kill); }

template <Action What>
Complaint act(Settings& settings, const Given& given) {
  if (auto complaint = choose_action(settings, What)) return complaint;
  return choose_interval(settings, given.option.word, given.value);
}

Complaint events(Settings& settings, const Given&) {
  settings.closings_only = true;
  return choose_action(settings, Action::Follow);
}

constexpr std::array ActingOptions{
    Option{{0,
            "watch",
            {"SECONDS", true},
            Acting,
            "the list again and again; every second",
            "New sockets are marked `+`, those that have gone `-` for one round, those in another state "
            "`~`. On a terminal the list stays in place and is cut to its height; elsewhere each round is a "
            "block under a line with the time. Rows for programs carry `time` and `mark`. SECONDS may be "
            "0.1 to 86400."},
           act<Action::Watch>},
    Option{
        {0,
         "follow",
         {"SECONDS", true},
         Acting,
         "one line for each socket opened, changed, closed",
         "What opens and changes is seen by comparing the sockets every SECONDS, 0.1 to 86400, or "
         "each second. That a TCP or UDP socket closes the kernel tells, so no connection is too short to be "
         "told of. A closing has the owner that the socket had, and its last counters."},
        act<Action::Follow>},
    Option{{'E',
            "events",
            {},
            Acting,
            "like --follow, closings only",
            "As `-E` of ss(8), which shows sockets as they are destroyed."},
           events},
    Option{{0, "for", {"SECONDS"}, Acting, "end --watch or --follow after that time"},
           choose<choose_time_limit>},
    Option{{0, "count", {"N"}, Acting, "end them after so many rounds or events"}, choose<choose_count>},
    Option{{'K',
            "kill",
            {},
            Acting,
            "close the TCP and UDP sockets that match FILTER",
            "Shows them, asks, and closes each unless another socket has taken its place meanwhile. Their "
            "processes read ECONNABORTED. It takes CAP_NET_ADMIN, and a filter. Exit status 0: all closed; "
            "1: nothing matched, or the answer was no; 3: something stayed open. For programs each row has "
            "its `outcome`: `closed`, `gone`, `refused`, `open` or `unsupported`."},
           kill},
    Option{{0, "yes", {}, Acting, "--kill without asking; needed where nobody can be asked"},
           set<&Settings::yes, true>},
};

constexpr std::array HelpOptions{
    Option{{'h', "help", {}, Help, "this text"}, set<&Settings::action, Action::Help>},
    Option{{'V', "version", {}, Help, "the version, and what this build can do"},
           set<&Settings::action, Action::Version>},
};

void append(std::vector<Option>& all, std::span<const Option> options) {
  all.insert(all.end(), options.begin(), options.end());
}

void append_formats(std::vector<Option>& all) {
  for (const Format& format : formats()) {
    if (format.name.empty()) continue;
    all.push_back({{0, format.name, {}, How, format.help, format.details}, own_format});
  }
}

}  // namespace

std::vector<Option> option_table() {
  std::vector<Option> all;
  append(all, SocketOptions);
  append(all, ColumnOptions);
  append(all, CountingOptions);
  append_formats(all);
  append(all, WritingOptions);
  append(all, QuestionOptions);
  append(all, ActingOptions);
  append(all, HelpOptions);
  return all;
}

}  // namespace tools::sockls
