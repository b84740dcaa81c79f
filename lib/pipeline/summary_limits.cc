/// The sections of a summary that are the kernel's own numbers.
#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "counters/system_limits.h"
#include "os/system.h"
#include "pipeline/summary_section.h"

namespace sockutils {
namespace {

using Number = std::optional<std::uint64_t>;

constexpr Field number_field(std::string_view name, std::string_view title, Type type, std::string_view doc) {
  return {.name = name, .title = title, .type = type, .get = nullptr, .doc = doc, .drop = 1};
}

constexpr std::array Fields{
    number_field("count", "SOCKETS", Type::Count, "Sockets"),
    number_field("ports", "PORTS", Type::Count,
                 "Ephemeral ports in use, without those that the kernel takes back from TIME_WAIT"),
    number_field("limit", "LIMIT", Type::Count, "As many as there can be"),
    number_field("file_limit", "FILES", Type::Count, "Files that the process may open (RLIMIT_NOFILE)"),
    number_field("used", "USED", Type::Count, "In use"),
    number_field("used_percent", "USED%", Type::Count, "In use, as a part of the limit"),
    number_field("used_bytes", "USED", Type::Bytes, "Memory in use"),
    number_field("pressure_bytes", "PRESSURE", Type::Bytes, "Where the kernel begins to save memory"),
    number_field("limit_bytes", "LIMIT", Type::Bytes, "Where it refuses more"),
    Field{.name = "name", .title = "WHAT", .type = Type::Text, .get = nullptr, .doc = "What is limited"},
};

OptionalValue value_of(const Number& number) { return number ? OptionalValue(*number) : std::nullopt; }

/// Files read through `System`; a file that cannot be read is empty, so its numbers are absent.
class Files {
 public:
  explicit Files(const System& system) : system_(system) {}

  std::string text(const std::string& path) const { return system_.read_file(path).value_or(""); }
  Number number(const std::string& path, std::size_t index = 0) const {
    const auto numbers = parse_numbers(text(path));
    // A limit that no machine can reach means no limit: file-max is LONG_MAX unless it was set.
    constexpr std::uint64_t NoLimit = std::numeric_limits<std::int64_t>::max();
    return index < numbers.size() && numbers[index] < NoLimit ? Number(numbers[index]) : std::nullopt;
  }
  Number pages(const std::string& path, std::size_t index) const { return bytes(number(path, index)); }
  Number bytes(const Number& pages) const {
    const std::string auxv = text("/proc/thread-self/auxv");
    const auto size = parse_page_size(as_bytes(auxv));
    return pages && size ? Number(*pages * *size) : std::nullopt;
  }

 private:
  const System& system_;
};

constexpr const char* SockStat = "/proc/thread-self/net/sockstat";
constexpr const char* SockStat6 = "/proc/thread-self/net/sockstat6";

void add_memory(SummarySection::Content& section, std::string_view name, Number used, Number pressure,
                Number limit) {
  const std::array<OptionalValue, 5> row{name, value_of(used), value_of(pressure), value_of(limit),
                                         used_percent(value_of(used), value_of(limit))};
  section.rows.add(row);
}

void add_limit(SummarySection::Content& section, std::string_view name, Number used, Number limit) {
  const std::array<OptionalValue, 4> row{name, value_of(used), value_of(limit),
                                         used_percent(value_of(used), value_of(limit))};
  section.rows.add(row);
}

SectionDraft section(std::string_view name, std::string_view title,
                     std::initializer_list<std::string_view> columns) {
  std::vector<const Field*> fields;
  for (const std::string_view column : columns) fields.push_back(summary_field(column));
  return std::make_shared<SummarySection::Content>(name, title, std::move(fields));
}

}  // namespace

const Field* summary_field(std::string_view name) {
  const auto* const found =
      std::find_if(Fields.begin(), Fields.end(), [=](const Field& field) { return field.name == name; });
  return found != Fields.end() ? found : nullptr;
}

OptionalValue used_percent(const OptionalValue& used, const OptionalValue& limit) {
  if (!used || !limit || std::get<std::uint64_t>(*limit) == 0) return std::nullopt;
  const auto share = static_cast<long double>(std::get<std::uint64_t>(*used)) /
                     static_cast<long double>(std::get<std::uint64_t>(*limit));
  return static_cast<std::uint64_t>(share * 100);
}

SectionDraft memory_section(const System& system) {
  const Files files(system);
  const std::string v4 = files.text(SockStat);
  const std::string v6 = files.text(SockStat6);
  auto draft = section("memory", "Memory, of the whole machine",
                       {"name", "used_bytes", "pressure_bytes", "limit_bytes", "used_percent"});
  for (const auto& [name, title, file] :
       {std::array<const char*, 3>{"tcp", "TCP", "/proc/sys/net/ipv4/tcp_mem"},
        {"udp", "UDP", "/proc/sys/net/ipv4/udp_mem"}})
    add_memory(*draft, name, files.bytes(sockstat_value(v4, title, "mem")), files.pages(file, 1),
               files.pages(file, 2));
  if (const auto used = sockstat_value(v4, "FRAG", "memory"))
    add_memory(*draft, "ip_fragments", used, std::nullopt,
               files.number("/proc/sys/net/ipv4/ipfrag_high_thresh"));
  if (const auto used = sockstat_value(v6, "FRAG6", "memory"))
    add_memory(*draft, "ip6_fragments", used, std::nullopt,
               files.number("/proc/sys/net/ipv6/ip6frag_high_thresh"));
  return draft;
}

SectionDraft limits_section(const System& system) {
  const Files files(system);
  const std::string stat = files.text(SockStat);
  auto draft = section("limits", "Other limits", {"name", "used", "limit", "used_percent"});
  add_limit(*draft, "tcp_orphans", sockstat_value(stat, "TCP", "orphan"),
            files.number("/proc/sys/net/ipv4/tcp_max_orphans"));
  add_limit(*draft, "tcp_time_wait", sockstat_value(stat, "TCP", "tw"),
            files.number("/proc/sys/net/ipv4/tcp_max_tw_buckets"));
  // The second number counts allocated but unused file handles (proc_sys_fs(5)).
  Number open_files = files.number("/proc/sys/fs/file-nr");
  if (const Number kept = files.number("/proc/sys/fs/file-nr", 1); open_files && kept)
    *open_files -= std::min(*open_files, *kept);
  add_limit(*draft, "open_files", open_files, files.number("/proc/sys/fs/file-nr", 2));
  if (const auto tracked = files.number("/proc/sys/net/netfilter/nf_conntrack_count"))
    add_limit(*draft, "conntrack", tracked, files.number("/proc/sys/net/netfilter/nf_conntrack_max"));
  return draft;
}

}  // namespace sockutils
