/// Tables of several kinds in one answer, as of a summary.
#pragma once

#include <span>
#include <string_view>

#include "render/renderer.h"

namespace tools {

struct SectionSetup {
  const Format& format;
  Output& out;
  Terminal terminal;
  bool header = true;
  /// The name of the document, where a format is one.
  std::string_view collection = "summary";
  /// As in `RenderSetup`.
  CellStyle (*style)(std::span<const sockutils::Field* const> fields, sockutils::Values row,
                     std::size_t column) = nullptr;
  /// Writes a section for whoever looks on better than a table does; false: a table it is.
  bool (*write_text)(const SectionSetup& setup, const sockutils::SummarySection& section) = nullptr;
};

/// For people a heading and a table for each, without those that are empty; else one document with a list for
/// each, or rows that begin with the name of their section and have the fields of all.
void write_sections(const SectionSetup& setup, std::span<const sockutils::SummarySection> sections,
                    std::span<const sockutils::Warning> warnings);

/// As the heading of a section.
void append_heading(const SectionSetup& setup, std::string_view words);

}  // namespace tools
