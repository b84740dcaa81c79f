/// Several kinds of tables in one result, such as a summary.
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
  /// The name of the document, for formats that are one.
  std::string_view collection = "summary";
  /// As in `RenderSetup`.
  CellStyle (*style)(std::span<const sockutils::Field* const> fields, sockutils::Values row,
                     std::size_t column) = nullptr;
  /// Writes a section for a person in a better form than a table; returns false if a table should be written.
  bool (*write_text)(const SectionSetup& setup, const sockutils::SummarySection& section) = nullptr;
};

/// For people, a heading and a table for each section that is not empty; else one document with a list for
/// each section, or rows that begin with the name of their section and have the fields of all sections.
void write_sections(const SectionSetup& setup, std::span<const sockutils::SummarySection> sections,
                    std::span<const sockutils::Warning> warnings);

/// Appends the heading of a section.
void append_heading(const SectionSetup& setup, std::string_view words);

}  // namespace tools
