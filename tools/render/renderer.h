/// Rows of typed values as text. A format is one file here, its `make_...` below and one row in
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

/// What a renderer needs to know before the first row.
struct RenderSetup {
  std::span<const sockutils::Field* const> fields;
  Output& out;
  Terminal terminal;
  bool header = true;
  /// Fields that were asked for: the usual ones give way to them.
  std::span<const sockutils::Field* const> wanted = {};
  /// The fields are exactly those that were asked for: none gives way to another.
  bool exact = false;
  /// Where formats that are one document put the rows.
  std::string_view collection = "sockets";
  /// Whether such a document carries warnings.
  bool warnings = true;
  /// Styles of a table's cells; null for those of a listing.
  CellStyle (*style)(std::span<const sockutils::Field* const> fields, sockutils::Values row,
                     std::size_t column) = nullptr;
};

class Renderer {
 public:
  virtual ~Renderer() = default;
  /// Each is called in this order: once, for every row, once.
  virtual void begin() = 0;
  virtual void row(sockutils::Values values) = 0;
  /// The rows since the last call are about one thing. Formats that can nest make one object of them, with a
  /// list of what the fields have in `hops[]`.
  virtual void end_group() {}
  /// Rows of another kind that belong to the same answer, after all others. Formats that have one kind of row
  /// leave them out.
  virtual void append_list(std::string_view /*name*/, std::span<const sockutils::Field* const> /*fields*/,
                           std::span<const std::vector<sockutils::OptionalValue>> /*rows*/) {}
  virtual void end(std::span<const sockutils::Warning> warnings) = 0;
  /// Fields for which there was no room; known after `end()`.
  virtual std::vector<const sockutils::Field*> left_out() const { return {}; }
};

/// Which fields a format shows when none were asked for.
enum class DefaultFields : std::uint8_t {
  ForPeople,   ///< those that a person looks at, end points in one piece
  Flat,        ///< the same facts, one to a cell
  All,         ///< every fact that costs nothing extra
  Everything,  ///< every field
};

/// What becomes of tables of several kinds: see render/sections.h.
enum class SectionForm : std::uint8_t { Tables, Rows, Document };

struct Format {
  /// Also the word of the option that chooses it; empty for the one without an option.
  std::string_view name;
  std::string_view help;
  std::string_view details;
  DefaultFields default_fields;
  std::unique_ptr<Renderer> (*make)(const RenderSetup& setup);
  SectionForm sections = SectionForm::Rows;
  /// What stands before the heading of a table.
  std::string_view heading = {};
  /// For a person who looks on while it is written: may ask, redraw, and write words in between.
  bool is_interactive = false;
  /// Rows are written as they come rather than in order.
  bool is_stream = false;
};

/// Every format; the first is the one for people.
std::span<const Format> formats();

std::unique_ptr<Renderer> make_table(const RenderSetup& setup);
std::unique_ptr<Renderer> make_json(const RenderSetup& setup);
std::unique_ptr<Renderer> make_jsonl(const RenderSetup& setup);
std::unique_ptr<Renderer> make_csv(const RenderSetup& setup);
std::unique_ptr<Renderer> make_vertical(const RenderSetup& setup);
std::unique_ptr<Renderer> make_markdown(const RenderSetup& setup);
/// Lines as they come, for people: cells line up as far as they can, and a terminal cuts the line, not
/// the cells.
std::unique_ptr<Renderer> make_log(const RenderSetup& setup);

}  // namespace tools
