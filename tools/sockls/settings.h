/// What the command line asked for.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/terminal.h"
#include "render/renderer.h"
#include "sockls/kinds.h"
#include "sockutils/query.h"

namespace tools::sockls {

enum class Action : std::uint8_t { List, Help, Version, ListFields };

/// A word of `--columns`.
struct ColumnChange {
  enum class Kind : std::uint8_t { Exactly, Add, Take };
  Kind kind;
  const sockutils::Field* field;
};

struct Settings {
  Action action = Action::List;

  KindChoice kinds;
  bool listening = false;
  std::optional<sockutils::StateSet> states;
  sockutils::Source source = sockutils::Source::Auto;
  sockutils::ProcessSource process_source = sockutils::ProcessSource::Auto;

  bool numeric = false;
  bool resolve = false;
  /// Set when the command line says so, either way.
  std::optional<bool> processes;
  /// Columns that `-e`, `-o`, `-m` and `-i` add.
  std::vector<const sockutils::Field*> extra_columns;
  std::vector<ColumnChange> columns;
  std::vector<sockutils::SortKey> sort;

  const Format* format = nullptr;
  bool header = true;
  ColourMode colour = ColourMode::Auto;

  bool quiet = false;
  bool wait = false;
  /// No value: for ever.
  std::optional<std::chrono::duration<double>> wait_limit;

  bool shows_owners() const { return processes.value_or(!numeric); }
};

}  // namespace tools::sockls
