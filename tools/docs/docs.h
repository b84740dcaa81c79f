/// Documents that are made from what a tool says of itself.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/tool_doc.h"

namespace tools::docs {

/// The options as man(7) sections.
std::string roff_options(const ToolDoc& tool);
/// Every field of the registry, as man(7) paragraphs.
std::string roff_fields();

/// A table of a tool's own, as man(7) sections.
std::string roff_entries(std::span<const DocEntry> entries);

/// A shell's completion of one tool.
struct Shell {
  std::string_view name;
  std::string (*completion)(const ToolDoc& tool);
};

std::span<const Shell> shells();

std::string bash_completion(const ToolDoc& tool);
std::string zsh_completion(const ToolDoc& tool);
std::string fish_completion(const ToolDoc& tool);

/// In single quotes, for the shells named above.
std::string quoted(std::string_view text);

}  // namespace tools::docs
