#include "sockls/option_table.h"

#include <array>

#include "sockls/columns.h"
#include "sockls/option_values.h"

namespace tools::sockls {
namespace {

constexpr std::string_view Which = "Which sockets";
constexpr std::string_view What = "What is shown of them";
constexpr std::string_view How = "How it is written";
constexpr std::string_view Questions = "Questions";
constexpr std::string_view Help = "Help";

constexpr std::array<std::string_view, 6> ExtendedColumns{"uid",       "inode", "cookie",
                                                          "interface", "mark",  "cgroup_id"};
constexpr std::array<std::string_view, 3> TimerColumns{"timer", "timer_expires", "timer_retransmits"};
constexpr std::array<std::string_view, 9> MemoryColumns{"mem_rmem_alloc", "mem_rcvbuf",    "mem_wmem_alloc",
                                                        "mem_sndbuf",     "mem_fwd_alloc", "mem_wmem_queued",
                                                        "mem_optmem",     "mem_backlog",   "drops"};
constexpr std::array<std::string_view, 8> InfoColumns{
    "congestion_control", "tcp_rtt",        "tcp_rttvar",         "tcp_snd_cwnd",
    "tcp_total_retrans",  "tcp_bytes_sent", "tcp_bytes_received", "tcp_delivery_rate"};

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

template <auto Member, auto Is>
Complaint set(Settings& settings, const Given&) {
  settings.*Member = Is;
  return std::nullopt;
}

Complaint more_columns(Settings& settings, const Given& given) {
  for (const sockutils::Field* field : known_fields(given.option.adds))
    settings.extra_columns.push_back(field);
  return std::nullopt;
}

template <Complaint (*Choose)(Settings&, std::string_view)>
Complaint choose(Settings& settings, const Given& given) {
  return Choose(settings, *given.value);
}

Complaint wait(Settings& settings, const Given& given) { return choose_wait(settings, given.value); }

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
    Option{{'w', "raw", {}, Which, "raw IP"}, own_table},
    Option{{0, "icmp", {}, Which, "ICMP echo (ping)"}, own_table},
    Option{{'x', "unix", {}, Which, "unix domain"}, own_table},
    Option{{'0', "packet", {}, Which, "packet (link layer)"}, own_table},
    Option{{0, "netlink", {}, Which, "netlink"}, own_table},
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
    Option{{'e', "extended", {}, What, "user id, inode, cookie, interface, mark", {}, ExtendedColumns},
           more_columns},
    Option{{'o', "timers", {}, What, "timers", {}, TimerColumns}, more_columns},
    Option{{'m', "memory", {}, What, "memory in use, its limits, and drops", {}, MemoryColumns},
           more_columns},
    Option{{'i', "info", {}, What, "TCP: round-trip time, window, bytes, rates", {}, InfoColumns},
           more_columns},
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

constexpr std::array WritingOptions{
    Option{{0,
            "sort",
            {"LIST", false, field_words, true, "-"},
            How,
            "by these fields; - before one: descending",
            "Sockets without a value come last. Without this option listeners come first, by port, and the "
            "rest as the kernel gives them."},
           choose<choose_order>},
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
  append_formats(all);
  append(all, WritingOptions);
  append(all, QuestionOptions);
  append(all, HelpOptions);
  return all;
}

}  // namespace tools::sockls
