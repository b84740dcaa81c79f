#include "sockprobe/options.h"

#include <algorithm>
#include <array>

#include "common/option_row.h"
#include "sockprobe/via_options.h"

namespace tools::sockprobe {
namespace {

constexpr std::string_view Where = "Which hosts";
constexpr std::string_view How = "How they are asked";
constexpr std::string_view Way = "Where it stops";
constexpr std::string_view Again = "Again and again";
constexpr std::string_view Both = "From both ends, with sockprobed";
constexpr std::string_view Writing = "How it is written";
constexpr std::string_view Help = "Help";

using Option = OptionRow<Settings>;

Complaint set_timeout(Settings& settings, const std::string& value) {
  settings.probe.timeout = seconds_between(value, 0.001, 3600);
  return settings.probe.timeout
             ? std::nullopt
             : Complaint(refuse_value("timeout", value, "a number of seconds, 0.001 to 3600"));
}

Complaint set_retries(Settings& settings, const std::string& value) {
  settings.probe.retries = number_between(value, 0u, 100u);
  return settings.probe.retries ? std::nullopt
                                : Complaint(refuse_value("retries", value, "a number, 0 to 100"));
}

Complaint set_parallel(Settings& settings, const std::string& value) {
  settings.probe.parallel = number_between<std::size_t>(value, 1, 1'000'000);
  return settings.probe.parallel ? std::nullopt
                                 : Complaint(refuse_value("parallel", value, "a number, 1 to 1000000"));
}

Complaint set_rate(Settings& settings, const std::string& value) {
  settings.probe.rate = number_between(value, 0.001, 1e9);
  return settings.probe.rate ? std::nullopt
                             : Complaint(refuse_value("rate", value, "a number of probes a second"));
}

Complaint set_max_hosts(Settings& settings, const std::string& value) {
  const auto limit = number_between<std::size_t>(value, 1, std::size_t{1} << 24);
  if (!limit) return refuse_value("max-hosts", value, "a number of hosts, 1 to 16777216");
  settings.hosts.limit = *limit;
  return std::nullopt;
}

Complaint set_source(Settings& settings, const std::string& value) {
  const std::size_t colon = value.find(':') == value.rfind(':') ? value.find(':') : value.find("]:");
  const bool bracketed = value.starts_with('[');
  const std::size_t end = bracketed ? value.find(']') : colon;
  const auto address = sockutils::Address::parse(value.substr(bracketed ? 1 : 0, end - (bracketed ? 1 : 0)));
  if (!address) return refuse_value("source", value, "an address, or ADDRESS:PORT");
  settings.probe.source = address;
  const std::size_t port_at = value.find(':', end == std::string::npos ? value.size() : end);
  if (port_at == std::string::npos) return std::nullopt;
  const auto port = number_between<std::uint16_t>(value.substr(port_at + 1), 1, 65535);
  if (!port) return refuse_value("source", value, "an address, or ADDRESS:PORT");
  settings.probe.source_port = *port;
  return std::nullopt;
}

Complaint set_interface(Settings& settings, const std::string& value) {
  if (value.empty() || value.size() > 15) return refuse_value("interface", value, "the name of an interface");
  settings.probe.interface = value;
  return std::nullopt;
}

Complaint set_ttl(Settings& settings, const std::string& value) {
  settings.probe.ttl = number_between<std::uint8_t>(value, 1, 255);
  return settings.probe.ttl ? std::nullopt : Complaint(refuse_value("ttl", value, "a number, 1 to 255"));
}

Complaint set_dscp(Settings& settings, const std::string& value) {
  settings.probe.dscp = number_between<std::uint8_t>(value, 0, 63);
  return settings.probe.dscp ? std::nullopt : Complaint(refuse_value("dscp", value, "a number, 0 to 63"));
}

Complaint set_most_hops(Settings& settings, const std::string& value) {
  const auto number = number_between(value, 1u, 255u);
  if (!number) return refuse_value("max-hops", value, "a number, 1 to 255");
  settings.most_hops = *number;
  return std::nullopt;
}

Complaint set_count(Settings& settings, const std::string& value) {
  settings.count = number_between<std::size_t>(value, 1, 1'000'000'000);
  return settings.count ? std::nullopt
                        : Complaint(refuse_value("count", value, "a number of probes, 1 or more"));
}

Complaint set_interval_of(std::string_view option, Settings& settings, const std::string& value) {
  const auto seconds = seconds_between(value, 0.01, 86400);
  if (!seconds) return refuse_value(option, value, "a number of seconds, 0.01 to 86400");
  settings.interval = *seconds;
  return std::nullopt;
}

Complaint set_interval(Settings& settings, const std::string& value) {
  settings.interval_given = true;
  return set_interval_of("interval", settings, value);
}

Complaint set_watch(Settings& settings, const std::string& value) {
  settings.watch = true;
  return value.empty() ? std::nullopt : set_interval_of("watch", settings, value);
}

Complaint set_until(Settings& settings, const std::string& value) {
  if (value != "open" && value != "closed") return refuse_value("until", value, "open or closed");
  settings.until = value == "open" ? Until::Open : Until::Closed;
  return std::nullopt;
}

Complaint set_until_limit(Settings& settings, const std::string& value) {
  settings.until_limit = seconds_between(value, 0, 1e7);
  return settings.until_limit ? std::nullopt
                              : Complaint(refuse_value("until-timeout", value, "a number of seconds"));
}

Complaint add_host_file(Settings& settings, const std::string& value) {
  if (value.empty()) return "--hosts needs the name of a file";
  settings.host_files.push_back(value);
  return std::nullopt;
}

Complaint set_capture(Settings& settings, const std::string& value) {
  return take_file(settings.capture_file, "capture", value == "-" ? "" : value);
  return std::nullopt;
}

Complaint set_filter(Settings& settings, const std::string& value) {
  settings.filter = value;
  return std::nullopt;
}

Complaint set_identify(Settings& settings, const std::string& value) {
  if (value != "usual" && value != "deep") return refuse_value("identify", value, "usual or deep");
  settings.probe.identify = true;
  settings.probe.identify_deep = value == "deep";
  return std::nullopt;
}

Complaint no_identity(Settings& settings, const std::string&) {
  settings.probe.identify = false;
  return std::nullopt;
}

Complaint only_ipv4(Settings& settings, const std::string&) {
  settings.hosts.ipv6 = false;
  return std::nullopt;
}

Complaint only_ipv6(Settings& settings, const std::string&) {
  settings.hosts.ipv4 = false;
  return std::nullopt;
}

std::vector<std::string> identify_words() { return {"usual", "deep"}; }
std::vector<std::string> until_words() { return {"open", "closed"}; }
std::vector<std::string> port_words() { return {"all", "tcp/", "udp/"}; }

std::vector<std::string> field_words() { return words_of(sockutils::probe_fields()); }

constexpr std::array Options{
    Option{{'4', "ipv4", {}, Where, "IPv4 addresses only"}, only_ipv4},
    Option{{'6', "ipv6", {}, Where, "IPv6 addresses only"}, only_ipv6},
    Option{{0,
            "hosts",
            {"FILE"},
            Where,
            "hosts from a file, one on each line; - is standard input",
            "All words of the command line are ports then. What follows a `#` is a comment. May be given "
            "several times."},
           add_host_file},
    Option{{0,
            "max-hosts",
            {"NUMBER"},
            Where,
            "at most so many hosts, 256 unless told",
            "What holds more, as `10.0.0.0/8` does, is refused."},
           set_max_hosts},
    Option{{0,
            "timeout",
            {"SECONDS"},
            How,
            "how long each try waits",
            "Without it by the round-trip times seen so far, 0.1 to 10 seconds, and one second, then two "
            "and four, while the host has not answered anything."},
           set_timeout},
    Option{{0,
            "retries",
            {"NUMBER"},
            How,
            "tries after the first, 2 unless told",
            "Without it up to 10 for a host whose later tries were answered."},
           set_retries},
    Option{
        {0,
         "identify",
         {"HOW", false, identify_words},
         How,
         "usual, or deep: every protocol on unknown ports",
         "With `deep` a server on a port without a usual protocol is asked in one protocol after the other, "
         "each on a connection of its own. It takes more than a second for each that is not answered."},
        set_identify},
    Option{
        {0,
         "no-identify",
         {},
         How,
         "connect only, do not find out who answers",
         "Else a server may speak first, is then asked in the port's usual protocol, and at last in TLS and "
         "HTTP. Nothing is said to printers (ports 9100 to 9107), and only their own words to servers that "
         "others disturb."},
        no_identity},
    Option{{0, "parallel", {"NUMBER"}, How, "probes at once, 1000 unless told"}, set_parallel},
    Option{{0, "rate", {"NUMBER"}, How, "probes a second at most"}, set_rate},
    Option{{0, "source", {"ADDRESS[:PORT]"}, How, "send from this address"}, set_source},
    Option{{0, "interface", {"NAME"}, How, "send through this interface"}, set_interface},
    Option{{0, "ttl", {"NUMBER"}, How, "time to live, or hop limit"}, set_ttl},
    Option{{0, "dscp", {"NUMBER"}, How, "differentiated services code point"}, set_dscp},
    Option{
        {0,
         "path",
         {},
         Way,
         "the way to each port, hop by hop, and the path MTU",
         "The port is asked for with a rising time to live; the routers at which it ends say so. The largest "
         "packet that passes whole is found with datagrams to UDP port 33434, never with data for the port. "
         "Each hop is asked from a port of its own, so that where routers share load between lines, hops of "
         "several of them may be seen."},
        set<&Settings::path, true>},
    Option{{0, "max-hops", {"NUMBER"}, Way, "as far as that, 30 unless told"}, set_most_hops},
    Option{
        {0,
         "count",
         {"NUMBER"},
         Again,
         "ask so many times, and sum up",
         "A line for each probe, then for each port how many were open and lost, and of their times "
         "minimum, average, maximum, deviation, percentiles and jitter, the average difference between one "
         "and the next. Each probe counts for itself: there are no retries unless `--retries` asks for "
         "them, and servers are not identified."},
        set_count},
    Option{{0,
            "watch",
            {"SECONDS", true},
            Again,
            "ask every SECONDS, or each second, until Ctrl-C",
            "Sums up at the end, as `--count` does."},
           set_watch},
    Option{{0, "interval", {"SECONDS"}, Again, "between two probes, 1 unless told"}, set_interval},
    Option{{0,
            "until",
            {"STATE", false, until_words},
            Again,
            "ask until every port is open, or closed",
            "A port of a name is open when it is at one of its addresses, and closed when nobody accepts a "
            "connection at any, for whatever reason. Exit status 0: it came to that; 1: it did not in time."},
           set_until},
    Option{{0, "until-timeout", {"SECONDS"}, Again, "how long --until waits; for ever unless told"},
           set_until_limit},
    Option{{0,
            "via",
            {"HOST[:PORT]"},
            Both,
            "ask together with the sockprobed there",
            "All words of the command line are ports then. The server opens them for as long as they are "
            "tried, and "
            "both compare what was sent and what arrived."},
           set_via},
    Option{{0,
            "reverse",
            {},
            Both,
            "have the server come to ports of this machine, too",
            "They are opened here meanwhile."},
           set_reverse},
    Option{{0,
            "key",
            {"FILE"},
            Both,
            "the key that `sockprobed --make-key` made",
            "Without one, and without a certificate, only a server on loopback is asked."},
           set_key_file},
    Option{{0, "certificate", {"FILE"}, Both, "a certificate instead of a key, PEM"}, set_certificate},
    Option{{0, "certificate-key", {"FILE"}, Both, "its private key, PEM"}, set_certificate_key},
    Option{{0, "authorities", {"FILE"}, Both, "who certifies the server, PEM"}, set_authorities},
    Option{{0, "datagrams", {"NUMBER"}, Both, "datagrams to each UDP port, 20 unless told"}, set_datagrams},
    Option{{0, "open", {}, Writing, "open ports only"}, set<&Settings::open_only, true>},
    Option{{'q', "quiet", {}, Writing, "nothing: the exit status is the answer"},
           set<&Settings::quiet, true>},
    Option{
        {0,
         "filter",
         {"EXPRESSION"},
         Writing,
         "only results that match",
         "A filter of sockutils-filter(7) with the fields of results, as in `state = open and product ~ "
         "nginx`. "
         "It may also be the last word, where it is told from ports by its blanks or its operator. What is "
         "asked for, and the exit status, do not depend on it."},
        set_filter},
    Option{
        {0,
         "capture",
         {"FILE"},
         Writing,
         "the packets of this probe into a pcap file",
         "It takes CAP_NET_RAW. Those of other connections are not in it, even if they are between the same "
         "machines. With `--via` the server's packets of it are in FILE.server.pcap, or what FILE.pcap makes "
         "of "
         "that, if it allows that. The file takes the place of another of that name once it is whole; it is "
         "also when "
         "Ctrl-C ends the program."},
        set_capture},
    Option{{'h', "help", {}, Help, "this help"}, set<&Settings::action, Action::Help>},
    Option{{'V', "version", {}, Help, "version"}, set<&Settings::action, Action::Version>},
};

/// All options in the order of the help: those about rows come before `--help`.
std::vector<OptionDoc> all_docs() {
  std::vector<OptionDoc> docs = docs_of(std::span<const Option>(Options));
  const auto help =
      std::find_if(docs.begin(), docs.end(), [](const OptionDoc& doc) { return doc.group == Help; });
  const auto rows = docs_of(std::span<const RowOption>(row_options(Writing, field_words)));
  docs.insert(help, rows.begin(), rows.end());
  return docs;
}

/// Such a word must be a filter: no port contains a blank or an operator.
bool is_filter(std::string_view word) { return word.find_first_of(" =<>~!") != std::string_view::npos; }

Complaint take_filter_word(CommandLine& line) {
  const std::size_t least = line.settings.host_files.empty() && line.settings.via.host.empty() ? 1 : 0;
  if (line.operands.size() <= least || !is_filter(line.operands.back())) return std::nullopt;
  if (!line.settings.filter.empty()) return "a filter is either the last word or --filter";
  line.settings.filter = std::move(line.operands.back());
  line.operands.pop_back();
  return std::nullopt;
}

}  // namespace

ToolDoc tool_doc() {
  return {
      .name = "sockprobe",
      .synopsis = "sockprobe [OPTION]... HOST PORT... [FILTER]",
      .summary = "Ask whether ports are open, and if not, who says so.",
      .options = all_docs(),
      .examples = {{"sockprobe music.lan 6600", "can I reach the music player, and if not, why not"},
                   {"sockprobe 192.0.2.1 ssh,80,8000-8010 udp/1210", "names, lists, ranges, and UDP"},
                   {"sockprobe 192.0.2.0/24 22 --open --jsonl", "a network, for a program"},
                   {"sockprobe 192.0.2.1 22 --path", "which way, and where it stops"},
                   {"sockprobe web.lan 443 --watch", "how fast, and how reliably, until Ctrl-C"},
                   {"sockprobe web.lan 443 --capture web.pcap", "what goes to and fro, for Wireshark"},
                   {"sockprobe localhost 8080 --until=open --until-timeout=60",
                    "wait for a service to start"},
                   {"sockprobe 192.0.2.0/28 1-1024 --columns address,port,product 'state = open'",
                    "which servers there are"},
                   {"sockprobe --via lab.lan --key lab.key 6600 udp/1210 --reverse",
                    "what stands between, and which way"}},
      .closing =
          "HOST is a name, an address, [fe80::1%eth0], a network such as 192.0.2.0/28, or the path of a unix "
          "socket, which has no ports. PORT is a number, a range, a name, a list of them, or all.",
      .operands = port_words,
  };
}

tl::expected<CommandLine, std::string> parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  auto operands =
      apply_options<Settings>(Options, row_options(Writing, field_words), argc, argv, line.settings);
  if (!operands) return tl::unexpected(operands.error());
  if (!line.settings.hosts.ipv4 && !line.settings.hosts.ipv6)
    return tl::unexpected(std::string("-4 and -6 exclude each other"));
  if (line.settings.interval_given && !line.settings.repeats())
    return tl::unexpected(std::string("--interval is for --count, --watch and --until"));
  if (line.settings.until_limit && line.settings.until == Until::Nothing)
    return tl::unexpected(std::string("--until-timeout is for --until"));
  if (line.settings.path && line.settings.repeats())
    return tl::unexpected(std::string("--path and --count, --watch, --until exclude each other"));
  if (line.settings.path && line.settings.probe.ttl)
    return tl::unexpected(std::string("--path chooses the --ttl itself"));
  if (auto complaint = check_via(line.settings)) return tl::unexpected(*complaint);
  line.operands = *std::move(operands);
  if (auto complaint = take_filter_word(line)) return tl::unexpected(*complaint);
  return line;
}

}  // namespace tools::sockprobe
