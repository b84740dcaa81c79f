#include <array>

#include "sockls/option_parts.h"
#include "sockls/option_values.h"

namespace tools::sockls {
namespace {

constexpr std::string_view Which = "Which sockets";

Complaint every_kind(Settings& settings, const Given&) {
  settings.kinds.add_all();
  return std::nullopt;
}

/// The kind that the option is named after.
Complaint own_table(Settings& settings, const Given& given) {
  settings.kinds.add_table(given.option.word);
  return std::nullopt;
}

template <sockutils::Family F>
Complaint family(Settings& settings, const Given&) {
  settings.kinds.add_family(F);
  return std::nullopt;
}

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
            "`unix_stream`. With `!` a kind is removed from those before it, as in `all,!tcp`."},
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
            "processes are those of the recording. A dump has none: names of this machine are used, with a "
            "warning. Without an option that names kinds, what it holds of them is listed."},
           one_file<&Settings::read_from>},
    Option{{0,
            "process-source",
            {"SOURCE", false, process_source_words},
            Which,
            "where to read owners: auto, bpf, proc",
            "`bpf` has the kernel list all open files, which needs CAP_BPF and CAP_PERFMON; `proc` reads "
            "/proc/PID/fd; `auto` takes BPF when many files are open and it may be used."},
           choose<choose_process_source>},
};

}  // namespace

std::span<const Option> socket_options() { return SocketOptions; }

}  // namespace tools::sockls
