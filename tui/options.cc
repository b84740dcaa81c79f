#include "tui/options.h"

#include <algorithm>
#include <array>

#include "common/option_row.h"
#include "common/words.h"
#include "tui/view/columns.h"
#include "tui/view/commands.h"
#include "tui/view/pane.h"

namespace tui {
namespace {

constexpr std::string_view Which = "Which sockets";
constexpr std::string_view How = "How they are shown";
constexpr std::string_view Tape = "Recordings";
constexpr std::string_view Without = "Without a screen";
constexpr std::string_view About = "Help";

using tools::Complaint;
using tools::refuse_value;
using tools::set;
using MonitorOption = tools::OptionRow<Settings>;

template <const char* Table>
Complaint add_table(Settings& settings, const std::string&) {
  settings.kinds.add_table(Table);
  return std::nullopt;
}

constexpr char TcpTable[] = "tcp";
constexpr char UdpTable[] = "udp";
constexpr char RawTable[] = "raw";
constexpr char UnixTable[] = "unix";

Complaint add_all_families(Settings& settings, const std::string&) {
  settings.kinds.add_all();
  return std::nullopt;
}

template <sockutils::Family F>
Complaint add_family(Settings& settings, const std::string&) {
  settings.kinds.add_family(F);
  return std::nullopt;
}

Complaint set_interval(Settings& settings, const std::string& value) {
  const auto seconds = tools::seconds_between(value, 0.1, 86400);
  if (!seconds) return refuse_value("interval", value, "a number of seconds, 0.1 to 86400");
  settings.interval = *seconds;
  return std::nullopt;
}

Complaint set_columns(Settings& settings, const std::string& value) {
  auto columns = parse_columns(value, usual_columns());
  if (!columns) return "--columns: " + columns.error();
  settings.columns = *std::move(columns);
  return std::nullopt;
}

Complaint set_order(Settings& settings, const std::string& value) {
  const auto order = parse_order(value);
  if (!order) return "--sort: " + order.error();
  settings.order = *order;
  return std::nullopt;
}

Complaint add_namespace(Settings& settings, const std::string& value) {
  if (value.empty()) return "--netns: the name is empty";
  if (value == "all")
    settings.all_namespaces = true;
  else
    settings.namespaces.push_back(value);
  return std::nullopt;
}

std::vector<std::string> namespace_words() { return {"all"}; }

Complaint set_pane(Settings& settings, const std::string& value) {
  const auto pane = find_pane(value);
  if (!pane) return refuse_value("pane", value, "one of " + tools::join(pane_words(), ", "));
  settings.pane = *pane;
  return std::nullopt;
}

Complaint set_frames(Settings& settings, const std::string& value) {
  settings.frames = tools::number_between<std::uint64_t>(value, 1, 1'000'000'000);
  return settings.frames ? std::nullopt
                         : Complaint(refuse_value("frames", value, "a number of frames, 1 or more"));
}

Complaint set_place(Settings& settings, const std::string& value) {
  settings.begin_at = parse_place(value);
  return settings.begin_at ? std::nullopt
                           : Complaint(refuse_value("at", value, "seconds, m:ss, h:mm:ss, #12 or 50%"));
}

Complaint set_record(Settings& settings, const std::string& value) {
  return tools::take_file(settings.record_to, "record", value);
}

Complaint set_replay(Settings& settings, const std::string& value) {
  return tools::take_file(settings.replay_from, "replay", value);
}

std::optional<std::string> recording_fault(const Settings& settings) {
  const bool spaces = settings.all_namespaces || !settings.namespaces.empty();
  if (settings.record_to && settings.replay_from) return "--record and --replay do not go together";
  if (settings.replay_from && spaces)
    return "a recording shows the network namespaces that it was made of: -N goes with --record";
  if (settings.begin_at && !settings.replay_from) return "--at goes with --replay";
  return std::nullopt;
}

Complaint choose_colour(Settings& settings, const std::string& word) {
  return tools::set_colour(settings.rows, word);
}

std::vector<std::string> column_words() {
  std::vector<std::string> words;
  for (const sockutils::Field* field : monitor_fields()) words.emplace_back(field->name);
  for (const sockutils::Field* field : sockutils::fields()) words.emplace_back(field->name);
  return words;
}

/// Words that a filter can begin with.
std::vector<std::string> filter_words_of_fields() {
  std::vector<std::string> words;
  for (const sockutils::Field* field : sockutils::fields()) words.emplace_back(field->name);
  return words;
}

constexpr std::array MonitorOptions{
    MonitorOption{{'t', "tcp", {}, Which, "TCP"}, add_table<TcpTable>},
    MonitorOption{{'u', "udp", {}, Which, "UDP"}, add_table<UdpTable>},
    MonitorOption{{'w', "raw", {}, Which, "raw sockets"}, add_table<RawTable>},
    MonitorOption{{'x', "unix", {}, Which, "unix sockets"}, add_table<UnixTable>},
    MonitorOption{{'a', "all", {}, Which, "sockets of every family"}, add_all_families},
    MonitorOption{{'4', "ipv4", {}, Which, "IPv4 only"}, add_family<sockutils::Family::Inet>},
    MonitorOption{{'6', "ipv6", {}, Which, "IPv6 only"}, add_family<sockutils::Family::Inet6>},
    MonitorOption{{'l', "listening", {}, Which, "only what listens or receives from anyone"},
                  set<&Settings::listening, true>},
    MonitorOption{
        {'N',
         "netns",
         {"WHICH", false, namespace_words},
         Which,
         "another network namespace: NAME, PID, PATH, or all",
         "A name is one of ip-netns(8), of a container, or what the column `netns_name` shows; a number is a "
         "process. May be given several times. `all` is every namespace that a process is in or that a file "
         "is bound to, those to come included; with more than one, the column `netns_name` tells them apart. "
         "To enter one takes `CAP_SYS_ADMIN`."},
        add_namespace},
    MonitorOption{
        {'i',
         "interval",
         {"SECONDS"},
         How,
         "time between two looks, 1 unless told",
         "From 0.1 to 86400. Where a look takes so long that it would be busy for more than half of "
         "the time, the looks come further apart, and the screen says so."},
        set_interval},
    MonitorOption{{0, "pane", {"NAME", false, pane_words}, How, "what to begin with"}, set_pane},
    MonitorOption{
        {'C',
         "columns",
         {"LIST", false, column_words, true, "+-"},
         How,
         "the columns of sockets",
         "Fields of sockutils-fields(7), and those of this program: see COLUMNS. `a,b` gives exactly "
         "those, `+a,-b` adds to the usual ones and takes from them."},
        set_columns},
    MonitorOption{{'S',
                   "sort",
                   {"COLUMN", false, column_words, false, "+-"},
                   How,
                   "the order of rows; - before it: the largest first"},
                  set_order},
    MonitorOption{{0,
                   "no-capture",
                   {},
                   How,
                   "counts no packets: no rates of UDP and raw sockets",
                   "They are counted where `CAP_NET_RAW` allows it; only headers are looked at."},
                  set<&Settings::no_capture, true>},
    MonitorOption{{0, "numeric", {}, How, "no names of services and users"}, set<&Settings::numeric, true>},
    MonitorOption{{0, "color", {"WHEN", false, tools::colour_words}, How, "auto, always or never"},
                  choose_colour},
    MonitorOption{{0, "ascii", {}, How, "no characters beyond ASCII"}, set<&Settings::ascii, true>},
    MonitorOption{{0, "no-mouse", {}, How, "leaves the mouse to the terminal"}, set<&Settings::mouse, false>},
    MonitorOption{{0, "readonly", {}, How, "closes no socket and signals no process"},
                  set<&Settings::readonly, true>},
    MonitorOption{
        {0,
         "record",
         {"FILE"},
         Tape,
         "write what every look sees to a file",
         "Each look adds a snapshot with every field, whatever is shown, and what happened since the one "
         "before: closings that the kernel told, packets that were counted, each in the network namespaces "
         "of `-N`. The file can be played and listed while it grows; one that was there is replaced. "
         "Writing it takes a walk over /proc with each look."},
        set_record},
    MonitorOption{{0,
                   "replay",
                   {"FILE"},
                   Tape,
                   "play such a file, on any machine",
                   "As fast as it was recorded; keys pause, step, seek and change the speed. A file that "
                   "grows is followed. With `--batch` every snapshot is a frame."},
                  set_replay},
    MonitorOption{{0,
                   "at",
                   {"PLACE"},
                   Tape,
                   "with --replay: begin there, paused",
                   "Seconds from the beginning (`90`, `1:30`, `1:00:00`), a snapshot (`#12`) or a part "
                   "(`50%`)."},
                  set_place},
    MonitorOption{
        {'b',
         "batch",
         {},
         Without,
         "print frames, for scripts and logs",
         "A frame is a heading and the table of the pane. The first one has no rates. An option for "
         "another format implies this: rows begin with `frame`, `time` and `change` then, which is "
         "`same`, `new`, `changed` or `closed`, and numbers are plain: bytes, bytes a second, "
         "microseconds."},
        set<&Settings::task, Task::Batch>},
    MonitorOption{{'n', "frames", {"NUMBER"}, Without, "with --batch: so many frames, then end"}, set_frames},
    MonitorOption{{'h', "help", {}, About, "this help"}, set<&Settings::task, Task::Help>},
    MonitorOption{{'V', "version", {}, About, "version"}, set<&Settings::task, Task::Version>},
};

std::vector<tools::DocEntry> key_entries() {
  std::vector<tools::DocEntry> entries;
  for (const Command& command : commands())
    entries.push_back({std::string(command.group), names_of(command), std::string(command.help)});
  return entries;
}

std::vector<tools::DocEntry> pane_entries() {
  std::vector<tools::DocEntry> entries;
  for (const Pane& pane : panes()) entries.push_back({{}, std::string(pane.title), std::string(pane.doc)});
  return entries;
}

std::vector<tools::DocEntry> column_entries() {
  std::vector<tools::DocEntry> entries;
  for (const sockutils::Field* field : monitor_fields())
    entries.push_back({{}, std::string(field->name), std::string(field->doc)});
  return entries;
}

/// The panes for the man page: `a`, `b` or `c`.
std::string list_of_panes() {
  const auto words = pane_words();
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 < words.size() ? ", " : " or ";
    text += "`" + words[i] + "`";
  }
  return text + ".";
}

std::vector<tools::OptionDoc> option_docs() {
  static const std::string panes = list_of_panes();
  auto docs = tools::docs_of(std::span<const MonitorOption>(MonitorOptions));
  auto place =
      std::find_if(docs.begin(), docs.end(), [](const tools::OptionDoc& doc) { return doc.group == About; });
  for (const tools::RowOption& option : tools::format_options(Without))
    place = std::next(docs.insert(place, option.doc));
  for (tools::OptionDoc& doc : docs)
    if (doc.word == "pane") doc.details = panes;
  return docs;
}

}  // namespace

tools::ToolDoc tool_doc() {
  return {
      .name = "sockmon",
      .synopsis = "sockmon [OPTION]... [FILTER]",
      .summary = "Watch sockets: who talks to whom, how fast, and how well.",
      .options = option_docs(),
      .examples = {{"sockmon", "everything; ? shows the keys"},
                   {"sockmon --pane=processes", "which process uses the link"},
                   {"sockmon -N all", "with all containers"},
                   {"sockmon -b -n 10 --jsonl process = nginx", "ten frames, for a program"}},
      .closing = "Filters are explained in sockutils-filter(7), fields in sockutils-fields(7).",
      .operands = filter_words_of_fields,
      .tables = {{"@KEYS@", key_entries}, {"@PANES@", pane_entries}, {"@COLUMNS@", column_entries}},
  };
}

tl::expected<CommandLine, std::string> parse_command_line(int argc, const char* const* argv,
                                                          const Settings& configured) {
  CommandLine line{configured, {}};
  auto operands = tools::apply_options<Settings>(MonitorOptions, tools::format_options(Without), argc, argv,
                                                 line.settings);
  if (!operands) return tl::unexpected(operands.error());
  if (line.settings.rows.format != nullptr && line.settings.task == Task::Watch)
    line.settings.task = Task::Batch;
  if (line.settings.frames && line.settings.task == Task::Watch)
    return tl::unexpected(std::string("--frames goes with --batch"));
  if (auto fault = recording_fault(line.settings)) return tl::unexpected(*std::move(fault));
  line.filter = *std::move(operands);
  return line;
}

}  // namespace tui
