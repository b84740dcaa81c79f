/// A summary as a JSON document.
#pragma once

#include "common/output.h"
#include "sockutils/list.h"

namespace tools {

/// Appends `{"summary": {"states": [...], ...}, "warnings": [...]}`: one member for each section, and
/// `left_out` with the number of rows that a section has no room for.
void write_summary_json(Output& out, std::span<const sockutils::SummarySection> sections,
                        std::span<const sockutils::Warning> warnings);

}  // namespace tools
