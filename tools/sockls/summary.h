/// `--summary`.
#pragma once

#include "common/exit_code.h"
#include "common/messages.h"
#include "render/sections.h"
#include "sockls/settings.h"
#include "sockutils/list.h"

namespace tools::sockls {

/// Writes a summary of the sockets that `query` selects.
ExitCode summarize(const Settings& settings, const sockutils::Query& query, Messages& messages);

/// How a summary is written.
SectionSetup summary_setup(const Format& format, Output& out, const Terminal& terminal, bool header);

/// For people: a line for each protocol. False for every section but that of the states.
bool write_states(const SectionSetup& setup, const sockutils::SummarySection& section);
CellStyle summary_cell_style(std::span<const sockutils::Field* const> fields, sockutils::Values row,
                             std::size_t column);

}  // namespace tools::sockls
