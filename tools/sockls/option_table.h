/// The options of sockls: one table for parsing, help, man page and completion.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/option_row.h"
#include "sockls/settings.h"

namespace tools::sockls {

/// An option as it was used.
struct Given {
  const OptionDoc& option;
  /// Absent when the option takes none, or an optional one was left out.
  std::optional<std::string> value;
};

struct Option {
  OptionDoc doc;
  Complaint (*apply)(Settings& settings, const Given& given);
};

std::vector<Option> option_table();

}  // namespace tools::sockls
