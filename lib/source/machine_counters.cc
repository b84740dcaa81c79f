#include "source/machine_counters.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/parse_number.h"
#include "base/text.h"
#include "source/system_limits.h"

namespace sockutils {
namespace {

using Number = std::optional<std::uint64_t>;

/// The line at the start of `text`, which it is taken from.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool is_of_section(std::string_view line, std::string_view section) {
  return line.starts_with(section) && line.substr(section.size()).starts_with(':');
}

/// Absent only when both are.
Number sum(Number a, Number b) {
  if (!a || !b) return a ? a : b;
  return *a + *b;
}

/// Columns of /proc/net/dev behind the name, as dev_seq_printf_stats() of Linux writes them.
constexpr std::size_t ColumnsInEachDirection = 8;

std::optional<InterfaceTraffic> traffic_of(const std::vector<std::string_view>& words, std::size_t first) {
  std::array<std::uint64_t, 4> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = parse_number<std::uint64_t>(words[first + i]);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  return InterfaceTraffic{numbers[0], numbers[1], numbers[2], numbers[3]};
}

std::optional<InterfaceCounters> interface_of(std::string_view line) {
  // Names of old kernels' aliases have colons of their own.
  const std::size_t colon = line.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto name = split_words(line.substr(0, colon));
  const auto words = split_words(line.substr(colon + 1));
  if (name.size() != 1 || words.size() < 2 * ColumnsInEachDirection) return std::nullopt;
  const auto in = traffic_of(words, 0);
  const auto out = traffic_of(words, ColumnsInEachDirection);
  if (!in || !out) return std::nullopt;
  return InterfaceCounters{std::string(name[0]), *in, *out};
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

std::optional<std::uint64_t> snmp_value(std::string_view text, std::string_view section,
                                        std::string_view name) {
  while (!text.empty()) {
    const std::string_view names = take_line(text);
    if (!is_of_section(names, section)) continue;
    const std::string_view numbers = take_line(text);
    if (!is_of_section(numbers, section)) return std::nullopt;
    const auto words = split_words(names);
    const auto found = std::find(words.begin(), words.end(), name);
    const auto values = split_words(numbers);
    const auto place = static_cast<std::size_t>(found - words.begin());
    return place < values.size() && found != words.end() ? parse_number<std::uint64_t>(values[place])
                                                         : std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> snmp6_value(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (!line.starts_with(name)) continue;
    const auto words = split_words(line);
    if (words.size() == 2 && words[0] == name) return parse_number<std::uint64_t>(words[1]);
  }
  return std::nullopt;
}

std::vector<InterfaceCounters> parse_interfaces(std::string_view text) {
  std::vector<InterfaceCounters> interfaces;
  while (!text.empty())
    if (auto interface = interface_of(take_line(text))) interfaces.push_back(std::move(*interface));
  return interfaces;
}

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
