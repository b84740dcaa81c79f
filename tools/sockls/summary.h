/// `--summary`.
#pragma once

#include "common/exit_code.h"
#include "common/messages.h"
#include "common/output.h"
#include "sockls/settings.h"
#include "sockutils/list.h"

namespace tools::sockls {

/// Writes a summary of the sockets that `query` selects.
ExitCode summarize(const Settings& settings, const sockutils::Query& query, Messages& messages);

/// How a summary is written.
struct SummaryStyle {
  const Format& format;
  Terminal terminal;
  bool header = true;
};
void write_summary(Output& out, const SummaryStyle& style,
                   std::span<const sockutils::SummarySection> sections,
                   std::span<const sockutils::Warning> warnings);

/// For people: a heading and a table for each section.
void write_summary_text(Output& out, const SummaryStyle& style,
                        std::span<const sockutils::SummarySection> sections);

}  // namespace tools::sockls
