/// A section of a summary under construction.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "pipeline/sort.h"
#include "sockutils/list.h"

namespace sockutils {

struct SummarySection::Content {
  Content(std::string_view contract, std::string_view heading, std::vector<const Field*> columns)
      : name(contract), title(heading), fields(std::move(columns)), rows(fields.size()) {}

  std::string_view name;
  std::string_view title;
  std::vector<const Field*> fields;
  RowStore rows;
  std::size_t left_out = 0;
};

using SectionDraft = std::shared_ptr<SummarySection::Content>;

/// Fields of sections that are not fields of sockets: `count`, `used`, `limit`, ... Null when there is none.
const Field* summary_field(std::string_view name);

/// `used` as a percentage of `limit`, rounded down; absent when either is.
OptionalValue used_percent(const OptionalValue& used, const OptionalValue& limit);

/// The sections `memory` and `limits`, from the files of `system`.
class System;
SectionDraft memory_section(const System& system);
SectionDraft limits_section(const System& system);

}  // namespace sockutils
