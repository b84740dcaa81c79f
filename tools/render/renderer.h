/// Renders rows of typed values as text. A format is one file here, its `make_...` below and one row in
/// renderers.cc.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "common/output.h"
#include "common/terminal.h"
#include "render/cell_style.h"
#include "sockutils/error.h"
#include "sockutils/field.h"
#include "sockutils/list.h"
#include "sockutils/value.h"

namespace tools {

/// What a renderer needs before the first row.
struct RenderSetup {
  std::span<const sockutils::Field* const> fields;
  Output& out;
  Terminal terminal;
  bool header = true;
  /// Requested fields: default fields are dropped before them.
  std::span<const sockutils::Field* const> wanted = {};
  /// The fields are exactly the requested ones: all have the same rank.
  bool exact = false;
  /// The name of the list of rows, for formats that are a single document.
  std::string_view collection = "sockets";
  /// Whether such a document contains warnings.
  bool warnings = true;
  /// The styles of a table's cells; null for the styles of listings.
  CellStyle (*style)(std::span<const sockutils::Field* const> fields, sockutils::Values row,
                     std::size_t column) = nullptr;
};

class Renderer {
 public:
  virtual ~Renderer() = default;
  /// Called in this order: `begin()` once, `row()` for every row, `end()` once.
  virtual void begin() = 0;
  virtual void row(sockutils::Values values) = 0;
  /// The rows since the last call belong together. Formats with nesting make one object of them, with a list
  /// for fields such as `hops[]`.
  virtual void end_group() {}
  /// Rows of another kind that belong to the same result, after all others. Formats with a single kind of row
  /// leave them out.
  virtual void append_list(std::string_view /*name*/, std::span<const sockutils::Field* const> /*fields*/,
                           std::span<const std::vector<sockutils::OptionalValue>> /*rows*/) {}
  virtual void end(std::span<const sockutils::Warning> warnings) = 0;
  /// Fields that were dropped for lack of space; known after `end()`.
  virtual std::vector<const sockutils::Field*> left_out() const { return {}; }
};

/// The fields that a format shows by default.
enum class DefaultFields : std::uint8_t {
  ForPeople,   ///< fields for people, with endpoints in one piece
  Flat,        ///< the same facts, one per cell
  All,         ///< all facts that cost nothing extra
  Everything,  ///< every field
};

/// How tables of several kinds are written: see render/sections.h.
enum class SectionForm : std::uint8_t { Tables, Rows, Document };

struct Format {
  /// Also the name of the option that selects it; empty for the default format.
  std::string_view name;
  std::string_view help;
  std::string_view details;
  DefaultFields default_fields;
  std::unique_ptr<Renderer> (*make)(const RenderSetup& setup);
  SectionForm sections = SectionForm::Rows;
  /// Written before the heading of a table.
  std::string_view heading = {};
  /// For a person who watches the output: may ask questions, redraw, and write text in between.
  bool is_interactive = false;
  /// Rows are written as they come instead of sorted.
  bool is_stream = false;
};

/// All formats; the first is the default one, for people.
std::span<const Format> formats();

std::unique_ptr<Renderer> make_table(const RenderSetup& setup);
std::unique_ptr<Renderer> make_json(const RenderSetup& setup);
std::unique_ptr<Renderer> make_jsonl(const RenderSetup& setup);
std::unique_ptr<Renderer> make_csv(const RenderSetup& setup);
std::unique_ptr<Renderer> make_vertical(const RenderSetup& setup);
std::unique_ptr<Renderer> make_markdown(const RenderSetup& setup);
/// Lines as they come, for people: cells are aligned as far as possible, and a terminal cuts the line, not
/// the cells.
std::unique_ptr<Renderer> make_log(const RenderSetup& setup);

}  // namespace tools
