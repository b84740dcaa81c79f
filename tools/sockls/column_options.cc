#include <array>

#include "sockls/columns.h"
#include "sockls/option_parts.h"
#include "sockls/option_values.h"

namespace tools::sockls {
namespace {

constexpr std::string_view What = "What is shown of them";

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

Complaint more_columns(Settings& settings, const Given& given) {
  for (const sockutils::Field* field : named_fields(sockutils::socket_fields(), given.option.adds))
    settings.extra_columns.push_back(field);
  return std::nullopt;
}

Complaint extended(Settings& settings, const Given& given) {
  settings.extended = true;
  return more_columns(settings, given);
}

Complaint no_queues(Settings& settings, const Given&) {
  for (const char* const name : {"recv_queue", "send_queue"})
    settings.rows.columns.push_back({ColumnChange::Kind::Take, name});
  return std::nullopt;
}

Complaint threads(Settings& settings, const Given& given) {
  settings.processes = true;
  return more_columns(settings, given);
}

constexpr std::array ColumnOptions{
    Option{
        {'n',
         "numeric",
         {},
         What,
         "numbers only, and no processes",
         "No service, user or process is looked up, which makes it quick; interfaces keep their names. `-p` "
         "brings the processes back."},
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
};

}  // namespace

std::span<const Option> column_options() { return ColumnOptions; }

}  // namespace tools::sockls
