#include "sockls/option_table.h"

#include <array>

#include "sockls/option_parts.h"
#include "sockls/option_values.h"

namespace tools::sockls {
namespace {

constexpr std::string_view Counts = "Counted, not listed";
constexpr std::string_view How = "How it is written";
constexpr std::string_view Questions = "Questions";
constexpr std::string_view Acting = "Watching and closing";
constexpr std::string_view Help = "Help";

/// One of those that every tool has.
Complaint row_option(Settings& settings, const Given& given) {
  for (const RowOption& option : row_options(How, field_words))
    if (option.doc.word == given.option.word)
      return option.apply(settings.rows, option.doc, given.value.value_or(""));
  return std::nullopt;
}

/// For options of ss that ask for what is so anyway.
Complaint nothing(Settings&, const Given&) { return std::nullopt; }

Complaint wait(Settings& settings, const Given& given) { return choose_wait(settings, given.value); }

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
           one_file<&Settings::record_to>},
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
            "block under a line with the time. Rows for programs carry `time` and `change`. SECONDS may be "
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

void append_row_options(std::vector<Option>& all) {
  for (const RowOption& option : row_options(How, field_words)) all.push_back({option.doc, row_option});
}

}  // namespace

std::vector<Option> option_table() {
  std::vector<Option> all;
  append(all, socket_options());
  append(all, column_options());
  append(all, CountingOptions);
  append_row_options(all);
  append(all, WritingOptions);
  append(all, QuestionOptions);
  append(all, ActingOptions);
  append(all, HelpOptions);
  return all;
}

}  // namespace tools::sockls
