#include "acquire/counters/count.h"

#include <string>
#include <string_view>
#include <utility>

#include "counters/machine_counters.h"
#include "counters/system_limits.h"

namespace sockutils {
namespace {

using Number = std::optional<std::uint64_t>;

/// Absent only when both are.
Number sum(Number a, Number b) {
  if (!a || !b) return a ? a : b;
  return *a + *b;
}

/// The files, empty where there is none.
class CounterFiles {
 public:
  explicit CounterFiles(const System& system) : system_(system) {}

  std::string read(const std::string& name) {
    auto text = system_.read_file("/proc/thread-self/net/" + name);
    if (text) {
      any_ = true;
      return std::move(*text);
    }
    if (!error_) error_ = text.error();
    return {};
  }
  /// Only when nothing could be read.
  std::optional<Error> failure() const { return any_ ? std::nullopt : error_; }

 private:
  const System& system_;
  bool any_ = false;
  std::optional<Error> error_;
};

void take_tcp(MachineCounters& counters, std::string_view snmp) {
  counters.tcp_active_opens = snmp_value(snmp, "Tcp", "ActiveOpens");
  counters.tcp_passive_opens = snmp_value(snmp, "Tcp", "PassiveOpens");
  counters.tcp_attempt_fails = snmp_value(snmp, "Tcp", "AttemptFails");
  counters.tcp_resets = snmp_value(snmp, "Tcp", "EstabResets");
  counters.tcp_segments_in = snmp_value(snmp, "Tcp", "InSegs");
  counters.tcp_segments_out = snmp_value(snmp, "Tcp", "OutSegs");
  counters.tcp_retransmits = snmp_value(snmp, "Tcp", "RetransSegs");
}

void take_udp(MachineCounters& counters, std::string_view snmp, std::string_view snmp6) {
  counters.udp_in = sum(snmp_value(snmp, "Udp", "InDatagrams"), snmp6_value(snmp6, "Udp6InDatagrams"));
  counters.udp_out = sum(snmp_value(snmp, "Udp", "OutDatagrams"), snmp6_value(snmp6, "Udp6OutDatagrams"));
  counters.udp_no_ports = sum(snmp_value(snmp, "Udp", "NoPorts"), snmp6_value(snmp6, "Udp6NoPorts"));
  counters.udp_errors = sum(snmp_value(snmp, "Udp", "InErrors"), snmp6_value(snmp6, "Udp6InErrors"));
  counters.udp_full_buffers =
      sum(snmp_value(snmp, "Udp", "RcvbufErrors"), snmp6_value(snmp6, "Udp6RcvbufErrors"));
}

void take_sockets(MachineCounters& counters, std::string_view sockstat, std::string_view sockstat6) {
  counters.sockets = sockstat_value(sockstat, "sockets", "used");
  counters.tcp_sockets =
      sum(sockstat_value(sockstat, "TCP", "inuse"), sockstat_value(sockstat6, "TCP6", "inuse"));
  counters.tcp_orphans = sockstat_value(sockstat, "TCP", "orphan");
  counters.tcp_time_wait = sockstat_value(sockstat, "TCP", "tw");
  counters.tcp_memory_pages = sockstat_value(sockstat, "TCP", "mem");
  counters.udp_sockets =
      sum(sockstat_value(sockstat, "UDP", "inuse"), sockstat_value(sockstat6, "UDP6", "inuse"));
}

}  // namespace

Result<MachineCounters> read_machine_counters(const System& system) {
  CounterFiles files(system);
  MachineCounters counters;
  const std::string snmp = files.read("snmp");
  take_tcp(counters, snmp);
  take_udp(counters, snmp, files.read("snmp6"));
  const std::string netstat = files.read("netstat");
  counters.listen_overflows = snmp_value(netstat, "TcpExt", "ListenOverflows");
  counters.listen_drops = snmp_value(netstat, "TcpExt", "ListenDrops");
  const std::string sockstat = files.read("sockstat");
  take_sockets(counters, sockstat, files.read("sockstat6"));
  counters.interfaces = parse_interfaces(files.read("dev"));
  if (auto error = files.failure()) return tl::unexpected(std::move(*error));
  return counters;
}

Result<MachineCounters> read_machine_counters() { return read_machine_counters(real_system()); }

Result<MachineCounters> read_machine_counters(const NetworkNamespace& where) {
  Result<MachineCounters> counters;
  const auto entered =
      real_system().in_network_namespace(where.path, [&] { counters = read_machine_counters(); });
  if (!entered) return tl::unexpected(entered.error());
  return counters;
}

}  // namespace sockutils
