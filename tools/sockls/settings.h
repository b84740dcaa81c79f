/// What the command line asked for.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/kinds.h"
#include "common/terminal.h"
#include "render/row_choice.h"
#include "sockutils/list.h"
#include "sockutils/record.h"

namespace tools::sockls {

enum class Action : std::uint8_t { List, Help, Version, Kill, Watch, Follow };

struct Settings {
  Action action = Action::List;

  KindChoice kinds;
  bool listening = false;
  std::optional<sockutils::StateSet> states;
  sockutils::Source source = sockutils::Source::Auto;
  /// Network namespaces as the command line names them.
  std::vector<std::string> namespaces;
  bool all_namespaces = false;

  /// Also a recording of several.
  bool spans_namespaces() const {
    return all_namespaces || namespaces.size() > 1 ||
           (recording && recording->namespaces(recording->info().times.size() - 1).size() > 1);
  }

  bool unbound = false;
  sockutils::ProcessSource process_source = sockutils::ProcessSource::Auto;

  bool numeric = false;
  bool resolve = false;
  /// Set when the command line says so, either way.
  std::optional<bool> processes;
  /// `-e`: columns of the families that are listed.
  bool extended = false;
  /// Columns that `-e`, `-o`, `-m` and `-i` add.
  std::vector<const sockutils::Field*> extra_columns;
  RowChoice rows;
  std::optional<std::size_t> limit;

  bool quiet = false;
  /// Says where the facts came from.
  bool verbose = false;
  bool wait = false;
  /// No value: for ever.
  std::optional<std::chrono::duration<double>> wait_limit;

  bool summary = false;
  std::vector<const sockutils::Field*> group_by;
  std::vector<sockutils::Aggregate> aggregates;
  /// Files that hold filters; `-` is standard input.
  std::vector<std::string> filter_files;

  bool is_grouped() const { return !group_by.empty() || !aggregates.empty(); }
  /// `--kill`: without asking.
  bool yes = false;
  /// Between the rounds of `--watch`, or the snapshots of `--follow`.
  std::chrono::milliseconds interval{1000};
  /// `-E`: nothing but closings.
  bool closings_only = false;
  /// When `--watch` and `--follow` end by themselves; no value: never.
  std::optional<std::chrono::duration<double>> time_limit;
  std::optional<std::uint64_t> count_limit;

  bool asks_about_itself() const {
    return action == Action::Help || action == Action::Version || rows.list_fields;
  }

  /// Files of recordings; `-` is a standard stream.
  std::optional<std::string> record_to;
  std::optional<std::string> read_from;
  /// What `read_from` holds, once it was read.
  std::shared_ptr<const sockutils::Recording> recording;

  bool shows_owners() const {
    const bool may_have = !recording || !recording->info().sockets_alone;
    return processes.value_or(!numeric && may_have);
  }
};

}  // namespace tools::sockls
